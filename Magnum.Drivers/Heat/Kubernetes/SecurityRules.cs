using System.Globalization;
using Magnum.Drivers.Heat.Hot;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>Writes out the rules that stand for one rule per CIDR of a list.</summary>
internal static class SecurityRules
{
    private const string Marker = "for_each";

    public static void WriteOut(HotDocument root, KubernetesDesign design, string subnetCidr)
    {
        foreach (var (key, node) in root.Resources.Children.ToList())
        {
            var rule = (YamlMappingNode)node;
            if (rule.TextOf(Marker) is not { } list)
            {
                continue;
            }

            root.Resources.Children.Remove(key);
            rule.Drop(Marker);
            var cidrs = Cidrs(list, design, subnetCidr);
            for (var i = 0; i < cidrs.Count; i++)
            {
                var properties = new YamlMappingNode(((YamlMappingNode)rule.Get("properties")!).Children);
                properties.Set("remote_ip_prefix", HotNodes.Text(cidrs[i]));
                root.Resources.Set(
                    string.Create(CultureInfo.InvariantCulture, $"{((YamlScalarNode)key).Value}_{i}"),
                    new YamlMappingNode("type", rule.Get("type")!, "properties", properties));
            }
        }
    }

    /// <summary>The networks of a list, each once.</summary>
    public static IReadOnlyList<string> Cidrs(string list, KubernetesDesign design, string subnetCidr) => list switch
    {
        "ssh_allowed_cidrs" => design.Labels.List(list) is { Count: > 0 } given ? Once(given) : [subnetCidr],
        "nodeport_allowed_cidrs" => Once(design.Labels.List(list)),
        // Also behind a load balancer, for there are some that leave the client's address as it is.
        "api_allowed_cidrs" => design.Labels.List("master_lb_allowed_cidrs") is { Count: > 0 } given ? Once([subnetCidr, .. given]) : ["0.0.0.0/0"],
        _ => throw new InvalidOperationException($"There is no list {list}."),
    };

    private static IReadOnlyList<string> Once(IReadOnlyList<string> cidrs) => [.. cidrs.Distinct(StringComparer.Ordinal)];
}
