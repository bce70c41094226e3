using Magnum.Core.Clusters;

namespace Magnum.Core.Operations;

/// <summary>Makes the records of work. Whoever accepts a request adds one in the transaction that accepts it.</summary>
public static class OperationFactory
{
    /// <summary>
    /// An operation, queued, with its steps and deadline. Notes the present status of the cluster and its groups, then moves them to
    /// <c>*_IN_PROGRESS</c>: call it before changing a status and after adding groups. The caller adds it to its context and saves.
    /// </summary>
    /// <param name="nodeGroupUuid">The group concerned; null: the default ones.</param>
    /// <param name="limits">As configured: the deadline comes from them, and for a create from the cluster's own <c>create_timeout</c>.</param>
    public static Operation Create(
        Cluster cluster,
        OperationKind kind,
        OperationPayload payload,
        Guid? nodeGroupUuid,
        string userId,
        string requestId,
        DateTimeOffset now,
        OperationLimits limits)
    {
        var operation = new Operation
        {
            Uuid = Guid.NewGuid(),
            ClusterUuid = cluster.Uuid,
            ActiveClusterUuid = cluster.Uuid,
            NodeGroupUuid = nodeGroupUuid,
            ProjectId = cluster.ProjectId,
            UserId = userId,
            RequestId = requestId,
            Kind = kind,
            State = OperationState.Queued,
            Payload = payload with
            {
                Driver = cluster.Driver,
                PreviousStatus = payload.PreviousStatus ?? cluster.Status,
                PreviousGroupStatuses = payload.PreviousGroupStatuses.Count > 0
                    ? payload.PreviousGroupStatuses
                    : cluster.NodeGroups.ToDictionary(g => g.Name, g => g.Status),
            },
            NotBefore = now,
            Deadline = now + limits.For(kind, cluster),
            CreatedAt = now,
            Steps = [.. OperationSteps.Of(kind, cluster).Select((step, ordinal) => new OperationStep { Ordinal = ordinal, Name = step.Name, Weight = step.Weight })],
        };
        ClusterStateMachine.Begin(cluster, kind, nodeGroupUuid, now);
        return operation;
    }

    /// <summary>
    /// Takes the cluster away from an operation, for a delete. Its lease stays: the conductor that works on it lets go after the running
    /// step, and the delete waits for that. Save before adding the next operation: only one may be active.
    /// </summary>
    public static void Cancel(Operation operation, string reason, DateTimeOffset now)
    {
        operation.State = OperationState.Cancelled;
        operation.ActiveClusterUuid = null;
        operation.FinishedAt = now;
        operation.Reason = reason;
        operation.NodeSecret = null;
        operation.Generation++;
    }
}
