using Magnum.Core.Clusters;
using Magnum.Core.Operations;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Waits until nothing is left in the back end, and asks again when something is in the way.</summary>
internal sealed class RemovalStep(ClusterAccess access, IOptions<ConductorOptions> options) : IOperationStep
{
    public bool OnlyLooks => true;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var observed = await access.ObserveAsync(rows.Cluster!, rows.AddedGroup, rows.Operation.Uuid.ToString(), withEvents: true, cancellationToken);
        StepResult result = ClusterStateMachine.Judge(OperationKind.Delete, observed) switch
        {
            Verdict.Done => new StepResult.Done(rows.AddedGroup is { } group ? $"Nothing of {group.Name} is left in the cloud." : "Nothing of the cluster is left in the cloud."),
            Verdict.Wait => new StepResult.Wait("the cloud removes the resources", options.Value.FallbackInterval),
            Verdict.NextPart => new StepResult.NextPart("the cloud removes what is left", OperationSteps.Infrastructure),
            _ when !observed.IsDeleting && rows.Now - rows.NextStep!.StartedAt < ProvisioningStep.Settling =>
                new StepResult.Wait("the cloud has accepted the removal and not begun yet", ProvisioningStep.SettlingPause),
            _ => new StepResult.TryAgain($"The cloud has not removed everything ({observed.Reason?.TrimEnd('.') ?? "it does not say why"})")
            {
                From = OperationSteps.Infrastructure,
            },
        };
        return result with { Observed = observed };
    }
}
