using Magnum.Core.Clusters;
using Magnum.Core.Drivers;

namespace Magnum.Core.NodeGroups;

/// <summary>Nodes of one kind within a cluster.</summary>
public sealed class NodeGroup
{
    /// <summary>The role that is special; every other one counts as worker.</summary>
    public const string MasterRole = "master";

    /// <summary>The role of groups that name none.</summary>
    public const string WorkerRole = "worker";

    /// <summary>The group of masters made with the cluster.</summary>
    public const string DefaultMasterName = "default-master";

    /// <summary>The group of workers made with the cluster.</summary>
    public const string DefaultWorkerName = "default-worker";

    /// <summary>Row number, shown by the API.</summary>
    public long Id { get; internal set; }

    public Guid Uuid { get; internal set; }

    /// <summary>Unique within the cluster.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>The cluster's uuid.</summary>
    public Guid ClusterId { get; internal set; }

    public string ProjectId { get; internal set; } = "";

    public string Role { get; internal set; } = WorkerRole;

    /// <summary>Made with the cluster, goes with it.</summary>
    public bool IsDefault { get; internal set; }

    /// <summary>Wanted number of nodes.</summary>
    public int NodeCount { get; internal set; } = 1;

    /// <summary>Lower bound of a resize.</summary>
    public int MinNodeCount { get; internal set; }

    /// <summary>Upper bound of a resize; null or 0: none.</summary>
    public int? MaxNodeCount { get; internal set; }

    /// <summary>Name or id.</summary>
    public string? FlavorId { get; internal set; }

    /// <summary>Name or id.</summary>
    public string? ImageId { get; internal set; }

    /// <summary>GiB.</summary>
    public int? DockerVolumeSize { get; internal set; }

    /// <summary>Effective labels.</summary>
    public Dictionary<string, string> Labels { get; internal set; } = [];

    /// <summary>Kubernetes node labels (1.14).</summary>
    public Dictionary<string, string> NodeLabels { get; internal set; } = [];

    /// <summary>Kubernetes taints (1.14).</summary>
    public List<NodeTaint> NodeTaints { get; internal set; } = [];

    /// <summary>Addresses seen last.</summary>
    public List<string> NodeAddresses { get; internal set; } = [];

    /// <summary>Nodes seen last.</summary>
    public List<ObservedNode> Nodes { get; internal set; } = [];

    /// <summary>Own back end identifier for extra groups, the cluster's for the default ones.</summary>
    public string? StackId { get; internal set; }

    /// <summary>The last event read of a back end of its own.</summary>
    public string? EventMarker { get; internal set; }

    public ClusterStatus Status { get; internal set; }

    public string? StatusReason { get; internal set; }

    /// <summary>Version of the engine on the nodes.</summary>
    public string? Version { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>Null until the first change.</summary>
    public DateTimeOffset? UpdatedAt { get; internal set; }

    public bool IsMaster => Role == MasterRole;

    internal void SetStatus(ClusterStatus status, string? reason, DateTimeOffset now)
    {
        Status = status;
        StatusReason = reason;
        UpdatedAt = now;
    }
}

/// <summary>A Kubernetes taint.</summary>
/// <param name="Effect"><c>NoSchedule</c>, <c>PreferNoSchedule</c> or <c>NoExecute</c>.</param>
public sealed record NodeTaint(string Key, string? Value, string Effect);
