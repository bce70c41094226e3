using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Hot;
using Magnum.Drivers.Heat.Swarm;
using YamlDotNet.RepresentationModel;
using static Magnum.Tests.Drivers.Heat.HotChecks;

namespace Magnum.Tests.Drivers.Heat;

public sealed partial class SwarmStackTests
{
    private static readonly string[] NodeFiles = ["swarm-master.yaml", "swarm-worker.yaml"];

    public static TheoryData<bool, bool, bool, bool, bool> Combinations
    {
        get
        {
            var data = new TheoryData<bool, bool, bool, bool, bool>();
            for (var i = 0; i < 32; i++)
            {
                data.Add((i & 1) > 0, (i & 2) > 0, (i & 4) > 0, (i & 8) > 0, (i & 16) > 0);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void EveryCombination_RefersOnlyToWhatThereIs(bool existing, bool balancer, bool floating, bool boot, bool docker)
    {
        var stack = SwarmClusters.Build(Cluster(existing, balancer, floating, boot, docker));
        var root = HotDocument.Parse(stack.Template, "template");

        AssertRefersOnlyToWhatThereIs(stack);
        Assert.Equal(Required(stack, NodeFiles[0], "boot_volume_type", "docker_volume_type"), Names(root.At("resources", "swarm_master_0", "properties")).Order());
        Assert.Equal(
            Required(stack, NodeFiles[1], "boot_volume_type", "docker_volume_type"),
            Names(root.At("resources", "swarm_nodes", "properties", "resource_def", "properties")).Order());
        Assert.Empty(stack.Parameters.Keys.Except(Names(root.Parameters)));
        Assert.DoesNotMatch(Word(), stack.Template.Replace("worker, '%index%'", "", StringComparison.Ordinal).Replace("index: '%index%'", "", StringComparison.Ordinal) + string.Concat(stack.Files.Where(f => NodeFiles.Contains(f.Key)).Select(f => f.Value)));
        Assert.DoesNotContain("for_each", stack.Template, StringComparison.Ordinal);
        Assert.DoesNotContain("kube", stack.Template, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void EveryCombination_HasTheResourcesItAsksForAndNoOthers(bool existing, bool balancer, bool floating, bool boot, bool docker)
    {
        var stack = SwarmClusters.Build(Cluster(existing, balancer, floating, boot, docker));
        var counts = stack.Parts.GroupBy(p => p.Type).ToDictionary(g => g.Key, g => g.Sum(p => p.Count));

        var own = existing ? 0 : 1;
        Assert.Equal((own, own, own), (Count("OS::Neutron::Net"), Count("OS::Neutron::Subnet"), Count("OS::Neutron::Router")));
        Assert.Equal((balancer ? 1 : 0, balancer ? 3 : 0), (Count("OS::Octavia::LoadBalancer"), Count("OS::Octavia::PoolMember")));
        Assert.Equal(floating ? 5 + (balancer ? 1 : 0) : 0, Count("OS::Neutron::FloatingIP"));
        Assert.Equal((boot ? 5 : 0) + (docker ? 5 : 0), Count("OS::Cinder::Volume"));
        Assert.Equal((5, 5, 5), (Count("OS::Nova::Server"), Count("OS::Neutron::Port"), Count("OS::Heat::WaitCondition")));
        Assert.Equal((2, 3), (Count("OS::Nova::ServerGroup"), Count("OS::Neutron::SecurityGroup")));

        int Count(string type) => counts.GetValueOrDefault(type);
    }

    [Fact]
    public void Outputs_BearTheNamesThatToolsRead()
    {
        var outputs = HotDocument.Parse(SwarmClusters.Build(SwarmClusters.New(masters: 3)).Template, "template").At("outputs");

        Assert.Subset(
            Names(outputs).ToHashSet(),
            new HashSet<string>
            {
                "api_address", "swarm_primary_master", "swarm_primary_master_private", "swarm_secondary_masters", "swarm_secondary_masters_private", "swarm_nodes", "swarm_nodes_private",
            });
        Assert.Equal((1, 2), (Length("swarm_primary_master"), Length("swarm_secondary_masters")));

        int Length(string output) => ((YamlSequenceNode)((YamlMappingNode)outputs.Get(output)!).Get("value")!).Children.Count;
    }

    [Fact]
    public void Ports_AreOpenToThoseWhoNeedThemAndNobodyElse()
    {
        var cluster = SwarmClusters.New(labels: new()
        {
            ["ssh_allowed_cidrs"] = "192.0.2.0/24",
            ["master_lb_allowed_cidrs"] = "192.0.2.0/24",
            ["swarm_published_ports"] = "80/tcp, 53/udp, 8000-8100",
            ["swarm_published_cidrs"] = "203.0.113.0/24, 198.51.100.0/24",
        });

        Assert.Equal(
            [
                "rule_master_api_0 tcp  10.0.0.0/24", "rule_master_api_1 tcp  192.0.2.0/24", "rule_master_swarm tcp 2377 ", "rule_nodes_gossip_tcp tcp 7946 ",
                "rule_nodes_gossip_udp udp 7946 ", "rule_nodes_icmp icmp  fixed_subnet_cidr", "rule_nodes_overlay udp 4789 ", "rule_nodes_overlay_encrypted 50  ",
                "rule_nodes_published_tcp_8000_0 tcp 8000 203.0.113.0/24", "rule_nodes_published_tcp_8000_1 tcp 8000 198.51.100.0/24",
                "rule_nodes_published_tcp_80_0 tcp 80 203.0.113.0/24", "rule_nodes_published_tcp_80_1 tcp 80 198.51.100.0/24",
                "rule_nodes_published_udp_53_0 udp 53 203.0.113.0/24", "rule_nodes_published_udp_53_1 udp 53 198.51.100.0/24",
                "rule_nodes_published_udp_8000_0 udp 8000 203.0.113.0/24", "rule_nodes_published_udp_8000_1 udp 8000 198.51.100.0/24",
                "rule_nodes_ssh_0 tcp 22 192.0.2.0/24",
            ],
            Rules(SwarmClusters.Build(cluster)).Select(r => $"{r.Name} {r.Protocol} {r.From} {r.Remote}").Order(StringComparer.Ordinal));
        Assert.Equal("2376", SwarmClusters.Build(cluster).Parameters["apiserver_port"]);
    }

    [Fact]
    public void NoPublishedPorts_OpensNone()
    {
        var cluster = SwarmClusters.New(labels: new() { ["swarm_published_ports"] = "none" });

        Assert.DoesNotContain(Rules(SwarmClusters.Build(cluster)), r => r.Name.Contains("published", StringComparison.Ordinal));
        Assert.Empty(new SwarmDesign(cluster).Faults);
    }

    [Theory]
    [InlineData("80/tcp", "tcp 80-80")]
    [InlineData("443", "tcp 443-443, udp 443-443")]
    [InlineData("1-65535/udp", "udp 1-65535")]
    [InlineData("0", "")]
    [InlineData("65536", "")]
    [InlineData("90-80", "")]
    [InlineData("80/sctp", "")]
    [InlineData("-80", "")]
    [InlineData("http", "")]
    public void PublishedPort_IsANumberOrARangeWithAProtocolOrWithout(string text, string meant) =>
        Assert.Equal(meant, string.Join(", ", PublishedPort.Parse(text).Select(p => $"{p.Protocol} {p.From}-{p.To}")));

    [Theory]
    [InlineData("devicemapper", "docker_storage_driver devicemapper is not supported: nodes use overlay2.")]
    [InlineData("overlay2", null)]
    public void StorageDriver_IsOverlay2(string driver, string? fault)
    {
        var cluster = SwarmClusters.New();
        cluster.Template = cluster.Template with { DockerStorageDriver = driver };

        Assert.Equal(fault, new SwarmDesign(cluster).Faults.FirstOrDefault());
    }

    [Fact]
    public void Resize_ChangesNothingButParameters()
    {
        var small = SwarmClusters.Build(SwarmClusters.New(workers: 1));
        var large = SwarmClusters.Build(SwarmClusters.New(workers: 7), "g2", KubernetesClusters.Enrolment with { Password = "another" }, "2", "4");

        Assert.Equal(small.Template, large.Template);
        Assert.Equal(small.Files, large.Files);
        Assert.Equal(("7", "2,4"), (large.Parameters["number_of_nodes"], large.Parameters["nodes_to_remove"]));
        Assert.Equal(
            ["magnum_generation", "master_settings", "number_of_nodes", "worker_settings"],
            small.Parameters.Where(p => large.Parameters[p.Key] != p.Value).Select(p => p.Key).Order());
    }

    [Fact]
    public void Secrets_StandInHiddenParametersOnly()
    {
        var stack = SwarmClusters.Build(SwarmClusters.New(masters: 3));
        var root = HotDocument.Parse(stack.Template, "template");

        Assert.All(["master_settings", "worker_settings"], p => Assert.Equal("true", root.At("parameters", p).TextOf("hidden")));
        Assert.All(NodeFiles, f => Assert.Equal("true", HotDocument.Parse(stack.Files[f], f).At("parameters", "settings").TextOf("hidden")));
        var shown = string.Join('\n', stack.Files.Values.Append(stack.Template).Concat(stack.Parameters.Where(p => !p.Key.EndsWith("_settings", StringComparison.Ordinal)).Select(p => p.Value)));
        Assert.DoesNotContain(stack.Parameters["worker_settings"], shown, StringComparison.Ordinal);
        Assert.DoesNotContain("cret$word", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_AreToldWhomToAskAndWhetherToBegin()
    {
        var cluster = SwarmClusters.New(masters: 3);
        var first = Settings(SwarmClusters.Build(cluster), "master_settings");
        cluster.ApiAddress = "tcp://172.24.4.5:2376";
        var later = Settings(SwarmClusters.Build(cluster), "master_settings");

        Assert.Equal((true, false), ((bool)first["init"]!, (bool)later["init"]!));
        var root = HotDocument.Parse(SwarmClusters.Build(cluster).Template, "template");
        var list = (YamlSequenceNode)((YamlMappingNode)root.At("resources", "manager_addresses", "properties").Get("value")!).Get("list_join")!;
        Assert.Equal(3, ((YamlSequenceNode)list[1]).Children.Count);
    }

    [Fact]
    public void Daemon_IsConfiguredByTemplateAndLabels()
    {
        var cluster = SwarmClusters.New(labels: new() { ["registry_mirrors"] = "https://mirror.test,http://other.test:5000", ["docker_network_cidr"] = "192.168.0.0/26", ["docker_version"] = "v27.3" });
        cluster.Template = cluster.Template with { InsecureRegistry = "registry.test:5000" };
        cluster.DefaultWorker.NodeLabels = new() { ["disk"] = "ssd" };
        var node = Settings(SwarmClusters.Build(cluster), "worker_settings");
        var daemon = node["daemon"]!;

        Assert.Equal(["disk=ssd", "magnum.nodegroup=default-worker", "magnum.role=worker"], daemon["labels"]!.AsArray().Select(l => (string?)l));
        Assert.Equal(["https://mirror.test", "http://other.test:5000"], daemon["registry-mirrors"]!.AsArray().Select(l => (string?)l));
        Assert.Equal("registry.test:5000", (string?)daemon["insecure-registries"]![0]);
        Assert.Equal(("192.168.0.0/26", 26), ((string?)daemon["default-address-pools"]![0]!["base"], (int)daemon["default-address-pools"]![0]!["size"]!));
        Assert.Null(daemon["live-restore"]);
        Assert.Equal(("27.3", "10.100.0.0/16", 24), ((string?)node["docker_version"], (string?)node["overlay_cidr"], (int)node["overlay_prefix"]!));
    }

    [Fact]
    public void UserData_HasItsScriptsAndPlaces_AndFitsIntoNova()
    {
        var stack = SwarmClusters.Build(SwarmClusters.New());
        var data = stack.Files["user-data"];

        Assert.All(["common", "host", "signing", "docker-engine", "docker", "swarm", "node"], s => Assert.Contains($"path: /usr/local/lib/magnum/{s}.sh\n", data, StringComparison.Ordinal));
        Assert.Equal(
            ["API_PRIVATE_ADDRESS", "API_PUBLIC_ADDRESS", "DOCKER_VOLUME", "MANAGERS", "NODE_ADDRESS", "NODE_INDEX", "NODE_NAME", "NODE_PUBLIC_ADDRESS", "NODE_SETTINGS", "SIGNAL_ENDPOINT", "SIGNAL_TOKEN"],
            Place().Matches(data).Select(m => m.Groups[1].Value).Distinct().Order());
        foreach (var file in NodeFiles)
        {
            var places = Names(HotDocument.Parse(stack.Files[file], file).At("resources", "server", "properties", "user_data", "str_replace", "params"));
            Assert.Equal(Place().Matches(data).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal), places.Order(StringComparer.Ordinal));
        }

        Assert.True(Convert.ToBase64String(Encoding.UTF8.GetBytes(data + stack.Parameters["master_settings"])).Length < 64_000, "Nova takes 65535 bytes of base64");
    }

    [Fact]
    public void AddedGroup_StandsOnWhatTheClusterHas()
    {
        var cluster = SwarmClusters.New(masters: 3);
        var group = KubernetesClusters.Added("gpu", 2);
        cluster.NodeGroups.Add(group);
        var facts = SwarmClusters.Facts with
        {
            FixedNetwork = "net-id",
            FixedSubnet = "subnet-id",
            WorkerSecurityGroups = "a,b",
            ApiPrivateAddress = "10.0.0.9",
            ManagerAddresses = "10.0.0.3,10.0.0.4,10.0.0.5",
        };

        var stack = new SwarmStack(new SwarmDesign(cluster, group), facts).Build("g1", KubernetesClusters.Enrolment, null, []);

        AssertRefersOnlyToWhatThereIs(stack);
        Assert.Equal("10.0.0.3,10.0.0.4,10.0.0.5", stack.Parameters["cluster_managers"]);
        Assert.DoesNotContain(stack.Parts, p => p.Type.StartsWith("OS::Neutron::Sec", StringComparison.Ordinal) || p.Type is "OS::Neutron::Net");
        Assert.Equal(2, stack.Parts.Single(p => p.Type is "OS::Nova::Server").Count);
    }

    [Fact]
    public void AddedGroupWithTaints_IsRefused()
    {
        var cluster = SwarmClusters.New();
        var group = KubernetesClusters.Added("gpu", 1);
        group.NodeTaints = [new NodeTaint("gpu", "yes", "NoSchedule")];

        Assert.StartsWith("node_taints is not supported", new SwarmDesign(cluster, group).Faults.Single(), StringComparison.Ordinal);
    }

    private static JsonNode Settings(StackDefinition stack, string parameter) => JsonNode.Parse(Convert.FromBase64String(stack.Parameters[parameter]))!;

    private static Cluster Cluster(bool existing, bool balancer, bool floating, bool boot, bool docker) => SwarmClusters.New(
        masters: 3, workers: 2, fixedNetwork: existing ? "net" : null, loadBalancer: balancer, floatingIps: floating, dockerVolume: docker ? 10 : null,
        labels: new() { ["boot_volume_size"] = boot ? "20" : "0", ["boot_volume_type"] = "fast", ["docker_volume_type"] = "slow" });

    [GeneratedRegex("__([A-Z_]+)__")]
    private static partial Regex Place();

    [GeneratedRegex("%[a-z]+%")]
    private static partial Regex Word();
}
