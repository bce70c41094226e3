using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Stats;

/// <summary>How much there is.</summary>
/// <param name="Nodes">Masters included.</param>
public sealed record ClusterStats(int Clusters, int Nodes);

/// <summary>Counts.</summary>
public sealed class StatsService(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy)
{
    /// <summary>Of one project; of the whole cloud for an administrator who names none.</summary>
    public async Task<Result<ClusterStats>> GetAsync(Caller caller, string? projectId, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.StatsGetAll) is { } refused)
        {
            return refused;
        }

        if (!policy.IsAdmin(caller))
        {
            if (!string.IsNullOrEmpty(projectId) && projectId != caller.ProjectId)
            {
                return new MagnumError.Forbidden("Not authorized.");
            }

            projectId = caller.ProjectId;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var clusters = db.Clusters.AsNoTracking();
        var groups = db.NodeGroups.AsNoTracking();
        if (!string.IsNullOrEmpty(projectId))
        {
            clusters = clusters.Where(c => c.ProjectId == projectId);
            groups = groups.Where(g => g.ProjectId == projectId);
        }

        return new ClusterStats(await clusters.CountAsync(cancellationToken), await groups.SumAsync(g => g.NodeCount, cancellationToken));
    }

    /// <summary>Clusters by status in the caller's project (or everywhere, for administrators who ask).</summary>
    public async Task<Result<IReadOnlyDictionary<ClusterStatus, int>>> CountByStatusAsync(Caller caller, bool allProjects, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.StatsGetAll) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var counts = await ClusterLookup.Visible(db.Clusters.AsNoTracking(), caller, allProjects && policy.IsAdmin(caller))
            .GroupBy(c => c.Status)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return Result.Success<IReadOnlyDictionary<ClusterStatus, int>>(counts);
    }
}
