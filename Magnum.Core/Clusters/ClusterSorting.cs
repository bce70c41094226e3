using Magnum.Core.NodeGroups;
using Magnum.Core.Paging;

namespace Magnum.Core.Clusters;

/// <summary>By what lists of clusters can be sorted.</summary>
internal static class ClusterSorting
{
    /// <summary>The stored columns, as the REST API takes them.</summary>
    public static readonly SortColumns<Cluster> Stored = Columns();

    /// <summary>Those and what the dashboard's grid shows besides.</summary>
    public static readonly SortColumns<Cluster> Grid = Columns()
        .Add("node_count", c => c.NodeGroups.Where(g => g.Role != NodeGroup.MasterRole).Sum(g => g.NodeCount))
        .Add("master_count", c => c.NodeGroups.Where(g => g.Role == NodeGroup.MasterRole).Sum(g => g.NodeCount))
        .Add("status_changed_at", c => c.StatusChangedAt)
        .Add("progress", c => c.Progress == null, c => c.Progress!.Value);

    private static SortColumns<Cluster> Columns() => new SortColumns<Cluster>(c => c.Id)
        .Add("uuid", c => c.Uuid)
        .Add("name", c => c.Name)
        .Add("project_id", c => c.ProjectId)
        .Add("user_id", c => c.UserId)
        .Add("cluster_template_id", c => c.ClusterTemplateId)
        .Add("keypair", c => c.KeyPair == null, c => c.KeyPair!)
        .Add("docker_volume_size", c => c.DockerVolumeSize == null, c => c.DockerVolumeSize!.Value)
        .Add("master_flavor_id", c => c.MasterFlavorId == null, c => c.MasterFlavorId!)
        .Add("flavor_id", c => c.FlavorId == null, c => c.FlavorId!)
        .Add("fixed_network", c => c.FixedNetwork == null, c => c.FixedNetwork!)
        .Add("fixed_subnet", c => c.FixedSubnet == null, c => c.FixedSubnet!)
        .Add("floating_ip_enabled", c => c.FloatingIpEnabled ? 1 : 0)
        .Add("master_lb_enabled", c => c.MasterLbEnabled ? 1 : 0)
        .Add("create_timeout", c => c.CreateTimeout == null, c => c.CreateTimeout!.Value)
        .Add("discovery_url", c => c.DiscoveryUrl == null, c => c.DiscoveryUrl!)
        .Add("stack_id", c => c.StackId == null, c => c.StackId!)
        .Add("api_address", c => c.ApiAddress == null, c => c.ApiAddress!)
        .Add("coe_version", c => c.CoeVersion == null, c => c.CoeVersion!)
        .Add("container_version", c => c.ContainerVersion == null, c => c.ContainerVersion!)
        .Add("status", c => c.Status)
        .Add("status_reason", c => c.StatusReason == null, c => c.StatusReason!)
        .Add("health_status", c => c.HealthStatus == null, c => c.HealthStatus!.Value)
        .Add("created_at", c => c.CreatedAt)
        .Add("updated_at", c => c.UpdatedAt == null, c => c.UpdatedAt!.Value);
}
