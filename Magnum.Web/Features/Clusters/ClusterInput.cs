using System.Text.RegularExpressions;
using Magnum.Core.Clusters;
using Magnum.Web.Api.Input;

namespace Magnum.Web.Features.Clusters;

/// <summary>What the REST API takes for a cluster and for its actions.</summary>
internal static partial class ClusterInput
{
    private static readonly TextType Name255 = new();

    /// <summary>What clusters and federations may be called.</summary>
    public static readonly TextType Name = new(1, ClusterName.MaxLength, NamePattern()) { EmptyIsNull = true };

    /// <summary>The fields of a new cluster in the reference's order; what the server assigns is taken and ignored.</summary>
    public static readonly ResourceSchema Schema = new(
        "cluster",
        new Field("uuid", new AnyType()),
        new Field("name", Name),
        new Field("cluster_template_id", Name255) { Mandatory = true },
        new Field("keypair", new TextType { EmptyIsNull = true }),
        new Field("node_count", new IntegerType(0)) { Default = 1 },
        new Field("master_count", new IntegerType(1)) { Default = 1 },
        new Field("docker_volume_size", new IntegerType(1)),
        new Field("labels", new MapType()),
        new Field("master_flavor_id", Name255),
        new Field("flavor_id", Name255),
        new Field("create_timeout", new IntegerType(0)),
        new Field("links", new AnyType()) { ReadOnly = true },
        new Field("stack_id", new AnyType()) { ReadOnly = true },
        new Field("cluster_id", new AnyType()) { ReadOnly = true },
        new Field("status", new AnyType()),
        new Field("status_reason", new AnyType()),
        new Field("health_status", new AnyType()),
        new Field("health_status_reason", new AnyType()),
        new Field("discovery_url", new TextType(0, 255) { EmptyIsNull = true }),
        new Field("api_address", new AnyType()) { ReadOnly = true },
        new Field("coe_version", new AnyType()) { ReadOnly = true },
        new Field("container_version", new AnyType()) { ReadOnly = true },
        new Field("project_id", new AnyType()) { ReadOnly = true },
        new Field("user_id", new AnyType()) { ReadOnly = true },
        new Field("node_addresses", new AnyType()) { ReadOnly = true },
        new Field("master_addresses", new AnyType()) { ReadOnly = true },
        new Field("faults", new AnyType()),
        new Field("fixed_network", new TextType { EmptyIsNull = true }),
        new Field("fixed_subnet", new TextType { EmptyIsNull = true }),
        new Field("floating_ip_enabled", new BooleanType()),
        new Field("merge_labels", new BooleanType()) { Default = false },
        new Field("labels_overridden", new AnyType()),
        new Field("labels_added", new AnyType()),
        new Field("labels_skipped", new AnyType()),
        new Field("master_lb_enabled", new BooleanType()),
        new Field("created_at", new AnyType()) { ReadOnly = true },
        new Field("updated_at", new AnyType()) { ReadOnly = true });

    /// <summary><c>actions/resize</c>.</summary>
    public static readonly ResourceSchema Resize = new(
        "cluster_resize_req",
        new Field("node_count", new IntegerType(0)) { Mandatory = true },
        new Field("nodes_to_remove", new TextListType()),
        new Field("nodegroup", Name255));

    /// <summary><c>actions/upgrade</c>.</summary>
    public static readonly ResourceSchema Upgrade = new(
        "cluster_upgrade_req",
        new Field("max_batch_size", new IntegerType(1)),
        new Field("nodegroup", Name255),
        new Field("cluster_template", Name255) { Mandatory = true });

    /// <summary>A new cluster.</summary>
    public static NewCluster ToNewCluster(FieldValues values) => new()
    {
        Name = values.Text("name"),
        ClusterTemplateId = values.Text("cluster_template_id")!,
        KeyPair = values.Text("keypair"),
        MasterCount = values.Integer("master_count") ?? 1,
        NodeCount = values.Integer("node_count") ?? 1,
        Labels = values.Map("labels"),
        MergeLabels = values.Boolean("merge_labels") is true,
        MasterFlavorId = values.Text("master_flavor_id"),
        FlavorId = values.Text("flavor_id"),
        DockerVolumeSize = values.Integer("docker_volume_size"),
        CreateTimeout = values.Integer("create_timeout"),
        DiscoveryUrl = values.Text("discovery_url"),
        FixedNetwork = values.Text("fixed_network"),
        FixedSubnet = values.Text("fixed_subnet"),
        FloatingIpEnabled = values.Boolean("floating_ip_enabled"),
        MasterLbEnabled = values.Boolean("master_lb_enabled"),
    };

    /// <summary>A resize.</summary>
    public static ClusterResize ToResize(FieldValues values) =>
        new(values.Integer("node_count")!.Value, values.List("nodes_to_remove"), values.Text("nodegroup"));

    /// <summary>An upgrade.</summary>
    public static ClusterUpgrade ToUpgrade(FieldValues values) =>
        new(values.Text("cluster_template")!, values.Integer("max_batch_size"), values.Text("nodegroup"));

    [GeneratedRegex(ClusterName.Pattern)]
    private static partial Regex NamePattern();
}
