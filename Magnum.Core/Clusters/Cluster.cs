using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;

namespace Magnum.Core.Clusters;

/// <summary>A container cluster: what is wanted and the last that was seen of it.</summary>
public sealed class Cluster
{
    /// <summary>Internal row number; ties in paging are broken by it. Never shown.</summary>
    public long Id { get; internal set; }

    public Guid Uuid { get; internal set; }

    /// <summary>Not unique within a project.</summary>
    public string Name { get; internal set; } = "";

    public string ProjectId { get; internal set; } = "";

    /// <summary>The owner; moves with a rotation of the credential.</summary>
    public string UserId { get; internal set; } = "";

    /// <summary>The template's uuid.</summary>
    public Guid ClusterTemplateId { get; internal set; }

    /// <summary>The effective template when the cluster was made or upgraded: later edits of the template change no cluster.</summary>
    public ClusterTemplateSnapshot Template { get; internal set; } = null!;

    /// <summary>The driver that carries this cluster, chosen when the template was saved.</summary>
    public string Driver { get; internal set; } = "";

    /// <summary>Nova key pair name.</summary>
    public string? KeyPair { get; internal set; }

    /// <summary>GiB.</summary>
    public int? DockerVolumeSize { get; internal set; }

    /// <summary>Effective labels.</summary>
    public Dictionary<string, string> Labels { get; internal set; } = [];

    /// <summary>Name or id.</summary>
    public string? MasterFlavorId { get; internal set; }

    /// <summary>Name or id.</summary>
    public string? FlavorId { get; internal set; }

    /// <summary>Name or id; null: a network is made for the cluster.</summary>
    public string? FixedNetwork { get; internal set; }

    /// <summary>Name or id.</summary>
    public string? FixedSubnet { get; internal set; }

    public bool FloatingIpEnabled { get; internal set; } = true;

    /// <summary>Whether the engine's API stands behind a load balancer.</summary>
    public bool MasterLbEnabled { get; internal set; }

    /// <summary>Minutes; 0: no limit.</summary>
    public int? CreateTimeout { get; internal set; }

    /// <summary>Accepted for compatibility; our drivers need none.</summary>
    public string? DiscoveryUrl { get; internal set; }

    /// <summary>The back end's identifier (Heat stack id): <c>stack_id</c>, from 1.13 <c>cluster_id</c>.</summary>
    public string? StackId { get; internal set; }

    /// <summary>The whole URL of the engine's API.</summary>
    public string? ApiAddress { get; internal set; }

    /// <summary>Version of the engine, such as <c>v1.31.1</c>.</summary>
    public string? CoeVersion { get; internal set; }

    /// <summary>Version of the container runtime.</summary>
    public string? ContainerVersion { get; internal set; }

    /// <summary>What became of the last operation.</summary>
    public ClusterStatus Status { get; internal set; }

    /// <summary>A sentence that a person can act on; null when there is nothing to say.</summary>
    public string? StatusReason { get; internal set; }

    /// <summary>When <see cref="Status"/> last changed.</summary>
    public DateTimeOffset StatusChangedAt { get; internal set; }

    /// <summary>Null: never probed.</summary>
    public HealthStatus? HealthStatus { get; internal set; }

    /// <summary>Flat map, such as <c>api: ok</c>.</summary>
    public Dictionary<string, string> HealthStatusReason { get; internal set; } = [];

    public DateTimeOffset? HealthCheckedAt { get; internal set; }

    /// <summary>0-100 of the running operation; null when none runs.</summary>
    public int? Progress { get; internal set; }

    /// <summary>The Keystone trust by which the conductor acts for the owner; protected by <see cref="Credentials.ISecretProtector"/>.</summary>
    public string? TrustId { get; internal set; }

    /// <summary>What the driver has Magnum keep for the cluster, such as its credential for the cloud; protected as <see cref="TrustId"/> is. Null: nothing.</summary>
    public string? DriverSecret { get; internal set; }

    /// <summary>The user by which the cluster's nodes identify themselves.</summary>
    public string? TrusteeUserId { get; internal set; }

    /// <summary><c>&lt;cluster uuid&gt;_&lt;project id&gt;</c>.</summary>
    public string? TrusteeUserName { get; internal set; }

    /// <summary>Raised by every change: compare-and-set on all databases.</summary>
    public long Generation { get; internal set; } = 1;

    /// <summary>Where to go on reading the back end's events.</summary>
    public string? EventMarker { get; internal set; }

    /// <summary>How far each named part of the cluster is; of the running or last operation.</summary>
    public List<ObservedStage> Stages { get; internal set; } = [];

    /// <summary>The last event's number.</summary>
    public long EventSequence { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>Null until the first change.</summary>
    public DateTimeOffset? UpdatedAt { get; internal set; }

    /// <summary>All groups, the two default ones included.</summary>
    public List<NodeGroup> NodeGroups { get; internal set; } = [];

    public NodeGroup DefaultMaster => NodeGroups.Single(g => g.IsDefault && g.IsMaster);

    public NodeGroup DefaultWorker => NodeGroups.Single(g => g.IsDefault && !g.IsMaster);

    /// <summary>Sum over the groups of role <c>master</c>.</summary>
    public int MasterCount => NodeGroups.Where(g => g.IsMaster).Sum(g => g.NodeCount);

    /// <summary>Sum over all other groups.</summary>
    public int NodeCount => NodeGroups.Where(g => !g.IsMaster).Sum(g => g.NodeCount);

    internal void SetStatus(ClusterStatus status, string? reason, DateTimeOffset now)
    {
        if (Status != status)
        {
            Status = status;
            StatusChangedAt = now;
        }

        StatusReason = reason;
        Touch(now);
    }

    internal void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Generation++;
    }
}
