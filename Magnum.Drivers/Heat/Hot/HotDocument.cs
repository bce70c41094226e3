using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat.Hot;

/// <summary>
/// A HOT template as a tree. Parts of it are YAML files in a driver's folder, embedded as resources; a part laid over a template adds to
/// it, replaces what it names again, and takes out what it sets to null.
/// </summary>
internal sealed class HotDocument
{
    private static readonly YamlScalarNode Index = new("%index%");

    private HotDocument(YamlMappingNode root) => Root = root;

    public YamlMappingNode Root { get; }

    public YamlMappingNode Parameters => Section("parameters");

    public YamlMappingNode Resources => Section("resources");

    /// <summary>A file of a driver.</summary>
    /// <param name="path">From the project's folder, such as <c>Heat/Kubernetes/Templates/node.yaml</c>.</param>
    public static HotDocument Load(string path) => Parse(EmbeddedText.Read(path), path);

    public static HotDocument Parse(string yaml, string name)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(yaml);
        stream.Load(reader);
        return stream.Documents is [{ RootNode: YamlMappingNode root }]
            ? new HotDocument(root)
            : throw new InvalidOperationException($"{name} is not one YAML mapping.");
    }

    /// <summary>Lays another template over this one.</summary>
    public HotDocument With(HotDocument part)
    {
        Merge(Root, part.Root);
        return this;
    }

    /// <summary>The template with a number for each <c>%index%</c>, as Heat's resource groups have it.</summary>
    public HotDocument At(int index)
    {
        Replace(Root, Index.Value!, index.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>The mapping at a path that there is.</summary>
    public YamlMappingNode At(params string[] path) =>
        path.Aggregate(Root, (node, key) => (YamlMappingNode)node.Children[new YamlScalarNode(key)]);

    public bool Has(string resource) => Resources.Children.ContainsKey(new YamlScalarNode(resource));

    /// <summary>The document as YAML text.</summary>
    public string ToYaml()
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        new YamlStream(new YamlDocument(Root)).Save(writer, assignAnchors: false);
        return WithoutEnd(writer.ToString());
    }

    /// <summary>The writer ends a document with "...", which every reader takes and people wonder about.</summary>
    public static string WithoutEnd(string yaml)
    {
        var text = yaml.ReplaceLineEndings("\n");
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^4] : text;
    }

    private YamlMappingNode Section(string name)
    {
        var key = new YamlScalarNode(name);
        if (!Root.Children.TryGetValue(key, out var node))
        {
            Root.Children[key] = node = new YamlMappingNode();
        }

        return (YamlMappingNode)node;
    }

    private static void Merge(YamlMappingNode onto, YamlMappingNode part)
    {
        foreach (var (key, value) in part.Children)
        {
            if (value is YamlScalarNode { Value: "null" or "" or "~", Style: ScalarStyle.Plain })
            {
                onto.Children.Remove(key);
            }
            else if (value is YamlMappingNode more && onto.Children.TryGetValue(key, out var present) && present is YamlMappingNode mapping
                && !IsFunction(mapping) && !IsFunction(more))
            {
                Merge(mapping, more);
            }
            else
            {
                onto.Children[key] = value;
            }
        }
    }

    // { get_param: x } laid over { get_attr: [y] } replaces it; str_replace has arguments of its own that parts may add to.
    private static bool IsFunction(YamlMappingNode node) =>
        node.Children.Count == 1 && node.Children.First().Key is YamlScalarNode { Value: "get_param" or "get_attr" or "get_resource" or "get_file" or "list_join" };

    private static void Replace(YamlNode node, string what, string by)
    {
        switch (node)
        {
            case YamlMappingNode mapping:
                foreach (var (key, value) in mapping.Children.ToList())
                {
                    Replace(value, what, by);
                    if (key is YamlScalarNode { Value: { } name } && name.Contains(what, StringComparison.Ordinal))
                    {
                        mapping.Children.Remove(key);
                        mapping.Children[new YamlScalarNode(name.Replace(what, by, StringComparison.Ordinal))] = value;
                    }
                }

                break;
            case YamlSequenceNode sequence:
                foreach (var item in sequence.Children)
                {
                    Replace(item, what, by);
                }

                break;
            case YamlScalarNode { Value: { } text } scalar when text.Contains(what, StringComparison.Ordinal):
                scalar.Value = text.Replace(what, by, StringComparison.Ordinal);
                break;
        }
    }
}
