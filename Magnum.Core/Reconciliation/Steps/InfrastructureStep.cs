using Magnum.Core.Certificates;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Asks the back end for what the rows say.</summary>
internal sealed class InfrastructureStep(ClusterAccess access, ClusterCertificates certificates, ChangeRequests requests) : IOperationStep
{
    public bool OnlyLooks => false;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var cluster = rows.Cluster!;
        var driver = access.Driver(cluster);
        var request = await requests.OfAsync(rows, cancellationToken) with
        {
            Authorities = driver.Description.TakesAuthorities ? await certificates.FindAuthoritiesAsync(cluster.Uuid, cancellationToken) : null,
        };
        var backendId = await driver.ConvergeAsync(request, cancellationToken);
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
