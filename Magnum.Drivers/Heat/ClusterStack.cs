using System.Globalization;
using System.Text.Json;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Hot;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat;

/// <summary>
/// The Heat stack of a cluster, or of a group added to one, put together from the files in <c>Templates</c>: those that engines share, and the
/// engine's own, which are laid over them.
/// </summary>
internal abstract class ClusterStack(ClusterDesign design, CloudFacts facts)
{
    private const string UserDataFile = "user-data";

    protected CloudFacts Facts => facts;

    private StackWords Words => design.Words;

    /// <summary>Masters are resources of their own, so that their lists are written out; one that is between two servers is in none.</summary>
    private List<string> MasterIndices =>
        [.. Enumerable.Range(0, design.Masters.NodeCount).Select(i => i.ToString(CultureInfo.InvariantCulture)).Where(i => facts.FormerMasters.GetValueOrDefault(i) is not "")];

    /// <param name="enrolment">Null: the operation makes no nodes, and none are told anything.</param>
    /// <param name="workersToRemove">Members of the worker group, or server ids.</param>
    /// <param name="workers">How many there are to be, when not as many as the design says.</param>
    public StackDefinition Build(string generation, NodeEnrolment? enrolment, TimeSpan? timeout, IReadOnlyList<string> workersToRemove, int? workers = null)
    {
        var masterNode = design.IsAddedGroup ? null : MasterNode();
        var workerNode = WorkerNode();
        var root = Root();
        var files = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Words.WorkerFile] = workerNode.ToYaml(),
            [UserDataFile] = UserData(),
        };
        var parameters = Parameters(root, generation, timeout);
        parameters[Words.Count] = (workers ?? design.Workers.NodeCount).ToString(CultureInfo.InvariantCulture);
        if (enrolment is not null)
        {
            parameters[Words.WorkerSettings] = Settings(design.Workers, enrolment);
        }

        if (masterNode is not null)
        {
            files[Words.MasterFile] = masterNode.ToYaml();
            if (enrolment is not null)
            {
                parameters["master_settings"] = Settings(design.Masters, enrolment);
            }
        }

        if (workersToRemove.Count > 0)
        {
            parameters[Words.Removal] = string.Join(',', workersToRemove);
        }

        return new StackDefinition(design.StackName, root.ToYaml(), files, parameters)
        {
            Lasting = CloudFacts.Parameters(Words),
            Parts = StackParts.Of(root, masterNode, workerNode, design),
            NodeGroups = NodeGroups(design),
        };
    }

    /// <summary>What the stack is made of.</summary>
    public IReadOnlyList<StackPart> Parts() => StackParts.Of(Root(), design.IsAddedGroup ? null : MasterNode(), WorkerNode(), design);

    public static IReadOnlyList<StackNodeGroup> NodeGroups(ClusterDesign design)
    {
        var words = design.Words;
        var masters = new StackNodeGroup(design.Masters.Name, words.Master, $"{design.StackName}-master-", "master_nodes", null, null);
        var workers = new StackNodeGroup(design.Workers.Name, words.Workers, $"{design.StackName}-worker-", words.WorkerNodes, words.Count, words.Removal);
        return design.IsAddedGroup ? [workers] : [masters, workers];
    }

    /// <summary>User data of every node, with places for what Heat and Magnum fill in.</summary>
    protected abstract string UserData();

    /// <summary>What a new node of a group is told, in base64. Secret.</summary>
    protected abstract string Settings(NodeGroup group, NodeEnrolment enrolment);

    /// <summary>The engine's parts with security rules.</summary>
    protected abstract IEnumerable<HotDocument> SecurityParts();

    /// <summary>The engine's part of every node's template; none: null.</summary>
    protected virtual HotDocument? NodePart() => null;

    /// <summary>Whether each node is told where all masters are, in place of the API's address alone.</summary>
    protected virtual bool NodesKnowMasters => false;

    /// <summary>Lists of the masters, under the names that tools read.</summary>
    protected abstract void AddMasterLists(YamlMappingNode outputs, IReadOnlyList<string> indices);

    /// <summary>What the engine asks of a node's port, wherever it stands.</summary>
    protected virtual void AddToPort(YamlMappingNode properties)
    {
    }

    /// <summary>The engine's own parameters, with values.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> OwnParameters() => [];

    protected YamlMappingNode PublicAddress(string index) => design.HasNodeFloatingIps
        ? HotNodes.Attribute($"{Words.Master}ip_{index}", "floating_ip_address")
        : PrivateAddress(index);

    protected YamlMappingNode PrivateAddress(string index) => HotNodes.Attribute($"{Words.Master}port_{index}", "fixed_ips", "0", "ip_address");

    protected static YamlMappingNode Output(string description, IEnumerable<YamlNode> values) =>
        new("description", new YamlScalarNode(description), "value", HotNodes.List(values));

    private HotDocument Root()
    {
        if (design.IsAddedGroup)
        {
            var group = Part("cluster.yaml").With(Part("network-existing.yaml")).With(Part("node-group.yaml"));
            AddWorkers(group);
            return NodesKnowMasters ? group.With(Part("masters-given.yaml")) : group;
        }

        var root = Part("cluster.yaml")
            .With(Part(facts.FixedNetwork is null ? "network-new.yaml" : "network-existing.yaml"))
            .With(Part("ground.yaml"))
            .With(Part("security-groups.yaml"));
        foreach (var part in SecurityParts())
        {
            root.With(part);
        }

        SecurityRules.WriteOut(root, design, facts.SubnetCidr);
        AddApi(root);
        root.With(Part("masters.yaml"));
        for (var i = 0; i < design.Masters.NodeCount; i++)
        {
            AddMaster(root, i);
        }

        AddWorkers(root);
        if (NodesKnowMasters)
        {
            root.With(Part("masters-written-out.yaml")).At("resources", "manager_addresses", "properties").Set(
                "value", new YamlMappingNode("list_join", new YamlSequenceNode(HotNodes.Text(","), HotNodes.List(MasterIndices.Select(PrivateAddress)))));
        }

        var outputs = root.At("outputs");
        AddMasterLists(outputs, MasterIndices);
        outputs.Set("master_nodes", Output("Names, servers and addresses of the masters", MasterIndices.Select(i => HotNodes.Attribute($"{Words.Master}{i}", "node"))));
        return root;
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

        if (design.LimitsApi)
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
        AddToPort(root.At("resources", $"{Words.Master}port_{name}", "properties"));
        var properties = root.At("resources", $"{Words.Master}{name}", "properties");
        Pass(properties, design.Masters);
        foreach (var volume in design.Volumes(design.Masters).Where(v => v.OutlivesNode))
        {
            root.With(LastingVolumePart(volume).At(index));
            var resource = $"{Words.Master}{volume.Name}_{name}";
            Fit(root.At("resources", resource, "properties"), volume, design.AvailabilityZone(design.Masters));
            properties.Set(volume.Name, new YamlMappingNode("get_resource", new YamlScalarNode(resource)));
        }

        switch (facts.FormerMasters.GetValueOrDefault(name))
        {
            case "":
                root.Resources.Drop($"{Words.Master}{name}");
                root.Resources.Drop($"{Words.Master}member_{name}");
                break;
            case not null:
                properties.Set("image", new YamlMappingNode("get_param", new YamlSequenceNode(new YamlScalarNode("former_master_images"), HotNodes.Text(name))));
                break;
        }
    }

    private void AddWorkers(HotDocument root)
    {
        root.With(Part("workers.yaml"));
        if (design.HasNodeFloatingIps)
        {
            root.With(Part("worker-floating-ip.yaml"));
        }

        Pass(root.At("resources", Words.Workers, "properties", "resource_def", "properties"), design.Workers);
    }

    private HotDocument MasterNode() => Equip(Node("node-master.yaml"), design.Masters);

    private HotDocument WorkerNode()
    {
        var node = Node("node-worker.yaml");
        if (design.HasNodeFloatingIps)
        {
            node.With(Part("node-worker-floating-ip.yaml"));
        }

        AddToPort(node.At("resources", "port", "properties"));
        return Equip(node, design.Workers);
    }

    private HotDocument Node(string file)
    {
        var node = Part("node-parameters.yaml").With(Part(file));
        if (NodesKnowMasters)
        {
            node.With(Part("node-masters.yaml"));
        }

        return NodePart() is { } own ? node.With(own) : node;
    }

    /// <summary>Volumes; and what is not given is taken out, for empty text is not "none" to Nova and Cinder.</summary>
    private HotDocument Equip(HotDocument node, NodeGroup group)
    {
        var zone = design.AvailabilityZone(group);
        var server = node.At("resources", "server", "properties");
        var image = server.Get("image")!;
        foreach (var volume in design.Volumes(group))
        {
            node.With(VolumePart(volume));
            if (volume.OutlivesNode)
            {
                continue;
            }

            var properties = node.At("resources", volume.Name, "properties");
            Fit(properties, volume, zone);
            if (properties.Get("image") is not null)
            {
                properties.Set("image", image);
            }
        }

        if (design.KeyPair is null)
        {
            server.Drop("key_name");
        }

        if (zone is null)
        {
            server.Drop("availability_zone");
        }

        return node;
    }

    private void Fit(YamlMappingNode volumeProperties, NodeVolume volume, string? zone)
    {
        if (zone is null)
        {
            volumeProperties.Drop("availability_zone");
        }

        if (design.Labels.TextOrNull(volume.TypeLabel) is null)
        {
            volumeProperties.Drop("volume_type");
        }
    }

    private void Pass(YamlMappingNode properties, NodeGroup group)
    {
        if (NodesKnowMasters)
        {
            properties.Set("managers", HotNodes.Attribute("manager_addresses", "value"));
        }

        foreach (var volume in design.Volumes(group).Where(v => !v.OutlivesNode))
        {
            properties.Set($"{volume.Name}_size", HotNodes.Number(volume.Size));
            if (design.Labels.TextOrNull(volume.TypeLabel) is { } type)
            {
                properties.Set($"{volume.Name}_type", HotNodes.Text(type));
            }
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
            [Words.Version] = facts.Version,
            ["ssh_key_name"] = design.KeyPair,
            ["external_network"] = facts.ExternalNetwork,
            ["fixed_subnet_cidr"] = facts.SubnetCidr,
            ["fixed_network"] = facts.FixedNetwork,
            ["fixed_subnet"] = facts.FixedSubnet,
            ["dns_nameserver"] = string.Join(',', design.DnsNameservers),
            ["apiserver_port"] = design.ApiPort.ToString(CultureInfo.InvariantCulture),
            ["availability_zone"] = design.AvailabilityZone(design.Workers),
            ["wait_condition_timeout"] = wait.ToString(CultureInfo.InvariantCulture),
            ["octavia_provider"] = design.Labels.Text("octavia_provider"),
            ["octavia_lb_algorithm"] = design.Labels.Text("octavia_lb_algorithm"),
            ["master_lb_allowed_cidrs"] = string.Join(',', design.Labels.List("master_lb_allowed_cidrs").Append(facts.SubnetCidr).Distinct(StringComparer.Ordinal)),
            ["master_image"] = facts.MasterImage,
            ["master_flavor"] = design.MasterFlavor,
            ["master_nodegroup_uuid"] = design.Masters.Uuid.ToString(),
            [Words.WorkerImage] = facts.WorkerImage,
            [Words.WorkerFlavor] = design.WorkerFlavor,
            [Words.WorkerNodeGroup] = design.Workers.Uuid.ToString(),
            ["cluster_security_groups"] = facts.WorkerSecurityGroups,
            ["cluster_api_address"] = facts.ApiPrivateAddress,
            ["cluster_managers"] = facts.ManagerAddresses,
            ["former_master_images"] = Images(facts.FormerMasters),
            [Words.FormerWorkerImages] = Images(facts.FormerWorkers),
        };
        return all.Concat(OwnParameters()).Where(p => p.Value is { Length: > 0 } && root.Parameters.Get(p.Key) is not null)
            .ToDictionary(p => p.Key, p => p.Value!, StringComparer.Ordinal);

        static string? Images(IReadOnlyDictionary<string, string> images) => images.Count == 0 ? null : JsonSerializer.Serialize(images);
    }

    /// <summary>A part that engines share.</summary>
    protected HotDocument Part(string file) => Words.Load(file);

    /// <summary>What is in a node's template of a volume: the volume, or the use of one that outlives the node.</summary>
    protected virtual HotDocument VolumePart(NodeVolume volume) => Part($"node-{volume.Name.Replace('_', '-')}.yaml");

    /// <summary>A master's volume that outlives it, in the main template.</summary>
    protected virtual HotDocument LastingVolumePart(NodeVolume volume) => throw new InvalidOperationException($"There is no volume {volume.Name} that outlives its node.");
}
