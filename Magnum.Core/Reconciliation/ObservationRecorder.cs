using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;

namespace Magnum.Core.Reconciliation;

/// <summary>Writes what was seen into the rows. It decides nothing about a status.</summary>
internal static class ObservationRecorder
{
    /// <summary>Addresses, versions, nodes, stages and events.</summary>
    /// <param name="operation">The operation at work, whose waiting step gets the share that is done; null: none.</param>
    /// <param name="added">The group whose own piece of the back end was looked at; null: the rest of the cluster.</param>
    public static async Task ApplyAsync(
        MagnumDbContext db, Cluster cluster, Operation? operation, NodeGroup? added, ObservedCluster observed, CancellationToken cancellationToken)
    {
        cluster.ApiAddress = observed.ApiAddress ?? cluster.ApiAddress;
        cluster.CoeVersion = observed.CoeVersion ?? cluster.CoeVersion;
        foreach (var seen in observed.NodeGroups)
        {
            if (cluster.NodeGroups.Find(g => g.Name == seen.Name) is { } group)
            {
                Apply(cluster, group, seen);
            }
        }

        if (observed.Stages.Count > 0)
        {
            cluster.Stages = [.. observed.Stages];
            if (operation?.Steps.Find(s => s.State is StepState.Running && OperationSteps.IsWaitingForBackend(s.Name)) is { } step)
            {
                step.Progress = Math.Max(step.Progress, operation.Kind is OperationKind.Upgrade ? Percentage(observed.Replacement) : Percentage(observed.Stages));
            }
        }

        await ClusterEventWriter.AppendAsync(db, cluster, observed.Events, operation, cancellationToken);
        if (added is null)
        {
            cluster.EventMarker = observed.EventMarker ?? cluster.EventMarker;
        }
        else
        {
            added.EventMarker = observed.EventMarker ?? added.EventMarker;
        }
    }

    /// <summary>What is done of all stages; the last percent belongs to the back end's own word.</summary>
    public static int Percentage(IReadOnlyList<ObservedStage> stages)
    {
        var total = stages.Sum(s => s.Total);
        return total <= 0 ? 0 : Math.Clamp(100 * stages.Sum(s => s.Done) / total, 0, 99);
    }

    private static int Percentage(NodeReplacement? replacement) =>
        replacement is { Total: > 0 } r ? Math.Clamp(100 * (r.Total - r.Left) / r.Total, 0, 99) : 0;

    private static void Apply(Cluster cluster, NodeGroup group, ObservedNodeGroup seen)
    {
        group.Nodes = [.. seen.Nodes];
        group.NodeAddresses =
        [
            .. seen.Nodes
                .Select(n => cluster.FloatingIpEnabled ? n.PublicAddress ?? n.Address : n.Address)
                .OfType<string>(),
        ];
        if ((seen.Version ?? (group.IsDefault ? cluster.CoeVersion : null)) is { Length: <= 20 } version)
        {
            group.Version = version;
        }
    }
}
