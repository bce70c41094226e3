using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Magnum.Core.Quotas;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Stats;

/// <summary>How much there is.</summary>
/// <param name="Nodes">Masters included.</param>
public sealed record ClusterStats(int Clusters, int Nodes);

/// <summary>How the clusters are, as numbers.</summary>
/// <param name="Nodes">Masters included.</param>
/// <param name="Limit">Clusters that the project may have; null for all projects together.</param>
public sealed record FleetCounts(int Total, int InProgress, int Failed, int Unhealthy, int Nodes, int? Limit);

/// <summary>Counts.</summary>
public sealed class StatsService
{
    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly PolicyEnforcer _policy;
    private readonly ClusterQuota _quota;
    private readonly SharedReads _shared;

    internal StatsService(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy, ClusterQuota quota, SharedReads shared) =>
        (_dbFactory, _policy, _quota, _shared) = (dbFactory, policy, quota, shared);

    /// <summary>Of one project; of the whole cloud for an administrator who names none.</summary>
    public async Task<Result<ClusterStats>> GetAsync(Caller caller, string? projectId, CancellationToken cancellationToken)
    {
        if (_policy.Check(caller, PolicyRules.StatsGetAll) is { } refused)
        {
            return refused;
        }

        if (!_policy.IsAdmin(caller))
        {
            if (!string.IsNullOrEmpty(projectId) && projectId != caller.ProjectId)
            {
                return new MagnumError.Forbidden("Not authorized.");
            }

            projectId = caller.ProjectId;
        }

        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        if (string.IsNullOrEmpty(projectId))
        {
            return new ClusterStats(await db.Clusters.CountAsync(cancellationToken), await db.NodeGroups.SumAsync(g => g.NodeCount, cancellationToken));
        }

        // Two statements on one connection.
        await db.Database.OpenConnectionAsync(cancellationToken);
        var queries = CompiledQueries.Of(db.Model);
        return new ClusterStats(await queries.ClusterCount(db, projectId, cancellationToken), await queries.NodeCount(db, projectId, cancellationToken));
    }

    /// <summary>How the clusters of the caller's project are (or all, for administrators who ask).</summary>
    /// <param name="since"><see cref="ClusterChange.Number"/> of the change because of which is asked: whoever asks the same because of it shares the answer. Null: read now.</param>
    public async Task<Result<FleetCounts>> CountFleetAsync(Caller caller, bool allProjects, long? since, CancellationToken cancellationToken)
    {
        if (_policy.Check(caller, PolicyRules.StatsGetAll) is { } refused)
        {
            return refused;
        }

        var all = allProjects && _policy.IsAdmin(caller);
        return since is { } change
            ? await _shared.ReadAsync(new FleetKey(all ? null : caller.ProjectId), change, ct => CountFleetAsync(caller, all, ct), cancellationToken)
            : await CountFleetAsync(caller, all, cancellationToken);
    }

    private async Task<FleetCounts> CountFleetAsync(Caller caller, bool all, CancellationToken cancellationToken)
    {
        var project = caller.ProjectId;
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        var counts = await ClusterLookup.Visible(db.Clusters.AsNoTracking(), caller, all)
            .GroupBy(c => new { c.Status, c.HealthStatus })
            .Select(g => new { g.Key.Status, g.Key.HealthStatus, Count = g.Count() })
            .ToListAsync(cancellationToken);
        return new FleetCounts(
            counts.Sum(c => c.Count),
            counts.Where(c => c.Status.IsInProgress()).Sum(c => c.Count),
            counts.Where(c => c.Status.IsFailed()).Sum(c => c.Count),
            counts.Where(c => c.HealthStatus == HealthStatus.Unhealthy).Sum(c => c.Count),
            await db.NodeGroups.Where(g => all || g.ProjectId == project).SumAsync(g => g.NodeCount, cancellationToken),
            all ? null : await _quota.ReadLimitAsync(db, project, cancellationToken));
    }

    /// <param name="ProjectId">Null: all projects.</param>
    private sealed record FleetKey(string? ProjectId);
}
