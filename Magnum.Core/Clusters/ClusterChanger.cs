using System.Globalization;
using Magnum.Core.Certificates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Clusters;

/// <summary>
/// Changes of clusters that exist. Each reads, judges the state and records the work in one transaction; who was slower begins
/// anew and judges the state that the faster one left.
/// </summary>
internal sealed class ClusterChanger(
    ClusterTransaction transaction,
    PolicyEnforcer policy,
    ClusterValidator validator,
    ClusterWork work,
    IClusterDriverRegistry drivers,
    TimeProvider time)
{
    public Task<Result<Cluster>> UpdateAsync(
        Caller caller, string ident, Func<Cluster, Result<ClusterUpdate>> change, CancellationToken cancellationToken) =>
        transaction.ChangeAsync(caller, ident, new ClusterRight(PolicyRules.ClusterUpdate, PolicyRules.ClusterUpdateAllProjects), (db, cluster) =>
        {
            if (policy.Check(caller, PolicyRules.ClusterUpdateHealthStatus) is { } refused)
            {
                return Refused(refused);
            }

            var wanted = change(cluster);
            if (wanted.Value is not { } update)
            {
                return Refused(wanted.Error!);
            }

            if (update.NodeCount is { } count && validator.CheckNodeCount(count) is { } outOfBounds)
            {
                return Refused(outOfBounds);
            }

            var now = time.GetUtcNow();
            if (update.HealthStatus is not null || update.HealthStatusReason is not null)
            {
                cluster.HealthStatus = update.HealthStatus ?? cluster.HealthStatus;
                cluster.HealthStatusReason = update.HealthStatusReason?.ToDictionary() ?? cluster.HealthStatusReason;
                cluster.HealthCheckedAt = now;
                cluster.Touch(now);
            }

            var group = cluster.DefaultWorker;
            if (update.NodeCount is null || update.NodeCount == group.NodeCount)
            {
                return Nothing;
            }

            if (!MayStart(cluster.Status))
            {
                return Refused(WrongState("Updating a cluster", cluster.Status));
            }

            var payload = new OperationPayload
            {
                PreviousNodeCount = group.NodeCount,
                NodeCount = update.NodeCount,
                Rollback = update.Rollback,
            };
            var message = Counts(group, update.NodeCount.Value);
            group.NodeCount = update.NodeCount.Value;
            return Recorded(work.Record(db, caller, cluster, OperationKind.Update, payload, group, message));
        }, cancellationToken);

    public Task<Result<Cluster>> ResizeAsync(Caller caller, string ident, ClusterResize resize, CancellationToken cancellationToken) =>
        transaction.ChangeAsync(caller, ident, new ClusterRight(PolicyRules.ClusterResize), async (db, cluster) =>
        {
            var found = resize.NodeGroup is null ? cluster.DefaultWorker : ClusterLookup.FindNodeGroup(cluster, resize.NodeGroup);
            if (found.Value is not { } group)
            {
                return found.Error!;
            }

            if (CheckSize(cluster, group, resize.NodeCount) is { } outOfBounds)
            {
                return outOfBounds;
            }

            var remove = resize.NodesToRemove.Distinct(StringComparer.Ordinal).ToList();
            if (group.NodeCount == resize.NodeCount && remove.Count == 0)
            {
                return default(Guid?);   // also the second of two equal requests
            }

            if (resize.From is { } seen && seen != group.NodeCount)
            {
                return new MagnumError.Conflict(string.Create(
                    CultureInfo.InvariantCulture,
                    $"Somebody else has resized {group.Name} from {seen} to {group.NodeCount} node(s) meanwhile. Look at the cluster again before you resize it."))
                {
                    Field = "node_count",
                };
            }

            if (!MayStart(cluster.Status) && cluster.Status != ClusterStatus.UpdateInProgress)
            {
                return WrongState("Resizing a cluster", cluster.Status);
            }

            var active = await ClusterWork.FindActiveAsync(db, cluster, cancellationToken);
            if (active is not null && !IsReplaceable(active, group))
            {
                return new MagnumError.Conflict($"Resizing has to wait: another change of cluster {cluster.Uuid} is being carried out. Try again when it is done.");
            }

            // What is restored on failure is what there was before the first of the resizes that are merged.
            var former = active?.Payload ?? new OperationPayload { PreviousNodeCount = group.NodeCount };
            var payload = former with
            {
                NodeCount = resize.NodeCount,
                NodesToRemove = [.. former.NodesToRemove.Union(remove, StringComparer.Ordinal)],
            };
            var message = Counts(group, resize.NodeCount);
            group.NodeCount = resize.NodeCount;
            if (active is { State: OperationState.Queued })
            {
                active.Payload = payload;
                cluster.Touch(time.GetUtcNow());
                active.Generation++;
                work.Note(db, caller, cluster, active.Uuid, message);
                return active.Uuid;
            }

            if (active is not null)
            {
                // It has already asked the back end for the former size: what comes now is another change to it.
                await work.CancelAsync(db, active, "Replaced by a later resize.", cancellationToken);
            }

            return work.Record(db, caller, cluster, OperationKind.Resize, payload, group, message).Uuid;
        }, cancellationToken);

    public async Task<Result<Unit>> DeleteAsync(
        Caller caller, string ident, Func<Cluster, MagnumError?> objection, CancellationToken cancellationToken)
    {
        var deleted = await transaction.ChangeAsync(caller, ident, new ClusterRight(PolicyRules.ClusterDelete, PolicyRules.ClusterDeleteAllProjects), async (db, cluster) =>
        {
            if (objection(cluster) is { } refused)
            {
                return refused;
            }

            var active = await ClusterWork.FindActiveAsync(db, cluster, cancellationToken);
            if (active is { Kind: OperationKind.Delete })
            {
                return default(Guid?);
            }

            if (active is not null)
            {
                await work.CancelAsync(db, active, "Pre-empted by the deletion of the cluster.", cancellationToken);
            }

            var payload = new OperationPayload();
            return work.Record(db, caller, cluster, OperationKind.Delete, payload, null, "asked for the cluster to be deleted.").Uuid;
        }, cancellationToken);
        return deleted.IsSuccess ? new Unit() : deleted.Error;
    }

    public Task<Result<Cluster>> RetryAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        transaction.ChangeAsync(caller, ident, new ClusterRight(PolicyRules.ClusterUpdate, PolicyRules.ClusterUpdateAllProjects), async (db, cluster) =>
        {
            var active = await ClusterWork.FindActiveAsync(db, cluster, cancellationToken);
            if (active is not null && cluster.Status.IsInProgress())
            {
                return default(Guid?);   // the button was clicked twice
            }

            var last = await db.Operations.AsNoTracking().Where(o => o.ClusterUuid == cluster.Uuid).OrderByDescending(o => o.Id)
                .FirstOrDefaultAsync(o => o.State == OperationState.Failed, cancellationToken);
            if (!cluster.Status.IsFailed() || active is not null || last is null)
            {
                return WrongState("Retrying a cluster", cluster.Status);
            }

            var group = cluster.NodeGroups.Find(g => g.Uuid == last.NodeGroupUuid);
            if (group is null && last.NodeGroupUuid is not null)
            {
                return new MagnumError.Unsupported($"Retrying a failed {last.Kind.ToWire()} is not supported.");
            }

            if (group is not null && last.Kind is OperationKind.Update or OperationKind.Resize && last.Payload.NodeCount is { } count)
            {
                group!.NodeCount = count;   // the failure had put the former count back
            }

            // Something has been changed: there is no going back to a former template any more.
            var payload = last.Payload with { Former = null };
            return work.Record(db, caller, cluster, last.Kind, payload, group, $"asked to try again what failed: {last.Reason ?? "no reason is known."}").Uuid;
        }, cancellationToken);

    public Task<Result<Cluster>> RotateCaAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        transaction.ChangeAsync(caller, ident, new ClusterRight(PolicyRules.CertificateRotateCa, OwnProject: true), async (db, cluster) =>
        {
            if (cluster.Template.TlsDisabled)
            {
                return new MagnumError.Unsupported("Rotating the CA certificate on a non-TLS cluster is not supported");
            }

            if (!drivers.Can(cluster, DriverCapabilities.RotateCa))
            {
                return new MagnumError.Unsupported("Rotating the CA certificate is not supported by this driver.");
            }

            // One that was given up may go on, with the CAs that it made: what was done since, a resize or nothing, does not stand against it.
            var unfinished = await ClusterCertificates.IsRotatingAsync(db, cluster.Uuid, cancellationToken);
            if (!ClusterStateMachine.CanStart(OperationKind.RotateCa, cluster.Status, unfinished))
            {
                return WrongState("Updating a cluster", cluster.Status);
            }

            var message = unfinished ? "asked for the rotation of the certificate authorities to go on." : "asked for new certificate authorities.";
            return work.Record(db, caller, cluster, OperationKind.RotateCa, new OperationPayload(), null, message).Uuid;
        }, cancellationToken);

    /// <summary>Nothing was recorded: the request was fulfilled already, or changed fields only.</summary>
    private static Task<Result<Guid?>> Nothing => Task.FromResult<Result<Guid?>>(default(Guid?));

    private static Task<Result<Guid?>> Refused(MagnumError error) => Task.FromResult<Result<Guid?>>(error);

    private static Task<Result<Guid?>> Recorded(Operation operation) => Task.FromResult<Result<Guid?>>((Guid?)operation.Uuid);

    private static MagnumError WrongState(string doing, ClusterStatus status) =>
        new MagnumError.WrongState($"{doing} when status is \"{status.ToWire()}\" is not supported.");

    /// <summary>Settled, or failed in a way that another change can cure.</summary>
    private static bool MayStart(ClusterStatus status) => status.IsSettled() || status is ClusterStatus.UpdateFailed or ClusterStatus.RollbackFailed;

    /// <summary>A resize of the same group that no conductor is working on at this moment.</summary>
    private static bool IsReplaceable(Operation active, NodeGroup group) =>
        active.Kind is OperationKind.Resize && active.NodeGroupUuid == group.Uuid && active.State is OperationState.Queued or OperationState.Waiting;

    private static string Counts(NodeGroup group, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"asked for {count} node(s) in {group.Name}, which has {group.NodeCount}.");

    private MagnumError? CheckSize(Cluster cluster, NodeGroup group, int count)
    {
        if (validator.CheckNodeCount(count) is { } outOfBounds)
        {
            return outOfBounds;
        }

        if (group.IsMaster)
        {
            return drivers.Can(cluster, DriverCapabilities.ResizeMasters)
                ? ClusterValidator.CheckMasterCount(drivers.Find(cluster.Driver)?.Description, count)
                : new MagnumError.Unsupported("Resizing the master nodegroup is not supported by this driver.") { Field = "nodegroup" };
        }

        if (!drivers.Can(cluster, DriverCapabilities.Resize))
        {
            return new MagnumError.Unsupported("Resizing a cluster is not supported by this driver.");
        }

        return count < group.MinNodeCount || (group.MaxNodeCount is > 0 && count > group.MaxNodeCount)
            ? new MagnumError.Invalid(string.Create(
                CultureInfo.InvariantCulture,
                $"Resizing {group.Name} outside the allowed range: min_node_count = {group.MinNodeCount}, max_node_count = {(object?)group.MaxNodeCount ?? "None"}"))
            {
                Field = "node_count",
            }
            : null;
    }
}
