using System.Globalization;
using System.Text.Json.Nodes;
using Magnum.Drivers.Heat.Hot;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat.Nodes;

/// <summary>
/// User data of the nodes: cloud-init's <c>#cloud-config</c>, or Ignition for images that read that. It holds the scripts, which are the
/// same for all nodes, and places (<c>__LIKE_THIS__</c>) in which Heat writes what differs or is secret, from hidden parameters.
/// </summary>
/// <param name="scripts">Files of the driver, from the project's folder; by their own name on the node, and the same for all nodes.</param>
/// <param name="units">Files of the driver, and whether they start with the system.</param>
/// <param name="places">What <c>/etc/magnum/stack.json</c> has beside what all engines tell their nodes.</param>
internal sealed class UserData(IReadOnlyList<string> scripts, IReadOnlyList<(string File, bool Starts)> units, params (string Name, string Place)[] places)
{
    private const string LibraryFolder = "/usr/local/lib/magnum/";

    private readonly IReadOnlyList<NodeText> _files =
    [
        // What Heat writes is nothing but letters, digits, dots, dashes, commas and what URLs and base64 have besides: no place needs quoting.
        new("/etc/magnum/node.json", 384, "__NODE_SETTINGS__", true),
        new("/etc/magnum/stack.json", 384, StackFile(places), false),
        new("/etc/magnum/heat-signal.json", 384, new JsonObject { ["endpoint"] = "__SIGNAL_ENDPOINT__", ["token"] = "__SIGNAL_TOKEN__" }.ToJsonString(), false),
        .. scripts.Select(s => new NodeText($"{LibraryFolder}{Path.GetFileName(s)}", 493, EmbeddedText.Read(s), false)),
    ];

    private readonly IReadOnlyList<Unit> _units = [.. units.Select(u => new Unit(Path.GetFileName(u.File), u.Starts, EmbeddedText.Read(u.File)))];

    /// <param name="ignition">Whether the image reads that.</param>
    public string Write(bool ignition) => ignition ? Ignition() : CloudConfig();

    private static string StackFile((string Name, string Place)[] places)
    {
        var file = new JsonObject
        {
            ["name"] = "__NODE_NAME__",
            ["index"] = "__NODE_INDEX__",
            ["address"] = "__NODE_ADDRESS__",
            ["public_address"] = "__NODE_PUBLIC_ADDRESS__",
            ["api_private_address"] = "__API_PRIVATE_ADDRESS__",
            ["api_public_address"] = "__API_PUBLIC_ADDRESS__",
            ["docker_volume"] = "__DOCKER_VOLUME__",
        };
        foreach (var (name, place) in places)
        {
            file[name] = place;
        }

        return file.ToJsonString();
    }

    private string CloudConfig()
    {
        var files = new YamlSequenceNode(_files.Concat(_units.Select(u => new NodeText($"/etc/systemd/system/{u.Name}", 420, u.Text, false))).Select(f =>
        {
            var file = new YamlMappingNode(
                "path", f.Path,
                "owner", "root:root",
                "permissions", HotNodes.Text(Convert.ToString(f.Mode, 8).PadLeft(4, '0')),
                "content", new YamlScalarNode(f.Packed ?? f.Content) { Style = f.Packed is null && f.Content.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal : ScalarStyle.SingleQuoted });
            if (f.IsBase64 || f.Packed is not null)
            {
                file.Set("encoding", new YamlScalarNode(f.IsBase64 ? "b64" : "gz+b64"));
            }

            return (YamlNode)file;
        }));
        var config = new YamlMappingNode(
            "preserve_hostname", "false",
            "hostname", "__NODE_NAME__",
            "write_files", files,
            "runcmd", new YamlSequenceNode(
                new YamlSequenceNode("systemctl", "daemon-reload"),
                new YamlSequenceNode("systemctl", "start", "--no-block", "magnum-node.service")));
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        new YamlStream(new YamlDocument(config)).Save(writer, assignAnchors: false);
        return $"#cloud-config\n{HotDocument.WithoutEnd(writer.ToString())}";
    }

    private string Ignition()
    {
        var files = new JsonArray([.. _files.Append(new NodeText("/etc/hostname", 420, "__NODE_NAME__\n", false)).Select(f => (JsonNode)new JsonObject
        {
            ["path"] = f.Path,
            ["mode"] = f.Mode,
            ["overwrite"] = true,
            ["contents"] = Contents(f),
        })]);
        return new JsonObject
        {
            ["ignition"] = new JsonObject { ["version"] = "3.3.0" },
            ["storage"] = new JsonObject { ["files"] = files },
            ["systemd"] = new JsonObject
            {
                ["units"] = new JsonArray([.. _units.Select(u => (JsonNode)new JsonObject { ["name"] = u.Name, ["enabled"] = u.Starts, ["contents"] = u.Text })]),
            },
        }.ToJsonString();
    }

    private static JsonObject Contents(NodeText file) => file.Packed is { } packed
        ? new() { ["compression"] = "gzip", ["source"] = $"data:;base64,{packed}" }
        : new() { ["source"] = file.IsBase64 ? $"data:;base64,{file.Content}" : $"data:,{Uri.EscapeDataString(file.Content)}" };

    /// <param name="Mode">File mode as the number it is.</param>
    private sealed record NodeText(string Path, int Mode, string Content, bool IsBase64)
    {
        /// <summary>Scripts go compressed, since Nova takes only so much; null for files in which Heat has to find its places.</summary>
        public string? Packed { get; } = Path.StartsWith(LibraryFolder, StringComparison.Ordinal) ? Gzip.Pack(Content) : null;
    }

    private sealed record Unit(string Name, bool Starts, string Text);
}
