using Magnum.Core.Drivers;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// Follows all clusters in progress at once: one query, one list per driver, and the operations of those that are no longer in the list
/// are woken. What has not moved costs nothing of its own, so ten thousand clusters are followed as ten are.
/// </summary>
public sealed partial class SyncReconciler
{
    /// <summary>More than the database takes in one statement's parameters is never asked at once.</summary>
    private const int Batch = 500;

    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollingSlowsAfter = TimeSpan.FromMinutes(10);

    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly LeaseTable _leases;
    private readonly IClusterDriverRegistry _drivers;
    private readonly IOperationScheduler _scheduler;
    private readonly ConductorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SyncReconciler> _logger;
    private readonly Dictionary<Guid, DateTimeOffset> _polled = [];
    private IReadOnlyList<InProgressCluster> _inProgress = [];

    internal SyncReconciler(
        IDbContextFactory<MagnumDbContext> dbFactory,
        LeaseTable leases,
        IClusterDriverRegistry drivers,
        IOperationScheduler scheduler,
        IOptions<ConductorOptions> options,
        TimeProvider time,
        ILogger<SyncReconciler> logger)
    {
        (_dbFactory, _leases, _drivers, _scheduler) = (dbFactory, leases, drivers, scheduler);
        (_options, _time, _logger) = (options.Value, time, logger);
    }

    /// <summary>What was still in progress at the last pass; empty in a process that another one does this for.</summary>
    internal IReadOnlyList<InProgressCluster> InProgress => Volatile.Read(ref _inProgress);

    /// <summary>One pass; to be repeated every <see cref="ConductorOptions.SyncInterval"/>, never two at once. Only the database's trouble is thrown.</summary>
    /// <returns>How many operations were woken.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (!await _leases.TryTakeAsync("sync", LeaseDuration, cancellationToken))
        {
            Volatile.Write(ref _inProgress, []);
            return 0;
        }

        var waiting = await WaitingAsync(cancellationToken);
        var still = new List<InProgressCluster>(waiting.Count);
        var moved = new List<Guid>();
        var judged = await Task.WhenAll(waiting.GroupBy(w => w.Driver).Select(g => JudgeAsync(g.Key, [.. g], cancellationToken)));
        foreach (var (stays, goes) in judged)
        {
            still.AddRange(stays);
            moved.AddRange(goes);
        }

        Volatile.Write(ref _inProgress, still);
        await WakeAsync(moved, cancellationToken);
        Forget(waiting);
        return moved.Count;
    }

    /// <summary>Operations that wait for the back end without trouble and are not due yet: what is due has been woken, or is the sweep's.</summary>
    private async Task<List<InProgressCluster>> WaitingAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        return await (
            from operation in db.Operations
            join cluster in db.Clusters on operation.ClusterUuid equals cluster.Uuid
            where operation.State == OperationState.Waiting && operation.NotBefore > now && operation.Attempt == 0
                && (operation.Step == OperationSteps.Provisioning || operation.Step == OperationSteps.Removal)
            let stack = db.NodeGroups.Where(g => g.Uuid == operation.NodeGroupUuid && !g.IsDefault).Select(g => g.StackId).FirstOrDefault()
            select new InProgressCluster(
                operation.Uuid, cluster.Uuid, cluster.ProjectId, cluster.Driver, stack ?? cluster.StackId, operation.StartedAt ?? operation.CreatedAt))
            .ToListAsync(cancellationToken);
    }

    private async Task<(IReadOnlyList<InProgressCluster> Stays, IReadOnlyList<Guid> Goes)> JudgeAsync(
        string driver, IReadOnlyList<InProgressCluster> waiting, CancellationToken cancellationToken)
    {
        if (_drivers.Find(driver) is not { } found)
        {
            return (waiting, []);
        }

        try
        {
            using var limit = new CancellationTokenSource(_options.CallTimeout, _time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            return await found.ListInProgressAsync(both.Token) is { } list
                ? ([.. waiting.Where(w => w.StackId is { } id && list.Contains(id))], [.. waiting.Where(w => w.StackId is not { } id || !list.Contains(id)).Select(w => w.OperationUuid)])
                : Poll(waiting);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // A list that cannot be read says nothing about any cluster, and nothing about other drivers'.
            LogNoList(_logger, e, driver, waiting.Count);
            return (waiting, []);
        }
    }

    /// <summary>Without a list each is looked at for itself, less often as time goes by.</summary>
    private (IReadOnlyList<InProgressCluster> Stays, IReadOnlyList<Guid> Goes) Poll(IReadOnlyList<InProgressCluster> waiting)
    {
        var now = _time.GetUtcNow();
        var due = new List<Guid>();
        lock (_polled)
        {
            foreach (var cluster in waiting)
            {
                var pause = now - cluster.Since < PollingSlowsAfter ? _options.PollMinimum : _options.PollMaximum;
                if (!_polled.TryGetValue(cluster.OperationUuid, out var last))
                {
                    _polled[cluster.OperationUuid] = now;
                }
                else if (now - last >= pause)
                {
                    _polled[cluster.OperationUuid] = now;
                    due.Add(cluster.OperationUuid);
                }
            }
        }

        return (waiting, due);
    }

    private async Task WakeAsync(List<Guid> operations, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        foreach (var batch in operations.Chunk(Batch))
        {
            await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
            await db.Operations
                .Where(o => batch.Contains(o.Uuid) && o.State == OperationState.Waiting && o.NotBefore > now)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(o => o.NotBefore, now).SetProperty(o => o.Generation, o => o.Generation + 1), cancellationToken);
            foreach (var operation in batch)
            {
                _scheduler.Enqueue(operation);
            }
        }
    }

    private void Forget(List<InProgressCluster> waiting)
    {
        lock (_polled)
        {
            if (_polled.Count > 0)
            {
                var known = waiting.Select(w => w.OperationUuid).ToHashSet();
                foreach (var gone in _polled.Keys.Where(k => !known.Contains(k) && _time.GetUtcNow() - _polled[k] > PollingSlowsAfter).ToList())
                {
                    _polled.Remove(gone);
                }
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "The list of what is in progress could not be read from driver {Driver}; {Count} cluster(s) wait for the next pass")]
    private static partial void LogNoList(ILogger logger, Exception exception, string driver, int count);
}
