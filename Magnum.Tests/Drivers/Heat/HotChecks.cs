using System.Globalization;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Hot;
using YamlDotNet.RepresentationModel;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>What templates say.</summary>
internal static class HotChecks
{
    public static void AssertRefersOnlyToWhatThereIs(StackDefinition stack)
    {
        foreach (var document in stack.Files.Where(f => f.Key.EndsWith(".yaml", StringComparison.Ordinal)).Select(f => HotDocument.Parse(f.Value, f.Key))
            .Prepend(HotDocument.Parse(stack.Template, "template")))
        {
            var resources = Names(document.Resources);
            var parameters = Names(document.Parameters).Append("OS::stack_name").ToHashSet();
            Assert.Empty(Arguments(document.Root, "get_resource").Except(resources));
            Assert.Empty(Arguments(document.Root, "get_attr").Except(resources));
            Assert.Empty(Arguments(document.Root, "get_param").Except(parameters));
            Assert.Empty(Arguments(document.Root, "get_file").Except(stack.Files.Keys));
        }
    }

    public static IEnumerable<string> Required(StackDefinition stack, string file, params string[] optional) =>
        Names(HotDocument.Parse(stack.Files[file], file).Parameters).Where(p => !optional.Contains(p) || stack.Template.Contains($"{p}:", StringComparison.Ordinal)).Order();

    public static List<(string Name, string? Protocol, string? From, string? Remote)> Rules(StackDefinition stack) =>
    [
        .. HotDocument.Parse(stack.Template, "template").Resources.Children
            .Where(r => ((YamlMappingNode)r.Value).TextOf("type") is "OS::Neutron::SecurityGroupRule")
            .Select(r => (Name: ((YamlScalarNode)r.Key).Value!, Properties: (YamlMappingNode)((YamlMappingNode)r.Value).Get("properties")!))
            .Select(r => (r.Name, r.Properties.TextOf("protocol"), r.Properties.TextOf("port_range_min"), Remote(r.Properties.Get("remote_ip_prefix")))),
    ];

    private static string? Remote(YamlNode? node) => node is YamlMappingNode mapping ? mapping.TextOf("get_param") : (node as YamlScalarNode)?.Value;

    public static List<string> Names(YamlMappingNode node) => [.. node.Children.Keys.Select(k => ((YamlScalarNode)k).Value!)];

    private static IEnumerable<string> Arguments(YamlNode node, string function) => node switch
    {
        YamlMappingNode mapping => mapping.Children.SelectMany(c => ((YamlScalarNode)c.Key).Value == function
            ? [Convert.ToString(c.Value is YamlSequenceNode list ? list[0] : c.Value, CultureInfo.InvariantCulture)!]
            : Arguments(c.Value, function)),
        YamlSequenceNode sequence => sequence.SelectMany(n => Arguments(n, function)),
        _ => [],
    };
}
