using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;

namespace Magnum.Core.Reconciliation;

/// <summary>An operation's rows within one transaction.</summary>
/// <param name="Cluster">Null when it is gone.</param>
internal sealed record WorkRows(MagnumDbContext Db, Operation Operation, Cluster? Cluster, DateTimeOffset Now)
{
    /// <summary>The step at work, or the first that is not done.</summary>
    public OperationStep? NextStep => Operation.Steps.Find(s => s.State is StepState.Running) ?? Operation.Steps.Find(s => s.State is StepState.Pending);

    /// <summary>The added group that the operation is about; null: the cluster with the groups that were made with it.</summary>
    public NodeGroup? AddedGroup => Cluster?.NodeGroups.Find(g => g.Uuid == Operation.NodeGroupUuid && !g.IsDefault);

    /// <summary>Whether this conductor may still change the operation.</summary>
    public bool IsHeldBy(string owner) => Operation.State is OperationState.Running && Operation.LeaseOwner == owner;

    /// <summary>Tells the cluster's history.</summary>
    public void Tell(EventLevel level, string kind, string message)
    {
        if (Cluster is not null)
        {
            ClusterEventWriter.Append(Db, Cluster, EventSource.Conductor, level, kind, message, Now, Operation);
        }
    }

    /// <summary>The percentage from the steps; it never falls.</summary>
    public void UpdateProgress()
    {
        var total = Operation.Steps.Sum(s => s.Weight);
        var done = Operation.Steps.Sum(s => s.Weight * (s.State is StepState.Succeeded or StepState.Skipped ? 100 : s.Progress));
        Operation.Progress = Math.Max(Operation.Progress, total == 0 ? 0 : done / total);
        if (Cluster is not null)
        {
            Cluster.Progress = Operation.Progress;
        }
    }
}
