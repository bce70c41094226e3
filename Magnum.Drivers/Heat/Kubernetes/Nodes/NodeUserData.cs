using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Magnum.Drivers.Heat.Hot;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat.Kubernetes.Nodes;

/// <summary>
/// User data of the nodes: cloud-init's <c>#cloud-config</c>, or Ignition for images that read that. It holds the scripts, which are the
/// same for all nodes, and places (<c>__LIKE_THIS__</c>) in which Heat writes what differs or is secret, from hidden parameters.
/// </summary>
internal static class NodeUserData
{
    private const string Folder = "Heat/Kubernetes/Nodes/Files/";
    private const string LibraryFolder = "/usr/local/lib/magnum/";

    private static readonly string[] Scripts = ["common.sh", "pki.sh", "system.sh", "master.sh", "worker.sh", "node.sh", "certificates.sh"];

    /// <summary>Units and whether they start with the system; the timer is switched on by a node that is up.</summary>
    private static readonly IReadOnlyList<(string Name, bool Starts)> Units =
        [("magnum-node.service", true), ("magnum-certificates.service", false), ("magnum-certificates.timer", false)];

    private static readonly IReadOnlyList<NodeFile> Files =
    [
        // What Heat writes is nothing but letters, digits, dots, dashes and what URLs and base64 have besides: no place needs quoting.
        new("/etc/magnum/node.json", 384, "__NODE_SETTINGS__", true),
        new("/etc/magnum/stack.json", 384, StackFile(), false),
        new("/etc/magnum/heat-signal.json", 384, new JsonObject { ["endpoint"] = "__SIGNAL_ENDPOINT__", ["token"] = "__SIGNAL_TOKEN__" }.ToJsonString(), false),
        .. Scripts.Select(s => new NodeFile($"{LibraryFolder}{s}", 493, EmbeddedText.Read(Folder + s), false)),
    ];

    public static string For(KubernetesDesign design) => design.UsesIgnition ? Ignition() : CloudConfig();

    private static string StackFile() => new JsonObject
    {
        ["name"] = "__NODE_NAME__",
        ["index"] = "__NODE_INDEX__",
        ["address"] = "__NODE_ADDRESS__",
        ["public_address"] = "__NODE_PUBLIC_ADDRESS__",
        ["api_private_address"] = "__API_PRIVATE_ADDRESS__",
        ["api_public_address"] = "__API_PUBLIC_ADDRESS__",
        ["docker_volume"] = "__DOCKER_VOLUME__",
        ["etcd_volume"] = "__ETCD_VOLUME__",
    }.ToJsonString();

    private static string CloudConfig()
    {
        var files = new YamlSequenceNode(Files.Concat(Units.Select(u => new NodeFile($"/etc/systemd/system/{u.Name}", 420, UnitText(u.Name), false))).Select(f =>
        {
            var file = new YamlMappingNode(
                "path", f.Path,
                "owner", "root:root",
                "permissions", HotNodes.Text(Convert.ToString(f.Mode, 8).PadLeft(4, '0')),
                "content", new YamlScalarNode(f.Content) { Style = f.Content.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal : ScalarStyle.SingleQuoted });
            if (f.IsBase64)
            {
                file.Set("encoding", new YamlScalarNode("b64"));
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

    private static string Ignition()
    {
        var files = new JsonArray([.. Files.Append(new NodeFile("/etc/hostname", 420, "__NODE_NAME__\n", false)).Select(f => (JsonNode)new JsonObject
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
                ["units"] = new JsonArray([.. Units.Select(u => (JsonNode)new JsonObject { ["name"] = u.Name, ["enabled"] = u.Starts, ["contents"] = UnitText(u.Name) })]),
            },
        }.ToJsonString();
    }

    /// <summary>Scripts go compressed, since a URL's spelling makes half as much again of them, and Nova takes only so much.</summary>
    private static JsonObject Contents(NodeFile file)
    {
        if (!file.Path.StartsWith(LibraryFolder, StringComparison.Ordinal))
        {
            return new JsonObject { ["source"] = file.IsBase64 ? $"data:;base64,{file.Content}" : $"data:,{Uri.EscapeDataString(file.Content)}" };
        }

        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes(file.Content));
        }

        return new JsonObject { ["compression"] = "gzip", ["source"] = $"data:;base64,{Convert.ToBase64String(packed.GetBuffer(), 0, (int)packed.Length)}" };
    }

    private static string UnitText(string name) => EmbeddedText.Read(Folder + name);

    /// <param name="Mode">File mode as the number it is.</param>
    private sealed record NodeFile(string Path, int Mode, string Content, bool IsBase64);
}
