using System.Data.Common;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>Runs operations: takes one by its lease, goes through its steps as far as they go now, and leaves it waiting or ended.</summary>
/// <remarks>Any run may be cut off at any line; the next one, here or elsewhere, goes on from what was stored.</remarks>
public sealed partial class OperationRunner
{
    private readonly OperationLeases _leases;
    private readonly WorkStore _store;
    private readonly StepCatalog _steps;
    private readonly OperationEnding _ending;
    private readonly ConductorIdentity _identity;
    private readonly IOperationScheduler _scheduler;
    private readonly ConductorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<OperationRunner> _logger;

    internal OperationRunner(
        OperationLeases leases,
        WorkStore store,
        StepCatalog steps,
        OperationEnding ending,
        ConductorIdentity identity,
        IOperationScheduler scheduler,
        IOptions<ConductorOptions> options,
        TimeProvider time,
        ILogger<OperationRunner> logger)
    {
        (_leases, _store, _steps, _ending, _identity) = (leases, store, steps, ending, identity);
        (_scheduler, _options, _time, _logger) = (scheduler, options.Value, time, logger);
    }

    /// <summary>Runs an operation as far as it goes now. Trouble of the cloud is the operation's own matter; only the database's is thrown.</summary>
    public async Task<RunOutcome> RunAsync(Guid operationUuid, CancellationToken cancellationToken)
    {
        if (!await _leases.TakeAsync(operationUuid, cancellationToken))
        {
            return new RunOutcome(RunResult.NotTaken);
        }

        try
        {
            await using var keeper = new LeaseKeeper(_leases, operationUuid, _options, _time, cancellationToken);
            return await WorkAsync(operationUuid, keeper.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new RunOutcome(RunResult.Stopped);
        }
        finally
        {
            await ReleaseAsync(operationUuid);
        }
    }

    private async Task<RunOutcome> WorkAsync(Guid operationUuid, CancellationToken cancellationToken)
    {
        var rows = await _store.ChangeAsync(operationUuid, Next, cancellationToken);
        var cause = default(Exception?);
        while (rows is not null && rows.IsHeldBy(_identity.InstanceId) && rows.NextStep is { } step)
        {
            LogStep(_logger, rows.Operation.ClusterUuid, rows.Operation.Kind, step.Name, rows.Operation.RequestId);
            var result = await ExecuteAsync(rows, step, cancellationToken);
            cause = (result as StepResult.Failed)?.Cause;

            // None: what the step did outside has to be stored, whoever wants us to stop.
            rows = await _store.ChangeAsync(operationUuid, r => ApplyAsync(r, step.Name, result), CancellationToken.None);
        }

        if (rows is null)
        {
            return new RunOutcome(RunResult.NotTaken);
        }

        var operation = rows.Operation;
        switch (operation.State)
        {
            case OperationState.Waiting:
                var delay = operation.NotBefore - _time.GetUtcNow();
                if (delay < _options.FallbackInterval)
                {
                    _scheduler.Schedule(operationUuid, delay);
                }

                return new RunOutcome(RunResult.Waiting, operation.State, delay);
            case OperationState.Succeeded:
                LogSucceeded(_logger, operation.ClusterUuid, operation.Kind, operation.RequestId);
                return new RunOutcome(RunResult.Ended, operation.State);
            case OperationState.Failed:
                LogFailed(_logger, cause, operation.ClusterUuid, operation.Kind, operation.Step, operation.Reason, operation.RequestId);
                await _ending.AfterwardsAsync(rows, cancellationToken);
                return new RunOutcome(RunResult.Ended, operation.State);
            default:
                LogStopped(_logger, operation.ClusterUuid, operation.Kind, operation.State, operation.RequestId);
                return new RunOutcome(RunResult.Stopped, operation.State);
        }
    }

    private async Task<StepResult> ExecuteAsync(WorkRows rows, OperationStep step, CancellationToken cancellationToken)
    {
        var work = _steps.Find(rows.Operation.Kind, step.Name);
        try
        {
            return await work.RunAsync(rows, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && !IsDatabase(e))
        {
            var result = Trouble.Explain(e, step.Name, work.IsPreparation);
            if (result is StepResult.Failed failed)
            {
                return failed with { Cause = e, LostTrust = e is CloudException cloud && ClusterAccess.IsTrustLost(cloud) ? rows.Cluster?.TrustId : null };
            }

            LogTrouble(_logger, e, rows.Operation.ClusterUuid, rows.Operation.Kind, step.Name, rows.Operation.RequestId);
            return result;
        }
    }

    /// <summary>Begins the next step, or ends the operation when there is none or its time is up.</summary>
    private void Next(WorkRows rows)
    {
        var operation = rows.Operation;
        if (!rows.IsHeldBy(_identity.InstanceId))
        {
            return;
        }

        if (rows.Cluster is null || rows.NextStep is not { } step)
        {
            _ending.Succeed(rows);
            return;
        }

        if (operation.Deadline <= rows.Now && !_steps.Find(operation.Kind, step.Name).OnlyLooks)
        {
            _ending.TimeOut(rows, step, operation.Reason);
            return;
        }

        if (operation.Steps.TrueForAll(s => s.State is StepState.Pending))
        {
            rows.Tell(EventLevel.Info, "operation.started", $"Magnum has begun: {Words.Of(operation.Kind)}.");
        }

        if (step.State is StepState.Pending)
        {
            step.State = StepState.Running;
            step.StartedAt = rows.Now;
            step.Message = null;
        }

        operation.Step = step.Name;
        rows.UpdateProgress();
    }

    private async Task ApplyAsync(WorkRows rows, string stepName, StepResult result)
    {
        result.Effect?.Invoke(rows);
        if (result.Observed is not null && rows.Cluster is not null)
        {
            await ObservationRecorder.ApplyAsync(rows.Db, rows.Cluster, rows.Operation, rows.AddedGroup, result.Observed, CancellationToken.None);
        }

        if (!rows.IsHeldBy(_identity.InstanceId))
        {
            return;   // cancelled, or taken over: what was made is stored, the rest is another's
        }

        var operation = rows.Operation;
        var step = operation.Steps.Find(s => s.Name == stepName)!;
        switch (result)
        {
            case StepResult.Done done:
                step.State = StepState.Succeeded;
                step.Progress = 100;
                step.FinishedAt = rows.Now;
                step.Message = done.Message;
                Recovered(rows);
                rows.Tell(EventLevel.Info, "operation.step", done.Message);
                Next(rows);
                break;
            case StepResult.NextPart part:
                step.Message = part.Message;
                Recovered(rows);
                GoBack(rows, step, part.From);
                Next(rows);
                break;
            case StepResult.Wait when operation.Deadline <= rows.Now:
                _ending.TimeOut(rows, step, ((StepResult.Wait)result).Message);
                break;
            case StepResult.Wait wait:
                step.Message = wait.Message;
                Recovered(rows);
                rows.UpdateProgress();
                Suspend(rows, wait.Delay, wait.Message);
                break;
            case StepResult.TryAgain again when operation.Deadline <= rows.Now:
                _ending.TimeOut(rows, step, again.Reason);
                break;
            case StepResult.TryAgain { Unexpected: true } again when operation.Attempt + 1 >= _options.UnexpectedProblems:
                _ending.Fail(rows, step, new StepResult.Failed($"{again.Reason}, {_options.UnexpectedProblems} times in a row. An operator finds more in Magnum's log."));
                break;
            case StepResult.TryAgain again:
                TryAgain(rows, step, again);
                break;
            case StepResult.Failed { LostTrust: { } lost } when rows.Cluster is { TrustId: { } present } && present != lost:
                TryAgain(rows, step, new StepResult.TryAgain("The cluster's credential was rotated while it was used"));
                break;
            case StepResult.Failed failed:
                _ending.Fail(rows, step, failed);
                break;
        }
    }

    private void TryAgain(WorkRows rows, OperationStep step, StepResult.TryAgain again)
    {
        var operation = rows.Operation;
        operation.Attempt++;
        var delay = Trouble.Backoff(operation.Attempt, again.After, _options);
        var reason = $"{again.Reason}; trying again in {Trouble.Say(delay)}";
        step.Message = reason;
        if (again.From is { } from)
        {
            GoBack(rows, step, from);
        }

        if (operation.Attempt is 1 || operation.Attempt % 10 == 0)
        {
            rows.Tell(EventLevel.Warning, "operation.waiting", $"{reason}.");
        }

        rows.Cluster?.SetStatus(rows.Cluster.Status, reason, rows.Now);
        Suspend(rows, delay, reason);
    }

    private static void GoBack(WorkRows rows, OperationStep step, string from)
    {
        var again = rows.Operation.Steps.Single(s => s.Name == from);
        foreach (var later in rows.Operation.Steps.Where(s => s.Ordinal > again.Ordinal && s.Ordinal <= step.Ordinal))
        {
            later.State = StepState.Pending;
        }

        (again.State, again.StartedAt, again.Message) = (StepState.Running, rows.Now, null);
        rows.Operation.Step = from;
    }

    /// <summary>Trouble has passed: the reason that was shown for it goes.</summary>
    private static void Recovered(WorkRows rows)
    {
        if (rows.Operation.Attempt > 0)
        {
            rows.Operation.Attempt = 0;
            rows.Cluster?.SetStatus(rows.Cluster.Status, null, rows.Now);
        }

        rows.Operation.Reason = null;
    }

    private static void Suspend(WorkRows rows, TimeSpan delay, string reason)
    {
        var operation = rows.Operation;
        var until = rows.Now + delay;
        operation.State = OperationState.Waiting;
        operation.NotBefore = operation.Deadline < until ? operation.Deadline.Value : until;
        operation.Reason = reason;
        operation.LeaseOwner = null;
        operation.LeaseUntil = null;
    }

    private async Task ReleaseAsync(Guid operationUuid)
    {
        try
        {
            await _leases.ReleaseAsync(operationUuid, CancellationToken.None);
        }
        catch (DbException e)
        {
            LogNotReleased(_logger, e, operationUuid);   // it runs out by itself
        }
    }

    private static bool IsDatabase(Exception? e) => e is DbException or DbUpdateException || (e?.InnerException is { } inner && IsDatabase(inner));

    [LoggerMessage(LogLevel.Information, "Cluster {ClusterUuid}: {Kind} is at step {Step} ({RequestId})")]
    private static partial void LogStep(ILogger logger, Guid clusterUuid, OperationKind kind, string step, string requestId);

    [LoggerMessage(LogLevel.Warning, "Cluster {ClusterUuid}: {Kind} met trouble in step {Step} ({RequestId})")]
    private static partial void LogTrouble(ILogger logger, Exception exception, Guid clusterUuid, OperationKind kind, string step, string requestId);

    [LoggerMessage(LogLevel.Information, "Cluster {ClusterUuid}: {Kind} succeeded ({RequestId})")]
    private static partial void LogSucceeded(ILogger logger, Guid clusterUuid, OperationKind kind, string requestId);

    [LoggerMessage(LogLevel.Warning, "Cluster {ClusterUuid}: {Kind} failed in step {Step}: {Reason} ({RequestId})")]
    private static partial void LogFailed(
        ILogger logger, Exception? exception, Guid clusterUuid, OperationKind kind, string? step, string? reason, string requestId);

    [LoggerMessage(LogLevel.Information, "Cluster {ClusterUuid}: {Kind} was taken away as {State} ({RequestId})")]
    private static partial void LogStopped(ILogger logger, Guid clusterUuid, OperationKind kind, OperationState state, string requestId);

    [LoggerMessage(LogLevel.Warning, "The lease of operation {OperationUuid} could not be released and runs out by itself")]
    private static partial void LogNotReleased(ILogger logger, Exception exception, Guid operationUuid);
}
