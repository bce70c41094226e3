using Magnum.Core.Drivers;
using Magnum.Core.Reconciliation;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Drivers.Heat.Labels;

namespace Magnum.Drivers.ClusterApi;

/// <summary>The labels of clusters made by Cluster API: those of Kubernetes clusters, and some that only mean something here.</summary>
internal static class ClusterApiLabels
{
    /// <summary>Those of Kubernetes on Heat that mean the same here.</summary>
    private static readonly HashSet<string> Shared = new(StringComparer.Ordinal)
    {
        "kube_tag", "fixed_subnet_cidr", "service_cluster_ip_range", "dns_cluster_domain", "pod_cidr", "calico_ipv4pool", "cilium_ipv4pool",
        "master_lb_floating_ip_enabled", "master_lb_allowed_cidrs", "octavia_provider", "octavia_lb_algorithm", "octavia_lb_healthcheck", "availability_zone",
        "boot_volume_size", "boot_volume_type", "docker_volume_type", "etcd_volume_size", "etcd_volume_type", "min_node_count", AutoScaling.MaxNodeCountLabel, AutoHealing.TimeoutLabel, "admission_control_list",
    };

    private static readonly LabelDefinition[] Own =
    [
        new(AutoHealing.Label, LabelType.Boolean, LabelGroups.Features, "true", "Whether nodes that stay broken are replaced."),
        new(AutoHealing.MostLabel, LabelType.Text, LabelGroups.Features, "40%", "Count or percentage of a group's nodes; with more broken than that none is replaced."),
        new(AutoScaling.Label, LabelType.Boolean, LabelGroups.Features, "false", "Whether the management cluster's autoscaler chooses the number of workers, from min_node_count to max_node_count."),
    ];

    public static IReadOnlyList<LabelDefinition> All { get; } =
    [
        .. KubernetesLabels.All.Where(l => Shared.Contains(l.Name)),
        .. Own,
        .. KubernetesLabels.All.Where(l => !Shared.Contains(l.Name) && !Own.Any(o => o.Name == l.Name)).Select(l => l with { Ignored = true }),
    ];
}
