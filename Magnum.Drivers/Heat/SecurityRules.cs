using System.Globalization;
using Magnum.Drivers.Heat.Hot;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat;

/// <summary>Writes out the rules that stand for one rule per CIDR of a list.</summary>
internal static class SecurityRules
{
    private const string Marker = "for_each";

    public static void WriteOut(HotDocument root, ClusterDesign design, string subnetCidr)
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
            var cidrs = design.AllowedCidrs(list, subnetCidr);
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
}
