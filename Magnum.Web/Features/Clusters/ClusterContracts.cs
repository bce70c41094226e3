using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Web.Api;
using Magnum.Web.Api.Description;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Features.Clusters;

/// <summary>A cluster in the REST API's short list, keys in the reference's order.</summary>
internal sealed record ClusterListView
{
    public required Guid Uuid { get; init; }

    public required string Name { get; init; }

    public required Guid ClusterTemplateId { get; init; }

    public required string? Keypair { get; init; }

    public required int NodeCount { get; init; }

    public required int MasterCount { get; init; }

    public required int? DockerVolumeSize { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required string? MasterFlavorId { get; init; }

    public required string? FlavorId { get; init; }

    public required int? CreateTimeout { get; init; }

    public required IReadOnlyList<Link> Links { get; init; }

    /// <summary><c>stack_id</c> before 1.13.</summary>
    [Since(13, Formerly = "stack_id")]
    public required string? ClusterId { get; init; }

    [Words<ClusterStatus>]
    public required string Status { get; init; }

    [Words<HealthStatus>]
    public required string? HealthStatus { get; init; }

    public bool MergeLabels { get; init; }

    public static ClusterListView Of(ClusterSummary cluster, ApiRequest request) => new()
    {
        Uuid = cluster.Uuid,
        Name = cluster.Name,
        ClusterTemplateId = cluster.ClusterTemplateId,
        Keypair = cluster.KeyPair,
        NodeCount = cluster.NodeCount,
        MasterCount = cluster.MasterCount,
        DockerVolumeSize = cluster.DockerVolumeSize,
        Labels = cluster.Labels,
        MasterFlavorId = cluster.MasterFlavorId,
        FlavorId = cluster.FlavorId,
        CreateTimeout = cluster.CreateTimeout,
        Links = Link.Of(request, $"clusters/{cluster.Uuid}"),
        ClusterId = cluster.StackId,
        Status = cluster.Status.ToWire(),
        HealthStatus = cluster.HealthStatus?.ToWire(),
    };
}

/// <summary>A whole cluster as the REST API shows it, keys in the reference's order.</summary>
internal sealed record ClusterView
{
    public required Guid Uuid { get; init; }

    public required string Name { get; init; }

    public required Guid ClusterTemplateId { get; init; }

    public required string? Keypair { get; init; }

    public required int NodeCount { get; init; }

    public required int MasterCount { get; init; }

    public required int? DockerVolumeSize { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required string? MasterFlavorId { get; init; }

    public required string? FlavorId { get; init; }

    public required int? CreateTimeout { get; init; }

    public required IReadOnlyList<Link> Links { get; init; }

    /// <summary><c>stack_id</c> before 1.13.</summary>
    [Since(13, Formerly = "stack_id")]
    public required string? ClusterId { get; init; }

    [Words<ClusterStatus>]
    public required string Status { get; init; }

    public required string? StatusReason { get; init; }

    [Words<HealthStatus>]
    public required string? HealthStatus { get; init; }

    public required IReadOnlyDictionary<string, string> HealthStatusReason { get; init; }

    public required string? DiscoveryUrl { get; init; }

    public required string? ApiAddress { get; init; }

    public required string? CoeVersion { get; init; }

    public required string? ContainerVersion { get; init; }

    public required string ProjectId { get; init; }

    public required string UserId { get; init; }

    public required IReadOnlyList<string> NodeAddresses { get; init; }

    public required IReadOnlyList<string> MasterAddresses { get; init; }

    public required string? FixedNetwork { get; init; }

    public required string? FixedSubnet { get; init; }

    public required bool FloatingIpEnabled { get; init; }

    public bool MergeLabels { get; init; }

    public required IReadOnlyDictionary<string, string> LabelsOverridden { get; init; }

    public required IReadOnlyDictionary<string, string> LabelsAdded { get; init; }

    public required IReadOnlyDictionary<string, string> LabelsSkipped { get; init; }

    public required bool MasterLbEnabled { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>Why each group failed; only of a failed cluster that is shown by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Faults { get; init; }

    public static ClusterView Of(Cluster cluster, ApiRequest request, bool withFaults = false)
    {
        var labels = ClusterLabels.Compare(cluster.Template.Labels, cluster.Labels);
        return new ClusterView
        {
            Uuid = cluster.Uuid,
            Name = cluster.Name,
            ClusterTemplateId = cluster.ClusterTemplateId,
            Keypair = cluster.KeyPair,
            NodeCount = cluster.NodeCount,
            MasterCount = cluster.MasterCount,
            DockerVolumeSize = cluster.DockerVolumeSize,
            Labels = cluster.Labels,
            MasterFlavorId = cluster.MasterFlavorId,
            FlavorId = cluster.FlavorId,
            CreateTimeout = cluster.CreateTimeout,
            Links = Link.Of(request, $"clusters/{cluster.Uuid}"),
            ClusterId = cluster.StackId,
            Status = cluster.Status.ToWire(),
            StatusReason = cluster.StatusReason,
            HealthStatus = cluster.HealthStatus?.ToWire(),
            HealthStatusReason = cluster.HealthStatusReason,
            DiscoveryUrl = cluster.DiscoveryUrl,
            ApiAddress = cluster.ApiAddress,
            CoeVersion = cluster.CoeVersion,
            ContainerVersion = cluster.ContainerVersion,
            ProjectId = cluster.ProjectId,
            UserId = cluster.UserId,
            NodeAddresses = [.. cluster.NodeGroups.Where(g => !g.IsMaster).SelectMany(g => g.NodeAddresses)],
            MasterAddresses = [.. cluster.NodeGroups.Where(g => g.IsMaster).SelectMany(g => g.NodeAddresses)],
            FixedNetwork = cluster.FixedNetwork,
            FixedSubnet = cluster.FixedSubnet,
            FloatingIpEnabled = cluster.FloatingIpEnabled,
            LabelsOverridden = labels.Overridden,
            LabelsAdded = labels.Added,
            LabelsSkipped = labels.Skipped,
            MasterLbEnabled = cluster.MasterLbEnabled,
            CreatedAt = cluster.CreatedAt,
            UpdatedAt = cluster.UpdatedAt,
            Faults = withFaults && cluster.Status.IsFailed() ? FaultsOf(cluster) : null,
        };
    }

    private static Dictionary<string, string> FaultsOf(Cluster cluster) => cluster.NodeGroups
        .Where(g => g.Status.IsFailed() && g.StatusReason is not null)
        .ToDictionary(g => g.Name, g => g.StatusReason!);
}

[JsonSerializable(typeof(ClusterListView))]
[JsonSerializable(typeof(ClusterView))]
internal sealed partial class ClusterJson : JsonSerializerContext
{
    /// <summary>How short clusters are written at a version.</summary>
    public static JsonTypeInfo<ClusterListView> ListView(Microversion version) => (JsonTypeInfo<ClusterListView>)At(version).GetTypeInfo(typeof(ClusterListView));

    /// <summary>How whole clusters are written at a version.</summary>
    public static JsonTypeInfo<ClusterView> View(Microversion version) => (JsonTypeInfo<ClusterView>)At(version).GetTypeInfo(typeof(ClusterView));

    private static JsonSerializerOptions At(Microversion version) => version >= Microversion.ClusterIdKey ? AtVersions.Current : AtVersions.BeforeClusterId;

    private static JsonSerializerOptions CreateOptions(Action<JsonTypeInfo> modify)
    {
        var options = ApiJson.CreateOptions();
        options.TypeInfoResolver = new ClusterJson().WithAddedModifier(modify);
        options.MakeReadOnly();
        return options;
    }

    // Apart from the context, whose own static fields have to be there first.
    private static class AtVersions
    {
        public static readonly JsonSerializerOptions Current = CreateOptions(_ => { });
        public static readonly JsonSerializerOptions BeforeClusterId = CreateOptions(RenameClusterId);
    }

    private static void RenameClusterId(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            property.Name = property.Name == "cluster_id" ? "stack_id" : property.Name;
        }
    }
}
