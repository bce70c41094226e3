using System.Text.Json.Serialization;
using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Web.Api;
using Magnum.Web.Api.Description;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Features.NodeGroups;

/// <summary>A node group in the REST API's short list, keys in the reference's order.</summary>
internal sealed record NodeGroupListView
{
    public required Guid Uuid { get; init; }

    public required string Name { get; init; }

    public required string? FlavorId { get; init; }

    public required string? ImageId { get; init; }

    public required int NodeCount { get; init; }

    public required string Role { get; init; }

    public required int MinNodeCount { get; init; }

    public required int? MaxNodeCount { get; init; }

    public required bool IsDefault { get; init; }

    public required string? StackId { get; init; }

    [Words<ClusterStatus>]
    public required string Status { get; init; }

    public bool MergeLabels { get; init; }

    public static NodeGroupListView Of(NodeGroup group) => new()
    {
        Uuid = group.Uuid,
        Name = group.Name,
        FlavorId = group.FlavorId,
        ImageId = group.ImageId,
        NodeCount = group.NodeCount,
        Role = group.Role,
        MinNodeCount = group.MinNodeCount,
        MaxNodeCount = group.MaxNodeCount,
        IsDefault = group.IsDefault,
        StackId = group.StackId,
        Status = group.Status.ToWire(),
    };
}

/// <summary>A whole node group as the REST API shows it, keys in the reference's order.</summary>
internal sealed record NodeGroupView
{
    public required long Id { get; init; }

    public required Guid Uuid { get; init; }

    public required string Name { get; init; }

    /// <summary>The cluster's uuid, at all versions.</summary>
    public required Guid ClusterId { get; init; }

    public required string ProjectId { get; init; }

    public required int? DockerVolumeSize { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required IReadOnlyList<Link> Links { get; init; }

    public required string? FlavorId { get; init; }

    public required string? ImageId { get; init; }

    public required IReadOnlyList<string> NodeAddresses { get; init; }

    public required int NodeCount { get; init; }

    public required string Role { get; init; }

    public required int MinNodeCount { get; init; }

    public required int? MaxNodeCount { get; init; }

    public required bool IsDefault { get; init; }

    public required string? StackId { get; init; }

    [Words<ClusterStatus>]
    public required string Status { get; init; }

    public required string? StatusReason { get; init; }

    public required string? Version { get; init; }

    public bool MergeLabels { get; init; }

    public required IReadOnlyDictionary<string, string> LabelsOverridden { get; init; }

    public required IReadOnlyDictionary<string, string> LabelsAdded { get; init; }

    public required IReadOnlyDictionary<string, string> LabelsSkipped { get; init; }

    public required IReadOnlyDictionary<string, string> NodeLabels { get; init; }

    public required IReadOnlyList<NodeTaintView> NodeTaints { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset? UpdatedAt { get; init; }

    /// <param name="clusterLabels">What the group's labels are compared with.</param>
    public static NodeGroupView Of(NodeGroup group, IReadOnlyDictionary<string, string> clusterLabels, ApiRequest request)
    {
        var labels = ClusterLabels.Compare(clusterLabels, group.Labels);
        return new NodeGroupView
        {
            Id = group.Id,
            Uuid = group.Uuid,
            Name = group.Name,
            ClusterId = group.ClusterId,
            ProjectId = group.ProjectId,
            DockerVolumeSize = group.DockerVolumeSize,
            Labels = group.Labels,
            Links = Link.Of(request, $"clusters/{group.ClusterId}/nodegroups/{group.Uuid}"),
            FlavorId = group.FlavorId,
            ImageId = group.ImageId,
            NodeAddresses = group.NodeAddresses,
            NodeCount = group.NodeCount,
            Role = group.Role,
            MinNodeCount = group.MinNodeCount,
            MaxNodeCount = group.MaxNodeCount,
            IsDefault = group.IsDefault,
            StackId = group.StackId,
            Status = group.Status.ToWire(),
            StatusReason = group.StatusReason,
            Version = group.Version,
            LabelsOverridden = labels.Overridden,
            LabelsAdded = labels.Added,
            LabelsSkipped = labels.Skipped,
            NodeLabels = group.NodeLabels,
            NodeTaints = [.. group.NodeTaints.Select(t => new NodeTaintView(t.Key, t.Value, t.Effect))],
            CreatedAt = group.CreatedAt,
            UpdatedAt = group.UpdatedAt,
        };
    }
}

/// <summary>A taint; the value's key is absent when it has none.</summary>
internal sealed record NodeTaintView(
    string Key, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Value, string Effect);

[JsonSerializable(typeof(NodeGroupListView))]
[JsonSerializable(typeof(NodeGroupView))]
internal sealed partial class NodeGroupJson : JsonSerializerContext
{
    public static readonly NodeGroupJson Api = new(ApiJson.CreateOptions());
}
