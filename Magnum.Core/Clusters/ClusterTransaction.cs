using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Magnum.Core.Clusters;

/// <summary>What a caller needs to be allowed to change a cluster.</summary>
/// <param name="Rule">Asked of the cluster found.</param>
/// <param name="ForAllProjects">Asked of administrators beforehand; null: nothing.</param>
/// <param name="OwnProject">Whether administrators too find their own project's clusters only.</param>
internal sealed record ClusterRight(string Rule, string? ForAllProjects = null, bool OwnProject = false);

/// <summary>
/// The one way in which requests change a cluster that exists: look-up, policy, the change, save, and after the commit the announcement,
/// all but the last in one transaction.
/// </summary>
internal sealed partial class ClusterTransaction(
    IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy, ClusterWork work, ILogger<ClusterTransaction> logger)
{
    /// <param name="change">Changes the tracked rows and says which operation it recorded, if one. It runs again when somebody else was faster.</param>
    public async Task<Result<Cluster>> ChangeAsync(
        Caller caller, string ident, ClusterRight right, Func<MagnumDbContext, Cluster, Task<Result<Guid?>>> change, CancellationToken cancellationToken)
    {
        var admin = policy.IsAdmin(caller);
        if (admin && right.ForAllProjects is not null && policy.Check(caller, right.ForAllProjects) is { } refusedAll)
        {
            return refusedAll;
        }

        var operationUuid = default(Guid?);
        var generation = 0L;
        var result = await dbFactory.InTransactionAsync<Cluster>(
            async db =>
            {
                var found = await ClusterLookup.FindAsync(db, caller, admin && !right.OwnProject, ident, tracked: true, cancellationToken);
                if (found.Value is not { } cluster)
                {
                    return found;
                }

                if (policy.Check(caller, right.Rule, new PolicyTarget(cluster.ProjectId, cluster.UserId)) is { } refused)
                {
                    return refused;
                }

                generation = cluster.Generation;
                var changed = await change(db, cluster);
                if (changed.Error is { } error)
                {
                    return error;
                }

                operationUuid = changed.Value;
                await db.SaveChangesAsync(cancellationToken);
                return cluster;
            },
            cancellationToken);
        if (result.Value is { } stored && stored.Generation != generation)
        {
            LogChanged(logger, right.Rule, stored.Uuid, stored.ProjectId, stored.Status, caller.RequestId);
            await work.AnnounceAsync(stored, operationUuid);
        }

        return result;
    }

    [LoggerMessage(LogLevel.Information, "{Rule}: cluster {ClusterUuid} of project {ProjectId} is now {Status} ({RequestId})")]
    private static partial void LogChanged(ILogger logger, string rule, Guid clusterUuid, string projectId, ClusterStatus status, string requestId);
}
