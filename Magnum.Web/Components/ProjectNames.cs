using Magnum.Core.OpenStack;

namespace Magnum.Web.Components;

/// <summary>Names of projects for administrators' pages, asked of Keystone at most once a minute.</summary>
internal sealed class ProjectNames(IIdentity identity, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);
    private IReadOnlyDictionary<string, string> _names = new Dictionary<string, string>();
    private DateTimeOffset _until = DateTimeOffset.MinValue;

    /// <summary>Names by id; what was known before when Keystone does not answer.</summary>
    public async ValueTask<IReadOnlyDictionary<string, string>> GetAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() >= _until)
        {
            try
            {
                _names = (await identity.ListAllProjectsAsync(cancellationToken)).ToDictionary(p => p.Id, p => p.Name);
                _until = time.GetUtcNow() + Fresh;
            }
            catch (CloudException)
            {
                // ids are shown instead
            }
        }

        return _names;
    }
}
