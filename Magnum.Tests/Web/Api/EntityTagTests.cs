using System.Net;
using Magnum.Core.Clusters;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

public sealed class EntityTagTests : IDisposable
{
    private static readonly object[] Bigger = [new { op = "replace", path = "/node_count", value = 5 }];
    private static readonly object[] Tagged = [new { op = "replace", path = "/tags", value = "x" }];

    private readonly ApiWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("/v1/clusters/blue")]
    [InlineData("/v1/clustertemplates/k8s")]
    public async Task WhatIsUnchanged_IsNotSentAgain(string path)
    {
        await _world.Core.AddClusterAsync();
        var tag = await TagAsync(path);

        foreach (var known in new[] { tag, $"\"other\", {tag}", $"W/{tag}", "*" })
        {
            var again = await _world.SendAsync("GET", path, headers: [("If-None-Match", known)]);
            Assert.Equal((HttpStatusCode.NotModified, "", tag, null), (again.Status, again.Text, again.Header("ETag"), again.Header("Content-Type")));
            Assert.Equal("container-infrastructure-management 1.14", again.Header("OpenStack-API-Version"));
        }

        foreach (var other in new[] { "\"other\"", "nonsense", "" })
        {
            Assert.Equal(HttpStatusCode.OK, (await _world.SendAsync("GET", path, headers: [("If-None-Match", other)])).Status);
        }

        // Another version is another form of the same thing.
        Assert.Equal(HttpStatusCode.OK, (await _world.SendAsync("GET", path, version: "1.9", headers: [("If-None-Match", tag)])).Status);
    }

    [Fact]
    public async Task Cluster_IsChangedOnlyAsItWasRead()
    {
        var cluster = await _world.Core.AddClusterAsync();
        var stale = await TagAsync("/v1/clusters/blue");
        Assert.Equal(HttpStatusCode.Accepted, (await _world.SendAsync("PATCH", "/v1/clusters/blue", Bigger, headers: [("If-Match", stale)])).Status);
        await _world.Core.FinishAsync(cluster.Uuid, ClusterStatus.UpdateComplete);

        foreach (var (method, body) in new[] { ("PATCH", (object?)Bigger), ("DELETE", null) })
        {
            var refused = await _world.SendAsync(method, "/v1/clusters/blue", body, headers: [("If-Match", stale)]);
            Assert.Equal(
                (HttpStatusCode.PreconditionFailed, $"Cluster {cluster.Uuid} is not what If-Match says it is: it was changed since. Read it again and decide anew."),
                (refused.Status, refused.Detail));
        }

        Assert.Equal(ClusterStatus.UpdateComplete, (await _world.Core.LoadAsync(cluster.Uuid)).Status);
        var present = await TagAsync("/v1/clusters/blue", "1.9");
        Assert.NotEqual(stale, present);
        Assert.Equal(HttpStatusCode.NoContent, (await _world.SendAsync("DELETE", "/v1/clusters/blue", headers: [("If-Match", present)])).Status);
    }

    [Fact]
    public async Task Template_IsChangedOnlyAsItWasRead()
    {
        await _world.Core.AddTemplateAsync();
        var stale = await TagAsync("/v1/clustertemplates/k8s");
        Assert.Equal(HttpStatusCode.OK, (await _world.SendAsync("PATCH", "/v1/clustertemplates/k8s", Tagged, headers: [("If-Match", stale)])).Status);

        foreach (var (method, body) in new[] { ("PATCH", (object?)Tagged), ("DELETE", null) })
        {
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await _world.SendAsync(method, "/v1/clustertemplates/k8s", body, headers: [("If-Match", stale)])).Status);
        }

        var present = await TagAsync("/v1/clustertemplates/k8s");
        Assert.Equal(HttpStatusCode.NoContent, (await _world.SendAsync("DELETE", "/v1/clustertemplates/k8s", headers: [("If-Match", $"{stale}, {present}")])).Status);
    }

    [Theory]
    [InlineData("*", HttpStatusCode.NoContent)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    [InlineData("\"", HttpStatusCode.BadRequest)]
    public async Task IfMatch_IsReadStrictly(string header, HttpStatusCode expected)
    {
        await _world.Core.AddClusterAsync();

        Assert.Equal(expected, (await _world.SendAsync("DELETE", "/v1/clusters/blue", headers: [("If-Match", header)])).Status);
    }

    [Fact]
    public async Task AWeakTag_IsNotEnoughToChange()
    {
        await _world.Core.AddClusterAsync();
        var tag = await TagAsync("/v1/clusters/blue");

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _world.SendAsync("DELETE", "/v1/clusters/blue", headers: [("If-Match", $"W/{tag}")])).Status);
    }

    [Fact]
    public async Task WhoMayNotChange_LearnsNothingOfTheState()
    {
        await _world.Core.AddClusterAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await _world.SendAsync("DELETE", "/v1/clusters/blue", token: "alt", headers: [("If-Match", "\"x\"")])).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _world.SendAsync("GET", "/v1/clusters/blue", token: "alt", headers: [("If-None-Match", "*")])).Status);
    }

    private async Task<string> TagAsync(string path, string version = "1.14")
    {
        var answer = await _world.GetAsync(path, version: version);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return Assert.IsType<string>(answer.Header("ETag"));
    }
}
