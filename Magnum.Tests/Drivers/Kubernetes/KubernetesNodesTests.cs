using System.Text.Json.Nodes;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Kubernetes;
using Magnum.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Magnum.Tests.Drivers.Kubernetes;

/// <summary>Freeing nodes that go, choosing them, forgetting them, and looking inside, with an API server that a test plays.</summary>
public sealed class KubernetesNodesTests : IAsyncLifetime
{
    private const string Leaving = "magnum.openstack.org/leaving";

    private readonly Dictionary<string, JsonObject> _nodes = [];
    private readonly Dictionary<string, JsonObject> _pods = [];
    private readonly List<string> _evictions = [];

    /// <summary>Pods that a budget protects.</summary>
    private readonly HashSet<string> _protected = [];

    private Action _onEviction = () => { };
    private JsonNode _version = new JsonObject { ["gitVersion"] = "v1.32.1" };
    private bool _isOld;
    private int? _refusal;
    private PlayedEngine _server = null!;
    private KubernetesApi _api = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private KubernetesNodes Nodes => new(_api);

    public async ValueTask InitializeAsync()
    {
        _server = await PlayedEngine.StartAsync(AnswerAsync, Ct);
        _api = new KubernetesApi("blue", _server.Address, PlayedEngine.Access());
        foreach (var name in new[] { "w-0", "w-1", "w-2" })
        {
            AddNode(name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Drain_ClosesTheNode_EvictsWhatHasToMove_AndIsDoneWhenItHasGone()
    {
        AddPod("web", "w-1");
        AddPod("batch", "w-1", phase: "Succeeded");
        AddPod("proxy", "w-1", owner: "DaemonSet");
        AddPod("static", "w-1", mirror: true);
        AddPod("elsewhere", "w-0");

        var first = await Nodes.DrainAsync([Node("w-1")], Ct);
        var second = await Nodes.DrainAsync([Node("w-1")], Ct);

        Assert.Equal(("w-1", "1 pod(s)"), (Assert.Single(first).Key, first["w-1"]));
        Assert.Empty(second);
        Assert.Equal(["web"], _evictions);
        Assert.True((bool)_nodes["w-1"]["spec"]!["unschedulable"]!);
        Assert.Null(_nodes["w-0"]["spec"]!["unschedulable"]);
    }

    [Fact]
    public async Task Drain_AllNodesAreClosed_BeforeAnyPodMoves()
    {
        AddPod("web", "w-0");
        var closed = -1;
        _onEviction = () => closed = _nodes.Values.Count(n => n["spec"]!["unschedulable"] is not null);

        await Nodes.DrainAsync([Node("w-0"), Node("w-1")], Ct);

        Assert.Equal(2, closed);
    }

    [Fact]
    public async Task Drain_ABudgetForbidsIt_IsWaitedForAndAskedAgain()
    {
        AddPod("web", "w-1");
        _protected.Add("web");

        var before = await Nodes.DrainAsync([Node("w-1")], Ct);
        _protected.Clear();
        await Nodes.DrainAsync([Node("w-1")], Ct);

        Assert.Single(before);
        Assert.Empty(await Nodes.DrainAsync([Node("w-1")], Ct));
        Assert.Equal(["web", "web"], _evictions);
    }

    [Fact]
    public async Task Drain_AnOldServer_IsAskedInItsOwnWords()
    {
        _isOld = true;
        AddPod("web", "w-1");

        await Nodes.DrainAsync([Node("w-1")], Ct);

        Assert.Equal(["web"], _evictions);
    }

    [Fact]
    public async Task Drain_ADeadOrUnknownNode_IsNotWaitedFor()
    {
        AddNode("w-3", ready: "Unknown");
        AddPod("web", "w-3");

        Assert.Empty(await Nodes.DrainAsync([Node("w-3"), Node("nobody")], Ct));
        Assert.Empty(_evictions);
    }

    [Fact]
    public async Task Rank_TheFreedThenTheUselessThenTheIdleGoFirst()
    {
        AddNode("w-3", ready: "False");
        AddNode("w-4");
        AddNode("w-5");
        _nodes["w-5"]["spec"]!["unschedulable"] = true;
        AddPod("web", "w-5");
        AddPod("a", "w-0");
        AddPod("b", "w-0");
        AddPod("c", "w-1");
        _nodes["w-0"]["metadata"]!["annotations"] = new JsonObject { [Leaving] = "true" };

        var ranked = await Nodes.RankAsync([.. _nodes.Keys.Select(Node)], Ct);

        // Of two with as few pods the later one goes, as Heat would have it.
        Assert.Equal(["w-0", "w-3", "w-5", "w-4", "w-2", "w-1"], ranked);
    }

    [Fact]
    public async Task Forget_RemovesTheDead_AndOpensThoseThatStayed()
    {
        AddNode("w-3", ready: "Unknown");
        AddNode("foreign", ready: "Unknown", ours: false);
        AddNode("w-4");
        (_nodes["w-1"]["metadata"]!["annotations"], _nodes["w-1"]["spec"]!["unschedulable"]) = (new JsonObject { [Leaving] = "true" }, true);
        _nodes["w-0"]["spec"]!["unschedulable"] = true;

        await Nodes.ForgetAsync([Node("w-0"), Node("w-1"), Node("w-2")], Ct);

        Assert.Equal(["foreign", "w-0", "w-1", "w-2", "w-4"], _nodes.Keys.Order(StringComparer.Ordinal));
        Assert.Null(_nodes["w-1"]["spec"]!["unschedulable"]);
        Assert.True((bool)_nodes["w-0"]["spec"]!["unschedulable"]!);   // people have closed it
    }

    [Theory]
    [InlineData(403, CloudFault.Forbidden)]
    [InlineData(500, CloudFault.ServerError)]
    public async Task Trouble_IsSaid(int status, CloudFault fault)
    {
        _refusal = status;

        var e = await Assert.ThrowsAsync<CloudException>(() => Nodes.DrainAsync([Node("w-1")], Ct));

        Assert.Equal((fault, $"The API of blue refused: HTTP {status}"), (e.Fault, e.Message));
    }

    [Fact]
    public async Task Nobody_IsThere()
    {
        await _server.DisposeAsync();

        var e = await Assert.ThrowsAsync<CloudException>(() => Nodes.DrainAsync([Node("w-1")], Ct));

        Assert.Equal(CloudFault.Unreachable, e.Fault);
    }

    [Fact]
    public async Task Inside_AreNodesWithWhatTheyHave_AndWorkloads()
    {
        _nodes["w-1"]["status"]!["allocatable"] = new JsonObject { ["cpu"] = "1500m", ["memory"] = "2Gi" };
        AddPod("web-1", "w-1");
        AddPod("web-2", "w-1", phase: "Failed");

        var inside = await KubernetesContents.LookAsync(_api, Ct);

        Assert.Equal("v1.32.1", inside.Version);
        Assert.Equal(["w-0", "w-1", "w-2"], inside.Nodes.Select(n => n.Name));
        Assert.Equal(new EngineNode("w-1", "worker", "Ready", true) { Cpus = 1.5, MemoryMib = 2048, Tasks = 1 }, inside.Nodes[1]);
        Assert.Equal((null, null), (inside.Nodes[2].Cpus, inside.Nodes[2].MemoryMib));
        Assert.Equal(
            [
                new EngineWorkload("default", "Deployment", "web", 2, 3) { Image = "nginx:1" },
                new EngineWorkload("kube-system", "DaemonSet", "proxy", 3, 3) { Image = "proxy:1" },
            ],
            inside.Workloads);
    }

    [Fact]
    public async Task WhatAServerListsTwiceOrWithoutAName_IsNoCrash()
    {
        _nodes["again"] = (JsonObject)_nodes["w-1"].DeepClone();
        _nodes["nameless"] = new JsonObject { ["metadata"] = null };
        _pods["nameless"] = new JsonObject { ["spec"] = null };
        AddPod("nowhere", "w-0");
        _pods["nowhere"]["spec"] = null;

        Assert.Equal(["w-2", "w-1", "w-0"], await Nodes.RankAsync([Node("w-0"), Node("w-1"), Node("w-2")], Ct));
        Assert.Empty(await Nodes.DrainAsync([Node("w-1")], Ct));
        Assert.Equal(4, (await KubernetesContents.LookAsync(_api, Ct)).Nodes.Count);
    }

    [Fact]
    public async Task AVersionThatIsNone_IsSaid()
    {
        _version = JsonValue.Create("<html>");

        var e = await Assert.ThrowsAsync<CloudException>(() => KubernetesContents.LookAsync(_api, Ct));

        Assert.Equal((CloudFault.Malformed, "The API of blue answers with something else than Kubernetes' objects."), (e.Fault, e.Message));
    }

    [Theory]
    [InlineData("many")]
    [InlineData("")]
    public async Task AKubeletThatReportsNonsense_IsNoCrash(string cpu)
    {
        _nodes["w-2"]["status"]!["allocatable"] = new JsonObject { ["cpu"] = cpu };

        var e = await Assert.ThrowsAsync<CloudException>(() => KubernetesContents.LookAsync(_api, Ct));
        var health = await KubernetesProbe.AskAsync("blue", _server.Address, PlayedEngine.Access(), Ct);

        Assert.Equal((CloudFault.Malformed, "The API of blue answers with something else than Kubernetes' objects."), (e.Fault, e.Message));
        Assert.Equal("answers with something else than Kubernetes' objects", health.Reasons["api"]);
    }

    private static ObservedNode Node(string name) => new(name, null, null, null, null);

    private void AddNode(string name, string ready = "True", bool ours = true) => _nodes[name] = new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = ours ? new JsonObject { ["magnum.openstack.org/nodegroup"] = "default-worker" } : null },
        ["spec"] = new JsonObject(),
        ["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready }) },
    };

    private void AddPod(string name, string node, string phase = "Running", string owner = "ReplicaSet", bool mirror = false) => _pods[name] = new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = "default",
            ["annotations"] = mirror ? new JsonObject { ["kubernetes.io/config.mirror"] = "x" } : null,
            ["ownerReferences"] = new JsonArray(new JsonObject { ["kind"] = owner, ["name"] = owner, ["uid"] = "1", ["apiVersion"] = "apps/v1", ["controller"] = true }),
        },
        ["spec"] = new JsonObject { ["nodeName"] = node, ["containers"] = new JsonArray() },
        ["status"] = new JsonObject { ["phase"] = phase },
    };

    private async Task AnswerAsync(HttpContext context)
    {
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync(Ct);
        var (status, answer) = Answer(context.Request, body.Length == 0 ? null : JsonNode.Parse(body));
        context.Response.StatusCode = _refusal ?? status;
        await context.Response.WriteAsync(answer is JsonValue said ? (string)said! : answer?.ToJsonString() ?? "", Ct);
    }

    private (int Status, JsonNode? Answer) Answer(HttpRequest request, JsonNode? body)
    {
        var parts = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (request.Method, parts)
        {
            case ("GET", ["readyz"]):
                return (200, JsonValue.Create("ok"));
            case ("GET", ["version"]):
                return (200, _version);
            case ("GET", ["api", "v1", "nodes"]):
                return (200, List(_nodes.Values));
            case ("GET", ["api", "v1", "pods"]):
                var node = request.Query["fieldSelector"].ToString().Replace("spec.nodeName=", "", StringComparison.Ordinal);
                return (200, List(_pods.Values.Where(p => node.Length == 0 || (string?)p["spec"]?["nodeName"] == node)));
            case ("GET", ["apis", "apps", "v1", "deployments"]):
                return (200, List([Workload("web", "default", "nginx:1", new() { ["replicas"] = 3 }, new() { ["readyReplicas"] = 2 })]));
            case ("GET", ["apis", "apps", "v1", "daemonsets"]):
                return (200, List([Workload("proxy", "kube-system", "proxy:1", [], new() { ["desiredNumberScheduled"] = 3, ["numberReady"] = 3 })]));
            case ("PATCH", ["api", "v1", "nodes", var name]) when request.ContentType == "application/merge-patch+json":
                Merge(_nodes[name], body!.AsObject());
                return (200, _nodes[name].DeepClone());
            case ("DELETE", ["api", "v1", "nodes", var name]):
                return _nodes.Remove(name) ? (200, new JsonObject()) : (404, null);
            case ("POST", ["api", "v1", "namespaces", "default", "pods", var pod, "eviction"]):
                if (((string?)body!["apiVersion"] == "policy/v1") == _isOld)
                {
                    return (400, new JsonObject());
                }

                _onEviction();
                _evictions.Add(pod);
                return _protected.Contains(pod) ? (429, null) : _pods.Remove(pod) ? (201, new JsonObject()) : (404, null);
            default:
                return (404, null);
        }
    }

    private static JsonObject Workload(string name, string scope, string image, JsonObject spec, JsonObject status)
    {
        spec["selector"] = new JsonObject();
        spec["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = name, ["image"] = image }) } };
        return new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = scope }, ["spec"] = spec, ["status"] = status };
    }

    private static JsonObject List(IEnumerable<JsonObject> items) => new() { ["items"] = new JsonArray([.. items.Select(i => i.DeepClone())]) };

    /// <summary>RFC 7396.</summary>
    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (key, value) in patch)
        {
            if (value is JsonObject inner)
            {
                if (target[key] is not JsonObject)
                {
                    target[key] = new JsonObject();
                }

                Merge(target[key]!.AsObject(), inner);
            }
            else if (value is null)
            {
                target.Remove(key);
            }
            else
            {
                target[key] = value.DeepClone();
            }
        }
    }
}
