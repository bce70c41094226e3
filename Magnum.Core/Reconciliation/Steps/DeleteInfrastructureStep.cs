namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Asks the back end to remove the cluster, or a group of it; in Magnum's own name where the owner's trust is gone.</summary>
internal sealed class DeleteInfrastructureStep(ClusterAccess access) : IOperationStep
{
    public bool OnlyLooks => false;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        await access.DeleteAsync(rows.Cluster!, rows.AddedGroup, rows.Operation.Uuid.ToString(), cancellationToken);
        return new StepResult.Done("The cloud has accepted the removal.");
    }
}
