using Magnum.Core.Certificates;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Takes the old CAs out of what is trusted, and waits until no node trusts them any more.</summary>
internal sealed class RetireStep(ClusterCertificates certificates, NodeFollowing nodes) : IOperationStep
{
    private const string Done = "No node trusts the old certificate authorities any more.";

    public bool OnlyLooks => false;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        await certificates.RetireAsync(rows.Operation.ClusterUuid, cancellationToken);
        return await certificates.FindPhaseAsync(rows.Operation.ClusterUuid, cancellationToken) is { } phase
            ? await nodes.WaitAsync(rows, phase, Done, "have forgotten the old certificate authorities", cancellationToken)
            : new StepResult.Done(Done);
    }
}
