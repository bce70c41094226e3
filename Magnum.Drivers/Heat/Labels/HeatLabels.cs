using Magnum.Core.Drivers;
using Magnum.Core.Reconciliation;

namespace Magnum.Drivers.Heat.Labels;

/// <summary>Headings of labels in the designer.</summary>
internal static class LabelGroups
{
    public const string Versions = "versions";
    public const string Network = "network";
    public const string Storage = "storage";
    public const string Features = "features";
    public const string Options = "options";
}

/// <summary>Labels that mean the same for every engine on Heat.</summary>
internal static class HeatLabels
{
    public static LabelDefinition Subnet { get; } =
        new("fixed_subnet_cidr", LabelType.Cidr, LabelGroups.Network, "10.0.0.0/24", "Addresses of the nodes, when a network is made for the cluster.");

    public static LabelDefinition DockerNetwork { get; } =
        new("docker_network_cidr", LabelType.Cidr, LabelGroups.Network, "10.101.0.0/16", "Addresses of each node's own networks, of which each gets a /24.");

    public static LabelDefinition RegistryMirrors { get; } =
        new("registry_mirrors", LabelType.CommaList, LabelGroups.Options, null, "Mirrors of Docker Hub, as URLs.");

    /// <summary>How the API and the nodes are reached, and where they are.</summary>
    public static IReadOnlyList<LabelDefinition> Access { get; } =
    [
        new("master_lb_floating_ip_enabled", LabelType.Boolean, LabelGroups.Network, null, "Floating IP for the API's load balancer; without the label, as the nodes have."),
        new("master_lb_allowed_cidrs", LabelType.CommaList, LabelGroups.Network, null, "Networks that may reach the API; empty for any. The nodes' own is always among them."),
        new("octavia_provider", LabelType.Text, LabelGroups.Network, "amphora", "Octavia's provider."),
        new("octavia_lb_algorithm", LabelType.Choice, LabelGroups.Network, "ROUND_ROBIN", "How the load balancer spreads requests; the provider ovn takes SOURCE_IP_PORT only.")
        {
            Choices = ["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP", "SOURCE_IP_PORT"],
        },
        new("octavia_lb_healthcheck", LabelType.Boolean, LabelGroups.Network, "true", "Whether the load balancer looks after its members."),
        new("ssh_allowed_cidrs", LabelType.CommaList, LabelGroups.Network, null, "Networks that may reach the nodes by SSH; empty for the nodes' own."),
        new("availability_zone", LabelType.Text, LabelGroups.Network, null, "Nova's availability zone for the nodes; empty for the cloud's choice."),
    ];

    public static IReadOnlyList<LabelDefinition> Volumes { get; } =
    [
        new("boot_volume_size", LabelType.Number, LabelGroups.Storage, "0", "GiB of a Cinder volume as the nodes' disk; 0 for the flavor's own disk.") { Minimum = 0, Maximum = 65536 },
        new("boot_volume_type", LabelType.Text, LabelGroups.Storage, null, "Volume type; empty for the cloud's default."),
        new("docker_volume_type", LabelType.Text, LabelGroups.Storage, null, "Volume type of the volumes for images and containers (docker_volume_size)."),
    ];

    public static IReadOnlyList<LabelDefinition> Bounds { get; } =
    [
        new("min_node_count", LabelType.Number, LabelGroups.Features, null, "Fewest workers that a resize may ask for.") { Minimum = 0 },
        new(AutoScaling.MaxNodeCountLabel, LabelType.Number, LabelGroups.Features, null, "Most workers that a resize may ask for.") { Minimum = 1 },
    ];

    /// <summary>Whether and when broken workers are replaced.</summary>
    public static IReadOnlyList<LabelDefinition> Healing { get; } =
    [
        new(AutoHealing.Label, LabelType.Boolean, LabelGroups.Features, "false", "Whether workers that stay broken are replaced."),
        new(AutoHealing.TimeoutLabel, LabelType.Number, LabelGroups.Features, "300", "Seconds for which a node may be not ready until it counts as broken.") { Minimum = 60, Maximum = 86400 },
        new(AutoHealing.MostLabel, LabelType.Text, LabelGroups.Features, "40%", "Count or percentage of the workers; with more broken than that none is replaced. One may always be."),
    ];
}
