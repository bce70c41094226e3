using Magnum.Core.Errors;
using Magnum.Core.NodeGroups;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Patch;

namespace Magnum.Web.Features.NodeGroups;

/// <summary>What the REST API takes for a node group.</summary>
internal static class NodeGroupInput
{
    private static readonly TextType Name255 = new();
    private static readonly Field MinNodeCount = new("min_node_count", new IntegerType(0)) { Default = 0 };
    private static readonly Field MaxNodeCount = new("max_node_count", new IntegerType(0));
    private static readonly Field NodeLabels = new("node_labels", new MapType(Strict: true));
    private static readonly Field NodeTaints = new("node_taints", new TaintListType());

    /// <summary>The fields of a new group in the reference's order; what the server assigns is taken and ignored.</summary>
    public static readonly ResourceSchema Schema = new(
        "nodegroup",
        new Field("id", new AnyType()),
        new Field("uuid", new AnyType()),
        new Field("name", Name255) { Mandatory = true },
        new Field("cluster_id", new AnyType()),
        new Field("project_id", new AnyType()) { ReadOnly = true },
        new Field("docker_volume_size", new IntegerType(1)),
        new Field("labels", new MapType()),
        new Field("links", new AnyType()) { ReadOnly = true },
        new Field("flavor_id", Name255),
        new Field("image_id", Name255),
        new Field("node_addresses", new AnyType()) { ReadOnly = true },
        new Field("node_count", new IntegerType(0)) { Default = 1 },
        new Field("role", Name255) { Default = NodeGroup.WorkerRole },
        MinNodeCount,
        MaxNodeCount,
        new Field("is_default", new AnyType()),
        new Field("stack_id", new AnyType()) { ReadOnly = true },
        new Field("status", new AnyType()),
        new Field("status_reason", new AnyType()),
        new Field("version", new AnyType()),
        new Field("merge_labels", new BooleanType()) { Default = false },
        new Field("labels_overridden", new AnyType()),
        new Field("labels_added", new AnyType()),
        new Field("labels_skipped", new AnyType()),
        NodeLabels,
        NodeTaints,
        new Field("created_at", new AnyType()) { ReadOnly = true },
        new Field("updated_at", new AnyType()) { ReadOnly = true });

    /// <summary>What a patch may not do.</summary>
    public static readonly PatchRules Patch = new PatchRules().WithInternal(
        "/name", "/cluster_id", "/docker_volume_size", "/labels", "/flavor_id", "/image_id", "/node_addresses", "/node_count", "/role",
        "/is_default", "/stack_id", "/status", "/status_reason", "/version", "/merge_labels");

    private static readonly ResourceSchema Patched = new("nodegroup", MinNodeCount, MaxNodeCount, NodeLabels, NodeTaints);

    /// <summary>A new group.</summary>
    public static NewNodeGroup ToNewNodeGroup(FieldValues values) => new()
    {
        Name = values.Text("name")!,
        Role = values.Text("role"),
        NodeCount = values.Integer("node_count") ?? 1,
        MinNodeCount = values.Integer("min_node_count") ?? 0,
        MaxNodeCount = values.Integer("max_node_count"),
        FlavorId = values.Text("flavor_id"),
        ImageId = values.Text("image_id"),
        DockerVolumeSize = values.Integer("docker_volume_size"),
        Labels = values.Map("labels"),
        MergeLabels = values.Boolean("merge_labels") is true,
        NodeLabels = values.Map("node_labels"),
        NodeTaints = (IReadOnlyList<NodeTaint>)values["node_taints"]!,
    };

    /// <summary>The group as it would be after the patch.</summary>
    public static Result<NodeGroupUpdate> Change(NodeGroup present, IReadOnlyList<PatchOperation> operations)
    {
        var patched = PatchDocument.Apply(ToFields(present), operations, Patch);
        if (!patched.IsSuccess)
        {
            return patched.Error;
        }

        return Patched.ReadPatched(patched.Value).Match<Result<NodeGroupUpdate>>(
            values => new NodeGroupUpdate(
                values.Integer("min_node_count") ?? 0,
                values.Integer("max_node_count"),
                values.Map("node_labels"),
                (IReadOnlyList<NodeTaint>)values["node_taints"]!),
            error => error);
    }

    private static Dictionary<string, object?> ToFields(NodeGroup group) => new(StringComparer.Ordinal)
    {
        ["min_node_count"] = group.MinNodeCount,
        ["max_node_count"] = group.MaxNodeCount,
        ["node_labels"] = group.NodeLabels,
        ["node_taints"] = group.NodeTaints
            .Select(object? (t) => new OrderedDictionary<string, object?> { ["key"] = t.Key, ["value"] = t.Value, ["effect"] = t.Effect })
            .ToList(),
    };
}
