using Magnum.Core.Certificates;
using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Asks the back end for what the rows say.</summary>
internal sealed class InfrastructureStep(
    ClusterAccess access, IIdentity identity, ISecretProtector protector, ClusterCertificates certificates, IOptions<ConductorOptions> options) : IOperationStep
{
    public bool OnlyLooks => false;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var (operation, cluster) = (rows.Operation, rows.Cluster!);
        var driver = access.Driver(cluster);
        var request = new DriverRequest(cluster, access.Credential(cluster), operation.Uuid.ToString())
        {
            NodeGroup = rows.AddedGroup,
            Enrolment = await EnrolmentAsync(rows, cancellationToken),
            Authorities = driver.Description.TakesAuthorities ? await certificates.FindAuthoritiesAsync(cluster.Uuid, cancellationToken) : null,
            NodesToRemove = operation.Payload.NodesToRemove,
            Rollback = operation.Payload.Rollback,
            MayCreate = operation.Kind is OperationKind.Create || rows.AddedGroup is { StackId: null },
            Timeout = Timeout(operation),
            UpgradeBatch = operation.Kind is OperationKind.Upgrade ? operation.Payload.MaxBatchSize ?? 1 : null,
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

    /// <summary>The same at each repetition, since the back end compares.</summary>
    private TimeSpan? Timeout(Operation operation) => operation.Deadline - operation.CreatedAt
        - (operation.Kind is OperationKind.Create ? options.Value.Limits.CreateGrace : TimeSpan.Zero);

    private async Task<NodeEnrolment?> EnrolmentAsync(WorkRows rows, CancellationToken cancellationToken) =>
        rows is { Operation.NodeSecret: { } secret, Cluster.TrusteeUserId: { } userId }
            ? new NodeEnrolment(identity.AuthUrl.ToString().TrimEnd('/'), options.Value.MagnumUrl.TrimEnd('/'), userId, protector.Unprotect(secret))
            {
                CaBundle = options.Value.CaBundleFile.Length == 0 ? null : await File.ReadAllTextAsync(options.Value.CaBundleFile, cancellationToken),
            }
            : null;
}
