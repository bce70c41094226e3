using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Template;

namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>Where and by what token a node reports itself.</summary>
internal sealed record NodeSignal(Uri Endpoint, string Token);

/// <summary>What a node needs to have its certificates signed.</summary>
internal sealed record NodeEnrolmentFile(string ClusterUuid, string AuthUrl, string MagnumUrl, string UserId, string Password)
{
    /// <summary>Whether the node is one of a swarm, and not of Kubernetes.</summary>
    public bool IsSwarm { get; init; }

    public bool IsMaster { get; init; }

    public override string ToString() => $"NodeEnrolmentFile {{ ClusterUuid = {ClusterUuid} }}";
}

/// <summary>Reads files out of a server's user data as the server's own first boot would: cloud-config, Ignition, or several parts in MIME.</summary>
internal static class UserDataFiles
{
    public const string SignalPath = "/etc/magnum/heat-signal.json";
    public const string NodePath = "/etc/magnum/node.json";

    /// <summary>What the file at <see cref="SignalPath"/> says; null when there is none that can be read.</summary>
    public static NodeSignal? SignalOf(string? userData) =>
        JsonOf(userData, SignalPath) is { } signal && Uri.TryCreate(signal.Text("endpoint"), UriKind.Absolute, out var endpoint) && signal.Text("token") is { } token
            ? new NodeSignal(endpoint, token)
            : null;

    /// <summary>What the file at <see cref="NodePath"/> says; null when the server is not to become a node of Magnum's, or one that has nothing signed.</summary>
    public static NodeEnrolmentFile? EnrolmentOf(string? userData) =>
        JsonOf(userData, NodePath) is { } node && node.Text("cluster_uuid") is { } cluster && node.Text("auth_url") is { } auth
            && node.Text("magnum_url") is { } magnum && node.Text("user_id") is { } user && node.Text("password") is { } password
            ? new NodeEnrolmentFile(cluster, auth, magnum, user, password) { IsSwarm = node.Text("coe") is "swarm" or "swarm-mode", IsMaster = node.Text("role") is "master" }
            : null;

    /// <summary>The engine that the server is to be a node of; null: of none.</summary>
    public static string? EngineOf(string? userData) => JsonOf(userData, NodePath).Text("coe");

    /// <summary>The content of a file that the user data asks to be written; null when it does not.</summary>
    public static string? Find(string userData, string path)
    {
        try
        {
            var text = userData.TrimStart();
            return text.StartsWith('{') ? FromIgnition(JsonNode.Parse(text) as JsonObject, path)
                : text.StartsWith("#cloud-config", StringComparison.Ordinal) ? FromCloudConfig(YamlReader.Read(text) as JsonObject, path)
                : text.Contains("multipart/", StringComparison.OrdinalIgnoreCase) ? Parts(text).Select(part => Find(part, path)).FirstOrDefault(found => found is not null)
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidDataException or YamlDotNet.Core.YamlException)
        {
            // A server whose user data is broken boots, and does nothing of what was meant.
            return null;
        }
    }

    private static JsonObject? JsonOf(string? userData, string path)
    {
        if (string.IsNullOrWhiteSpace(userData) || Find(userData, path) is not { } text)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? FromCloudConfig(JsonObject? config, string path)
    {
        var file = config?["write_files"].Items().OfType<JsonObject>().LastOrDefault(f => f.Text("path") == path);
        var content = file.Text("content");
        return content is null ? null : file.Text("encoding")?.ToUpperInvariant() switch
        {
            "B64" or "BASE64" => Encoding.UTF8.GetString(Convert.FromBase64String(content)),
            "GZ+B64" or "GZIP+BASE64" or "GZ+BASE64" or "GZIP+B64" => Unzip(Convert.FromBase64String(content)),
            _ => content,
        };
    }

    private static string? FromIgnition(JsonObject? config, string path)
    {
        var file = config.Map("storage")?["files"].Items().OfType<JsonObject>().LastOrDefault(f => f.Text("path") == path);
        var source = file.Map("contents").Text("source");
        if (source is null || !source.StartsWith("data:", StringComparison.Ordinal) || source.IndexOf(',', StringComparison.Ordinal) is var comma && comma < 0)
        {
            return null;
        }

        var payload = Uri.UnescapeDataString(source[(comma + 1)..]);
        var bytes = source[..comma].EndsWith(";base64", StringComparison.Ordinal) ? Convert.FromBase64String(payload) : Encoding.UTF8.GetBytes(payload);
        return file.Map("contents").Text("compression") is "gzip" ? Unzip(bytes) : Encoding.UTF8.GetString(bytes);
    }

    private static IEnumerable<string> Parts(string mime)
    {
        var at = mime.IndexOf("boundary=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            yield break;
        }

        var boundary = mime[(at + 9)..].Split('\n', ';')[0].Trim().Trim('"');
        foreach (var part in mime.Split("--" + boundary).Skip(1))
        {
            var normal = part.Replace("\r\n", "\n", StringComparison.Ordinal).TrimStart('\n');
            var split = normal.IndexOf("\n\n", StringComparison.Ordinal);
            if (split < 0)
            {
                continue;
            }

            var (head, body) = (normal[..split], normal[(split + 2)..]);
            yield return head.Contains("content-transfer-encoding: base64", StringComparison.OrdinalIgnoreCase)
                ? Encoding.UTF8.GetString(Convert.FromBase64String(body.Trim()))
                : body;
        }
    }

    private static string Unzip(byte[] bytes)
    {
        using var stream = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
