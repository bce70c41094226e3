using System.Globalization;
using Magnum.Core.Audit;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Idempotency;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.NodeGroups;

/// <summary>A node group to be added. Null: from the cluster, or the default.</summary>
public sealed record NewNodeGroup
{
    public required string Name { get; init; }

    public string? Role { get; init; }

    public int NodeCount { get; init; } = 1;

    public int MinNodeCount { get; init; }

    /// <summary>Null or 0: no bound.</summary>
    public int? MaxNodeCount { get; init; }

    public string? FlavorId { get; init; }

    public string? ImageId { get; init; }

    /// <summary>GiB.</summary>
    public int? DockerVolumeSize { get; init; }

    /// <summary>Null or empty: the cluster's.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Lay the labels over the cluster's instead of replacing them.</summary>
    public bool MergeLabels { get; init; }

    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<NodeTaint> NodeTaints { get; init; } = [];
}

/// <summary>What may be changed in a group; all of it, as it shall be.</summary>
public sealed record NodeGroupUpdate(
    int MinNodeCount, int? MaxNodeCount, IReadOnlyDictionary<string, string> NodeLabels, IReadOnlyList<NodeTaint> NodeTaints);

/// <summary>Adds, changes and removes node groups, for both doors. The work itself is recorded as operations.</summary>
/// <remarks>Trouble of the cloud is answered as by <see cref="ClusterService"/>.</remarks>
public sealed class NodeGroupService
{
    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly PolicyEnforcer _policy;
    private readonly NodeGroupValidator _validator;
    private readonly ClusterTransaction _transaction;
    private readonly ClusterWork _work;
    private readonly IClusterDriverRegistry _drivers;
    private readonly TimeProvider _time;
    private readonly AuditTrail _audit;

    internal NodeGroupService(
        IDbContextFactory<MagnumDbContext> dbFactory,
        PolicyEnforcer policy,
        NodeGroupValidator validator,
        ClusterTransaction transaction,
        ClusterWork work,
        IClusterDriverRegistry drivers,
        TimeProvider time,
        AuditTrail audit)
    {
        (_dbFactory, _policy, _validator, _transaction) = (dbFactory, policy, validator, transaction);
        (_work, _drivers, _time, _audit) = (work, drivers, time, audit);
    }

    /// <summary>Checks, and stores the group with the operation that makes it: what it answers is a promise.</summary>
    public Task<Result<(Cluster Cluster, NodeGroup NodeGroup)>> CreateAsync(Caller caller, string clusterIdent, NewNodeGroup request, CancellationToken cancellationToken) =>
        CreateAsync(caller, clusterIdent, request, null, cancellationToken);

    /// <summary>The same, at most once for the caller's key: the second time it is refused.</summary>
    public Task<Result<(Cluster Cluster, NodeGroup NodeGroup)>> CreateAsync(
        Caller caller, string clusterIdent, NewNodeGroup request, OnceOnly<(Cluster Cluster, NodeGroup NodeGroup)>? once, CancellationToken cancellationToken) =>
        _audit.KeepAsync(
            caller,
            PolicyRules.NodeGroupCreate,
            new AuditAbout(request.Name, clusterIdent, string.Create(CultureInfo.InvariantCulture, $"{request.NodeCount} node(s)")),
            () => CloudTrouble.GuardAsync(() => AddAsync(caller, clusterIdent, request, once, cancellationToken)));

    /// <summary>Loads, lets <paramref name="change"/> say how it shall be, and checks.</summary>
    public Task<Result<(Cluster Cluster, NodeGroup NodeGroup)>> UpdateAsync(
        Caller caller, string clusterIdent, string ident, Func<NodeGroup, Result<NodeGroupUpdate>> change, CancellationToken cancellationToken) =>
        _audit.KeepAsync(
            caller, PolicyRules.NodeGroupUpdate, new AuditAbout(ident, clusterIdent), () => ChangeMarksAsync(caller, clusterIdent, ident, change, cancellationToken));

    /// <summary>Allowed in any state; pre-empts what is being done to the group.</summary>
    public Task<Result<Unit>> DeleteAsync(Caller caller, string clusterIdent, string ident, CancellationToken cancellationToken) =>
        _audit.KeepAsync(caller, PolicyRules.NodeGroupDelete, new AuditAbout(ident, clusterIdent), () => RemoveAsync(caller, clusterIdent, ident, cancellationToken));

    private Task<Result<(Cluster Cluster, NodeGroup NodeGroup)>> ChangeMarksAsync(
        Caller caller, string clusterIdent, string ident, Func<NodeGroup, Result<NodeGroupUpdate>> change, CancellationToken cancellationToken) =>
        ChangeAsync(caller, clusterIdent, ident, PolicyRules.NodeGroupUpdate, async (db, cluster, group) =>
        {
            var changed = change(group);
            if (changed.Value is not { } update)
            {
                return changed.Error!;
            }

            if ((NodeGroupValidator.CheckCounts(group.Name, group.NodeCount, update.MinNodeCount, update.MaxNodeCount)
                ?? NodeGroupValidator.CheckMarks(group.Name, group.Role, update.NodeLabels, update.NodeTaints)
                ?? CheckCapability(cluster, "Updating")) is { } wrong)
            {
                return wrong;
            }

            if (IsAs(group, update))
            {
                return default(Guid?);
            }

            if (!group.Status.IsSettled() && group.Status is not (ClusterStatus.UpdateFailed or ClusterStatus.UpdateInProgress))
            {
                return new MagnumError.WrongState($"nodegroup_update when nodegroup status is \"{group.Status.ToWire()}\" is not supported.");
            }

            if (await BusyAsync(db, cluster, cancellationToken) is { } busy)
            {
                return busy;
            }

            (group.MinNodeCount, group.MaxNodeCount) = (update.MinNodeCount, update.MaxNodeCount);
            (group.NodeLabels, group.NodeTaints) = (update.NodeLabels.ToDictionary(), [.. update.NodeTaints]);
            return _work.Record(db, caller, cluster, OperationKind.NodeGroupUpdate, new OperationPayload(), group, $"asked for node group {group.Name} to be changed.").Uuid;
        }, cancellationToken);

    private async Task<Result<Unit>> RemoveAsync(Caller caller, string clusterIdent, string ident, CancellationToken cancellationToken)
    {
        var deleted = await ChangeAsync(caller, clusterIdent, ident, PolicyRules.NodeGroupDelete, async (db, cluster, group) =>
        {
            if (group.IsDefault)
            {
                return new MagnumError.Unsupported("Deleting a default nodegroup is not supported.");
            }

            if (CheckCapability(cluster, "Deleting") is { } unsupported)
            {
                return unsupported;
            }

            var active = await ClusterWork.FindActiveAsync(db, cluster, cancellationToken);
            if (active is { Kind: OperationKind.Delete } || (active is { Kind: OperationKind.NodeGroupDelete } && active.NodeGroupUuid == group.Uuid))
            {
                return default(Guid?);
            }

            if (active is not null && active.NodeGroupUuid != group.Uuid)
            {
                return Busy(cluster);
            }

            if (active is not null)
            {
                await _work.CancelAsync(db, active, "Pre-empted by the deletion of the node group.", cancellationToken);
            }

            return _work.Record(db, caller, cluster, OperationKind.NodeGroupDelete, new OperationPayload(), group, $"asked for node group {group.Name} to be deleted.").Uuid;
        }, cancellationToken);
        return deleted.IsSuccess ? new Unit() : deleted.Error;
    }

    private async Task<Result<(Cluster Cluster, NodeGroup NodeGroup)>> AddAsync(
        Caller caller, string clusterIdent, NewNodeGroup request, OnceOnly<(Cluster Cluster, NodeGroup NodeGroup)>? once, CancellationToken cancellationToken)
    {
        if (_policy.Check(caller, PolicyRules.NodeGroupCreate) is { } refused)
        {
            return refused;
        }

        Cluster seen;
        await using (var db = await _dbFactory.CreateDbContextAsync(cancellationToken))
        {
            var found = await ClusterLookup.FindAsync(db, caller, all: false, clusterIdent, tracked: false, cancellationToken);
            if (!found.IsSuccess)
            {
                return found.Error;
            }

            seen = found.Value;
        }

        var wrong = _validator.CheckBounds(request) ?? CheckAddition(seen, request) ?? await _validator.CheckCloudAsync(caller, seen, Build(seen, request), cancellationToken);
        if (wrong is not null)
        {
            return wrong;
        }

        var group = default(NodeGroup);
        var added = await _transaction.ChangeAsync(
            caller,
            seen.Uuid.ToString(),
            new ClusterRight(PolicyRules.NodeGroupCreate, OwnProject: true),
            async (db, cluster) =>
            {
                // Once more on what is there now; the cloud has been asked.
                if ((CheckAddition(cluster, request) ?? await BusyAsync(db, cluster, cancellationToken)) is { } meanwhile)
                {
                    return meanwhile;
                }

                if (!ClusterStateMachine.CanStart(OperationKind.NodeGroupCreate, cluster.Status))
                {
                    return new MagnumError.WrongState($"Adding a nodegroup when cluster status is \"{cluster.Status.ToWire()}\" is not supported.");
                }

                group = Build(cluster, request);
                cluster.NodeGroups.Add(group);
                db.Add(group);
                var operation = _work.Record(
                    db, caller, cluster, OperationKind.NodeGroupCreate, new OperationPayload { NodeCount = group.NodeCount }, group, Message(group));
                if (once is not null)
                {
                    await db.SaveChangesAsync(cancellationToken);   // the answer that is kept shows the row's number
                }

                return await IdempotencyKeys.KeepAsync(db, once, (cluster, group), _time.GetUtcNow(), cancellationToken) is { } carriedOut ? carriedOut : operation.Uuid;
            },
            cancellationToken);
        return added.IsSuccess ? (added.Value, group!) : added.Error;
    }

    private MagnumError? CheckAddition(Cluster cluster, NewNodeGroup request)
    {
        if (cluster.ApiAddress is null)
        {
            return new MagnumError.Conflict("Cluster API address is not available yet");
        }

        if (cluster.NodeGroups.Exists(g => g.Name == request.Name))
        {
            return new MagnumError.Conflict($"A node group with name {request.Name} already exists in the cluster {cluster.Name}.") { Field = "name" };
        }

        return NodeGroupValidator.CheckCounts(request.Name, request.NodeCount, request.MinNodeCount, request.MaxNodeCount)
            ?? NodeGroupValidator.CheckMarks(request.Name, request.Role ?? NodeGroup.WorkerRole, request.NodeLabels, request.NodeTaints)
            ?? (request.Role == NodeGroup.MasterRole
                ? new MagnumError.Unsupported("Creating master nodegroups is currently not supported.") { Field = "role" }
                : CheckCapability(cluster, "Creating"));
    }

    private MagnumError? CheckCapability(Cluster cluster, string doing) => _drivers.Can(cluster, DriverCapabilities.NodeGroups)
        ? null
        : new MagnumError.Unsupported($"{doing} a nodegroup is not supported by this driver.");

    private NodeGroup Build(Cluster cluster, NewNodeGroup request) => new()
    {
        Uuid = Guid.NewGuid(),
        Name = request.Name,
        ClusterId = cluster.Uuid,
        ProjectId = cluster.ProjectId,
        Role = request.Role ?? NodeGroup.WorkerRole,
        NodeCount = request.NodeCount,
        MinNodeCount = request.MinNodeCount,
        MaxNodeCount = request.MaxNodeCount,
        FlavorId = request.FlavorId ?? cluster.FlavorId,
        ImageId = request.ImageId ?? cluster.Template.ImageId,
        DockerVolumeSize = request.DockerVolumeSize,
        Labels = ClusterLabels.Inherit(cluster.Labels, request.Labels, request.MergeLabels),
        NodeLabels = request.NodeLabels.ToDictionary(),
        NodeTaints = [.. request.NodeTaints],
        Status = ClusterStatus.CreateInProgress,
        CreatedAt = _time.GetUtcNow(),
    };

    private static string Message(NodeGroup group) => string.Create(
        CultureInfo.InvariantCulture, $"asked for node group {group.Name} with {group.NodeCount} node(s) of flavor {group.FlavorId}.");

    private static bool IsAs(NodeGroup group, NodeGroupUpdate update) =>
        group.MinNodeCount == update.MinNodeCount && group.MaxNodeCount == update.MaxNodeCount && group.NodeTaints.SequenceEqual(update.NodeTaints)
        && group.NodeLabels.Count == update.NodeLabels.Count && group.NodeLabels.All(l => update.NodeLabels.TryGetValue(l.Key, out var value) && value == l.Value);

    private static async Task<MagnumError?> BusyAsync(MagnumDbContext db, Cluster cluster, CancellationToken cancellationToken) =>
        await ClusterWork.FindActiveAsync(db, cluster, cancellationToken) is null ? null : Busy(cluster);

    private static MagnumError Busy(Cluster cluster) =>
        new MagnumError.Conflict($"Node groups have to wait: another change of cluster {cluster.Uuid} is being carried out. Try again when it is done.");

    /// <summary>Of the caller's own project, for administrators too.</summary>
    private async Task<Result<(Cluster Cluster, NodeGroup NodeGroup)>> ChangeAsync(
        Caller caller, string clusterIdent, string ident, string rule, Func<MagnumDbContext, Cluster, NodeGroup, Task<Result<Guid?>>> change, CancellationToken cancellationToken)
    {
        var group = default(NodeGroup);
        var changed = await _transaction.ChangeAsync(
            caller,
            clusterIdent,
            new ClusterRight(rule, OwnProject: true),
            async (db, cluster) =>
            {
                var found = ClusterLookup.FindNodeGroup(cluster, ident);
                if (!found.IsSuccess)
                {
                    return found.Error;
                }

                group = found.Value;
                return await change(db, cluster, group);
            },
            cancellationToken);
        return changed.IsSuccess ? (changed.Value, group!) : changed.Error;
    }
}
