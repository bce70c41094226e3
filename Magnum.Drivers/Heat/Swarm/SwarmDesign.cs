using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Preflight;

namespace Magnum.Drivers.Heat.Swarm;

/// <summary>What a cluster's rows and labels come to for Docker Swarm.</summary>
internal sealed class SwarmDesign(Cluster cluster, NodeGroup? added = null) : ClusterDesign(cluster, added, SwarmLabels.All, LabelsOfNodes)
{
    private const string NoPorts = "none";

    private static readonly StackWords SwarmWords = new(
        "swarm", "Docker Swarm", "Docker", "swarm_nodes", "worker", "number_of_nodes", "nodes_to_remove", "docker_version", "docker_version");

    private static readonly MachineRole Master = new("master", "master_flavor_id", NeedsRam: 1024, WantsVcpus: 1);
    private static readonly MachineRole Worker = new("worker", "flavor_id", NeedsRam: 512, WantsVcpus: 1);
    private static readonly string[] LabelsOfNodes = ["boot_volume_size", "boot_volume_type", "docker_volume_type", "availability_zone"];

    public override StackWords Words => SwarmWords;

    public override MachineRole MasterRole => Master;

    public override MachineRole WorkerRole => Worker;

    public override int DefaultApiPort => SwarmHeatDriver.DefaultApiPort;

    public override string DefaultNetworkDriver => SwarmHeatDriver.NetworkDriver;

    public override string WhyOddMasters => "for the managers to have majorities";

    public override IReadOnlyList<(string What, string Cidr)> InnerNetworks => [("overlay networks", OverlayCidr), ("nodes' own networks", BridgeCidr)];

    public string OverlayCidr => Labels.Text("swarm_network_cidr");

    /// <summary>Each once, whatever the label says twice.</summary>
    public IReadOnlyList<PublishedPort> PublishedPorts => [.. PublishedTexts.SelectMany(PublishedPort.Parse).DistinctBy(p => (p.Protocol, p.From))];

    /// <summary>
    /// Whether there has never been a swarm in this cluster, so that the first manager may begin one. One that is made anew later must not: it
    /// would be alone in it.
    /// </summary>
    public bool IsFirstSwarm => Cluster.ApiAddress is null;

    private IEnumerable<string> PublishedTexts => Labels.List("swarm_published_ports").Where(p => p != NoPorts);

    public override ClusterStack Stack(CloudFacts facts) => new SwarmStack(this, facts);

    public override ClusterDesign OfCluster() => new SwarmDesign(Cluster);

    public override IEnumerable<(string Field, string Fault)> UnsupportedFields() =>
        base.UnsupportedFields().Concat(UnsupportedOnDocker("constrain services by the engine labels of nodes"));

    public override IEnumerable<(string Label, string Fault)> LabelFaults() =>
    [
        .. CidrFaults("master_lb_allowed_cidrs", "ssh_allowed_cidrs", "swarm_published_cidrs"),
        .. PublishedTexts.Where(p => PublishedPort.Parse(p).Count == 0)
            .Select(p => ("swarm_published_ports", $"Label swarm_published_ports must be a list of ports such as 80/tcp or 30000-32767, and {p} is none.")),
        .. HealingFaults(),
        .. MirrorFaults(),
    ];

    public override IReadOnlyList<string> AllowedCidrs(string list, string subnetCidr) =>
        list is "swarm_published_cidrs" ? Once(Labels.List(list)) : base.AllowedCidrs(list, subnetCidr);
}
