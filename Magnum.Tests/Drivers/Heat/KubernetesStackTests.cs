using Magnum.Core.Clusters;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Hot;
using YamlDotNet.RepresentationModel;
using static Magnum.Tests.Drivers.Heat.HotChecks;

namespace Magnum.Tests.Drivers.Heat;

public sealed class KubernetesStackTests
{
    public static TheoryData<bool, bool, bool, bool, bool, bool> Combinations
    {
        get
        {
            var data = new TheoryData<bool, bool, bool, bool, bool, bool>();
            for (var i = 0; i < 64; i++)
            {
                data.Add((i & 1) > 0, (i & 2) > 0, (i & 4) > 0, (i & 8) > 0, (i & 16) > 0, (i & 32) > 0);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void EveryCombination_RefersOnlyToWhatThereIs(bool existing, bool balancer, bool floating, bool boot, bool etcd, bool docker)
    {
        var cluster = Cluster(existing, balancer, floating, boot, etcd, docker);
        var stack = KubernetesClusters.Build(cluster);
        var root = HotDocument.Parse(stack.Template, "template");

        AssertRefersOnlyToWhatThereIs(stack);

        // What is passed to nodes is what their templates ask for, no more and no less.
        Assert.Equal(Required(stack, "kube-master.yaml", "boot_volume_type", "docker_volume_type", "etcd_volume_type"), Names(root.At("resources", "kube_master_0", "properties")).Order());
        Assert.Equal(
            Required(stack, "kube-minion.yaml", "boot_volume_type", "docker_volume_type"),
            Names(root.At("resources", "kube_minions", "properties", "resource_def", "properties")).Order());
        Assert.Empty(stack.Parameters.Keys.Except(Names(root.Parameters)));
        Assert.DoesNotContain("%index%", stack.Template.Replace("worker, '%index%'", "", StringComparison.Ordinal).Replace("index: '%index%'", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("for_each", stack.Template, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void EveryCombination_HasTheResourcesItAsksForAndNoOthers(bool existing, bool balancer, bool floating, bool boot, bool etcd, bool docker)
    {
        var cluster = Cluster(existing, balancer, floating, boot, etcd, docker);
        var stack = KubernetesClusters.Build(cluster);
        var counts = stack.Parts.GroupBy(p => p.Type).ToDictionary(g => g.Key, g => g.Sum(p => p.Count));

        var own = existing ? 0 : 1;
        Assert.Equal(own, Count("OS::Neutron::Net"));
        Assert.Equal(own, Count("OS::Neutron::Subnet"));
        Assert.Equal(own, Count("OS::Neutron::Router"));
        Assert.Equal(own, Count("OS::Neutron::RouterInterface"));
        Assert.Equal(balancer ? 1 : 0, Count("OS::Octavia::LoadBalancer"));
        Assert.Equal(balancer ? 3 : 0, Count("OS::Octavia::PoolMember"));
        Assert.Equal(balancer ? 1 : 0, Count("OS::Octavia::HealthMonitor"));
        Assert.Equal(floating ? 5 + (balancer ? 1 : 0) : 0, Count("OS::Neutron::FloatingIP"));
        Assert.Equal((boot ? 5 : 0) + (etcd ? 3 : 0) + (docker ? 5 : 0), Count("OS::Cinder::Volume"));
        Assert.Equal((etcd ? 3 : 0) + (docker ? 5 : 0), Count("OS::Cinder::VolumeAttachment"));
        Assert.Equal(5, Count("OS::Nova::Server"));
        Assert.Equal(5, Count("OS::Neutron::Port"));
        Assert.Equal(5, Count("OS::Heat::WaitCondition"));
        Assert.Equal(2, Count("OS::Nova::ServerGroup"));
        Assert.Equal(3, Count("OS::Neutron::SecurityGroup"));

        int Count(string type) => counts.GetValueOrDefault(type);
    }

    [Fact]
    public void BootVolume_ServersHaveNoImageOfTheirOwn()
    {
        var stack = KubernetesClusters.Build(Cluster(false, false, true, boot: true, false, false));

        foreach (var file in new[] { "kube-master.yaml", "kube-minion.yaml" })
        {
            var server = HotDocument.Parse(stack.Files[file], file).At("resources", "server", "properties");
            Assert.DoesNotContain("image", Names(server));
            Assert.Contains("block_device_mapping_v2", Names(server));
        }
    }

    [Fact]
    public void NothingChosen_NoEmptyTextsReachNovaOrCinder()
    {
        var stack = KubernetesClusters.Build(KubernetesClusters.New(keyPair: null, dockerVolume: 5));
        var node = HotDocument.Parse(stack.Files["kube-minion.yaml"], "worker");

        Assert.DoesNotContain("key_name", Names(node.At("resources", "server", "properties")));
        Assert.DoesNotContain("availability_zone", Names(node.At("resources", "server", "properties")));
        Assert.DoesNotContain("volume_type", Names(node.At("resources", "docker_volume", "properties")));
    }

    [Fact]
    public void Servers_IgnoreNewUserDataAndCarryTheirUuids()
    {
        var stack = KubernetesClusters.Build(KubernetesClusters.New());

        foreach (var file in new[] { "kube-master.yaml", "kube-minion.yaml" })
        {
            var server = HotDocument.Parse(stack.Files[file], file).At("resources", "server", "properties");
            Assert.Equal("IGNORE", server.TextOf("user_data_update_policy"));
            Assert.Equal(["cluster_uuid", "nodegroup_uuid"], Names((YamlMappingNode)server.Get("metadata")!));
        }
    }

    [Fact]
    public void Resize_ChangesNothingButParameters()
    {
        var small = KubernetesClusters.Build(KubernetesClusters.New(workers: 1), generation: "g1");
        var large = KubernetesClusters.Build(
            KubernetesClusters.New(workers: 7), generation: "g2", enrolment: KubernetesClusters.Enrolment with { Password = "another" }, remove: ["2", "4"]);

        Assert.Equal(small.Template, large.Template);
        Assert.Equal(small.Files, large.Files);
        Assert.Equal("7", large.Parameters["number_of_minions"]);
        Assert.Equal("2,4", large.Parameters["minions_to_remove"]);
        Assert.Equal(
            ["magnum_generation", "master_settings", "minion_settings", "number_of_minions"],
            small.Parameters.Where(p => large.Parameters[p.Key] != p.Value).Select(p => p.Key).Order());
    }

    [Fact]
    public void Secrets_StandInHiddenParametersOnly()
    {
        var stack = KubernetesClusters.Build(KubernetesClusters.New(masters: 3));
        var root = HotDocument.Parse(stack.Template, "template");

        foreach (var parameter in new[] { "master_settings", "minion_settings" })
        {
            Assert.Equal("true", root.At("parameters", parameter).TextOf("hidden"));
        }

        Assert.Equal("true", HotDocument.Parse(stack.Files["kube-master.yaml"], "master").At("parameters", "settings").TextOf("hidden"));
        var shown = string.Join('\n', stack.Files.Values.Append(stack.Template).Concat(stack.Parameters.Where(p => !p.Key.EndsWith("_settings", StringComparison.Ordinal)).Select(p => p.Value)));
        Assert.DoesNotContain("cret$word", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(stack.Parameters["master_settings"], shown, StringComparison.Ordinal);
        Assert.DoesNotContain("cret$word", stack.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OperationWithoutNewNodes_TellsNobodyAnything()
    {
        var cluster = KubernetesClusters.New();
        var stack = new Magnum.Drivers.Heat.Kubernetes.KubernetesStack(new Magnum.Drivers.Heat.Kubernetes.KubernetesDesign(cluster), KubernetesClusters.Facts).Build("g1", null, null, []);

        Assert.DoesNotContain("master_settings", stack.Parameters.Keys);
        Assert.DoesNotContain("minion_settings", stack.Parameters.Keys);
    }

    [Theory]
    [InlineData("flannel", null, "udp 8472")]
    [InlineData("flannel", "flannel_backend=udp", "udp 8285")]
    [InlineData("flannel", "flannel_backend=host-gw", "tcp 1 pods, udp 1 pods")]
    [InlineData("calico", null, "tcp 1 pods, tcp 179, tcp 5473, udp 1 pods")]
    [InlineData("calico", "calico_ipv4pool_ipip=Always", "4, tcp 179, tcp 5473")]
    [InlineData("cilium", null, "tcp 4240, udp 8472")]
    public void NetworkDriver_OpensWhatItNeedsBetweenNodesAndNoMore(string driver, string? label, string expected)
    {
        var cluster = KubernetesClusters.New(networkDriver: driver, labels: Labels(label));
        var rules = Rules(KubernetesClusters.Build(cluster)).Where(r => r.Name.StartsWith("rule_nodes_", StringComparison.Ordinal) && r.Name is not ("rule_nodes_icmp" or "rule_nodes_kubelet" or "rule_nodes_ssh_0"))
            .Select(r => string.Join(' ', new[] { r.Protocol, r.From, r.Remote is "pods_network_cidr" ? "pods" : null }.OfType<string>()));

        Assert.Equal(expected, string.Join(", ", rules.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("flannel", null, false)]
    [InlineData("flannel", "flannel_backend=host-gw", true)]
    [InlineData("calico", null, true)]
    [InlineData("calico", "calico_ipv4pool_ipip=Always", false)]
    [InlineData("cilium", null, false)]
    public void PodAddresses_PassThePortsOnlyWhereTheyAreNotWrapped(string driver, string? label, bool pass)
    {
        var stack = KubernetesClusters.Build(KubernetesClusters.New(networkDriver: driver, labels: Labels(label)));

        Assert.Equal(pass, stack.Template.Contains("allowed_address_pairs", StringComparison.Ordinal));
        Assert.Equal(pass, stack.Files["kube-minion.yaml"].Contains("allowed_address_pairs", StringComparison.Ordinal));
    }

    [Fact]
    public void AllowedNetworks_BecomeOneRuleEach()
    {
        var cluster = KubernetesClusters.New(labels: new()
        {
            ["ssh_allowed_cidrs"] = "192.0.2.0/24, 198.51.100.0/24",
            ["nodeport_allowed_cidrs"] = "203.0.113.0/24",
            ["master_lb_allowed_cidrs"] = "192.0.2.0/24",
        });
        var rules = Rules(KubernetesClusters.Build(cluster)).Where(r => char.IsAsciiDigit(r.Name[^1])).Select(r => $"{r.Name} {r.Remote}").Order();

        Assert.Equal(
        [
            "rule_master_api_0 10.0.0.0/24", "rule_master_api_1 192.0.2.0/24", "rule_minion_nodeport_tcp_0 203.0.113.0/24", "rule_minion_nodeport_udp_0 203.0.113.0/24",
            "rule_nodes_ssh_0 192.0.2.0/24", "rule_nodes_ssh_1 198.51.100.0/24",
        ],
            rules);
    }

    [Fact]
    public void Outputs_BearTheNamesThatToolsRead()
    {
        var stack = KubernetesClusters.Build(KubernetesClusters.New(masters: 3));

        Assert.Subset(
            Names(HotDocument.Parse(stack.Template, "template").At("outputs")).ToHashSet(),
            new HashSet<string> { "api_address", "kube_masters", "kube_masters_private", "kube_minions", "kube_minions_private" });
    }

    [Theory]
    [InlineData("Blue_one", "blue-one-111111112222")]
    [InlineData("a", "a-111111112222")]
    [InlineData("9 lives", "k9lives-111111112222")]
    [InlineData("Пример", "k8s-111111112222")]
    [InlineData("--__..", "k8s-111111112222")]
    [InlineData("this.name-is_longer.than_all-names.should-ever.be", "this-name-is-longer-than-all-n-111111112222")]
    public void StackName_IsADnsLabelWithRoomForNodes(string cluster, string expected)
    {
        var name = StackNames.For(cluster, Guid.Parse("11111111-2222-3333-4444-555555555555"));

        Assert.Equal(expected, name);
        Assert.True($"{name}-worker-12345".Length <= 63);
    }

    private static Cluster Cluster(bool existing, bool balancer, bool floating, bool boot, bool etcd, bool docker) => KubernetesClusters.New(
        masters: 3, workers: 2, fixedNetwork: existing ? "net" : null, loadBalancer: balancer, floatingIps: floating, dockerVolume: docker ? 10 : null,
        labels: new()
        {
            ["boot_volume_size"] = boot ? "20" : "0",
            ["boot_volume_type"] = "fast",
            ["etcd_volume_size"] = etcd ? "2" : "0",
            ["etcd_volume_type"] = "fast",
            ["docker_volume_type"] = "slow",
        });

    private static Dictionary<string, string> Labels(string? label) =>
        label is null ? [] : new() { [label.Split('=')[0]] = label.Split('=')[1] };
}
