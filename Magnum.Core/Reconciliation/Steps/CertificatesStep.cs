using Magnum.Core.Certificates;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Makes the cluster's CAs, Magnum's client certificate and the service accounts' key, as far as they are not there.</summary>
internal sealed class CertificatesStep(ClusterCertificates certificates, KeyMaking keys) : IOperationStep
{
    /// <summary>What who finds no place waits for.</summary>
    internal static readonly StepResult NoPlace = new StepResult.Wait("The certificates of other clusters are made first", KeyMaking.ComeBackAfter);

    public bool OnlyLooks => false;

    public bool IsPreparation => true;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        using var place = keys.TryEnter();
        if (place is null)
        {
            return NoPlace;
        }

        await certificates.EnsureAsync(rows.Cluster!.Uuid, rows.Cluster.Name, cancellationToken);
        return new StepResult.Done("The cluster's certificates are made.");
    }
}
