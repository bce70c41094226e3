using Magnum.Tests.Support.Lanes;
using YamlDotNet.RepresentationModel;

namespace Magnum.Tests.Support.ClusterApi;

/// <summary>The class that is shipped in <c>deploy/cluster-api</c>.</summary>
internal static class ShippedClass
{
    private static readonly Lazy<IReadOnlyList<YamlMappingNode>> All = new(Read);

    public static IReadOnlyList<YamlMappingNode> Objects => All.Value;

    /// <summary>Names of its variables.</summary>
    public static IReadOnlyList<string> Variables =>
        [.. ((YamlSequenceNode)Objects[0]["spec"]["variables"]).Select(v => ((YamlScalarNode)v["name"]).Value!)];

    private static IReadOnlyList<YamlMappingNode> Read()
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(Path.Combine(Repository.Root, "deploy", "cluster-api", "cluster-class.yaml"));
        stream.Load(reader);
        return [.. stream.Documents.Select(d => (YamlMappingNode)d.RootNode)];
    }
}
