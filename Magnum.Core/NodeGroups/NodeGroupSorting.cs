using Magnum.Core.Paging;

namespace Magnum.Core.NodeGroups;

/// <summary>By what lists of node groups can be sorted: the stored columns.</summary>
internal static class NodeGroupSorting
{
    public static readonly SortColumns<NodeGroup> Stored = new SortColumns<NodeGroup>(g => g.Id)
        .Add("uuid", g => g.Uuid)
        .Add("name", g => g.Name)
        .Add("cluster_id", g => g.ClusterId)
        .Add("project_id", g => g.ProjectId)
        .Add("role", g => g.Role)
        .Add("is_default", g => g.IsDefault ? 1 : 0)
        .Add("node_count", g => g.NodeCount)
        .Add("min_node_count", g => g.MinNodeCount)
        .Add("max_node_count", g => g.MaxNodeCount == null, g => g.MaxNodeCount!.Value)
        .Add("flavor_id", g => g.FlavorId == null, g => g.FlavorId!)
        .Add("image_id", g => g.ImageId == null, g => g.ImageId!)
        .Add("docker_volume_size", g => g.DockerVolumeSize == null, g => g.DockerVolumeSize!.Value)
        .Add("stack_id", g => g.StackId == null, g => g.StackId!)
        .Add("status", g => g.Status)
        .Add("status_reason", g => g.StatusReason == null, g => g.StatusReason!)
        .Add("version", g => g.Version == null, g => g.Version!)
        .Add("created_at", g => g.CreatedAt)
        .Add("updated_at", g => g.UpdatedAt == null, g => g.UpdatedAt!.Value);
}
