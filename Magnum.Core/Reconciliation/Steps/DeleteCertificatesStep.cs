using Magnum.Core.Certificates;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Removes the cluster's certificates and keys.</summary>
internal sealed class DeleteCertificatesStep(ClusterCertificates certificates) : IOperationStep
{
    public bool OnlyLooks => false;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        await certificates.DeleteAsync(rows.Operation.ClusterUuid, cancellationToken);
        return new StepResult.Done("The cluster's certificates are removed.");
    }
}
