using Magnum.Core.Certificates;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Deletes the old CAs, which nobody trusts any more.</summary>
internal sealed class FinishRotationStep(ClusterCertificates certificates) : IOperationStep
{
    public bool OnlyLooks => true;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        await certificates.DeleteRetiredAsync(rows.Operation.ClusterUuid, cancellationToken);
        return new StepResult.Done("The old certificate authorities are deleted.");
    }
}
