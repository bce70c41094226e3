using System.Text.RegularExpressions;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.Reconciliation;
using Magnum.Drivers.Heat.Labels;
using Magnum.Drivers.Heat.Preflight;

namespace Magnum.Drivers.Heat;

/// <summary>A volume that each node of a group has.</summary>
/// <param name="Name">The resource: <c>docker_volume</c>; <c>node-docker-volume.yaml</c> makes it.</param>
/// <param name="Size">GiB.</param>
/// <param name="TypeLabel">The label that names its type.</param>
/// <param name="Purpose">For people.</param>
/// <param name="OutlivesNode">It stays when its master is replaced.</param>
internal sealed record NodeVolume(string Name, int Size, string TypeLabel, string Purpose, bool OutlivesNode = false);

/// <summary>What a cluster's rows and labels come to: every choice in one place, none of it looked up in the cloud.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="added">An added group, which is worked on by itself; null: the cluster with the groups that were made with it.</param>
/// <param name="labels">What the engine understands.</param>
/// <param name="labelsOfNodes">Labels that an added group may have otherwise than its cluster; all others hold for the cluster as a whole.</param>
internal abstract partial class PlannedDesign(Cluster cluster, NodeGroup? added, IReadOnlyList<LabelDefinition> labels, IReadOnlyCollection<string> labelsOfNodes)
{
    public Cluster Cluster => cluster;

    public LabelSet Labels { get; } = new(labels, added is null ? cluster.Labels : Lay(added.Labels, cluster.Labels, labelsOfNodes));

    public abstract StackWords Words { get; }

    public abstract MachineRole MasterRole { get; }

    public abstract MachineRole WorkerRole { get; }

    public abstract int DefaultApiPort { get; }

    public abstract string DefaultNetworkDriver { get; }

    /// <summary>Why the number of masters has to be odd.</summary>
    public abstract string WhyOddMasters { get; }

    /// <summary>Networks that the engine makes on the nodes, beside the nodes' own: none may overlap.</summary>
    public abstract IReadOnlyList<(string What, string Cidr)> InnerNetworks { get; }

    /// <summary>Whether the nodes are told by Ignition (Fedora CoreOS, Flatcar) and not by cloud-init.</summary>
    public bool UsesIgnition => cluster.Template.ClusterDistro is "fedora-coreos" or "flatcar";

    public NodeGroup Masters => cluster.DefaultMaster;

    /// <summary>Whether it is about an added group and not about the cluster with its own.</summary>
    public bool IsAddedGroup => added is not null;

    /// <summary>The workers that it is about.</summary>
    public NodeGroup Workers => added ?? cluster.DefaultWorker;

    public string StackName { get; } = added is null ? StackNames.For(cluster.Name, cluster.Uuid) : StackNames.For(cluster.Name, added.Name, added.Uuid);

    public string? KeyPair => Given(cluster.KeyPair) ?? Given(cluster.Template.KeyPairId);

    public string? MasterFlavor => Given(Masters.FlavorId) ?? Given(cluster.MasterFlavorId) ?? Given(cluster.Template.MasterFlavorId);

    public string? WorkerFlavor => Given(Workers.FlavorId) ?? Given(cluster.FlavorId) ?? Given(cluster.Template.FlavorId);

    public string MasterImage => Given(Masters.ImageId) ?? cluster.Template.ImageId;

    public string WorkerImage => Given(Workers.ImageId) ?? cluster.Template.ImageId;

    public int ApiPort => cluster.Template.ApiserverPort ?? DefaultApiPort;

    /// <summary>Null: a network is made for the cluster.</summary>
    public string? FixedNetwork => Given(cluster.FixedNetwork) ?? Given(cluster.Template.FixedNetwork);

    public string? FixedSubnet => Given(cluster.FixedSubnet) ?? Given(cluster.Template.FixedSubnet);

    public string? ExternalNetwork => Given(cluster.Template.ExternalNetworkId);

    public bool HasLoadBalancer => cluster.MasterLbEnabled;

    public virtual bool HasNodeFloatingIps => cluster.FloatingIpEnabled;

    public virtual bool HasApiFloatingIp => HasLoadBalancer ? Labels.FlagOrNull("master_lb_floating_ip_enabled") ?? HasNodeFloatingIps : HasNodeFloatingIps;

    /// <summary>Whether only some networks may reach the API.</summary>
    public virtual bool LimitsApi => Labels.List("master_lb_allowed_cidrs").Count > 0;

    public bool NeedsExternalNetwork => FixedNetwork is null || HasNodeFloatingIps || HasApiFloatingIp;

    public string NetworkDriver => Given(cluster.Template.NetworkDriver) ?? DefaultNetworkDriver;

    /// <summary>The node subnet when it is made for the cluster.</summary>
    public string NewSubnetCidr => Labels.Text("fixed_subnet_cidr");

    public IReadOnlyList<string> DnsNameservers =>
        (Given(cluster.Template.DnsNameserver) ?? "8.8.8.8").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public int BootVolumeSize => Labels.Number("boot_volume_size");

    public int DockerVolumeSize(NodeGroup group) => group.DockerVolumeSize ?? cluster.DockerVolumeSize ?? cluster.Template.DockerVolumeSize ?? 0;

    /// <summary>Of engines whose nodes run Docker.</summary>
    public IReadOnlyList<string> RegistryMirrors => Labels.List("registry_mirrors");

    /// <summary>Addresses of Docker's networks on each node; of engines whose nodes run it.</summary>
    public string BridgeCidr => Labels.Text("docker_network_cidr");

    public string? AvailabilityZone(NodeGroup group) =>
        group.Labels.TryGetValue("availability_zone", out var own) && !string.IsNullOrWhiteSpace(own) ? own : Labels.TextOrNull("availability_zone");

    public bool NeedsVolumes => Volumes(Masters).Concat(Volumes(Workers)).Any();

    /// <summary>The volume types that are named and used.</summary>
    public IEnumerable<string> VolumeTypes =>
        Volumes(Masters).Concat(Volumes(Workers)).Select(v => Labels.TextOrNull(v.TypeLabel)).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>The availability zones that are named.</summary>
    public IEnumerable<string> Zones => new[] { AvailabilityZone(Masters), AvailabilityZone(Workers) }.OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Why nothing can be made of the cluster's rows, whatever the cloud has.</summary>
    public IEnumerable<string> Faults =>
    [
        .. UnsupportedFields().Select(f => f.Fault),
        .. MasterFlavor is null ? ["The cluster and its template name no flavor for masters (master_flavor_id)."] : Array.Empty<string>(),
        .. WorkerFlavor is null ? ["The cluster and its template name no flavor for workers (flavor_id)."] : Array.Empty<string>(),
        .. Labels.Values.Select(l => Labels.Fault(l.Key, l.Value)).OfType<string>(),
        .. LabelFaults().Select(f => f.Fault),
    ];

    /// <summary>What would be made of the cloud's resources, for plans and progress.</summary>
    public abstract IReadOnlyList<StackPart> Parts(CloudFacts facts);

    /// <summary>The design without the added group.</summary>
    public abstract PlannedDesign OfCluster();

    /// <summary>The volumes of each node of a group.</summary>
    public virtual IEnumerable<NodeVolume> Volumes(NodeGroup group)
    {
        if (BootVolumeSize > 0)
        {
            yield return new("boot_volume", BootVolumeSize, "boot_volume_type", "to boot from");
        }

        if (DockerVolumeSize(group) is > 0 and var size)
        {
            yield return new("docker_volume", size, "docker_volume_type", "for images and containers");
        }
    }

    /// <summary>Fields that ask for what this driver does not do.</summary>
    public virtual IEnumerable<(string Field, string Fault)> UnsupportedFields()
    {
        if (cluster.Template.TlsDisabled)
        {
            yield return ("tls_disabled", $"tls_disabled is not supported: the {Words.Software} API is never served without TLS.");
        }

        if (cluster.Template.RegistryEnabled)
        {
            yield return ("registry_enabled", "registry_enabled is not supported: no registry is run on the nodes.");
        }
    }

    /// <summary>What is wrong with labels beyond their types.</summary>
    public abstract IEnumerable<(string Label, string Fault)> LabelFaults();

    /// <summary>Why the cluster's nodes cannot be replaced by such of another image; null when they can.</summary>
    public virtual string? UpgradeFault() => null;

    /// <summary>What people should know of, and what works nevertheless.</summary>
    public virtual IEnumerable<(string Id, string Warning, string Field)> Doubts() => [];

    /// <summary>The networks of a list for which a security rule is written out, each once.</summary>
    public virtual IReadOnlyList<string> AllowedCidrs(string list, string subnetCidr) => list switch
    {
        "ssh_allowed_cidrs" => Labels.List(list) is { Count: > 0 } given ? Once(given) : [subnetCidr],
        // Also behind a load balancer, for there are some that leave the client's address as it is.
        "api_allowed_cidrs" => LimitsApi ? Once([subnetCidr, .. Labels.List("master_lb_allowed_cidrs")]) : ["0.0.0.0/0"],
        _ => throw new InvalidOperationException($"There is no list {list}."),
    };

    /// <summary>What is wrong with labels that are lists of networks.</summary>
    protected IEnumerable<(string Label, string Fault)> CidrFaults(params string[] names) =>
        from name in names
        from cidr in Labels.List(name)
        where !LabelDefinition.IsCidr(cidr)
        select (name, $"Label {name} must be a list of IPv4 networks, and {cidr} is none.");

    /// <summary>Fields that ask for what engines on Docker do not do.</summary>
    /// <param name="insteadOfTaints">A sentence's end for people who gave taints.</param>
    protected IEnumerable<(string Field, string Fault)> UnsupportedOnDocker(string insteadOfTaints)
    {
        if (cluster.Template.DockerStorageDriver is { Length: > 0 } driver and not "overlay2")
        {
            yield return ("docker_storage_driver", $"docker_storage_driver {driver} is not supported: nodes use overlay2.");
        }

        if (Workers.NodeTaints.Count > 0)
        {
            yield return ("node_taints", $"node_taints is not supported: {Words.Title} has none; {insteadOfTaints}.");
        }
    }

    /// <summary>What is wrong with how broken nodes are to be replaced.</summary>
    protected IEnumerable<(string Label, string Fault)> HealingFaults() => Share().IsMatch(Labels.Text(AutoHealing.MostLabel))
        ? []
        : [(AutoHealing.MostLabel, $"Label {AutoHealing.MostLabel} must be a count or a percentage such as 40%.")];

    /// <summary>What is wrong with the mirrors of Docker Hub.</summary>
    protected IEnumerable<(string Label, string Fault)> MirrorFaults() =>
        from mirror in RegistryMirrors
        where !IsMirror(mirror)
        select ("registry_mirrors", $"Label registry_mirrors must be a list of URLs, and {mirror} is none.");

    /// <summary>What is wrong with labels that end up in files and on command lines of nodes.</summary>
    protected IEnumerable<(string Label, string Fault)> ShellFaults(params string[] names) =>
        from name in names
        where Labels.Text(name).Any(c => char.IsWhiteSpace(c) || "`$;&|<>\\\"'(){}!*#".Contains(c, StringComparison.Ordinal))
        select (name, $"Label {name} has characters that do not belong there.");

    // Docker does not start with one that has a path, a query or a user in it.
    private static bool IsMirror(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "", Fragment: "" };

    protected static IReadOnlyList<string> Once(IReadOnlyList<string> cidrs) => [.. cidrs.Distinct(StringComparer.Ordinal)];

    private static Dictionary<string, string> Lay(Dictionary<string, string> group, Dictionary<string, string> cluster, IReadOnlyCollection<string> ofNodes) =>
        cluster.Where(l => !ofNodes.Contains(l.Key)).Concat(group.Where(l => ofNodes.Contains(l.Key))).ToDictionary();

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    [GeneratedRegex(@"^\d{1,3}%?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Share();
}
