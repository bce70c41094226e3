using Magnum.Core.Certificates;
using Magnum.Core.Drivers;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Makes the next CAs of a cluster, unless a rotation that was given up has left some. The key of service accounts stays: their tokens go on to hold.</summary>
internal sealed class NextCertificatesStep(ClusterAccess access, ClusterCertificates certificates, KeyMaking keys) : IOperationStep
{
    public bool OnlyLooks => false;

    public bool IsPreparation => true;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var cluster = rows.Cluster!;

        // The nodes that have to follow are those that there are: one that somebody took away would be waited for in vain.
        var observed = await access.ObserveAsync(cluster, null, rows.Operation.Uuid.ToString(), withEvents: false, cancellationToken);
        if (observed.State is ObservedState.Absent)
        {
            return new StepResult.Failed($"Stack with id {cluster.StackId} not found: somebody deleted it outside Magnum.") { NothingChanged = true };
        }

        if (cluster.NodeGroups.Find(g => observed.NodeGroups.FirstOrDefault(o => o.Name == g.Name)?.Nodes.Count is not { } count || count < g.NodeCount) is { } unknown)
        {
            return new StepResult.TryAgain($"The cloud does not name all nodes of {unknown.Name}, so nobody could say when they all have followed");
        }

        using var place = keys.TryEnter();
        if (place is null)
        {
            return CertificatesStep.NoPlace;
        }

        await certificates.MakeNextAsync(cluster.Uuid, cluster.Name, cancellationToken);
        return new StepResult.Done("The cluster's next certificate authorities are made.") { Observed = observed };
    }
}
