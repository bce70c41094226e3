using Magnum.Core.Certificates;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Lets the next CAs sign, and waits until every node has its certificates from them.</summary>
internal sealed class ReissueStep(ClusterCertificates certificates, NodeFollowing nodes) : IOperationStep
{
    private const string Done = "Every node has its certificates from the new certificate authorities.";

    public bool OnlyLooks => false;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        await certificates.SwitchAsync(rows.Operation.ClusterUuid, cancellationToken);
        return await certificates.FindPhaseAsync(rows.Operation.ClusterUuid, cancellationToken) is { Also: not null } phase
            ? await nodes.WaitAsync(rows, phase, Done, "have renewed their certificates", cancellationToken)
            : new StepResult.Done(Done);   // a rotation before this one came further
    }
}
