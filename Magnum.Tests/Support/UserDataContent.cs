using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Magnum.Tests.Support;

/// <summary>A file that a server's first boot writes.</summary>
internal sealed record WrittenFile(string Path, UnixFileMode Mode, string Content);

/// <summary>What user data, of cloud-init or of Ignition, asks for.</summary>
internal static partial class UserDataContent
{
    public static IReadOnlyList<WrittenFile> FilesOf(string userData) => userData.StartsWith("#cloud-config\n", StringComparison.Ordinal)
        ? [.. ((YamlSequenceNode)Load(userData)["write_files"]).Cast<YamlMappingNode>().Select(CloudInitFile)]
        : [.. JsonNode.Parse(userData)!["storage"]!["files"]!.AsArray().Select(f => new WrittenFile((string)f!["path"]!, (UnixFileMode)(int)f["mode"]!, Decode(f["contents"]!)))];

    /// <summary>Writes them below a folder instead of a server's root.</summary>
    public static void Write(IEnumerable<WrittenFile> files, string root)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(root, file.Path.TrimStart('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Content);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, file.Mode);
            }
        }
    }

    private static WrittenFile CloudInitFile(YamlMappingNode file)
    {
        var content = Text("content")!;
        return new WrittenFile(
            Text("path")!,
            (UnixFileMode)Convert.ToInt32(Text("permissions")!, 8),
            Text("encoding") is { } encoding ? Unpack(Convert.FromBase64String(content), encoding is "gz+b64") : content);

        string? Text(string key) => file.Children.TryGetValue(new YamlScalarNode(key), out var value) ? ((YamlScalarNode)value).Value : null;
    }

    private static string Decode(JsonNode contents)
    {
        var url = (string)contents["source"]!;
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        Assert.Matches(DataUrl(), url);
        var bytes = url[..comma].EndsWith(";base64", StringComparison.Ordinal)
            ? Convert.FromBase64String(url[(comma + 1)..])
            : Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url[(comma + 1)..]));
        return Unpack(bytes, (string?)contents["compression"] is not null);
    }

    private static string Unpack(byte[] bytes, bool isPacked)
    {
        if (!isPacked)
        {
            return Encoding.UTF8.GetString(bytes);
        }

        using var zip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var reader = new StreamReader(zip);
        return reader.ReadToEnd();
    }

    private static YamlNode Load(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream.Documents[0].RootNode;
    }

    // What a URL may hold: Ignition refuses data with other characters.
    [GeneratedRegex(@"^data:(;base64)?,[A-Za-z0-9\-._~!$&'()*+,;=:@/%]*$")]
    private static partial Regex DataUrl();
}
