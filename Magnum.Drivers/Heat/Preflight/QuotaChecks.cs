using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Heat.Preflight;

/// <summary>Limits of the project, and what would be left of them.</summary>
internal sealed class QuotaChecks(CheckList checks)
{
    private readonly List<QuotaProjection> _projections = [];

    public IReadOnlyList<QuotaProjection> Projections => _projections;

    public void Add(string resource, string words, Limit limit, int adds, string? field = null)
    {
        var projection = new QuotaProjection(resource, limit.Used, adds, limit.Max);
        _projections.Add(projection);
        if (adds > 0 && !projection.Fits)
        {
            checks.Fail(
                $"quota.{resource}",
                $"The project's limit of {words} is {limit.Max}, {limit.Used} are used and {adds} more are needed: {limit.Used + adds - limit.Max} too many.",
                field);
        }
    }

    /// <summary>One check that says that everything fits, so that people see that it was looked at.</summary>
    public void Conclude(string id, string words, int before)
    {
        if (checks.Checks.Skip(before).All(c => c.Outcome is CheckOutcome.Pass))
        {
            checks.Pass(id, $"The project's limits of {words} leave enough room.");
        }
    }
}
