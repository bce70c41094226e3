using System.Text.Json;
using System.Text.RegularExpressions;
using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Preflight;

namespace Magnum.Drivers.Heat.Mesos;

/// <summary>What a cluster's rows and labels come to for Mesos.</summary>
internal sealed partial class MesosDesign(Cluster cluster, NodeGroup? added = null) : ClusterDesign(cluster, added, MesosLabels.All, LabelsOfNodes)
{
    public const int MarathonsPort = 8080;
    public const int MastersPort = 5050;

    private const string Everybody = "0.0.0.0/0";

    private static readonly StackWords MesosWords = new(
        "mesos", "Apache Mesos", "Mesos", "mesos_slaves", "slave", "number_of_slaves", "slaves_to_remove", "mesos_version", "mesos_version");

    private static readonly MachineRole Master = new("master", "master_flavor_id", NeedsRam: 2048, WantsVcpus: 2);
    private static readonly MachineRole Worker = new("worker", "flavor_id", NeedsRam: 1024, WantsVcpus: 1);

    private static readonly string[] LabelsOfNodes =
    [
        "boot_volume_size", "boot_volume_type", "docker_volume_type", "availability_zone",
        .. MesosLabels.OfAgents.SelectMany(n => new[] { MesosLabels.AgentPrefix + n, MesosLabels.FormerPrefix + n }),
    ];

    /// <summary>What else listens on masters: ZooKeeper to its clients and to its like, and the end of Marathon's that Mesos speaks to.</summary>
    private static readonly int[] TakenPorts = [2181, 2888, 3888, 9090];

    public override StackWords Words => MesosWords;

    public override MachineRole MasterRole => Master;

    public override MachineRole WorkerRole => Worker;

    /// <summary>Marathon answers for its leader whichever master is asked, so that it is what a load balancer can stand before.</summary>
    public override int DefaultApiPort => HasMarathon ? MarathonsPort : MastersPort;

    public override string DefaultNetworkDriver => MesosHeatDriver.NetworkDriver;

    public override string WhyOddMasters => "for ZooKeeper and the masters to have majorities";

    public override IReadOnlyList<(string What, string Cidr)> InnerNetworks => [("nodes' own networks", BridgeCidr)];

    public bool HasMarathon => Labels.Flag("marathon_enabled");

    /// <summary>Where the masters of Mesos answer.</summary>
    public int MasterPort => HasMarathon ? MastersPort : ApiPort;

    /// <summary>Whoever reaches Mesos or Marathon may run anything on the nodes: nobody outside does who is not named.</summary>
    public override bool LimitsApi => true;

    /// <summary>URL, suite and components; empty: all is in the image.</summary>
    public string PackageSource => Labels.Text("mesos_package_source");

    public string WorkDirectory => OfAgents("work_dir") is { Length: > 0 } given ? given : MesosLabels.DefaultWorkDirectory;

    public override ClusterStack Stack(CloudFacts facts) => new MesosStack(this, facts);

    public override ClusterDesign OfCluster() => new MesosDesign(Cluster);

    /// <summary>What a label of agents says, by its present or its former name.</summary>
    public string OfAgents(string name) => Labels.TextOrNull(MesosLabels.AgentPrefix + name) ?? Labels.Text(MesosLabels.FormerPrefix + name);

    /// <summary>Variables for executors; empty where the label cannot be read.</summary>
    public IReadOnlyDictionary<string, string> ExecutorVariables() => ReadVariables(OfAgents("executor_env_variables")) ?? [];

    /// <summary>Masters have no Docker.</summary>
    public override IEnumerable<NodeVolume> Volumes(NodeGroup group) => base.Volumes(group).Where(v => !group.IsMaster || v.Name != "docker_volume");

    public override IEnumerable<(string Field, string Fault)> UnsupportedFields()
    {
        // That there is no TLS is what the driver has to offer, whichever way the template has it.
        foreach (var field in base.UnsupportedFields().Where(f => f.Field != "tls_disabled")
            .Concat(UnsupportedOnDocker("constrain apps by the attributes of agents")))
        {
            yield return field;
        }

        if (TakenPorts.Contains(ApiPort) || (HasMarathon && ApiPort == MastersPort))
        {
            yield return ("apiserver_port", $"apiserver_port {ApiPort} is taken: masters listen there for another purpose.");
        }
    }

    public override IEnumerable<(string Label, string Fault)> LabelFaults() =>
    [
        .. CidrFaults("master_lb_allowed_cidrs", "ssh_allowed_cidrs", "mesos_task_cidrs"),
        .. HealingFaults(),
        .. MirrorFaults(),
        .. PackageFaults(),
        .. AgentFaults(),
    ];

    public override IEnumerable<(string Id, string Warning, string Field)> Doubts()
    {
        if (Labels.List("master_lb_allowed_cidrs").Contains(Everybody))
        {
            yield return ("api.open", "Mesos and Marathon ask for no password, and label master_lb_allowed_cidrs lets everybody reach them: anybody may run anything on the nodes.", "labels");
        }
    }

    public override IReadOnlyList<string> AllowedCidrs(string list, string subnetCidr) =>
        list is "mesos_task_cidrs" ? Once([subnetCidr, .. Labels.List(list)]) : base.AllowedCidrs(list, subnetCidr);

    private IEnumerable<(string Label, string Fault)> PackageFaults()
    {
        var (source, key) = (PackageSource, Labels.Text("mesos_package_key"));
        if (source.Length > 0 && !Source().IsMatch(source))
        {
            yield return ("mesos_package_source", "Label mesos_package_source must be a URL, a suite and components, such as https://packages.example.com/mesos bookworm main.");
        }

        if (source.Length > 0 && key.Length == 0)
        {
            yield return ("mesos_package_key", "Label mesos_package_source needs label mesos_package_key: packages that nobody signed are not installed.");
        }

        if (key.Length > 0 && !KeyAddress().IsMatch(key))
        {
            yield return ("mesos_package_key", "Label mesos_package_key must be an https URL.");
        }
    }

    private IEnumerable<(string Label, string Fault)> AgentFaults()
    {
        foreach (var name in MesosLabels.OfAgents)
        {
            var (present, former) = (Labels.TextOrNull(MesosLabels.AgentPrefix + name), Labels.TextOrNull(MesosLabels.FormerPrefix + name));
            if (present is not null && former is not null && present != former)
            {
                yield return (MesosLabels.FormerPrefix + name, $"Labels {MesosLabels.AgentPrefix}{name} and {MesosLabels.FormerPrefix}{name} are the same, and say different things.");
            }
        }

        string[] isolators = Items("isolation");
        foreach (var unknown in isolators.Except(MesosLabels.Isolators))
        {
            yield return (Given("isolation"), $"Label {Given("isolation")} must be a list of Mesos' isolators, and {unknown} is none.");
        }

        foreach (var unknown in Items("image_providers").Except(MesosLabels.ImageProviders))
        {
            yield return (Given("image_providers"), $"Label {Given("image_providers")} must be a list of {string.Join(" and ", MesosLabels.ImageProviders)}, and {unknown} is neither.");
        }

        if (Items("image_providers").Length > 0 && !isolators.Contains("filesystem/linux"))
        {
            yield return (Given("image_providers"), $"Label {Given("image_providers")} needs isolation by filesystem/linux (label {MesosLabels.AgentPrefix}isolation).");
        }

        if (OfAgents("work_dir") is { Length: > 0 } directory && !Directory().IsMatch(directory))
        {
            yield return (Given("work_dir"), $"Label {Given("work_dir")} must be a directory such as /var/lib/mesos-agent.");
        }

        if (OfAgents("executor_env_variables") is { Length: > 0 } variables && ReadVariables(variables) is null)
        {
            // Nothing of the value: people keep passwords there.
            yield return (Given("executor_env_variables"), $"Label {Given("executor_env_variables")} must be a JSON object of texts, such as {{\"TZ\": \"UTC\"}}.");
        }
    }

    private string[] Items(string name) => OfAgents(name).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The name by which a label of agents was given.</summary>
    private string Given(string name) => (Labels.TextOrNull(MesosLabels.AgentPrefix + name) is null ? MesosLabels.FormerPrefix : MesosLabels.AgentPrefix) + name;

    private static Dictionary<string, string>? ReadVariables(string text)
    {
        try
        {
            return text.Length == 0 || JsonSerializer.Deserialize<Dictionary<string, string?>>(text) is not { } read || read.Any(v => v.Value is null)
                ? null
                : read.ToDictionary(v => v.Key, v => v.Value!, StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A suite that ends in a slash is a directory, which has no components.
    [GeneratedRegex(@"\Ahttps?://[A-Za-z0-9._~:/@%+-]+ ([A-Za-z0-9._/-]*/|[A-Za-z0-9._/-]*[A-Za-z0-9._-]( [A-Za-z0-9._/-]+)+)\z")]
    private static partial Regex Source();

    [GeneratedRegex(@"\Ahttps://[A-Za-z0-9._~:/?=&@%+-]+\z")]
    private static partial Regex KeyAddress();

    [GeneratedRegex(@"\A(/[A-Za-z0-9_][A-Za-z0-9._-]*)+\z")]
    private static partial Regex Directory();
}
