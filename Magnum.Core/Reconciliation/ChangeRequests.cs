using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>What a driver is asked for by an operation; the same at each repetition, since back ends compare.</summary>
internal sealed class ChangeRequests(
    ClusterAccess access, ClusterCertificates certificates, IIdentity identity, ISecretProtector protector, IOptions<ConductorOptions> options)
{
    /// <summary>Whether the engine itself may be asked. One of which nothing is heard is not: mostly there is no way from here to its network.</summary>
    public static bool ReachesEngine(WorkRows rows) => rows.Operation.Kind is not OperationKind.Create
        && rows.Cluster is { ApiAddress: not null, HealthStatus: HealthStatus.Healthy or HealthStatus.Unhealthy };

    /// <summary>With the way into the engine where it may be asked.</summary>
    public async Task<DriverRequest> OfAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var (operation, cluster) = (rows.Operation, rows.Cluster!);
        return new DriverRequest(cluster, access.Credential(cluster), operation.Uuid.ToString())
        {
            NodeGroup = rows.AddedGroup,
            Access = ReachesEngine(rows) ? await certificates.FindAccessAsync(cluster.Uuid, cancellationToken) : null,
            Enrolment = await EnrolmentAsync(rows, cancellationToken),
            NodesToRemove = operation.Payload.NodesToRemove,
            Rollback = operation.Payload.Rollback,
            MayCreate = operation.Kind is OperationKind.Create || rows.AddedGroup is { StackId: null },
            IsRemoval = operation.Kind is OperationKind.NodeGroupDelete,
            Timeout = Timeout(operation),
            UpgradeBatch = operation.Kind is OperationKind.Upgrade ? operation.Payload.MaxBatchSize ?? 1 : null,
        };
    }

    private TimeSpan? Timeout(Operation operation) => operation.Deadline - operation.CreatedAt
        - (operation.Kind is OperationKind.Create ? options.Value.Limits.CreateGrace : TimeSpan.Zero);

    private async Task<NodeEnrolment?> EnrolmentAsync(WorkRows rows, CancellationToken cancellationToken) =>
        rows is { Operation.NodeSecret: { } secret, Cluster.TrusteeUserId: { } userId }
            ? new NodeEnrolment(identity.AuthUrl.ToString().TrimEnd('/'), options.Value.MagnumUrl.TrimEnd('/'), userId, protector.Unprotect(secret))
            {
                Region = identity.Region,
                CaBundle = options.Value.CaBundleFile.Length == 0 ? null : await File.ReadAllTextAsync(options.Value.CaBundleFile, cancellationToken),
            }
            : null;
}
