using System.Net;
using Magnum.Core.Clusters;
using Magnum.Tests.Support;
using Magnum.Web.Api;

namespace Magnum.Tests.Web.Api;

public sealed class MicroversionTests : IDisposable
{
    private readonly ApiWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(null, 1)]
    [InlineData("container-infra 1.9", 9)]
    [InlineData("container-infra latest", 14)]
    [InlineData("container-infra LATEST", 14)]
    [InlineData("compute latest", 14)]
    [InlineData("container-infrastructure 1.14", 14)]
    [InlineData("container-infrastructure-management 1.10", 10)]
    [InlineData("container-infra 1.01", 1)]
    public void Parse_AVersionThatThereIs_IsAccepted(string? header, int minor) =>
        Assert.Equal(new MicroversionRequest.Accepted(new Microversion(minor)), Microversion.Parse(header));

    [Theory]
    [InlineData("1.9")]
    [InlineData("")]
    [InlineData("compute 2.1")]
    [InlineData("container-infra")]
    [InlineData("container-infra 1.1 x")]
    [InlineData("compute 2.1, container-infra 1.5")]
    public void Parse_AnotherService_SaysSo(string header) =>
        Assert.Equal(new MicroversionRequest.Malformed("Invalid service type for OpenStack-API-Version header"), Microversion.Parse(header));

    [Theory]
    [InlineData("container-infra 1")]
    [InlineData("container-infra 1.1.1")]
    [InlineData("container-infra x")]
    [InlineData("container-infra 1.x")]
    [InlineData("container-infra 1.99999999999999999999999999999999999999999999999")]
    public void Parse_NoVersion_SaysSo(string header) =>
        Assert.Equal(new MicroversionRequest.Malformed("Invalid value for OpenStack-API-Version header"), Microversion.Parse(header));

    [Theory]
    [InlineData("container-infra 1.0", "1.0", "minor version is not supported")]
    [InlineData("container-infra 1.15", "1.15", "minor version is not supported")]
    [InlineData("container-infra 1.99999999999999999999", "1.99999999999999999999", "minor version is not supported")]
    [InlineData("container-infra 2.1", "2.1", "Mutually exclusive versions requested")]
    public async Task AVersionThatThereIsNot_Is406InItsOwnShape(string header, string asked, string why)
    {
        var answer = await _world.GetAsync("/v1/clusters", version: header);

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.Status);
        Assert.Equal("magnum.microversion-unsupported", answer.Error.GetProperty("code").GetString());
        Assert.Equal("Requested microversion is unsupported", answer.Error.GetProperty("title").GetString());
        Assert.Contains(why, answer.Error.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(("1.14", "1.1"), (answer.Error.GetProperty("max_version").GetString(), answer.Error.GetProperty("min_version").GetString()));
        Assert.Equal("help", answer.Error.GetProperty("links")[0].GetProperty("rel").GetString());
        Assert.False(answer.Error.TryGetProperty("status", out _));
        Assert.Equal($"container-infrastructure-management {asked}", answer.Header("OpenStack-API-Version"));
    }

    [Fact]
    public async Task AHeaderThatCannotBeRead_Is406WithoutVersionHeaders()
    {
        var answer = await _world.GetAsync("/v1/clusters", version: "compute 2.1");

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.Status);
        Assert.Equal(("", "Not Acceptable"), (answer.Error.GetProperty("code").GetString(), answer.Error.GetProperty("title").GetString()));
        Assert.Null(answer.Header("OpenStack-API-Version"));
    }

    [Theory]
    [InlineData(null, "1.1")]
    [InlineData("1.7", "1.7")]
    [InlineData("container-infra latest", "1.14")]
    public async Task AnAnswer_SaysWhichVersionItIs(string? asked, string served)
    {
        var answer = await _world.GetAsync("/v1/clusters", version: asked);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal($"container-infrastructure-management {served}", answer.Header("OpenStack-API-Version"));
        Assert.Equal("container-infrastructure-management 1.1", answer.Header("OpenStack-API-Minimum-Version"));
        Assert.Equal("container-infrastructure-management 1.14", answer.Header("OpenStack-API-Maximum-Version"));
        Assert.Equal("OpenStack-API-Version", answer.Header("Vary"));
    }

    [Theory]
    [InlineData("GET", "/v1/clusters/blue/nodegroups", "1.8", "get_all")]
    [InlineData("POST", "/v1/clusters/blue/actions/resize", "1.6", "resize")]
    [InlineData("POST", "/v1/clusters/blue/actions/upgrade", "1.6", "upgrade")]
    [InlineData("PATCH", "/v1/credentials/blue", "1.11", "patch")]
    public async Task ARouteThatIsNewer_Is406(string method, string path, string version, string handler)
    {
        var answer = await _world.SendAsync(method, path, method == "POST" ? new { node_count = 1 } : null, version: version);

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.Status);
        Assert.Equal($"Version {version} was requested but the requested API {handler} is not supported for this version.", answer.Detail);
        Assert.Null(answer.Header("OpenStack-API-Version"));
    }

    [Fact]
    public async Task Upgrade_At17_Is400()
    {
        var answer = await _world.SendAsync("POST", "/v1/clusters/blue/actions/upgrade", new { cluster_template = "x" }, version: "1.7");

        Assert.Equal((HttpStatusCode.BadRequest, "Cluster upgrade is not supported in the provided microversion."), (answer.Status, answer.Detail));
    }

    [Theory]
    [InlineData("1.2", HttpStatusCode.BadRequest)]
    [InlineData("1.3", HttpStatusCode.NotFound)]
    public async Task Rollback_IsAParameterFrom13(string version, HttpStatusCode expected)
    {
        var answer = await _world.SendAsync("PATCH", "/v1/clusters/none?rollback=True", Array.Empty<object>(), version: version);

        Assert.Equal(expected, answer.Status);
    }

    [Theory]
    [InlineData("1.9", HttpStatusCode.BadRequest)]
    [InlineData("1.10", HttpStatusCode.Accepted)]
    public async Task NoNodes_AreAllowedFrom110(string version, HttpStatusCode expected)
    {
        await _world.Core.AddTemplateAsync();

        var created = await _world.SendAsync("POST", "/v1/clusters", new { name = "blue", cluster_template_id = "k8s", node_count = 0 }, version: version);

        Assert.Equal(expected, created.Status);
    }

    [Theory]
    [InlineData("1.12", "stack_id", "cluster_id")]
    [InlineData("1.13", "cluster_id", "stack_id")]
    public async Task TheBackEndsIdentifier_HasItsNewNameFrom113(string version, string present, string absent)
    {
        var cluster = await _world.Core.AddClusterAsync(ClusterStatus.CreateComplete);

        var shown = (await _world.GetAsync($"/v1/clusters/{cluster.Uuid}", version: version)).Json;
        var listed = (await _world.GetAsync("/v1/clusters", version: version)).Json.GetProperty("clusters")[0];

        foreach (var json in new[] { shown, listed })
        {
            Assert.True(json.TryGetProperty(present, out _));
            Assert.False(json.TryGetProperty(absent, out _));
        }
    }
}
