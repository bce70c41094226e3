using System.Globalization;
using Magnum.Core.Drivers;
using Magnum.Drivers.Heat.Hot;
using Magnum.Drivers.Heat.Kubernetes.Nodes;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>The Heat stack of a Kubernetes cluster, or of a group added to one, put together from the files in <c>Templates</c>.</summary>
internal sealed class KubernetesStack(KubernetesDesign design, CloudFacts facts)
{
    private const string MasterFile = "kube-master.yaml";
    private const string WorkerFile = "kube-minion.yaml";
    private const string UserDataFile = "user-data";

    /// <param name="enrolment">Null: the operation makes no nodes, and none are told anything.</param>
    /// <param name="workersToRemove">Members of the worker group, or server ids.</param>
    public StackDefinition Build(string generation, NodeEnrolment? enrolment, TimeSpan? timeout, IReadOnlyList<string> workersToRemove)
    {
        var masterNode = design.IsAddedGroup ? null : MasterNode();
        var workerNode = WorkerNode();
        var root = Root();
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [WorkerFile] = workerNode.ToYaml(),
            [UserDataFile] = NodeUserData.For(design),
        };
        var settings = new NodeSettings(design, facts);
        var parameters = Parameters(root, generation, timeout);
        if (enrolment is not null)
        {
            parameters["minion_settings"] = settings.For(design.Workers, enrolment);
        }

        if (masterNode is not null)
        {
            files[MasterFile] = masterNode.ToYaml();
            if (enrolment is not null)
            {
                parameters["master_settings"] = settings.For(design.Masters, enrolment);
            }
        }

        if (workersToRemove.Count > 0)
        {
            parameters["minions_to_remove"] = string.Join(',', workersToRemove);
        }

        return new StackDefinition(design.StackName, root.ToYaml(), files, parameters)
        {
            Lasting = CloudFacts.Parameters,
            Parts = StackParts.Of(root, masterNode, workerNode, design),
            NodeGroups = NodeGroups(design),
        };
    }

    /// <summary>What the stack is made of.</summary>
    public IReadOnlyList<StackPart> Parts() => StackParts.Of(Root(), design.IsAddedGroup ? null : MasterNode(), WorkerNode(), design);

    public static IReadOnlyList<StackNodeGroup> NodeGroups(KubernetesDesign design)
    {
        var masters = new StackNodeGroup(design.Masters.Name, "kube_master_", $"{design.StackName}-master-", "master_nodes", null, null);
        var workers = new StackNodeGroup(design.Workers.Name, "kube_minions", $"{design.StackName}-worker-", "minion_nodes", "number_of_minions", "minions_to_remove");
        return design.IsAddedGroup ? [workers] : [masters, workers];
    }

    private HotDocument Root()
    {
        if (design.IsAddedGroup)
        {
            var group = Part("cluster.yaml").With(Part("network-existing.yaml")).With(Part("node-group.yaml"));
            AddWorkers(group);
            return group;
        }

        var root = Part("cluster.yaml")
            .With(Part(facts.FixedNetwork is null ? "network-new.yaml" : "network-existing.yaml"))
            .With(Part("ground.yaml"))
            .With(Part("security-groups.yaml"));
        foreach (var file in SecurityFiles())
        {
            root.With(Part(file));
        }

        SecurityRules.WriteOut(root, design, facts.SubnetCidr);
        AddApi(root);
        root.With(Part("masters.yaml"));
        for (var i = 0; i < design.Masters.NodeCount; i++)
        {
            AddMaster(root, i);
        }

        AddWorkers(root);
        AddMasterOutputs(root);
        return root;
    }

    private IEnumerable<string> SecurityFiles()
    {
        switch (design.NetworkDriver)
        {
            case "calico":
                yield return "security-calico.yaml";
                if (design.Labels.Text("calico_ipv4pool_ipip") is "Always" or "CrossSubnet")
                {
                    yield return "security-calico-ipip.yaml";
                }

                break;
            case "cilium":
                yield return "security-cilium.yaml";
                break;
            case "flannel" when design.Labels.Text("flannel_backend") is "udp":
                yield return "security-flannel-udp.yaml";
                break;
            case "flannel" when design.Labels.Text("flannel_backend") is not "host-gw":
                yield return "security-flannel-vxlan.yaml";
                break;
        }

        if (design.PodsAreRouted)
        {
            yield return "security-pods.yaml";
        }
    }

    private void AddApi(HotDocument root)
    {
        if (!design.HasLoadBalancer)
        {
            root.With(Part("api-first-master.yaml"));
            if (design.HasApiFloatingIp)
            {
                root.With(Part("api-first-master-floating-ip.yaml"));
            }

            return;
        }

        root.With(Part("load-balancer.yaml"));
        if (design.Labels.Flag("octavia_lb_healthcheck"))
        {
            root.With(Part("load-balancer-monitor.yaml"));
        }

        if (design.Labels.List("master_lb_allowed_cidrs").Count > 0)
        {
            root.With(Part("load-balancer-allowed-cidrs.yaml"));
        }

        if (design.HasApiFloatingIp)
        {
            root.With(Part("load-balancer-floating-ip.yaml"));
        }
    }

    private void AddMaster(HotDocument root, int index)
    {
        root.With(Part("master.yaml").At(index));
        if (design.HasNodeFloatingIps)
        {
            root.With(Part("master-floating-ip.yaml").At(index));
        }

        if (design.HasLoadBalancer)
        {
            root.With(Part("load-balancer-member.yaml").At(index));
        }

        var name = index.ToString(CultureInfo.InvariantCulture);
        LetPodsThrough(root.At("resources", $"kube_master_port_{name}", "properties"));
        PassVolumes(root.At("resources", $"kube_master_{name}", "properties"), design.DockerVolumeSize(design.Masters), design.EtcdVolumeSize);
    }

    private void AddWorkers(HotDocument root)
    {
        root.With(Part("workers.yaml"));
        if (design.HasNodeFloatingIps)
        {
            root.With(Part("worker-floating-ip.yaml"));
        }

        PassVolumes(root.At("resources", "kube_minions", "properties", "resource_def", "properties"), design.DockerVolumeSize(design.Workers), 0);
    }

    /// <summary>Masters are resources of their own, so that their lists are written out.</summary>
    private void AddMasterOutputs(HotDocument root)
    {
        var indices = Enumerable.Range(0, design.Masters.NodeCount).Select(i => i.ToString(CultureInfo.InvariantCulture)).ToList();
        var outputs = root.At("outputs");
        outputs.Set("kube_masters", Output("Addresses of the masters, outside where they have one", i => design.HasNodeFloatingIps
            ? HotNodes.Attribute($"kube_master_ip_{i}", "floating_ip_address")
            : HotNodes.Attribute($"kube_master_port_{i}", "fixed_ips", "0", "ip_address")));
        outputs.Set("kube_masters_private", Output("Addresses of the masters on the cluster's network", i => HotNodes.Attribute($"kube_master_port_{i}", "fixed_ips", "0", "ip_address")));
        outputs.Set("master_nodes", Output("Names, servers and addresses of the masters", i => HotNodes.Attribute($"kube_master_{i}", "node")));

        YamlMappingNode Output(string description, Func<string, YamlNode> value) =>
            new("description", new YamlScalarNode(description), "value", HotNodes.List(indices.Select(value)));
    }

    private HotDocument MasterNode()
    {
        var node = Part("node-parameters.yaml").With(Part(MasterFile));
        return Equip(node, design.AvailabilityZone(design.Masters), design.DockerVolumeSize(design.Masters), design.EtcdVolumeSize);
    }

    private HotDocument WorkerNode()
    {
        var node = Part("node-parameters.yaml").With(Part(WorkerFile));
        if (design.HasNodeFloatingIps)
        {
            node.With(Part("kube-minion-floating-ip.yaml"));
        }

        LetPodsThrough(node.At("resources", "port", "properties"));
        return Equip(node, design.AvailabilityZone(design.Workers), design.DockerVolumeSize(design.Workers), 0);
    }

    private HotDocument Equip(HotDocument node, string? zone, int dockerVolume, int etcdVolume)
    {
        var types = new List<(string Volume, string Label)>();
        Add(design.BootVolumeSize, "boot", "boot_volume_type");
        Add(dockerVolume, "docker", "docker_volume_type");
        Add(etcdVolume, "etcd", "etcd_volume_type");

        // Empty text is not "none" to Nova and Cinder: what is not given must not be there.
        if (design.KeyPair is null)
        {
            node.At("resources", "server", "properties").Drop("key_name");
        }

        foreach (var (volume, label) in types)
        {
            var properties = node.At("resources", volume, "properties");
            if (zone is null)
            {
                properties.Drop("availability_zone");
            }

            if (design.Labels.TextOrNull(label) is null)
            {
                properties.Drop("volume_type");
            }
        }

        if (zone is null)
        {
            node.At("resources", "server", "properties").Drop("availability_zone");
        }

        return node;

        void Add(int size, string kind, string label)
        {
            if (size > 0)
            {
                node.With(Part($"node-{kind}-volume.yaml"));
                types.Add(($"{kind}_volume", label));
            }
        }
    }

    private void PassVolumes(YamlMappingNode properties, int dockerVolume, int etcdVolume)
    {
        Pass("boot_volume", design.BootVolumeSize, "boot_volume_type");
        Pass("docker_volume", dockerVolume, "docker_volume_type");
        Pass("etcd_volume", etcdVolume, "etcd_volume_type");

        void Pass(string volume, int size, string typeLabel)
        {
            if (size <= 0)
            {
                return;
            }

            properties.Set($"{volume}_size", HotNodes.Number(size));
            if (design.Labels.TextOrNull(typeLabel) is { } type)
            {
                properties.Set($"{volume}_type", HotNodes.Text(type));
            }
        }
    }

    private void LetPodsThrough(YamlMappingNode port)
    {
        if (design.PodsAreRouted)
        {
            port.Set("allowed_address_pairs", new YamlSequenceNode(new YamlMappingNode("ip_address", HotNodes.Text(design.PodCidr))));
        }
    }

    private Dictionary<string, string> Parameters(HotDocument root, string generation, TimeSpan? timeout)
    {
        // Heat takes no more than half a day.
        var wait = (int)Math.Clamp((timeout ?? TimeSpan.FromHours(1)).TotalSeconds, 60, 43_200);
        var all = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["cluster_uuid"] = design.Cluster.Uuid.ToString(),
            ["magnum_generation"] = generation,
            ["kube_version"] = facts.KubeVersion,
            ["ssh_key_name"] = design.KeyPair,
            ["external_network"] = facts.ExternalNetwork,
            ["fixed_subnet_cidr"] = facts.SubnetCidr,
            ["fixed_network"] = facts.FixedNetwork,
            ["fixed_subnet"] = facts.FixedSubnet,
            ["dns_nameserver"] = string.Join(',', design.DnsNameservers),
            ["apiserver_port"] = design.ApiPort.ToString(CultureInfo.InvariantCulture),
            ["availability_zone"] = design.AvailabilityZone(design.Workers),
            ["wait_condition_timeout"] = wait.ToString(CultureInfo.InvariantCulture),
            ["pods_network_cidr"] = design.PodCidr,
            ["octavia_provider"] = design.Labels.Text("octavia_provider"),
            ["octavia_lb_algorithm"] = design.Labels.Text("octavia_lb_algorithm"),
            ["master_lb_allowed_cidrs"] = string.Join(',', design.Labels.List("master_lb_allowed_cidrs").Append(facts.SubnetCidr).Distinct(StringComparer.Ordinal)),
            ["master_image"] = facts.MasterImage,
            ["master_flavor"] = design.MasterFlavor,
            ["master_nodegroup_uuid"] = design.Masters.Uuid.ToString(),
            ["minion_image"] = facts.WorkerImage,
            ["minion_flavor"] = design.WorkerFlavor,
            ["minion_nodegroup_uuid"] = design.Workers.Uuid.ToString(),
            ["cluster_security_groups"] = facts.WorkerSecurityGroups,
            ["cluster_api_address"] = facts.ApiPrivateAddress,
            ["number_of_minions"] = design.Workers.NodeCount.ToString(CultureInfo.InvariantCulture),
        };
        return all.Where(p => p.Value is { Length: > 0 } && root.Parameters.Get(p.Key) is not null)
            .ToDictionary(p => p.Key, p => p.Value!, StringComparer.Ordinal);
    }

    private static HotDocument Part(string file) => HotDocument.Load($"Heat/Kubernetes/Templates/{file}");
}
