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
        if (string.IsNullOrEmpty(projectId))
        {
            return new ClusterStats(await db.Clusters.CountAsync(cancellationToken), await db.NodeGroups.SumAsync(g => g.NodeCount, cancellationToken));
        }

        // Two statements on one connection.
        await db.Database.OpenConnectionAsync(cancellationToken);
        var queries = CompiledQueries.Of(db.Model);
        return new ClusterStats(await queries.ClusterCount(db, projectId, cancellationToken), await queries.NodeCount(db, projectId, cancellationToken));
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
