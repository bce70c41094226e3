using Magnum.Core.Certificates;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Waits until every node trusts the next CAs beside those that sign.</summary>
internal sealed class TrustStep(ClusterCertificates certificates, NodeFollowing nodes) : IOperationStep
{
    private const string Done = "Every node trusts the next certificate authorities.";

    public bool OnlyLooks => true;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken) =>
        await certificates.FindPhaseAsync(rows.Operation.ClusterUuid, cancellationToken) is { IsRotating: true, Renews: false } phase
            ? await nodes.WaitAsync(rows, phase, Done, "trust the next certificate authorities", cancellationToken)
            : new StepResult.Done(Done);   // a rotation before this one came further
}
