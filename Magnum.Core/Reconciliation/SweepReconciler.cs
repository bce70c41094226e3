using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Services;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// Finds work that nobody does: operations whose alarm was lost or whose conductor died, and rows that say "in progress" with no operation
/// behind them. It makes a crash, a lost job and an empty job store cost seconds. Slower, it looks for drift and drops old events.
/// </summary>
public sealed partial class SweepReconciler
{
    private const int MostAtOnce = 500;

    /// <summary>A request sets the status and records the operation in one transaction; older than this is no request under way.</summary>
    private static readonly TimeSpan StuckAfter = TimeSpan.FromMinutes(1);

    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly WorkStore _store;
    private readonly DriftReconciler _drift;
    private readonly Retention _retention;
    private readonly IOperationScheduler _scheduler;
    private readonly ConductorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SweepReconciler> _logger;

    internal SweepReconciler(
        IDbContextFactory<MagnumDbContext> dbFactory,
        WorkStore store,
        DriftReconciler drift,
        Retention retention,
        IOperationScheduler scheduler,
        IOptions<ConductorOptions> options,
        TimeProvider time,
        ILogger<SweepReconciler> logger)
    {
        (_dbFactory, _store, _drift, _retention) = (dbFactory, store, drift, retention);
        (_scheduler, _options, _time, _logger) = (scheduler, options.Value, time, logger);
    }

    /// <summary>One pass; to be repeated every <see cref="ConductorOptions.SweepInterval"/>. Every conductor may do it: what it does twice does no harm.</summary>
    /// <returns>How many operations were rung for.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        await ReleaseDeadAsync(cancellationToken);
        var rung = await RingAsync(cancellationToken);
        await RepairAsync(cancellationToken);
        await _drift.RunOnceAsync(cancellationToken);
        await _retention.RunOnceAsync(cancellationToken);
        return rung;
    }

    /// <summary>A conductor whose heartbeat has stopped, or that an operator calls down, does nothing any more: its work need not wait for the lease's end.</summary>
    private async Task ReleaseDeadAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var silentSince = now - _options.HeartbeatTimeout;
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        var dead = await db.Services
            .Where(s => s.Binary == MagnumService.ConductorBinary && (s.ForcedDown || s.LastSeenUp < silentSince))
            .Select(s => s.InstanceId)
            .ToListAsync(cancellationToken);
        if (dead.Count > 0)
        {
            await Takeover.ReleaseAsync(db, dead, now, cancellationToken);
        }
    }

    private async Task<int> RingAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var dueSince = now - _options.SweepGrace;
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        var due = await db.Operations
            .Where(o => o.ActiveClusterUuid != null && o.NotBefore <= dueSince && (o.LeaseUntil == null || o.LeaseUntil <= now))
            .OrderBy(o => o.NotBefore)
            .Select(o => o.Uuid)
            .Take(MostAtOnce)
            .ToListAsync(cancellationToken);
        due.ForEach(_scheduler.Enqueue);
        if (due.Count > 0)
        {
            LogRung(_logger, due.Count);
        }

        return due.Count;
    }

    private async Task RepairAsync(CancellationToken cancellationToken)
    {
        var before = _time.GetUtcNow() - StuckAfter;
        ClusterStatus[] working = [ClusterStatus.CreateInProgress, ClusterStatus.UpdateInProgress, ClusterStatus.DeleteInProgress, ClusterStatus.RollbackInProgress];
        List<Guid> stuck;
        await using (var db = await _dbFactory.CreateDbContextAsync(cancellationToken))
        {
            stuck = await db.Clusters
                .Where(c => (working.Contains(c.Status) || c.NodeGroups.Any(g => working.Contains(g.Status)))
                    && c.StatusChangedAt < before && (c.UpdatedAt == null || c.UpdatedAt < before)
                    && !db.Operations.Any(o => o.ActiveClusterUuid == c.Uuid))
                .OrderBy(c => c.Id)
                .Select(c => c.Uuid)
                .Take(MostAtOnce)
                .ToListAsync(cancellationToken);
        }

        foreach (var cluster in stuck)
        {
            var resumed = default(Guid?);
            await _store.ChangeClusterAsync(
                cluster,
                async (db, row) => resumed = await RepairAsync(db, row, cancellationToken),
                cancellationToken);
            if (resumed is { } operation)
            {
                _scheduler.Enqueue(operation);
            }

            LogRepaired(_logger, cluster);
        }
    }

    /// <summary>A deletion goes on; anything else has failed, which lets people try again or delete.</summary>
    private async Task<Guid?> RepairAsync(MagnumDbContext db, Cluster cluster, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (await db.Operations.AnyAsync(o => o.ActiveClusterUuid == cluster.Uuid, cancellationToken))
        {
            return null;   // somebody began meanwhile
        }

        if (cluster.Status is ClusterStatus.DeleteInProgress)
        {
            var operation = OperationFactory.Create(cluster, OperationKind.Delete, new OperationPayload(), null, cluster.UserId, "", now, _options.Limits);
            db.Add(operation);
            return operation.Uuid;
        }

        // A settled cluster's groups have settled as it did.
        var outcome = cluster.Status.IsInProgress() || cluster.Status.IsFailed() ? OperationOutcome.Failed : OperationOutcome.Succeeded;
        const string Reason = "The work was interrupted and nothing is left of its record. Try again, or delete the cluster.";
        foreach (var group in cluster.NodeGroups.Where(g => g.Status.IsInProgress()))
        {
            group.SetStatus(ClusterStateMachine.Settle(group.Status, outcome), outcome == OperationOutcome.Failed ? Reason : null, now);
        }

        if (cluster.Status.IsInProgress())
        {
            cluster.SetStatus(ClusterStateMachine.Settle(cluster.Status, outcome), Reason, now);
            cluster.Progress = null;
            ClusterEventWriter.Append(db, cluster, EventSource.Conductor, EventLevel.Error, "status", Reason, now, null);
        }

        cluster.Touch(now);
        return null;
    }

    [LoggerMessage(LogLevel.Information, "{Count} operation(s) were due without anybody working on them")]
    private static partial void LogRung(ILogger logger, int count);

    [LoggerMessage(LogLevel.Warning, "Cluster {ClusterUuid} was in progress without an operation and is repaired")]
    private static partial void LogRepaired(ILogger logger, Guid clusterUuid);
}
