using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Core.Reconciliation;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Drivers.Heat.Preflight;

namespace Magnum.Drivers.ClusterApi;

/// <summary>What a cluster's rows and labels come to for Cluster API.</summary>
internal sealed class ClusterApiDesign(Cluster cluster, NodeGroup? added = null) : PlannedDesign(cluster, added, ClusterApiLabels.All, LabelsOfNodes)
{
    // Rules that the infrastructure provider makes for a control plane and for workers, about.
    private const int SecurityRules = 20;

    private static readonly string[] LabelsOfNodes = ["boot_volume_size", "boot_volume_type", "docker_volume_type", "availability_zone"];

    public override StackWords Words => KubernetesDesign.KubernetesWords;

    public override MachineRole MasterRole => KubernetesDesign.Master;

    public override MachineRole WorkerRole => KubernetesDesign.Worker;

    public override int DefaultApiPort => KubernetesHeatDriver.DefaultApiPort;

    public override string DefaultNetworkDriver => ClusterApiDriver.DefaultNetworkDriver;

    public override string WhyOddMasters => "for etcd to have majorities";

    public override IReadOnlyList<(string What, string Cidr)> InnerNetworks => [("pods", PodCidr), ("services", ServiceCidr)];

    /// <summary>Only the API gets one: nodes stand behind the router.</summary>
    public override bool HasNodeFloatingIps => false;

    public override bool HasApiFloatingIp => Labels.FlagOrNull("master_lb_floating_ip_enabled") ?? Cluster.FloatingIpEnabled;

    public string PodCidr => KubernetesDesign.PodCidrOf(Labels, NetworkDriver);

    public string ServiceCidr => Labels.Text("service_cluster_ip_range");

    public int EtcdVolumeSize => Labels.Number("etcd_volume_size");

    /// <summary>Whether the number of workers is the autoscaler's to choose.</summary>
    public bool IsScaledByLoad => Labels.Flag(AutoScaling.Label);

    /// <summary>Null: broken nodes are left as they are.</summary>
    public NodeHealthCheck? HealthCheck => Labels.Flag(AutoHealing.Label)
        ? new NodeHealthCheck(TimeSpan.FromSeconds(Labels.Number(AutoHealing.TimeoutLabel)), Labels.Text(AutoHealing.MostLabel))
        : null;

    /// <summary>How far the autoscaler may go with the workers.</summary>
    public (int Minimum, int Maximum) Range
    {
        get
        {
            // Machines of a group that has none have no template to be reckoned with: one stays.
            var minimum = Math.Max(1, Math.Max(Workers.MinNodeCount, Labels.Number("min_node_count")));
            var maximum = Workers.MaxNodeCount is > 0 and var own ? own : Labels.Number(AutoScaling.MaxNodeCountLabel);
            return (minimum, maximum >= minimum ? maximum : Math.Max(minimum, Workers.NodeCount) + 1);
        }
    }

    public override PlannedDesign OfCluster() => new ClusterApiDesign(Cluster);

    public override IEnumerable<NodeVolume> Volumes(NodeGroup group)
    {
        foreach (var volume in base.Volumes(group))
        {
            yield return volume;
        }

        if (EtcdVolumeSize > 0 && group == Masters)
        {
            yield return new("etcd_volume", EtcdVolumeSize, "etcd_volume_type", "for etcd");
        }
    }

    public override IEnumerable<(string Field, string Fault)> UnsupportedFields()
    {
        foreach (var unsupported in base.UnsupportedFields())
        {
            yield return unsupported;
        }

        if (!string.IsNullOrWhiteSpace(Cluster.Template.InsecureRegistry))
        {
            yield return ("insecure_registry", "insecure_registry is not supported: nodes take images by TLS only.");
        }

        if (Masters.NodeCount > 1 && !HasLoadBalancer)
        {
            yield return ("master_lb_enabled", "More than one master needs a load balancer (master_lb_enabled): without one the API's address is a single master's.");
        }
    }

    public override IEnumerable<(string Label, string Fault)> LabelFaults() =>
    [
        .. CidrFaults("master_lb_allowed_cidrs"),
        .. ShellFaults("dns_cluster_domain"),
        .. HealingFaults(),
    ];

    /// <summary>A master's successor comes before it goes, and has to be found under the same address.</summary>
    public override string? UpgradeFault() => HasLoadBalancer ? null : "Its API's address is its master's own, and would go with it: upgrades need a load balancer (master_lb_enabled).";

    public override IReadOnlyList<StackPart> Parts(CloudFacts facts)
    {
        List<StackPart> parts =
        [
            .. FixedNetwork is null
                ? [Part(StackParts.Network, "OS::Neutron::Net", "network"), Part(StackParts.Network, "OS::Neutron::Subnet", "subnet"), Part(StackParts.Network, "OS::Neutron::Router", "router"), Part(StackParts.Network, "OS::Neutron::RouterInterface", "router_interface")]
                : Array.Empty<StackPart>(),
            Part(StackParts.Security, "OS::Neutron::SecurityGroup", "secgroup_controlplane"),
            Part(StackParts.Security, "OS::Neutron::SecurityGroup", "secgroup_worker"),
            Part(StackParts.Security, "OS::Neutron::SecurityGroupRule", "secgroup_rule") with { Count = SecurityRules },
            .. HasLoadBalancer
                ? [Part(StackParts.LoadBalancer, "OS::Octavia::LoadBalancer", "kubeapi"), Part(StackParts.LoadBalancer, "OS::Octavia::Listener", "kubeapi"), Part(StackParts.LoadBalancer, "OS::Octavia::Pool", "kubeapi")]
                : Array.Empty<StackPart>(),
            .. HasApiFloatingIp ? [Part(StackParts.LoadBalancer, "OS::Neutron::FloatingIP", "kubeapi")] : Array.Empty<StackPart>(),
            .. Nodes(StackParts.ControlPlane, $"{Words.Master}*", Masters),
        ];
        return [.. IsAddedGroup ? [] : parts, .. Nodes(StackParts.Workers, Words.Workers, Workers)];
    }

    private IEnumerable<StackPart> Nodes(string stage, string name, NodeGroup group) =>
    [
        new(stage, "OS::Nova::Server", name, "server", group.NodeCount),
        new(stage, "OS::Neutron::Port", name, "port", group.NodeCount),
        .. Volumes(group).Select(v => new StackPart(stage, "OS::Cinder::Volume", name, v.Name, group.NodeCount)),
    ];

    private static StackPart Part(string stage, string type, string name) => new(stage, type, name, name, 1);
}
