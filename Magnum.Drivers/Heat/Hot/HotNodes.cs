using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat.Hot;

/// <summary>Nodes of templates.</summary>
internal static class HotNodes
{
    public static YamlScalarNode Text(string value) => new(value) { Style = ScalarStyle.DoubleQuoted };

    public static YamlScalarNode Number(int value) => new(value.ToString(CultureInfo.InvariantCulture));

    public static YamlMappingNode Param(string name) => new("get_param", new YamlScalarNode(name));

    /// <summary>An attribute of a resource; digits in the path are positions.</summary>
    public static YamlMappingNode Attribute(string resource, params string[] path) =>
        new("get_attr", new YamlSequenceNode(path.Prepend(resource).Select(p => new YamlScalarNode(p))));

    public static YamlSequenceNode List(IEnumerable<YamlNode> nodes) => new(nodes);

    public static void Set(this YamlMappingNode mapping, string key, YamlNode value) => mapping.Children[new YamlScalarNode(key)] = value;

    public static void Drop(this YamlMappingNode mapping, string key) => mapping.Children.Remove(new YamlScalarNode(key));

    public static YamlNode? Get(this YamlMappingNode mapping, string key) =>
        mapping.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    public static string? TextOf(this YamlMappingNode mapping, string key) => (mapping.Get(key) as YamlScalarNode)?.Value;
}
