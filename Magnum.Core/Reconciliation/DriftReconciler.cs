using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// Compares settled clusters with the back end, a few at a time, each about once per <see cref="ConductorOptions.DriftInterval"/>: what was
/// deleted or scaled outside Magnum is told. The status stays, since it says what became of Magnum's own last operation.
/// </summary>
internal sealed partial class DriftReconciler(
    IDbContextFactory<MagnumDbContext> dbFactory,
    WorkStore store,
    ClusterAccess access,
    LeaseTable leases,
    IOptions<ConductorOptions> options,
    TimeProvider time,
    ILogger<DriftReconciler> logger)
{
    /// <summary>Key in the health's reasons.</summary>
    internal const string HealthKey = "infrastructure";

    private static readonly TimeSpan LeaseDuration = TimeSpan.FromMinutes(2);

    private static readonly ClusterStatus[] Settled = [.. Enum.GetValues<ClusterStatus>().Where(s => s.IsSettled())];

    private DateTimeOffset _roundBegan = DateTimeOffset.MinValue;
    private long _lastId;

    /// <summary>The next few. Never two passes at once.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_lastId == 0)
        {
            if (now - _roundBegan < options.Value.DriftInterval)
            {
                return;
            }

            _roundBegan = now;
        }

        if (!await leases.TryTakeAsync("drift", LeaseDuration, cancellationToken))
        {
            return;
        }

        List<Cluster> clusters;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            clusters = await db.Clusters.AsNoTracking().Include(c => c.NodeGroups)
                .Where(c => c.Id > _lastId && Settled.Contains(c.Status))
                .OrderBy(c => c.Id)
                .Take(options.Value.LooksPerPass)
                .ToListAsync(cancellationToken);
        }

        await Parallel.ForEachAsync(
            clusters,
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.Concurrency, CancellationToken = cancellationToken },
            async (cluster, token) => await LookAsync(cluster, token));
        _lastId = clusters.Count < options.Value.LooksPerPass ? 0 : clusters[^1].Id;
    }

    private async Task LookAsync(Cluster seen, CancellationToken cancellationToken)
    {
        try
        {
            var observed = await access.ObserveAsync(seen, null, Guid.Empty.ToString(), withEvents: false, cancellationToken);
            var added = new List<(Guid Group, ObservedCluster Observed)>();
            foreach (var group in seen.NodeGroups.Where(g => !g.IsDefault && g.StackId is not null))
            {
                added.Add((group.Uuid, await access.ObserveAsync(seen, group, Guid.Empty.ToString(), withEvents: false, cancellationToken)));
            }

            await store.ChangeClusterAsync(
                seen.Uuid,
                async (db, cluster) =>
                {
                    if (cluster.Status.IsSettled())   // else an operation has begun meanwhile and looks for itself
                    {
                        await RecordAsync(db, cluster, observed, cancellationToken);
                        foreach (var (uuid, itself) in added)
                        {
                            if (cluster.NodeGroups.Find(g => g.Uuid == uuid) is { } group)
                            {
                                await RecordAsync(db, cluster, group, itself, cancellationToken);
                            }
                        }
                    }
                },
                cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotSeen(logger, e, seen.Uuid, seen.ProjectId);   // the next round looks again; others are not touched
        }
    }

    private async Task RecordAsync(MagnumDbContext db, Cluster cluster, ObservedCluster observed, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var told = cluster.HealthStatusReason.ContainsKey(HealthKey);
        if (observed.State is ObservedState.Absent)
        {
            if (!told)
            {
                var reason = $"Stack with id {cluster.StackId} not found: somebody deleted it outside Magnum. Delete the cluster to clean up.";
                cluster.HealthStatus = HealthStatus.Unhealthy;
                cluster.HealthStatusReason = new Dictionary<string, string>(cluster.HealthStatusReason) { [HealthKey] = reason };
                cluster.HealthCheckedAt = now;
                cluster.SetStatus(cluster.Status, reason, now);
                ClusterEventWriter.Append(db, cluster, EventSource.Conductor, EventLevel.Error, "drift", reason, now, null);
            }

            return;
        }

        if (told)
        {
            cluster.HealthStatusReason = cluster.HealthStatusReason.Where(r => r.Key != HealthKey).ToDictionary();
            cluster.HealthStatus = null;   // the next probe says
            cluster.SetStatus(cluster.Status, null, now);
            ClusterEventWriter.Append(db, cluster, EventSource.Conductor, EventLevel.Info, "drift", "The cluster's stack is found again.", now, null);
        }

        if (observed.State is ObservedState.Ready)
        {
            Recount(db, cluster, observed, now);
            await ObservationRecorder.ApplyAsync(db, cluster, null, null, observed, cancellationToken);
        }
    }

    /// <summary>The same of an added group, which has a stack of its own.</summary>
    private async Task RecordAsync(MagnumDbContext db, Cluster cluster, NodeGroup group, ObservedCluster observed, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (observed.State is ObservedState.Absent)
        {
            var reason = $"Stack with id {group.StackId} of node group {group.Name} not found: somebody deleted it outside Magnum. Delete the node group to clean up.";
            if (group.StatusReason != reason)
            {
                group.SetStatus(group.Status, reason, now);
                ClusterEventWriter.Append(db, cluster, EventSource.Conductor, EventLevel.Error, "drift", reason, now, null);
            }
        }
        else if (observed.State is ObservedState.Ready)
        {
            Recount(db, cluster, observed, now);
            await ObservationRecorder.ApplyAsync(db, cluster, null, group, observed, cancellationToken);
        }
    }

    /// <summary>Somebody scaled the stack: the rows follow, or the next operation would take it back.</summary>
    private static void Recount(MagnumDbContext db, Cluster cluster, ObservedCluster observed, DateTimeOffset now)
    {
        foreach (var group in cluster.NodeGroups)
        {
            if (observed.NodeGroups.FirstOrDefault(o => o.Name == group.Name)?.NodeCount is { } count && count != group.NodeCount)
            {
                ClusterEventWriter.Append(
                    db,
                    cluster,
                    EventSource.Conductor,
                    EventLevel.Info,
                    "drift",
                    string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{group.Name} was scaled outside Magnum from {group.NodeCount} to {count} node(s)."),
                    now,
                    null);
                group.NodeCount = count;
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "Settled cluster {ClusterUuid} of project {ProjectId} could not be compared with the cloud")]
    private static partial void LogNotSeen(ILogger logger, Exception exception, Guid clusterUuid, string projectId);
}
