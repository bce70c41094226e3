using System.Collections.Concurrent;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// Reads events and stages of clusters in progress: of those that somebody watches about every second, of the others now and then.
/// It decides nothing; that a cluster has moved is for <see cref="SyncReconciler"/> to see.
/// </summary>
public sealed partial class ProgressReconciler
{
    private readonly SyncReconciler _sync;
    private readonly WorkStore _store;
    private readonly ClusterAccess _access;
    private readonly IClusterEvents _events;
    private readonly ConductorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<ProgressReconciler> _logger;
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _looked = new();

    internal ProgressReconciler(
        SyncReconciler sync,
        WorkStore store,
        ClusterAccess access,
        IClusterEvents events,
        IOptions<ConductorOptions> options,
        TimeProvider time,
        ILogger<ProgressReconciler> logger)
    {
        (_sync, _store, _access, _events) = (sync, store, access, events);
        (_options, _time, _logger) = (options.Value, time, logger);
    }

    /// <summary>One pass over what the synchroniser found in progress; to be repeated every second, never two at once. One cluster's trouble touches no other.</summary>
    /// <returns>How many were looked at.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var inProgress = _sync.InProgress;
        var now = _time.GetUtcNow();
        var due = inProgress
            .Select(c => (Cluster: c, Watched: _events.IsWatched(c.ClusterUuid, c.ProjectId), Last: _looked.GetOrAdd(c.OperationUuid, now)))
            .Where(c => now - c.Last >= (c.Watched ? _options.WatchedInterval : _options.UnwatchedInterval))
            .OrderByDescending(c => c.Watched).ThenBy(c => c.Last)
            .Take(_options.LooksPerPass)
            .Select(c => c.Cluster)
            .ToList();
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = _options.Concurrency, CancellationToken = cancellationToken },
            async (cluster, token) => await LookAsync(cluster, token));
        if (_looked.Count > inProgress.Count)
        {
            var known = inProgress.Select(c => c.OperationUuid).ToHashSet();
            foreach (var gone in _looked.Keys.Where(k => !known.Contains(k)))
            {
                _looked.TryRemove(gone, out _);
            }
        }

        return due.Count;
    }

    private async Task LookAsync(InProgressCluster seen, CancellationToken cancellationToken)
    {
        try
        {
            if (await _store.ReadAsync(seen.OperationUuid, cancellationToken) is not { Cluster: { } cluster, Operation.IsActive: true } rows)
            {
                return;
            }

            var observed = await _access.ObserveAsync(cluster, rows.AddedGroup, seen.OperationUuid.ToString(), withEvents: true, cancellationToken);
            await _store.ChangeAsync(seen.OperationUuid, now => RecordAsync(now, observed, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotSeen(_logger, e, seen.ClusterUuid, seen.ProjectId);
        }
        finally
        {
            _looked[seen.OperationUuid] = _time.GetUtcNow();
        }
    }

    private static async Task RecordAsync(WorkRows rows, ObservedCluster observed, CancellationToken cancellationToken)
    {
        if (rows is not { Cluster: { } cluster, Operation: { State: OperationState.Waiting } operation } || !OperationSteps.IsWaitingForBackend(operation.Step))
        {
            return;   // its operation went on meanwhile and has seen for itself
        }

        await ObservationRecorder.ApplyAsync(rows.Db, cluster, operation, rows.AddedGroup, observed, cancellationToken);
        if (ClusterStateMachine.Judge(operation.Kind, observed) is Verdict.RollingBack && cluster.Status is ClusterStatus.UpdateInProgress)
        {
            ClusterStateMachine.RollBack(cluster, observed.Reason, rows.Now);
        }

        if (operation.Step == OperationSteps.Provisioning && observed is { State: ObservedState.InProgress, Reason: not null })
        {
            // What is in the way while the back end goes on trying: told at once, and not when somebody has given up.
            operation.Reason = operation.Steps.Find(s => s.Name == operation.Step)!.Message = Steps.ProvisioningStep.Describe(observed);
        }

        rows.UpdateProgress();
    }

    [LoggerMessage(LogLevel.Warning, "The progress of cluster {ClusterUuid} of project {ProjectId} could not be read")]
    private static partial void LogNotSeen(ILogger logger, Exception exception, Guid clusterUuid, string projectId);
}
