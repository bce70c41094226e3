using Magnum.Core.Errors;
using Magnum.Core.Policies;

namespace Magnum.Core.Services;

/// <summary>Reads who beats. Administrators only.</summary>
public sealed class ServiceQueries
{
    /// <summary>How long after its last beat a service counts as up.</summary>
    public static readonly TimeSpan DownAfter = TimeSpan.FromSeconds(180);

    /// <summary>All services; the API shows only conductors.</summary>
    public Task<Result<IReadOnlyList<MagnumService>>> ListAsync(Caller caller, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Whether it is up now.</summary>
    public bool IsUp(MagnumService service) => throw new InvalidOperationException();
}
