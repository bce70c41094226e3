using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Clusters;

/// <summary>Records work for the conductor inside the request's transaction, and tells about it after the commit.</summary>
internal sealed partial class ClusterWork(
    IOperationScheduler scheduler, IClusterEvents events, IOptions<ConductorOptions> options, TimeProvider time, ILogger<ClusterWork> logger)
{
    /// <summary>Moves the cluster and the groups concerned to in progress, adds the operation and the event that says who asked. The caller saves.</summary>
    public Operation Record(
        MagnumDbContext db, Caller caller, Cluster cluster, OperationKind kind, OperationPayload payload, NodeGroup? group, string message)
    {
        var operation = OperationFactory.Create(cluster, kind, payload, group?.Uuid, caller.UserId, caller.RequestId, time.GetUtcNow(), options.Value.Limits);
        db.Add(operation);
        Note(db, caller, cluster, operation.Uuid, message);
        return operation;
    }

    /// <summary>Adds the event that says who asked for what.</summary>
    public void Note(MagnumDbContext db, Caller caller, Cluster cluster, Guid? operationUuid, string message) => db.Add(new ClusterEvent
    {
        ClusterUuid = cluster.Uuid,
        ProjectId = cluster.ProjectId,
        Sequence = ++cluster.EventSequence,
        OccurredAt = time.GetUtcNow(),
        Source = EventSource.Request,
        Level = EventLevel.Info,
        Kind = "request",
        Message = $"{caller.Token.UserName} {message}",
        OperationUuid = operationUuid,
        RequestId = caller.RequestId,
    });

    /// <summary>The operation that works on the cluster now.</summary>
    public static Task<Operation?> FindActiveAsync(MagnumDbContext db, Cluster cluster, CancellationToken cancellationToken) =>
        db.Operations.SingleOrDefaultAsync(o => o.ActiveClusterUuid == cluster.Uuid, cancellationToken);

    /// <summary>Takes the cluster away from an operation. Its conductor finds out when it next saves, and stops.</summary>
    public async Task CancelAsync(MagnumDbContext db, Operation operation, string reason, CancellationToken cancellationToken)
    {
        OperationFactory.Cancel(operation, reason, time.GetUtcNow());
        await db.SaveChangesAsync(cancellationToken);   // before the next one is inserted: only one may be active
    }

    /// <summary>After the commit: wakes the conductor and everybody who watches.</summary>
    public async Task AnnounceAsync(Cluster cluster, Guid? operationUuid)
    {
        if (operationUuid is { } uuid)
        {
            try
            {
                scheduler.Enqueue(uuid);
            }
            catch (Exception e)
            {
                // The work is recorded and the sweep finds it; failing now would make the client ask again for what it has.
                LogNotEnqueued(logger, e, uuid, cluster.Uuid);
            }
        }

        // None: the change is committed whether or not the client still waits.
        await events.PublishAsync(
            new ClusterChange(
                cluster.Uuid,
                cluster.ProjectId,
                ClusterChangeKinds.Cluster | ClusterChangeKinds.Event | (operationUuid is null ? ClusterChangeKinds.None : ClusterChangeKinds.Progress),
                cluster.EventSequence,
                cluster.Status.ToWire(),
                cluster.Progress),
            CancellationToken.None);
    }

    [LoggerMessage(LogLevel.Warning, "Operation {OperationUuid} of cluster {ClusterUuid} waits for the sweep, since the scheduler cannot be reached")]
    private static partial void LogNotEnqueued(ILogger logger, Exception exception, Guid operationUuid, Guid clusterUuid);
}
