using Magnum.Core.Drivers;
using Magnum.Drivers.Heat.Labels;

namespace Magnum.Drivers.Heat.Swarm;

/// <summary>The labels of Docker Swarm clusters.</summary>
internal static class SwarmLabels
{
    private const string OldNames =
        "rexray_preempt swarm_strategy swarm_version flannel_network_cidr flannel_network_subnetlen flannel_backend docker_storage_driver etcd_tag flannel_tag";

    public static IReadOnlyList<LabelDefinition> All { get; } =
    [
        new("docker_version", LabelType.Version, LabelGroups.Versions, null, "Version of Docker, such as 27.3. It has to be the image's (docker_version); without the label it is the image's, or else the distribution's."),

        HeatLabels.Subnet,
        new("swarm_network_cidr", LabelType.Cidr, LabelGroups.Network, "10.100.0.0/16", "Addresses of overlay networks, of which each gets a /24."),
        HeatLabels.DockerNetwork,
        .. HeatLabels.Access,
        new("swarm_published_ports", LabelType.CommaList, LabelGroups.Network, "30000-32767", "Ports of services that may be reached from outside, such as 80/tcp, 53/udp, 30000-32767; none for none."),
        new("swarm_published_cidrs", LabelType.CommaList, LabelGroups.Network, "0.0.0.0/0", "Networks that may reach them."),

        .. HeatLabels.Volumes,

        .. HeatLabels.Bounds,
        .. HeatLabels.Healing,

        HeatLabels.RegistryMirrors,

        .. OldNames.Split(' ').Select(name => new LabelDefinition(name, LabelType.Text, LabelGroups.Versions, null, "Of older releases; without effect.") { Ignored = true }),
    ];
}
