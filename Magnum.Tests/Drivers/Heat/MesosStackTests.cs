using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Hot;
using Magnum.Drivers.Heat.Mesos;
using YamlDotNet.RepresentationModel;
using static Magnum.Tests.Drivers.Heat.HotChecks;

namespace Magnum.Tests.Drivers.Heat;

public sealed partial class MesosStackTests
{
    private static readonly string[] NodeFiles = ["mesos-master.yaml", "mesos-slave.yaml"];

    public static TheoryData<bool, bool, bool, bool, bool> Combinations => SwarmStackTests.Combinations;

    [Theory]
    [MemberData(nameof(Combinations))]
    public void EveryCombination_RefersOnlyToWhatThereIs(bool existing, bool balancer, bool floating, bool boot, bool docker)
    {
        var stack = MesosClusters.Build(Cluster(existing, balancer, floating, boot, docker));
        var root = HotDocument.Parse(stack.Template, "template");

        AssertRefersOnlyToWhatThereIs(stack);
        Assert.Equal(Required(stack, NodeFiles[0], "boot_volume_type", "docker_volume_type"), Names(root.At("resources", "mesos_master_0", "properties")).Order());
        Assert.Equal(
            Required(stack, NodeFiles[1], "boot_volume_type", "docker_volume_type"),
            Names(root.At("resources", "mesos_slaves", "properties", "resource_def", "properties")).Order());
        Assert.Empty(stack.Parameters.Keys.Except(Names(root.Parameters)));
        Assert.DoesNotMatch(Word(), stack.Template.Replace("worker, '%index%'", "", StringComparison.Ordinal).Replace("index: '%index%'", "", StringComparison.Ordinal) + string.Concat(stack.Files.Where(f => NodeFiles.Contains(f.Key)).Select(f => f.Value)));
        Assert.DoesNotContain("for_each", stack.Template, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)kube|swarm", stack.Template);
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void EveryCombination_HasTheResourcesItAsksForAndNoOthers(bool existing, bool balancer, bool floating, bool boot, bool docker)
    {
        var stack = MesosClusters.Build(Cluster(existing, balancer, floating, boot, docker));
        var counts = stack.Parts.GroupBy(p => p.Type).ToDictionary(g => g.Key, g => g.Sum(p => p.Count));

        var own = existing ? 0 : 1;
        Assert.Equal((own, own, own), (Count("OS::Neutron::Net"), Count("OS::Neutron::Subnet"), Count("OS::Neutron::Router")));
        Assert.Equal((balancer ? 1 : 0, balancer ? 3 : 0), (Count("OS::Octavia::LoadBalancer"), Count("OS::Octavia::PoolMember")));
        Assert.Equal(floating ? 5 + (balancer ? 1 : 0) : 0, Count("OS::Neutron::FloatingIP"));
        // Masters have no Docker.
        Assert.Equal((boot ? 5 : 0) + (docker ? 2 : 0), Count("OS::Cinder::Volume"));
        Assert.Equal((5, 5, 5), (Count("OS::Nova::Server"), Count("OS::Neutron::Port"), Count("OS::Heat::WaitCondition")));
        Assert.Equal((2, 3), (Count("OS::Nova::ServerGroup"), Count("OS::Neutron::SecurityGroup")));

        int Count(string type) => counts.GetValueOrDefault(type);
    }

    [Fact]
    public void OutputsAndParameters_BearTheNamesThatToolsRead()
    {
        var root = HotDocument.Parse(MesosClusters.Build(MesosClusters.New(masters: 3)).Template, "template");

        Assert.Subset(Names(root.At("outputs")).ToHashSet(), new HashSet<string> { "api_address", "mesos_master", "mesos_master_private", "mesos_slaves", "mesos_slaves_private" });
        Assert.Subset(Names(root.Parameters).ToHashSet(), new HashSet<string> { "number_of_slaves", "slaves_to_remove", "slave_flavor", "slave_image", "mesos_version" });
        Assert.Equal(3, ((YamlSequenceNode)((YamlMappingNode)root.At("outputs").Get("mesos_master")!).Get("value")!).Children.Count);
    }

    [Fact]
    public void Ports_AreClosedToEverybodyWhoIsNotNamed() => Assert.Equal(
        [
            "rule_master_api_0 tcp  10.0.0.0/24", "rule_master_mesos_0 tcp 5050 10.0.0.0/24", "rule_master_scheduler tcp 9090 ", "rule_master_zookeeper tcp 2181 ",
            "rule_master_zookeeper_election tcp 3888 ", "rule_master_zookeeper_peers tcp 2888 ", "rule_nodes_icmp icmp  fixed_subnet_cidr", "rule_nodes_ssh_0 tcp 22 10.0.0.0/24",
            "rule_slave_agent tcp 5051 ", "rule_slave_tasks_0 tcp 31000 10.0.0.0/24",
        ],
        Rules(MesosClusters.Build(MesosClusters.New())).Select(r => $"{r.Name} {r.Protocol} {r.From} {r.Remote}").Order(StringComparer.Ordinal));

    [Fact]
    public void Ports_AreOpenToThoseWhoAreNamed()
    {
        var rules = Rules(MesosClusters.Build(MesosClusters.New(labels: new()
        {
            ["master_lb_allowed_cidrs"] = "192.0.2.0/24, 10.0.0.0/24",
            ["mesos_task_cidrs"] = "0.0.0.0/0",
        })));

        Assert.Equal(["10.0.0.0/24", "192.0.2.0/24"], From("rule_master_api"));
        Assert.Equal(["10.0.0.0/24", "192.0.2.0/24"], From("rule_master_mesos"));
        Assert.Equal(["10.0.0.0/24", "0.0.0.0/0"], From("rule_slave_tasks"));

        IEnumerable<string?> From(string name) => rules.Where(r => r.Name.StartsWith(name, StringComparison.Ordinal)).Select(r => r.Remote);
    }

    [Fact]
    public void LoadBalancer_LetsNobodyElseInEither()
    {
        var stack = MesosClusters.Build(MesosClusters.New(masters: 3, loadBalancer: true));

        Assert.Equal("10.0.0.0/24", stack.Parameters["master_lb_allowed_cidrs"]);
        Assert.NotNull(HotDocument.Parse(stack.Template, "template").At("resources", "api_listener", "properties").Get("allowed_cidrs"));
        Assert.Equal("8080", stack.Parameters["apiserver_port"]);
    }

    [Fact]
    public void WithoutMarathon_MesosIsTheApi()
    {
        var stack = MesosClusters.Build(MesosClusters.New(labels: new() { ["marathon_enabled"] = "false" }));

        Assert.Equal("5050", stack.Parameters["apiserver_port"]);
        Assert.DoesNotContain(Rules(stack), r => r.From is "5050" or "9090");
        Assert.Equal((false, 5050), ((bool)Settings(stack, "master_settings")["marathon"]!, (int)Settings(stack, "master_settings")["mesos_port"]!));
    }

    [Fact]
    public void Resize_ChangesNothingButParameters()
    {
        var small = MesosClusters.Build(MesosClusters.New(workers: 1));
        var large = MesosClusters.Build(MesosClusters.New(workers: 7), "g2", KubernetesClusters.Enrolment with { Password = "another" }, "2", "4");

        Assert.Equal(small.Template, large.Template);
        Assert.Equal(small.Files, large.Files);
        Assert.Equal(("7", "2,4"), (large.Parameters["number_of_slaves"], large.Parameters["slaves_to_remove"]));
        Assert.Equal(["magnum_generation", "number_of_slaves"], small.Parameters.Where(p => large.Parameters[p.Key] != p.Value).Select(p => p.Key).Order());
    }

    [Fact]
    public void Nodes_AreGivenNothingToShowThemselvesBy()
    {
        var stack = MesosClusters.Build(MesosClusters.New(masters: 3));

        foreach (var parameter in new[] { "master_settings", "slave_settings" })
        {
            var node = Settings(stack, parameter);
            Assert.All(["auth_url", "magnum_url", "user_id", "password"], k => Assert.Null(node[k]));
            Assert.Equal("true", HotDocument.Parse(stack.Template, "template").At("parameters", parameter).TextOf("hidden"));
        }

        Assert.All(NodeFiles, f => Assert.Equal("true", HotDocument.Parse(stack.Files[f], f).At("parameters", "settings").TextOf("hidden")));
    }

    [Fact]
    public void Agents_AreConfiguredByTemplateAndLabels_UnderEitherName()
    {
        var cluster = MesosClusters.New(labels: new()
        {
            ["mesos_slave_isolation"] = "filesystem/linux, docker/runtime",
            ["mesos_agent_image_providers"] = "docker",
            ["mesos_slave_work_dir"] = "/srv/mesos",
            ["mesos_slave_executor_env_variables"] = """{"TZ": "UTC"}""",
            ["mesos_version"] = "v1.11",
            ["registry_mirrors"] = "https://mirror.test",
        });
        cluster.DefaultWorker.NodeLabels = new() { ["disk"] = "ssd", ["example.com/what"] = "a b" };
        var stack = MesosClusters.Build(cluster);
        var node = Settings(stack, "slave_settings");

        Assert.Empty(new MesosDesign(cluster).Faults);
        Assert.Equal(
            ("filesystem/linux,docker/runtime", "docker", "/srv/mesos", "1.11", "disk:ssd;nodegroup:default-worker;role:worker"),
            (Text("isolation"), Text("image_providers"), Text("work_dir"), Text("mesos_version"), Text("attributes")));
        Assert.Equal("""{"TZ":"UTC"}""", node["executor_variables"]!.ToJsonString());
        Assert.Equal(("https://mirror.test", "10.101.0.0/16"), ((string?)node["daemon"]!["registry-mirrors"]![0], (string?)node["daemon"]!["default-address-pools"]![0]!["base"]));
        Assert.Null(Settings(stack, "master_settings")["daemon"]);
        Assert.Equal("/var/lib/mesos-agent", (string?)Settings(MesosClusters.Build(MesosClusters.New()), "slave_settings")["work_dir"]);

        string? Text(string key) => (string?)node[key];
    }

    [Theory]
    [InlineData("mesos_slave_isolation", "cgroups/cpu,posix/sky", "Label mesos_slave_isolation must be a list of Mesos' isolators, and posix/sky is none.")]
    [InlineData("mesos_agent_image_providers", "docker", "Label mesos_agent_image_providers needs isolation by filesystem/linux (label mesos_agent_isolation).")]
    [InlineData("mesos_slave_work_dir", "/srv/../etc x", "Label mesos_slave_work_dir must be a directory such as /var/lib/mesos-agent.")]
    [InlineData("mesos_agent_executor_env_variables", "[\"s3cret\"]", "Label mesos_agent_executor_env_variables must be a JSON object of texts, such as {\"TZ\": \"UTC\"}.")]
    [InlineData("mesos_agent_executor_env_variables", "{\"A\": null}", "Label mesos_agent_executor_env_variables must be a JSON object of texts, such as {\"TZ\": \"UTC\"}.")]
    [InlineData("mesos_package_source", "https://packages.test/mesos bookworm main", "Label mesos_package_source needs label mesos_package_key: packages that nobody signed are not installed.")]
    [InlineData("mesos_package_key", "http://packages.test/key.asc", "Label mesos_package_key must be an https URL.")]
    [InlineData("mesos_task_cidrs", "home", "Label mesos_task_cidrs must be a list of IPv4 networks, and home is none.")]
    public void LabelThatCannotBe_IsSaid(string label, string value, string fault) =>
        Assert.Equal(fault, new MesosDesign(MesosClusters.New(labels: new() { [label] = value })).Faults.Single());

    [Theory]
    [InlineData("https://packages.test/mesos bookworm main", true)]
    [InlineData("http://packages.test:8080/ubuntu noble/updates main contrib", true)]
    [InlineData("https://packages.test/flat ./", true)]
    [InlineData("https://packages.test/mesos bookworm", false)]
    [InlineData("https://packages.test/mesos", false)]
    [InlineData("ftp://packages.test/mesos bookworm main", false)]
    [InlineData("https://packages.test/mesos bookworm main\nTrusted: yes", false)]
    [InlineData("[trusted=yes] https://packages.test/mesos bookworm main", false)]
    public void PackageSource_IsAUrlASuiteAndComponents(string source, bool good)
    {
        var cluster = MesosClusters.New(labels: new() { ["mesos_package_source"] = source, ["mesos_package_key"] = "https://packages.test/key.asc" });

        Assert.Equal(good, !new MesosDesign(cluster).Faults.Any());
    }

    [Fact]
    public void NamesOfOneLabel_SayTheSame()
    {
        var cluster = MesosClusters.New(labels: new() { ["mesos_slave_work_dir"] = "/srv/a", ["mesos_agent_work_dir"] = "/srv/b" });

        Assert.Equal("Labels mesos_agent_work_dir and mesos_slave_work_dir are the same, and say different things.", new MesosDesign(cluster).Faults.Single());
    }

    [Fact]
    public void TemplateWithoutTls_IsAsGoodAsOneWith()
    {
        var cluster = MesosClusters.New();
        cluster.Template = cluster.Template with { TlsDisabled = true };

        Assert.Empty(new MesosDesign(cluster).Faults);
    }

    [Theory]
    [InlineData(5050)]
    [InlineData(2181)]
    [InlineData(9090)]
    public void PortThatIsTaken_IsRefused(int port)
    {
        var cluster = MesosClusters.New();
        cluster.Template = cluster.Template with { ApiserverPort = port };

        Assert.Equal($"apiserver_port {port} is taken: masters listen there for another purpose.", new MesosDesign(cluster).Faults.Single());
    }

    [Fact]
    public void UserData_HasItsScriptsUnitsAndPlaces_AndFitsIntoNova()
    {
        var stack = MesosClusters.Build(MesosClusters.New());
        var data = stack.Files["user-data"];

        Assert.All(["common", "host", "docker-engine", "packages", "zookeeper", "mesos", "node"], s => Assert.Contains($"path: /usr/local/lib/magnum/{s}.sh\n", data, StringComparison.Ordinal));
        Assert.All(["node", "zookeeper", "mesos-master", "mesos-agent", "marathon"], u => Assert.Contains($"path: /etc/systemd/system/magnum-{u}.service\n", data, StringComparison.Ordinal));
        foreach (var file in NodeFiles)
        {
            var places = Names(HotDocument.Parse(stack.Files[file], file).At("resources", "server", "properties", "user_data", "str_replace", "params"));
            Assert.Equal(Place().Matches(data).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal), places.Order(StringComparer.Ordinal));
        }

        Assert.True(Convert.ToBase64String(Encoding.UTF8.GetBytes(data + stack.Parameters["slave_settings"])).Length < 64_000, "Nova takes 65535 bytes of base64");
    }

    [Fact]
    public void AddedGroup_StandsOnWhatTheClusterHas()
    {
        var cluster = MesosClusters.New(masters: 3);
        var group = KubernetesClusters.Added("gpu", 2);
        group.Labels = new() { ["mesos_agent_work_dir"] = "/srv/gpu" };
        cluster.NodeGroups.Add(group);
        var facts = MesosClusters.Facts with
        {
            FixedNetwork = "net-id",
            FixedSubnet = "subnet-id",
            WorkerSecurityGroups = "a,b",
            ApiPrivateAddress = "10.0.0.9",
            ManagerAddresses = "10.0.0.3,10.0.0.4,10.0.0.5",
        };

        var stack = new MesosStack(new MesosDesign(cluster, group), facts).Build("g1", KubernetesClusters.Enrolment, null, []);

        AssertRefersOnlyToWhatThereIs(stack);
        Assert.Equal("10.0.0.3,10.0.0.4,10.0.0.5", stack.Parameters["cluster_managers"]);
        Assert.Equal(("/srv/gpu", "nodegroup:gpu;role:worker"), ((string?)Settings(stack, "slave_settings")["work_dir"], (string?)Settings(stack, "slave_settings")["attributes"]));
        Assert.DoesNotContain(stack.Parts, p => p.Type.StartsWith("OS::Neutron::Sec", StringComparison.Ordinal) || p.Type is "OS::Neutron::Net");
        Assert.Equal(2, stack.Parts.Single(p => p.Type is "OS::Nova::Server").Count);
    }

    [Fact]
    public void AddedGroupWithTaints_IsRefused()
    {
        var group = KubernetesClusters.Added("gpu", 1);
        group.NodeTaints = [new NodeTaint("gpu", "yes", "NoSchedule")];

        Assert.Equal("node_taints is not supported: Apache Mesos has none; constrain apps by the attributes of agents.", new MesosDesign(MesosClusters.New(), group).Faults.Single());
    }

    private static JsonNode Settings(StackDefinition stack, string parameter) => JsonNode.Parse(Convert.FromBase64String(stack.Parameters[parameter]))!;

    private static Cluster Cluster(bool existing, bool balancer, bool floating, bool boot, bool docker) => MesosClusters.New(
        masters: 3, workers: 2, fixedNetwork: existing ? "net" : null, loadBalancer: balancer, floatingIps: floating, dockerVolume: docker ? 10 : null,
        labels: new() { ["boot_volume_size"] = boot ? "20" : "0", ["boot_volume_type"] = "fast", ["docker_volume_type"] = "slow" });

    [GeneratedRegex("__[A-Z_]+__")]
    private static partial Regex Place();

    [GeneratedRegex("%[a-z]+%")]
    private static partial Regex Word();
}
