using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;

namespace Magnum.Core.Clusters;

/// <summary>What an observation means for the operation that asked for it.</summary>
public enum Verdict
{
    /// <summary>The back end works.</summary>
    Wait,

    /// <summary>The back end takes a failed change back.</summary>
    RollingBack,

    /// <summary>The back end does something else, or nothing: it has to be asked again.</summary>
    AskAgain,

    /// <summary>The back end is done with a part and waits to be asked for the next.</summary>
    NextPart,

    /// <summary>As wanted.</summary>
    Done,
    Failed,

    /// <summary>Gone while it was wanted.</summary>
    Vanished,

    /// <summary>Failed, and as it was before.</summary>
    RolledBack,

    /// <summary>Failed, and could not be taken back.</summary>
    RollbackFailed,
}

/// <summary>How an operation ended.</summary>
public enum OperationOutcome
{
    Succeeded,
    Failed,
    RolledBack,
    RollbackFailed,
}

/// <summary>The one place where facts become a status. Pure: no clock, no database, no cloud.</summary>
public static class ClusterStateMachine
{
    /// <summary>Whether an operation may begin in this state of the cluster.</summary>
    /// <param name="unfinished">Whether such an operation has begun before and been given up, so that this one goes on with it.</param>
    public static bool CanStart(OperationKind kind, ClusterStatus status, bool unfinished = false) => kind switch
    {
        OperationKind.Delete or OperationKind.NodeGroupDelete => true,
        OperationKind.Create => status is ClusterStatus.CreateFailed,   // tried again
        OperationKind.Resize or OperationKind.NodeGroupCreate or OperationKind.NodeGroupUpdate =>
            status.IsSettled() || status is ClusterStatus.UpdateFailed or ClusterStatus.RollbackFailed or ClusterStatus.UpdateInProgress,
        OperationKind.Update or OperationKind.Upgrade =>
            status.IsSettled() || status is ClusterStatus.UpdateFailed or ClusterStatus.RollbackFailed,
        _ => status.IsSettled() || (unfinished && status is (ClusterStatus.UpdateFailed or ClusterStatus.RollbackFailed)),
    };

    /// <summary>The status while an operation works.</summary>
    public static ClusterStatus InProgress(OperationKind kind) => kind switch
    {
        OperationKind.Create => ClusterStatus.CreateInProgress,
        OperationKind.Delete => ClusterStatus.DeleteInProgress,
        _ => ClusterStatus.UpdateInProgress,
    };

    /// <summary>What the facts say to an operation. An absent cluster is gone, whatever else is said.</summary>
    public static Verdict Judge(OperationKind kind, ObservedCluster observed) => (kind, observed) switch
    {
        (OperationKind.Delete or OperationKind.NodeGroupDelete, { State: ObservedState.Absent }) => Verdict.Done,
        (OperationKind.Delete or OperationKind.NodeGroupDelete, { State: ObservedState.InProgress, IsDeleting: true }) => Verdict.Wait,
        (OperationKind.Delete or OperationKind.NodeGroupDelete, { State: ObservedState.Ready, IsDeleting: true }) => Verdict.NextPart,
        (OperationKind.Delete or OperationKind.NodeGroupDelete, _) => Verdict.AskAgain,
        (_, { State: ObservedState.Absent }) => Verdict.Vanished,
        (_, { State: ObservedState.InProgress, IsRollingBack: true }) => Verdict.RollingBack,
        (_, { State: ObservedState.InProgress }) => Verdict.Wait,
        (_, { IsCurrent: false }) => Verdict.AskAgain,
        (OperationKind.Upgrade, { State: ObservedState.Ready, Replacement: not null }) => Verdict.NextPart,
        (_, { State: ObservedState.Ready }) => Verdict.Done,
        (_, { State: ObservedState.RolledBack }) => Verdict.RolledBack,
        (_, { IsRollingBack: true }) => Verdict.RollbackFailed,
        _ => Verdict.Failed,
    };

    /// <summary>The settled form of a status in progress; others stay.</summary>
    public static ClusterStatus Settle(ClusterStatus status, OperationOutcome outcome) => (status, outcome) switch
    {
        (ClusterStatus.CreateInProgress, OperationOutcome.Succeeded) => ClusterStatus.CreateComplete,
        (ClusterStatus.CreateInProgress, _) => ClusterStatus.CreateFailed,
        (ClusterStatus.DeleteInProgress, OperationOutcome.Succeeded) => ClusterStatus.DeleteComplete,
        (ClusterStatus.DeleteInProgress, _) => ClusterStatus.DeleteFailed,
        (ClusterStatus.UpdateInProgress, OperationOutcome.Succeeded) => ClusterStatus.UpdateComplete,
        (ClusterStatus.UpdateInProgress, OperationOutcome.Failed) => ClusterStatus.UpdateFailed,
        (ClusterStatus.UpdateInProgress or ClusterStatus.RollbackInProgress, OperationOutcome.RolledBack) => ClusterStatus.RollbackComplete,
        (ClusterStatus.UpdateInProgress or ClusterStatus.RollbackInProgress, OperationOutcome.RollbackFailed) => ClusterStatus.RollbackFailed,
        (ClusterStatus.RollbackInProgress, OperationOutcome.Succeeded) => ClusterStatus.RollbackComplete,
        (ClusterStatus.RollbackInProgress, OperationOutcome.Failed) => ClusterStatus.RollbackFailed,
        _ => status,
    };

    /// <summary>The cluster's status from its groups': working before failed before complete.</summary>
    /// <remarks>
    /// The default groups share one piece of the back end and speak for the cluster; with further groups the cluster shows an update,
    /// or a deletion while the masters are being deleted. A cluster that was complete before does not become newly created by it.
    /// </remarks>
    public static (ClusterStatus Status, string? Reason) Aggregate(IReadOnlyCollection<NodeGroup> groups, ClusterStatus previous)
    {
        var phase = groups.Any(g => g.Status.IsInProgress()) ? Phase.InProgress
            : groups.Any(g => g.Status.IsFailed()) ? Phase.Failed
            : Phase.Complete;
        var master = groups.Single(g => g.IsDefault && g.IsMaster);
        ClusterStatus status;
        if (groups.All(g => g.IsDefault))
        {
            status = PhaseOf(master.Status) == phase ? master.Status : groups.First(g => PhaseOf(g.Status) == phase).Status;
        }
        else
        {
            var deleting = master.Status is ClusterStatus.DeleteInProgress or ClusterStatus.DeleteFailed or ClusterStatus.DeleteComplete;
            status = phase switch
            {
                Phase.InProgress => deleting ? ClusterStatus.DeleteInProgress : ClusterStatus.UpdateInProgress,
                Phase.Failed => deleting ? ClusterStatus.DeleteFailed : ClusterStatus.UpdateFailed,
                _ => deleting ? ClusterStatus.DeleteComplete : ClusterStatus.UpdateComplete,
            };
        }

        if (status is ClusterStatus.CreateComplete && previous is not (ClusterStatus.CreateComplete or ClusterStatus.CreateInProgress))
        {
            status = ClusterStatus.UpdateComplete;
        }

        var failed = groups.Where(g => g.Status.IsFailed()).Select(g => $"{g.Name} failed");
        return (status, phase == Phase.Failed ? string.Join(", ", failed) : null);
    }

    /// <summary>Moves the cluster and the groups concerned to where an operation works on them.</summary>
    internal static void Begin(Cluster cluster, OperationKind kind, Guid? nodeGroupUuid, DateTimeOffset now)
    {
        var group = cluster.NodeGroups.Find(g => g.Uuid == nodeGroupUuid);
        foreach (var concerned in cluster.NodeGroups.Where(g => Concerns(kind, g, group)))
        {
            concerned.SetStatus(
                kind switch
                {
                    OperationKind.NodeGroupCreate => ClusterStatus.CreateInProgress,
                    OperationKind.NodeGroupDelete => ClusterStatus.DeleteInProgress,
                    _ => InProgress(kind),
                },
                null,
                now);
        }

        cluster.SetStatus(InProgress(kind), null, now);
        cluster.Progress = 0;
    }

    /// <summary>The back end has begun to take a failed change back.</summary>
    internal static void RollBack(Cluster cluster, string? reason, DateTimeOffset now)
    {
        foreach (var group in cluster.NodeGroups.Where(g => g.Status is ClusterStatus.UpdateInProgress))
        {
            group.SetStatus(ClusterStatus.RollbackInProgress, reason, now);
        }

        cluster.SetStatus(ClusterStatus.RollbackInProgress, reason, now);
    }

    /// <summary>Ends an operation in the rows: statuses, reasons, and the old count when the new one was not reached.</summary>
    internal static void End(
        Cluster cluster, Operation operation, OperationOutcome outcome, string? reason, IReadOnlyList<ObservedNodeGroup> observed, DateTimeOffset now)
    {
        var working = cluster.NodeGroups.Where(g => g.Status.IsInProgress()).ToList();
        var anyNamed = working.Exists(g => Find(g)?.State == ObservedState.Failed);
        foreach (var group in working)
        {
            // When the back end names the groups that failed, the ready ones have not.
            var ended = outcome == OperationOutcome.Failed && anyNamed && Find(group)?.State == ObservedState.Ready ? OperationOutcome.Succeeded : outcome;
            group.SetStatus(
                Settle(group.Status, ended), ended == OperationOutcome.Succeeded ? null : Find(group)?.Reason ?? reason, now);
        }

        if (outcome != OperationOutcome.Succeeded)
        {
            RestoreCount(cluster, operation);
        }

        var (status, named) = Aggregate(cluster.NodeGroups, cluster.Status);

        // An operation on the cluster itself may fail without a group to blame.
        status = PhaseOf(status) == Phase.InProgress || (outcome != OperationOutcome.Succeeded && PhaseOf(status) == Phase.Complete && outcome != OperationOutcome.RolledBack)
            ? Settle(cluster.Status, outcome)
            : status;
        cluster.SetStatus(status, outcome == OperationOutcome.Succeeded ? named : reason ?? named, now);
        cluster.Progress = null;

        ObservedNodeGroup? Find(NodeGroup group) => observed.FirstOrDefault(o => o.Name == group.Name);
    }

    /// <summary>The operation was refused before anything was touched: all is as before, and the refusal is told.</summary>
    internal static void Restore(Cluster cluster, Operation operation, string reason, DateTimeOffset now)
    {
        foreach (var group in cluster.NodeGroups.Where(g => g.Status.IsInProgress()))
        {
            if (operation.Payload.PreviousGroupStatuses.TryGetValue(group.Name, out var before) && !before.IsInProgress())
            {
                group.SetStatus(before, group.StatusReason, now);
            }
            else
            {
                group.SetStatus(Settle(group.Status, OperationOutcome.Failed), reason, now);   // a new group, which has no status to go back to
            }
        }

        RestoreCount(cluster, operation);
        operation.Payload.Former?.Restore(cluster);
        var previous = operation.Payload.PreviousStatus is { } noted && !noted.IsInProgress() ? noted : Settle(cluster.Status, OperationOutcome.Failed);
        cluster.SetStatus(previous, reason, now);
        cluster.Progress = null;
    }

    private static bool Concerns(OperationKind kind, NodeGroup candidate, NodeGroup? named) => kind switch
    {
        OperationKind.Create or OperationKind.Delete or OperationKind.RotateCa => true,
        _ => named is null or { IsDefault: true } ? candidate.IsDefault : candidate.Uuid == named.Uuid,
    };

    private static void RestoreCount(Cluster cluster, Operation operation)
    {
        if (operation.Kind is OperationKind.Update or OperationKind.Resize && operation.Payload.PreviousNodeCount is { } count)
        {
            var group = cluster.NodeGroups.Find(g => g.Uuid == operation.NodeGroupUuid) ?? cluster.DefaultWorker;
            group.NodeCount = count;
        }
    }

    private static Phase PhaseOf(ClusterStatus status) =>
        status.IsInProgress() ? Phase.InProgress : status.IsFailed() ? Phase.Failed : Phase.Complete;

    private enum Phase
    {
        InProgress,
        Failed,
        Complete,
    }
}
