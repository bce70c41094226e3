using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Kubernetes.Nodes;
using Magnum.Drivers.Heat.Labels;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>What a cluster's rows and labels come to for Kubernetes on Heat: every choice in one place, none of it looked up in the cloud.</summary>
/// <param name="added">An added group, which has a stack of its own; null: the cluster's stack.</param>
internal sealed class KubernetesDesign(Cluster cluster, NodeGroup? added = null)
{
    public const int DefaultApiPort = 6443;

    /// <summary>Labels that an added group may have otherwise than its cluster; all others hold for the cluster as a whole.</summary>
    private static readonly string[] LabelsOfNodes = ["boot_volume_size", "boot_volume_type", "docker_volume_type", "availability_zone", "kubelet_options"];

    public Cluster Cluster => cluster;

    public LabelSet Labels { get; } = new(KubernetesLabels.All, added is null ? cluster.Labels : Lay(added.Labels, cluster.Labels));

    public NodeGroup Masters => cluster.DefaultMaster;

    /// <summary>Whether it is about an added group and not about the cluster's own stack.</summary>
    public bool IsAddedGroup => added is not null;

    /// <summary>The stack's workers.</summary>
    public NodeGroup Workers => added ?? cluster.DefaultWorker;

    public string StackName { get; } = added is null ? StackNames.For(cluster.Name, cluster.Uuid) : StackNames.For(cluster.Name, added.Name, added.Uuid);

    public string? KeyPair => Given(cluster.KeyPair) ?? Given(cluster.Template.KeyPairId);

    public string? MasterFlavor => Given(Masters.FlavorId) ?? Given(cluster.MasterFlavorId) ?? Given(cluster.Template.MasterFlavorId);

    public string? WorkerFlavor => Given(Workers.FlavorId) ?? Given(cluster.FlavorId) ?? Given(cluster.Template.FlavorId);

    public string MasterImage => Given(Masters.ImageId) ?? cluster.Template.ImageId;

    public string WorkerImage => Given(Workers.ImageId) ?? cluster.Template.ImageId;

    /// <summary>Whether the nodes are told by Ignition (Fedora CoreOS, Flatcar) and not by cloud-init.</summary>
    public bool UsesIgnition => cluster.Template.ClusterDistro is "fedora-coreos" or "flatcar";

    public int ApiPort => cluster.Template.ApiserverPort ?? DefaultApiPort;

    /// <summary>Null: a network is made for the cluster.</summary>
    public string? FixedNetwork => Given(cluster.FixedNetwork) ?? Given(cluster.Template.FixedNetwork);

    public string? FixedSubnet => Given(cluster.FixedSubnet) ?? Given(cluster.Template.FixedSubnet);

    public string? ExternalNetwork => Given(cluster.Template.ExternalNetworkId);

    public bool HasLoadBalancer => cluster.MasterLbEnabled;

    public bool HasNodeFloatingIps => cluster.FloatingIpEnabled;

    public bool HasApiFloatingIp => HasLoadBalancer ? Labels.FlagOrNull("master_lb_floating_ip_enabled") ?? HasNodeFloatingIps : HasNodeFloatingIps;

    public bool NeedsExternalNetwork => FixedNetwork is null || HasNodeFloatingIps || HasApiFloatingIp;

    public string NetworkDriver => Given(cluster.Template.NetworkDriver) ?? KubernetesHeatDriver.DefaultNetworkDriver;

    public string PodCidr => Labels.TextOrNull("pod_cidr") ?? NetworkDriver switch
    {
        "calico" => Labels.Text("calico_ipv4pool"),
        "cilium" => Labels.Text("cilium_ipv4pool"),
        _ => Labels.Text("flannel_network_cidr"),
    };

    public string ServiceCidr => Labels.Text("service_cluster_ip_range");

    /// <summary>The node subnet when it is made for the cluster.</summary>
    public string NewSubnetCidr => Labels.Text("fixed_subnet_cidr");

    /// <summary>Whether pods' packets travel between nodes as they are, which Neutron's port security has to be told.</summary>
    public bool PodsAreRouted => NetworkDriver switch
    {
        // CrossSubnet wraps only what leaves the subnet, and the nodes are all on one.
        "calico" => Labels.Text("calico_ipv4pool_ipip") is not "Always",
        "flannel" => Labels.Text("flannel_backend") is "host-gw",
        _ => false,
    };

    public IReadOnlyList<string> DnsNameservers =>
        (Given(cluster.Template.DnsNameserver) ?? "8.8.8.8").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public int BootVolumeSize => Labels.Number("boot_volume_size");

    public int EtcdVolumeSize => Labels.Number("etcd_volume_size");

    public int DockerVolumeSize(NodeGroup group) => group.DockerVolumeSize ?? cluster.DockerVolumeSize ?? cluster.Template.DockerVolumeSize ?? 0;

    public string? AvailabilityZone(NodeGroup group) =>
        group.Labels.TryGetValue("availability_zone", out var own) && !string.IsNullOrWhiteSpace(own) ? own : Labels.TextOrNull("availability_zone");

    public bool NeedsVolumes => BootVolumeSize > 0 || EtcdVolumeSize > 0 || DockerVolumeSize(Masters) > 0 || DockerVolumeSize(Workers) > 0;

    /// <summary>The volume types that are named and used.</summary>
    public IEnumerable<string> VolumeTypes => new[]
    {
        BootVolumeSize > 0 ? Labels.TextOrNull("boot_volume_type") : null,
        EtcdVolumeSize > 0 ? Labels.TextOrNull("etcd_volume_type") : null,
        DockerVolumeSize(Masters) > 0 || DockerVolumeSize(Workers) > 0 ? Labels.TextOrNull("docker_volume_type") : null,
    }.OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>The availability zones that are named.</summary>
    public IEnumerable<string> Zones => new[] { AvailabilityZone(Masters), AvailabilityZone(Workers) }.OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Why no stack can be made of the cluster's rows, whatever the cloud has.</summary>
    public IEnumerable<string> Faults =>
    [
        .. UnsupportedFields().Select(f => f.Fault),
        .. MasterFlavor is null ? ["The cluster and its template name no flavor for masters (master_flavor_id)."] : Array.Empty<string>(),
        .. WorkerFlavor is null ? ["The cluster and its template name no flavor for workers (flavor_id)."] : Array.Empty<string>(),
        .. Labels.Values.Select(l => Labels.Fault(l.Key, l.Value)).OfType<string>(),
        .. LabelFaults().Select(f => f.Fault),
    ];

    /// <summary>Fields that ask for what this driver does not do.</summary>
    public IEnumerable<(string Field, string Fault)> UnsupportedFields()
    {
        if (cluster.Template.TlsDisabled)
        {
            yield return ("tls_disabled", "tls_disabled is not supported: the Kubernetes API is never served without TLS.");
        }

        if (cluster.Template.RegistryEnabled)
        {
            yield return ("registry_enabled", "registry_enabled is not supported: no registry is run on the nodes.");
        }
    }

    /// <summary>What is wrong with labels beyond their types.</summary>
    public IEnumerable<(string Label, string Fault)> LabelFaults()
    {
        foreach (var name in new[] { "master_lb_allowed_cidrs", "ssh_allowed_cidrs", "nodeport_allowed_cidrs" })
        {
            foreach (var cidr in Labels.List(name).Where(c => !LabelDefinition.IsCidr(c)))
            {
                yield return (name, $"Label {name} must be a list of IPv4 networks, and {cidr} is none.");
            }
        }

        foreach (var name in new[] { "kubelet_options", "kubeapi_options", "kubecontroller_options", "kubescheduler_options", "kubeproxy_options" })
        {
            if (KubeOptions.FaultIn(Labels.Text(name)) is { } fault)
            {
                yield return (name, $"Label {name}: {fault}.");
            }
        }

        foreach (var name in new[] { "container_infra_prefix", "post_install_manifest_url", "dns_cluster_domain" })
        {
            if (Labels.Text(name) is var text && text.Any(c => char.IsWhiteSpace(c) || "`$;&|<>\\\"'(){}!*#".Contains(c, StringComparison.Ordinal)))
            {
                yield return (name, $"Label {name} has characters that do not belong there.");
            }
        }
    }

    private static Dictionary<string, string> Lay(Dictionary<string, string> group, Dictionary<string, string> cluster) =>
        cluster.Where(l => !LabelsOfNodes.Contains(l.Key)).Concat(group.Where(l => LabelsOfNodes.Contains(l.Key))).ToDictionary();

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
