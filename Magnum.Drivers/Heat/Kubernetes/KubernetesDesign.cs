using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Kubernetes.Addons;
using Magnum.Drivers.Heat.Kubernetes.Nodes;
using Magnum.Drivers.Heat.Labels;
using Magnum.Drivers.Heat.Preflight;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>What a cluster's rows and labels come to for Kubernetes.</summary>
internal sealed class KubernetesDesign(Cluster cluster, NodeGroup? added = null) : ClusterDesign(cluster, added, KubernetesLabels.All, LabelsOfNodes)
{
    internal static readonly StackWords KubernetesWords = new(
        "kube", "Kubernetes", "Kubernetes", "kube_minions", "minion", "number_of_minions", "minions_to_remove", "kube_version", "kube_tag");

    internal static readonly MachineRole Master = new("master", "master_flavor_id", NeedsRam: 2048, WantsVcpus: 2);
    internal static readonly MachineRole Worker = new("worker", "flavor_id", NeedsRam: 1024, WantsVcpus: 1);
    private static readonly string[] LabelsOfNodes = ["boot_volume_size", "boot_volume_type", "docker_volume_type", "availability_zone", "kubelet_options"];
    private static readonly string[] LabelsWithOptions = ["kubelet_options", "kubeapi_options", "kubecontroller_options", "kubescheduler_options", "kubeproxy_options"];

    public override StackWords Words => KubernetesWords;

    public override MachineRole MasterRole => Master;

    public override MachineRole WorkerRole => Worker;

    public override int DefaultApiPort => KubernetesHeatDriver.DefaultApiPort;

    public override string DefaultNetworkDriver => KubernetesHeatDriver.DefaultNetworkDriver;

    public override string WhyOddMasters => "for etcd to have majorities";

    public override IReadOnlyList<(string What, string Cidr)> InnerNetworks => [("pods", PodCidr), ("services", ServiceCidr)];

    public string PodCidr => PodCidrOf(Labels, NetworkDriver);

    public string ServiceCidr => Labels.Text("service_cluster_ip_range");

    /// <summary>Whether pods' packets travel between nodes as they are, which Neutron's port security has to be told.</summary>
    public bool PodsAreRouted => NetworkDriver switch
    {
        // CrossSubnet wraps only what leaves the subnet, and the nodes are all on one.
        "calico" => Labels.Text("calico_ipv4pool_ipip") is not "Always",
        "flannel" => Labels.Text("flannel_backend") is "host-gw",
        _ => false,
    };

    /// <summary>Addresses of pods, by the label for any network driver or by the driver's own.</summary>
    internal static string PodCidrOf(LabelSet labels, string networkDriver) => labels.TextOrNull("pod_cidr") ?? networkDriver switch
    {
        "calico" => labels.Text("calico_ipv4pool"),
        "cilium" => labels.Text("cilium_ipv4pool"),
        _ => labels.Text("flannel_network_cidr"),
    };

    /// <summary>Whether the cluster is to have the cloud inside, if its owner may give it a credential.</summary>
    public bool WantsCloudProvider => Labels.Flag(CloudAccess.Label);

    /// <summary>Whether somebody said so, and would not have the cluster without.</summary>
    public bool AsksForCloudProvider => WantsCloudProvider && Labels.Values.TryGetValue(CloudAccess.Label, out var value) && !string.IsNullOrWhiteSpace(value);

    /// <summary>Whether the cluster has a credential for the cloud. Nodes of one that was made without know of no cloud, and go on so.</summary>
    public bool HasCloudProvider => WantsCloudProvider && Cluster.DriverSecret is not null;

    public bool HasCinderCsi => HasCloudProvider && WantsCinderCsi;

    public bool HasMetricsServer => Labels.Flag("metrics_server_enabled");

    private bool WantsCinderCsi => Labels.FlagOrNull("cinder_csi_enabled") ?? Cluster.Template.VolumeDriver is "cinder";

    public int EtcdVolumeSize => Labels.Number("etcd_volume_size");

    public override ClusterStack Stack(CloudFacts facts) => new KubernetesStack(this, facts);

    public override ClusterDesign OfCluster() => new KubernetesDesign(Cluster);

    public override IEnumerable<NodeVolume> Volumes(NodeGroup group)
    {
        foreach (var volume in base.Volumes(group))
        {
            yield return volume;
        }

        if (EtcdVolumeSize > 0 && group == Masters)
        {
            yield return new("etcd_volume", EtcdVolumeSize, "etcd_volume_type", "for etcd", OutlivesNode: true);
        }
    }

    public override IEnumerable<(string Label, string Fault)> LabelFaults() =>
    [
        .. CidrFaults("master_lb_allowed_cidrs", "ssh_allowed_cidrs", "nodeport_allowed_cidrs"),
        .. from name in LabelsWithOptions
           let fault = KubeOptions.FaultIn(Labels.Text(name))
           where fault is not null
           select (name, $"Label {name}: {fault}."),
        .. HealingFaults(),
        .. ShellFaults("container_infra_prefix", "post_install_manifest_url", "dns_cluster_domain", "octavia_provider"),
    ];

    /// <summary>A master goes before its successor comes: what the cluster knows has to be somewhere meanwhile, and its API for the successor to join.</summary>
    public override string? UpgradeFault() => EtcdVolumeSize > 0 || (Masters.NodeCount > 1 && HasLoadBalancer) ? null
        : Masters.NodeCount > 1
            ? "Its masters can only be replaced behind a load balancer (master_lb_enabled), or when each has a volume for etcd (label etcd_volume_size)."
            : "Its only master keeps all that the cluster knows on its own disk, and would lose it: upgrades need a volume for etcd (label etcd_volume_size) or three masters behind a load balancer.";

    public override IEnumerable<(string Id, string Warning, string Field)> Doubts()
    {
        if (WantsCinderCsi && !WantsCloudProvider)
        {
            yield return (
                "volume.driver", $"Pods get no Cinder volumes by themselves: that needs a credential for the cloud in the cluster, and label {CloudAccess.Label} is false.", "labels");
        }
    }

    public override IReadOnlyList<string> AllowedCidrs(string list, string subnetCidr) =>
        list is "nodeport_allowed_cidrs" ? Once(Labels.List(list)) : base.AllowedCidrs(list, subnetCidr);
}
