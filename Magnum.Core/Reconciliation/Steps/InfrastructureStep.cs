using Magnum.Core.Certificates;
using Magnum.Core.Operations;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Asks the back end for what the rows say.</summary>
internal sealed class InfrastructureStep(ClusterAccess access, ClusterCertificates certificates, ChangeRequests requests) : IOperationStep
{
    public bool OnlyLooks => false;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var cluster = rows.Cluster!;
        // Which nodes go is asked again of the engine, which has freed them.
        var engine = DrainStep.MayBeAsked(cluster) && rows.Operation.Kind is not OperationKind.Create ? await certificates.FindAccessAsync(cluster.Uuid, cancellationToken) : null;
        var request = await requests.OfAsync(rows, cancellationToken) with { Access = engine };
        var backendId = await access.Driver(cluster).ConvergeAsync(request, cancellationToken);
        return new StepResult.Done("The cloud has accepted the request.")
        {
            Effect = now =>
            {
                if (now.AddedGroup is { } added)
                {
                    added.StackId = backendId;
                }

                if (now.Cluster is null || rows.AddedGroup is not null)
                {
                    return;
                }

                now.Cluster.StackId = backendId;
                foreach (var group in now.Cluster.NodeGroups.Where(g => g.IsDefault))
                {
                    group.StackId = backendId;
                }
            },
        };
    }
}
