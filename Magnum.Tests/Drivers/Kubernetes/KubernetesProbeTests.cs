using System.Text.Json.Nodes;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Drivers.Kubernetes;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;
using Microsoft.AspNetCore.Http;

namespace Magnum.Tests.Drivers.Kubernetes;

/// <summary>What a cluster's API server may answer, or not, over TLS with the cluster's CA on both sides.</summary>
public sealed class KubernetesProbeTests : IAsyncDisposable
{
    private readonly Dictionary<string, (int Status, string Text)> _answers = new()
    {
        ["/readyz"] = (200, "ok"),
        ["/api/v1/nodes"] = (200, Nodes("", ("blue-master-0", "True"), ("blue-worker-0", "True"))),
    };

    private PlayedEngine? _server;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task AllIsWell()
    {
        var health = await AskAsync();

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal(new Dictionary<string, string> { ["api"] = "ok", ["blue-master-0.Ready"] = "True", ["blue-worker-0.Ready"] = "True" }, health.Reasons);
    }

    [Fact]
    public async Task NodesOfAllPages_AreLookedAt()
    {
        _answers["/api/v1/nodes"] = (200, Nodes("more", ("blue-master-0", "True")));
        _answers["/api/v1/nodes?more"] = (200, Nodes("", ("blue-worker-0", "False"), ("blue-worker-1", null)));

        var health = await AskAsync();

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Equal(("True", "False", "Unknown"), (health.Reasons["blue-master-0.Ready"], health.Reasons["blue-worker-0.Ready"], health.Reasons["blue-worker-1.Ready"]));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"items": [null, {}, {"metadata": {"name": ""}, "status": {"conditions": [{"type": "Ready", "status": "<b>"}]}}]}""")]
    public async Task NodesThatAreNone_AreLookedPast(string nodes)
    {
        _answers["/api/v1/nodes"] = (200, nodes);

        Assert.Equal(["api"], (await AskAsync()).Reasons.Keys);
    }

    [Fact]
    public async Task MoreNodesThanAClusterHas_FillNoDatabase()
    {
        _answers["/api/v1/nodes"] = (200, Nodes("", [.. Enumerable.Range(0, 5000).Select(i => ($"n{i}", (string?)"True"))]));

        var health = await AskAsync();

        Assert.Equal((HealthStatus.Healthy, 1001), (health.Status, health.Reasons.Count));
    }

    [Theory]
    [InlineData("/readyz", 500, "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed", HealthStatus.Unhealthy, "failed: etcd")]
    [InlineData("/readyz", 503, "", HealthStatus.Unhealthy, "HTTP 503")]
    [InlineData("/readyz", 404, "404 page not found", HealthStatus.Unhealthy, "answers neither /readyz nor /healthz")]
    [InlineData("/readyz", 403, "", HealthStatus.Unknown, "The cluster blue does not take Magnum's certificate (HTTP 403).")]
    [InlineData("/readyz", 301, "elsewhere", HealthStatus.Unhealthy, "elsewhere")]
    [InlineData("/api/v1/nodes", 401, "{}", HealthStatus.Unknown, "The cluster blue does not take Magnum's certificate (HTTP 401).")]
    [InlineData("/api/v1/nodes", 500, "etcd leader changed", HealthStatus.Unhealthy, "HTTP 500")]
    [InlineData("/api/v1/nodes", 200, "<html>", HealthStatus.Unhealthy, "answers with something else than Kubernetes' objects")]
    public async Task WhatIsNotWell_IsSaid(string path, int status, string text, HealthStatus expected, string api)
    {
        _answers[path] = (status, text);

        var health = await AskAsync();

        Assert.Equal((expected, api), (health.Status, health.Reasons["api"]));
    }

    [Fact]
    public async Task AServerWithoutReadyz_IsAskedForHealthz()
    {
        _answers["/readyz"] = (404, "");
        _answers["/healthz"] = (200, "ok");

        Assert.Equal(HealthStatus.Healthy, (await AskAsync()).Status);
    }

    [Fact]
    public async Task SomebodyElsesServer_IsNotAsked()
    {
        var health = await AskAsync(TestAuthorities.Foreign);

        Assert.Equal(HealthStatus.Unknown, health.Status);
        Assert.StartsWith("The cluster blue is not accessible: what answers at 127.0.0.1:", health.Reasons["api"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_IsThere()
    {
        var port = Ports.Free(1)[0];

        var health = await KubernetesProbe.AskAsync("blue", new Uri($"https://127.0.0.1:{port}"), PlayedEngine.Access(), Ct);

        Assert.Equal((HealthStatus.Unknown, $"The cluster blue is not accessible: no connection at 127.0.0.1:{port}."), (health.Status, health.Reasons["api"]));
    }

    /// <param name="trusted">The CA that is looked for behind the server's certificate; null: the one that is there.</param>
    private async Task<ClusterHealth> AskAsync(KeyMaterial? trusted = null)
    {
        _server ??= await PlayedEngine.StartAsync(
            async context =>
            {
                var path = context.Request.Path + (context.Request.Query["continue"].ToString() is { Length: > 0 } page ? $"?{page}" : "");
                var (status, text) = _answers.GetValueOrDefault(path, (404, ""));
                context.Response.StatusCode = status;
                await context.Response.WriteAsync(text, Ct);
            },
            Ct);
        return await KubernetesProbe.AskAsync("blue", _server.Address, PlayedEngine.Access(trusted), Ct);
    }

    private static string Nodes(string next, params (string Name, string? Ready)[] nodes) => new JsonObject
    {
        ["kind"] = "NodeList",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject { ["continue"] = next },
        ["items"] = new JsonArray([.. nodes.Select(n => new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = n.Name },
            ["status"] = new JsonObject { ["conditions"] = n.Ready is null ? new JsonArray() : new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = n.Ready }) },
        })]),
    }.ToJsonString();
}
