using System.IO.Compression;
using System.Text;
using Magnum.Drivers.EmbeddedCloud.Nova;

namespace Magnum.Tests.Drivers.EmbeddedCloud;

public sealed class UserDataTests
{
    private const string Json = """{"endpoint":"http://127.0.0.1:9500/signal","token":"t"}""";

    public static TheoryData<string, string> Kinds => new()
    {
        { "cloud-config", $"#cloud-config\nwrite_files:\n- path: /etc/other\n  content: x\n- path: /etc/magnum/heat-signal.json\n  content: '{Json}'\n" },
        { "base64", $"#cloud-config\nwrite_files:\n- path: /etc/magnum/heat-signal.json\n  encoding: b64\n  content: {Convert.ToBase64String(Encoding.UTF8.GetBytes(Json))}\n" },
        { "gzip", $"#cloud-config\nwrite_files:\n- path: /etc/magnum/heat-signal.json\n  encoding: gz+b64\n  content: {Convert.ToBase64String(Zip(Json))}\n" },
        { "ignition", $$$"""{"ignition":{"version":"3.4.0"},"storage":{"files":[{"path":"/etc/magnum/heat-signal.json","contents":{"source":"data:,{{{Uri.EscapeDataString(Json)}}}"}}]}}""" },
        { "ignition base64", $$$"""{"storage":{"files":[{"path":"/etc/magnum/heat-signal.json","contents":{"source":"data:application/json;base64,{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(Json))}}}"}}]}}""" },
        { "ignition gzip", $$$"""{"storage":{"files":[{"path":"/etc/magnum/heat-signal.json","contents":{"compression":"gzip","source":"data:;base64,{{{Convert.ToBase64String(Zip(Json))}}}"}}]}}""" },
        { "mime", $"Content-Type: multipart/mixed; boundary=\"==B==\"\nMIME-Version: 1.0\n\n--==B==\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--==B==\nContent-Type: text/cloud-config\n\n#cloud-config\nwrite_files:\n- path: /etc/magnum/heat-signal.json\n  content: '{Json}'\n\n--==B==--\n" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Signal_IsFoundInEachKind(string kind, string userData)
    {
        Assert.NotEmpty(kind);
        Assert.Equal(new NodeSignal(new Uri("http://127.0.0.1:9500/signal"), "t"), UserDataFiles.SignalOf(userData));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("#!/bin/sh\necho hello")]
    [InlineData("#cloud-config\nwrite_files: [")]
    [InlineData("{not json")]
    [InlineData("#cloud-config\nwrite_files:\n- path: /etc/magnum/heat-signal.json\n  content: 'no json'")]
    public void NothingToFind_IsNoError(string? userData) => Assert.Null(UserDataFiles.SignalOf(userData));

    private static byte[] Zip(string text)
    {
        using var stream = new MemoryStream();
        using (var zip = new GZipStream(stream, CompressionMode.Compress))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }
}
