using Magnum.Core.Clusters;
using Magnum.Core.Errors;
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

/// <summary>Adds, changes and removes node groups, for both doors. What is wrong in itself is said first; then that no driver can do it yet.</summary>
public sealed class NodeGroupService(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy)
{
    public async Task<Result<NodeGroup>> CreateAsync(Caller caller, string clusterIdent, NewNodeGroup request, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.NodeGroupCreate) is { } refused)
        {
            return refused;
        }

        var found = await FindClusterAsync(caller, clusterIdent, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var cluster = found.Value;
        if (cluster.ApiAddress is null)
        {
            return new MagnumError.Conflict("Cluster API address is not available yet");
        }

        if (cluster.NodeGroups.Exists(g => g.Name == request.Name))
        {
            return new MagnumError.Conflict($"A node group with name {request.Name} already exists in the cluster {cluster.Name}.") { Field = "name" };
        }

        if ((NodeGroupRules.CheckCounts(request.Name, request.NodeCount, request.MinNodeCount, request.MaxNodeCount)
            ?? NodeGroupRules.CheckMarks(request.Name, request.Role ?? NodeGroup.WorkerRole, request.NodeLabels, request.NodeTaints)) is { } wrong)
        {
            return wrong;
        }

        return request.Role == NodeGroup.MasterRole
            ? new MagnumError.Unsupported("Creating master nodegroups is currently not supported.") { Field = "role" }
            : new MagnumError.Unsupported("Creating a nodegroup is not supported by this driver.");
    }

    /// <summary>Loads, lets <paramref name="change"/> say how it shall be, and checks.</summary>
    public async Task<Result<NodeGroup>> UpdateAsync(
        Caller caller, string clusterIdent, string ident, Func<NodeGroup, Result<NodeGroupUpdate>> change, CancellationToken cancellationToken)
    {
        var found = await FindAsync(caller, PolicyRules.NodeGroupUpdate, clusterIdent, ident, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var group = found.Value;
        var changed = change(group);
        if (!changed.IsSuccess)
        {
            return changed.Error;
        }

        var update = changed.Value;
        return NodeGroupRules.CheckCounts(group.Name, group.NodeCount, update.MinNodeCount, update.MaxNodeCount)
            ?? NodeGroupRules.CheckMarks(group.Name, group.Role, update.NodeLabels, update.NodeTaints)
            ?? new MagnumError.Unsupported("Updating a nodegroup is not supported by this driver.");
    }

    public async Task<Result<Unit>> DeleteAsync(Caller caller, string clusterIdent, string ident, CancellationToken cancellationToken)
    {
        var found = await FindAsync(caller, PolicyRules.NodeGroupDelete, clusterIdent, ident, cancellationToken);
        return found.Match<Result<Unit>>(
            group => new MagnumError.Unsupported(group.IsDefault
                ? "Deleting a default nodegroup is not supported."
                : "Deleting a nodegroup is not supported by this driver."),
            error => error);
    }

    private async Task<Result<NodeGroup>> FindAsync(Caller caller, string rule, string clusterIdent, string ident, CancellationToken cancellationToken)
    {
        var found = await FindClusterAsync(caller, clusterIdent, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        return policy.Check(caller, rule) is { } refused ? refused : ClusterLookup.FindNodeGroup(found.Value, ident);
    }

    /// <summary>Of the caller's own project, for administrators too.</summary>
    private async Task<Result<Cluster>> FindClusterAsync(Caller caller, string ident, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await ClusterLookup.FindAsync(db, caller, all: false, ident, tracked: false, cancellationToken);
    }
}
