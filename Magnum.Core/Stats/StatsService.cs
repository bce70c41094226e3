using Magnum.Core.Errors;
using Magnum.Core.Policies;

namespace Magnum.Core.Stats;

/// <summary>How much there is.</summary>
/// <param name="Nodes">Masters included.</param>
public sealed record ClusterStats(int Clusters, int Nodes);

/// <summary>Counts.</summary>
public sealed class StatsService
{
    /// <summary>Of one project; of the whole cloud for an administrator who names none.</summary>
    public Task<Result<ClusterStats>> GetAsync(Caller caller, string? projectId, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Clusters by status in the caller's project (or everywhere, for administrators who ask).</summary>
    public Task<Result<IReadOnlyDictionary<Clusters.ClusterStatus, int>>> CountByStatusAsync(Caller caller, bool allProjects, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();
}
