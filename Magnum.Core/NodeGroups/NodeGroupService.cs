using Magnum.Core.Errors;
using Magnum.Core.Policies;

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

/// <summary>Adds, changes and removes node groups, for both doors. Unsupported unless the driver can; what is wrong in itself is said first.</summary>
public sealed class NodeGroupService
{
    public Task<Result<NodeGroup>> CreateAsync(Caller caller, string clusterIdent, NewNodeGroup request, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    /// <summary>Loads, lets <paramref name="change"/> say how it shall be, checks and stores.</summary>
    public Task<Result<NodeGroup>> UpdateAsync(
        Caller caller, string clusterIdent, string ident, Func<NodeGroup, Result<NodeGroupUpdate>> change, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();

    public Task<Result<Unit>> DeleteAsync(Caller caller, string clusterIdent, string ident, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();
}
