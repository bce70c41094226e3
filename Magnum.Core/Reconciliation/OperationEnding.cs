using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Microsoft.Extensions.Logging;

namespace Magnum.Core.Reconciliation;

/// <summary>How operations end in the rows, and the little that has to be done outside afterwards.</summary>
internal sealed partial class OperationEnding(IIdentity identity, ILogger<OperationEnding> logger)
{
    /// <summary>All steps are done. A delete takes the rows with it.</summary>
    public void Succeed(WorkRows rows)
    {
        var (operation, cluster) = (rows.Operation, rows.Cluster);
        operation.Progress = 100;
        End(rows, OperationState.Succeeded, null);
        if (cluster is null)
        {
            return;   // somebody removed the rows: nothing is left to do
        }

        var before = cluster.Status;
        if (operation.Kind is OperationKind.NodeGroupDelete && rows.AddedGroup is { } gone)
        {
            cluster.NodeGroups.Remove(gone);
            rows.Db.Remove(gone);
        }

        ClusterStateMachine.End(cluster, operation, OperationOutcome.Succeeded, null, [], rows.Now);
        TellStatus(rows, before, EventLevel.Info);
        rows.Tell(EventLevel.Info, "operation.succeeded", $"{Words.Capital(operation.Kind)} is done.");
        if (operation.Kind is OperationKind.Delete)
        {
            rows.Db.Certificates.RemoveRange(rows.Db.Certificates.Where(c => c.ClusterUuid == cluster.Uuid));
            rows.Db.Remove(cluster);
        }
    }

    /// <summary>The time is up.</summary>
    public void TimeOut(WorkRows rows, OperationStep step, string? waitedFor)
    {
        var operation = rows.Operation;
        var spent = operation.Deadline - operation.CreatedAt ?? TimeSpan.Zero;
        var waiting = waitedFor is null ? "" : $" It waited for: {waitedFor}.";
        var goesOn = step.Name == OperationSteps.Provisioning ? " The back end may go on by itself until the cluster is deleted." : "";
        Fail(rows, step, new StepResult.Failed($"{Words.Capital(operation.Kind)} was given up after {Trouble.Say(spent)} in step '{step.Name}'.{waiting}{goesOn}"));
    }

    /// <summary>It has failed; refused before anything was touched, all is as before.</summary>
    public void Fail(WorkRows rows, OperationStep step, StepResult.Failed failed)
    {
        var (operation, cluster) = (rows.Operation, rows.Cluster);
        step.State = StepState.Failed;
        step.FinishedAt = rows.Now;
        step.Message = failed.Reason;
        End(rows, OperationState.Failed, failed.Reason);
        if (cluster is null)
        {
            return;
        }

        var before = cluster.Status;
        if (failed.NothingChanged && operation.Kind is not (OperationKind.Create or OperationKind.Delete or OperationKind.NodeGroupDelete))
        {
            ClusterStateMachine.Restore(cluster, operation, failed.Reason, rows.Now);
        }
        else
        {
            ClusterStateMachine.End(cluster, operation, failed.Outcome, failed.Reason, failed.Observed?.NodeGroups ?? [], rows.Now);
        }

        rows.Tell(EventLevel.Error, "operation.failed", failed.Reason);
        TellStatus(rows, before, EventLevel.Error);
    }

    /// <summary>A failed operation's nodes need their user no more. Best effort: the next operation or the delete sees to it otherwise.</summary>
    public async Task AfterwardsAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        if (rows is not { Operation: { State: OperationState.Failed, Kind: not OperationKind.Delete }, Cluster.TrusteeUserId: { } userId })
        {
            return;
        }

        try
        {
            await identity.SetTrusteeEnabledAsync(userId, enabled: false, cancellationToken);
        }
        catch (CloudException e)
        {
            LogTrusteeStays(logger, e, rows.Operation.ClusterUuid, rows.Operation.RequestId);
        }
    }

    private static void End(WorkRows rows, OperationState state, string? reason)
    {
        var operation = rows.Operation;
        operation.State = state;
        operation.ActiveClusterUuid = null;
        operation.FinishedAt = rows.Now;
        operation.Reason = reason;
        operation.NodeSecret = null;
        operation.LeaseOwner = null;
        operation.LeaseUntil = null;
    }

    private static void TellStatus(WorkRows rows, ClusterStatus before, EventLevel level)
    {
        if (rows.Cluster!.Status != before)
        {
            rows.Tell(level, "status", $"The cluster is now {rows.Cluster.Status.ToWire()}.");
        }
    }

    [LoggerMessage(LogLevel.Warning, "The node user of cluster {ClusterUuid} could not be disabled after a failed operation ({RequestId})")]
    private static partial void LogTrusteeStays(ILogger logger, Exception exception, Guid clusterUuid, string requestId);
}
