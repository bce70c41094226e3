using Magnum.Drivers.Heat.Hot;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat;

/// <summary>What a stack is made of, counted from its templates.</summary>
internal static class StackParts
{
    public const string Network = "network";
    public const string Security = "security";
    public const string LoadBalancer = "load-balancer";
    public const string ControlPlane = "control-plane";
    public const string Workers = "workers";

    /// <param name="master">Null: the stack has none.</param>
    public static IReadOnlyList<StackPart> Of(HotDocument root, HotDocument? master, HotDocument worker, ClusterDesign design)
    {
        var parts = new List<StackPart>();
        foreach (var (key, node) in root.Resources.Children)
        {
            var name = ((YamlScalarNode)key).Value!;
            var type = ((YamlMappingNode)node).TextOf("type")!;
            if (StageOf(name, design.Words) is { } stage && type.StartsWith("OS::", StringComparison.Ordinal) && type != "OS::Heat::ResourceGroup")
            {
                parts.Add(new StackPart(stage, type, name, name, 1));
            }
        }

        parts.AddRange(master is null ? [] : Node(master, ControlPlane, $"{design.Words.Master}*", design.Masters.NodeCount));
        parts.AddRange(Node(worker, Workers, design.Words.Workers, design.Workers.NodeCount));
        return parts;
    }

    /// <summary>The stage of a resource of the main template; null for those that are only words of the template.</summary>
    public static string? StageOf(string resource, StackWords words) => resource switch
    {
        "cluster_network" or "cluster_subnet" or "api_private_address" or "api_public_address" or "worker_security_groups" or "manager_addresses" => null,
        "network" or "subnet" or "router" or "router_interface" => Network,
        _ when resource.StartsWith("secgroup_", StringComparison.Ordinal) || resource.StartsWith("rule_", StringComparison.Ordinal) => Security,
        _ when resource.StartsWith("api_", StringComparison.Ordinal) || resource.StartsWith($"{words.Master}member_", StringComparison.Ordinal) => LoadBalancer,
        _ when resource.StartsWith(words.Master, StringComparison.Ordinal) || resource.StartsWith("master_", StringComparison.Ordinal) => ControlPlane,
        _ => Workers,
    };

    private static IEnumerable<StackPart> Node(HotDocument node, string stage, string name, int count) =>
        node.Resources.Children.Select(r => new StackPart(stage, ((YamlMappingNode)r.Value).TextOf("type")!, name, ((YamlScalarNode)r.Key).Value!, count));
}
