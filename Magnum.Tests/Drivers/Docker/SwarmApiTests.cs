using System.Globalization;
using System.Text.Json.Nodes;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Docker;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;
using Microsoft.AspNetCore.Http;

namespace Magnum.Tests.Drivers.Docker;

/// <summary>What a swarm's manager may answer, or not, over TLS with the cluster's CA on both sides.</summary>
public sealed class SwarmApiTests : IAsyncDisposable
{
    private readonly Dictionary<string, JsonObject> _nodes = [];
    private readonly List<JsonObject> _tasks = [];
    private readonly List<string> _calls = [];

    /// <summary>What is answered instead, by path without the version.</summary>
    private readonly Dictionary<string, (int Status, string Text)> _answers = [];

    private JsonNode _services = new JsonArray();
    private JsonNode? _swarm = new JsonObject { ["LocalNodeState"] = "active", ["ControlAvailable"] = true };
    private string? _apiVersion = "1.41";

    /// <summary>How many writes somebody else is ahead of.</summary>
    private int _overtaken;

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
        Node("blue-master-0", leader: true);
        Node("blue-worker-0");

        var health = await AskAsync();

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal(new Dictionary<string, string> { ["api"] = "ok", ["blue-master-0.Ready"] = "True", ["blue-worker-0.Ready"] = "True" }, health.Reasons);
    }

    [Theory]
    [InlineData("down")]
    [InlineData("unknown")]
    [InlineData("disconnected")]
    public async Task ANodeThatIsNotReady_IsNamed(string state)
    {
        Node("blue-master-0", leader: true);
        Node("blue-worker-0", state: state);
        Node("blue-worker-1", availability: "drain");

        var health = await AskAsync();

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Equal(
            new Dictionary<string, string> { ["api"] = "ok", ["blue-master-0.Ready"] = "True", ["blue-worker-0.Ready"] = "False", ["blue-worker-1.Ready"] = "True" },
            health.Reasons);
    }

    [Fact]
    public async Task ANodeThatWasMadeAnew_IsNotReadyAsLongAsItsFormerSelfIsListed()
    {
        Node("blue-master-0", leader: true);
        Node("blue-worker-0", state: "down");
        Node("blue-worker-0", id: "made-anew");

        var health = await AskAsync();

        Assert.Equal((HealthStatus.Unhealthy, "False"), (health.Status, health.Reasons["blue-worker-0.Ready"]));
    }

    [Fact]
    public async Task AManagerThatTheOthersDoNotReach_IsNamed()
    {
        Node("blue-master-0", leader: true);
        Node("blue-master-1", reachability: "unreachable");
        Node("blue-master-2", reachability: "reachable");

        var health = await AskAsync();

        Assert.Equal((HealthStatus.Unhealthy, "False"), (health.Status, health.Reasons["blue-master-1.Reachable"]));
        Assert.DoesNotContain("blue-master-2.Reachable", health.Reasons.Keys);
    }

    [Fact]
    public async Task NobodyLeads_IsSaid()
    {
        Node("blue-master-0", reachability: "reachable");

        Assert.Equal("the swarm has no leader", (await UnwellAsync())["api"]);
    }

    [Theory]
    [InlineData("inactive", false, null, "the swarm is inactive here")]
    [InlineData("locked", false, "Swarm is encrypted and needs to be unlocked", "the swarm is locked here: Swarm is encrypted and needs to be unlocked")]
    [InlineData("active", false, null, "this node is no manager of the swarm")]
    [InlineData(null, false, null, "there is no swarm")]
    public async Task AnEngineThatManagesNoSwarm_IsUnhealthy(string? state, bool control, string? error, string expected)
    {
        _swarm = new JsonObject { ["LocalNodeState"] = state, ["ControlAvailable"] = control, ["Error"] = error };

        Assert.Equal(expected, (await UnwellAsync())["api"]);
    }

    [Theory]
    [InlineData("_ping", 403, "", HealthStatus.Unknown, "The cluster blue does not take Magnum's certificate (HTTP 403).")]
    [InlineData("info", 401, """{"message": "no"}""", HealthStatus.Unknown, "The cluster blue does not take Magnum's certificate (HTTP 401).")]
    [InlineData("_ping", 302, "", HealthStatus.Unhealthy, "HTTP 302")]
    [InlineData("nodes", 503, """{"message": "rpc error: The swarm does not have a leader."}""", HealthStatus.Unhealthy, "HTTP 503: rpc error: The swarm does not have a leader.")]
    [InlineData("nodes", 500, "<html>", HealthStatus.Unhealthy, "HTTP 500")]
    [InlineData("nodes", 200, "<html>", HealthStatus.Unhealthy, "answers with something else than Docker's objects")]
    [InlineData("info", 200, """{"Swarm": 7}""", HealthStatus.Unhealthy, "answers with something else than Docker's objects")]
    public async Task WhatIsNotWell_IsSaid(string path, int status, string text, HealthStatus expected, string api)
    {
        _answers[path] = (status, text);

        var health = await AskAsync();

        Assert.Equal((expected, api), (health.Status, health.Reasons["api"]));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[null, {}]")]
    public async Task NodesThatAreNone_AreNoSwarm(string nodes)
    {
        _answers["nodes"] = (200, nodes);

        Assert.Equal(["api"], (await UnwellAsync()).Keys);
    }

    [Theory]
    [InlineData("1.41", "v1.41")]
    [InlineData("1.44", "v1.44")]
    [InlineData("1.60", "v1.47")]
    public async Task TheVersion_IsOneThatBothKnow(string of, string asked)
    {
        _apiVersion = of;
        Node("blue-master-0", leader: true);

        Assert.Equal(HealthStatus.Healthy, (await AskAsync()).Status);
        Assert.All(_calls.Where(c => c != "GET /_ping"), c => Assert.StartsWith($"GET /{asked}/", c, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1.40")]
    [InlineData("1.41/../..")]
    [InlineData("2.1")]
    public async Task AnEngineOfAnotherKind_IsNotAsked(string? version)
    {
        _apiVersion = version;

        Assert.Equal("answers with something else than Docker's objects", (await UnwellAsync())["api"]);
        Assert.Equal(["GET /_ping"], _calls);
    }

    [Fact]
    public async Task MoreNodesThanAClusterHas_FillNoDatabase()
    {
        Node("blue-master-0", leader: true);
        for (var i = 0; i < 3000; i++)
        {
            Node(string.Create(CultureInfo.InvariantCulture, $"n{i}"));
        }

        var health = await AskAsync();

        Assert.Equal((HealthStatus.Healthy, 1001), (health.Status, health.Reasons.Count));
    }

    [Fact]
    public async Task AnAnswerWithoutEnd_IsCutOff()
    {
        _answers["nodes"] = (200, new string(' ', 17 * 1024 * 1024));

        var health = await AskAsync();

        Assert.Equal(HealthStatus.Unknown, health.Status);
        Assert.StartsWith("The cluster blue is not accessible: too long an answer at 127.0.0.1:", health.Reasons["api"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SomebodyElsesServer_IsNotAsked()
    {
        await StartAsync();

        var health = await new SwarmApi("blue", _server!.Address, PlayedEngine.Access(TestAuthorities.Foreign)).AskAsync(Ct);

        Assert.Equal(HealthStatus.Unknown, health.Status);
        Assert.StartsWith("The cluster blue is not accessible: what answers at 127.0.0.1:", health.Reasons["api"], StringComparison.Ordinal);
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task NobodyIsThere()
    {
        var server = new Uri($"https://127.0.0.1:{Ports.Free(1)[0]}");

        var swarm = new SwarmApi("blue", server, PlayedEngine.Access());

        var health = await swarm.AskAsync(Ct);
        Assert.Equal((HealthStatus.Unknown, $"The cluster blue is not accessible: no connection at {server.Authority}."), (health.Status, health.Reasons["api"]));
        var trouble = await Assert.ThrowsAsync<CloudException>(() => swarm.LookInsideAsync(Ct));
        Assert.Equal(
            ("docker", CloudFault.Unreachable, $"The API of blue cannot be asked: no connection at {server.Authority}."), (trouble.Service, trouble.Fault, trouble.Message));
    }

    [Theory]
    [InlineData("tcp://203.0.113.5:2376", "https://203.0.113.5:2376/")]
    [InlineData("tcp://[2001:db8::5]:2375", "https://[2001:db8::5]:2375/")]
    [InlineData("tcp://203.0.113.5", null)]
    [InlineData("https://203.0.113.5:2376", null)]
    [InlineData("tcp://127.0.0.1:2376", null)]
    [InlineData("tcp://169.254.169.254:80", null)]
    [InlineData("tcp://[::ffff:169.254.169.254]:80", null)]
    [InlineData("tcp://magnum.test:2376", null)]
    [InlineData("nothing", null)]
    [InlineData(null, null)]
    public void TheAddress_LeadsToTheClusterOnly(string? apiAddress, string? expected) => Assert.Equal(expected, SwarmApi.ServerOf(apiAddress)?.AbsoluteUri);

    [Fact]
    public async Task LookedInto_ShowsNodesAndServices()
    {
        Node("blue-worker-0", availability: "drain");
        Node("blue-master-0", leader: true);
        Task("blue-master-0", "running");
        Task("blue-master-0", "starting");
        Task("blue-master-0", "failed");
        Task("blue-master-0", "running", desired: "shutdown");
        Task("blue-master-0", "running", service: null);
        _services = JsonNode.Parse("""
            [
              {"Spec": {"Name": "shop_web", "Labels": {"com.docker.stack.namespace": "shop"}, "Mode": {"Replicated": {"Replicas": 3}},
                "TaskTemplate": {"ContainerSpec": {"Image": "web:2@sha256:0123"}}}, "ServiceStatus": {"RunningTasks": 2, "DesiredTasks": 3}},
              {"Spec": {"Name": "agent", "Mode": {"Global": {}}}, "ServiceStatus": {"RunningTasks": 2, "DesiredTasks": 2}},
              null
            ]
            """)!;

        await StartAsync();
        var inside = await Blue.LookInsideAsync(Ct);

        Assert.Equal(("27.3.1", false), (inside.Version, inside.IsCut));
        var (master, worker) = (inside.Nodes[0], inside.Nodes[1]);
        Assert.Equal(("blue-master-0", "manager", "ready", true, 2), (master.Name, master.Role, master.State, master.Takes, master.Tasks));
        Assert.Equal(("26.1.0", 2.0, 4096L), (master.Version, master.Cpus, master.MemoryMib));
        Assert.Equal(("blue-worker-0", "worker", false, 0), (worker.Name, worker.Role, worker.Takes, worker.Tasks));
        Assert.Equal(
            [("", "global", "agent", 2, 2, (string?)null), ("shop", "replicated", "shop_web", 2, 3, "web:2")],
            inside.Workloads.Select(w => (w.Scope, w.Kind, w.Name, w.Running, w.Wanted, w.Image)));
    }

    [Fact]
    public async Task LookedInto_WithMoreThanAPageShows_SaysSo()
    {
        for (var i = 0; i < 1001; i++)
        {
            Node(string.Create(CultureInfo.InvariantCulture, $"n{i}"));
        }

        await StartAsync();
        var inside = await Blue.LookInsideAsync(Ct);

        Assert.Equal((true, 1000), (inside.IsCut, inside.Nodes.Count));
    }

    [Theory]
    [InlineData(404, CloudFault.NotFound)]
    [InlineData(403, CloudFault.Forbidden)]
    [InlineData(503, CloudFault.ServerError)]
    public async Task Refused_IsTroubleWithTheSwarmsWords(int status, CloudFault fault)
    {
        _answers["services"] = (status, """{"message": "This node is not a swarm manager."}""");
        await StartAsync();

        var trouble = await Assert.ThrowsAsync<CloudException>(() => Blue.LookInsideAsync(Ct));

        Assert.Equal((fault, status), (trouble.Fault, trouble.StatusCode));
        Assert.Equal($"The API of blue refused: HTTP {status}: This node is not a swarm manager.", trouble.Message);
    }

    [Fact]
    public async Task Drained_UntilNothingIsLeft()
    {
        Node("blue-master-0", leader: true);
        var node = Node("blue-worker-0");
        node["Spec"]!["Labels"] = new JsonObject { ["disk"] = "ssd" };
        Node("blue-worker-1");
        Node("blue-worker-2", state: "down");
        Task("blue-worker-0", "running");
        Task("blue-worker-0", "running", desired: "shutdown");
        Task("blue-worker-1", "running");
        Task("blue-worker-2", "running");
        string[] leaving = ["blue-worker-0", "blue-worker-2", "nobody"];

        Assert.Equal([KeyValuePair.Create("blue-worker-0", "2 task(s)")], await DrainAsync(leaving));
        Assert.Equal(["blue-worker-0: drain"], Availabilities("drain"));
        Assert.Equal("ssd", (string?)node["Spec"]!["Labels"]!["disk"]);   // what the tenant wrote stays

        _calls.Clear();
        _tasks[0]["Status"]!["State"] = "shutdown";
        Assert.Equal([KeyValuePair.Create("blue-worker-0", "1 task(s)")], await DrainAsync(leaving));
        _tasks[1]["Status"]!["State"] = "shutdown";
        Assert.Empty(await DrainAsync(leaving));
        Assert.DoesNotContain(_calls, c => c.StartsWith("POST ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(500, 4, true)]
    [InlineData(409, 1, true)]
    [InlineData(400, 5, false)]
    public async Task SomebodyElseWritesAtTheSameTime_IsTriedAgain(int status, int times, bool works)
    {
        Node("blue-worker-0");
        _answers["overtaken"] = (status, """{"message": "rpc error: code = Unknown desc = update out of sequence"}""");
        _overtaken = times;
        await StartAsync();

        var drained = Blue.DrainAsync(Observed("blue-worker-0"), Ct);

        if (works)
        {
            Assert.Empty(await drained);
            Assert.Equal(["blue-worker-0: drain"], Availabilities("drain"));
        }
        else
        {
            Assert.Equal(status, (await Assert.ThrowsAsync<CloudException>(() => drained)).StatusCode);
        }
    }

    [Fact]
    public async Task WhoGoesFirst_IsWhoHasLeastToMove()
    {
        Node("busy");
        Node("idle");
        Node("new");
        Node("drained", availability: "drain");
        Node("leaving", availability: "drain", leaving: true);
        Node("down", state: "down");
        Task("busy", "running");
        Task("down", "running");
        await StartAsync();

        Assert.Equal(
            ["leaving", "unknown", "down", "drained", "new", "idle", "busy"],
            await Blue.RankAsync(Observed("busy", "down", "leaving", "idle", "drained", "new", "unknown"), Ct));
    }

    [Fact]
    public async Task Forgotten_AreNodesThatAreGone()
    {
        Node("blue-master-0", leader: true);
        Node("blue-master-1", reachability: "unreachable", state: "down");
        Node("blue-worker-0", state: "down", id: "gone");
        Node("blue-worker-1", state: "down", id: "comes-back");
        Node("blue-worker-2", state: "down", id: "former");
        Node("blue-worker-2", id: "latter");
        Node("blue-worker-3", id: "just-gone", availability: "drain", leaving: true);   // the swarm takes some seconds to find out
        Node("blue-worker-4", id: "unknown-to-magnum");
        Node("mine", state: "down", id: "somebodys", ours: false);
        await StartAsync();

        await Blue.ForgetAsync(Observed("blue-master-0", "blue-worker-1", "blue-worker-2"), Ct);

        Assert.Equal(["blue-master-0", "comes-back", "latter", "somebodys", "unknown-to-magnum"], _nodes.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("POST /v1.41/nodes/blue-master-1/update", _calls);   // a manager is demoted first
    }

    [Fact]
    public async Task ANodeThatWasFreedAndHasStayed_IsUsedAgain()
    {
        Node("blue-worker-0");
        Node("blue-worker-1", availability: "drain");   // by people, who know why
        await DrainAsync(["blue-worker-0", "blue-worker-1"]);
        Assert.Equal(["blue-worker-0: drain", "blue-worker-1: drain"], Availabilities("drain"));

        await Blue.ForgetAsync(Observed("blue-worker-0", "blue-worker-1"), Ct);

        Assert.Equal(["blue-worker-1: drain"], Availabilities("drain"));
        Assert.Empty(_nodes["blue-worker-0"]["Spec"]!["Labels"]!.AsObject());
        await Blue.ForgetAsync(Observed(), Ct);
        Assert.Equal(2, _nodes.Count);   // both are ready, and nobody has freed them to go
    }

    [Fact]
    public async Task AManagerThatTheSwarmKeeps_StaysAndTheOthersGo()
    {
        Node("blue-master-0", leader: true);
        Node("blue-master-1", reachability: "unreachable", state: "down");
        Node("blue-worker-0", state: "down");
        _answers["overtaken"] = (400, """{"message": "can't demote node: it would result in a loss of quorum"}""");
        _overtaken = 1;
        await StartAsync();

        await Blue.ForgetAsync(Observed("blue-master-0"), Ct);

        Assert.Equal(["blue-master-0", "blue-master-1"], _nodes.Keys);
    }

    private SwarmApi Blue => new("blue", _server!.Address, PlayedEngine.Access());

    private static ObservedNode[] Observed(params string[] names) => [.. names.Select(n => new ObservedNode(n, null, null, null, null))];

    private async Task<ClusterHealth> AskAsync()
    {
        await StartAsync();
        return await Blue.AskAsync(Ct);
    }

    private async Task<IReadOnlyDictionary<string, string>> UnwellAsync()
    {
        var health = await AskAsync();
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        return health.Reasons;
    }

    private async Task<IReadOnlyDictionary<string, string>> DrainAsync(string[] names)
    {
        await StartAsync();
        return await Blue.DrainAsync(Observed(names), Ct);
    }

    private IEnumerable<string> Availabilities(string availability) =>
        _nodes.Values.Where(n => (string?)n["Spec"]!["Availability"] == availability).Select(n => $"{n["Description"]!["Hostname"]}: {availability}");

    private JsonObject Node(
        string name, string? id = null, string state = "ready", string availability = "active", bool leader = false, string? reachability = null,
        bool leaving = false, bool ours = true)
    {
        var isManager = leader || reachability is not null;
        return _nodes[id ?? name] = new JsonObject
        {
            ["ID"] = id ?? name,
            ["Version"] = new JsonObject { ["Index"] = 9 },
            ["Spec"] = new JsonObject { ["Role"] = isManager ? "manager" : "worker", ["Availability"] = availability, ["Labels"] = leaving ? new JsonObject { ["magnum.leaving"] = "true" } : null },
            ["Description"] = new JsonObject
            {
                ["Hostname"] = name,
                ["Resources"] = new JsonObject { ["NanoCPUs"] = 2_000_000_000, ["MemoryBytes"] = 4L << 30 },
                ["Engine"] = new JsonObject { ["EngineVersion"] = "26.1.0", ["Labels"] = ours ? new JsonObject { ["magnum.nodegroup"] = "default-worker" } : null },
            },
            ["Status"] = new JsonObject { ["State"] = state },
            ["ManagerStatus"] = isManager ? new JsonObject { ["Leader"] = leader, ["Reachability"] = reachability ?? "reachable" } : null,
        };
    }

    private void Task(string node, string state, string desired = "running", string? service = "web") => _tasks.Add(new JsonObject
    {
        ["NodeID"] = node,
        ["ServiceID"] = service,
        ["DesiredState"] = desired,
        ["Status"] = new JsonObject { ["State"] = state },
    });

    private async Task StartAsync() => _server ??= await PlayedEngine.StartAsync(AnswerAsync, Ct);

    private async Task AnswerAsync(HttpContext context)
    {
        _calls.Add($"{context.Request.Method} {context.Request.Path}");
        var path = context.Request.Path.Value!.Split('/')[1] is var first && first.StartsWith('v') ? context.Request.Path.Value[(first.Length + 2)..] : first;
        if (path == "_ping" && _apiVersion is not null)
        {
            context.Response.Headers["Api-Version"] = _apiVersion;
        }

        var (status, text) = _answers.TryGetValue(path, out var given) ? given : path switch
        {
            "_ping" => (200, "OK"),
            "info" => (200, new JsonObject { ["ServerVersion"] = "27.3.1", ["Swarm"] = _swarm?.DeepClone() }.ToJsonString()),
            "nodes" => (200, new JsonArray([.. _nodes.Values.Select(n => n.DeepClone())]).ToJsonString()),
            "services" when context.Request.Query["status"] == "true" => (200, _services.ToJsonString()),
            "tasks" => (200, TasksOf(JsonNode.Parse(context.Request.Query["filters"].ToString())!.AsObject())),
            _ when path.StartsWith("nodes/", StringComparison.Ordinal) => await NodeAsync(context.Request, path.Split('/')),
            _ => (404, """{"message": "page not found"}"""),
        };
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text, Ct);
    }

    private string TasksOf(JsonObject filters)
    {
        var (filter, values) = Assert.Single(filters);
        var property = filter switch { "node" => "NodeID", "desired-state" => "DesiredState", _ => "" };
        var allowed = values!.AsArray().Select(v => (string?)v).ToList();
        return new JsonArray([.. _tasks.Where(t => allowed.Contains((string?)t[property])).Select(t => t.DeepClone())]).ToJsonString();
    }

    private async Task<(int Status, string Text)> NodeAsync(HttpRequest request, string[] path)
    {
        if (!_nodes.TryGetValue(path[1], out var node))
        {
            return (404, """{"message": "node not found"}""");
        }

        switch (request.Method)
        {
            case "GET":
                return (200, node.ToJsonString());
            case "DELETE" when (string?)node["Spec"]!["Role"] == "manager" || ((string?)node["Status"]!["State"] == "ready" && request.Query["force"] != "true"):
                return (400, """{"message": "node is not down"}""");
            case "DELETE":
                _nodes.Remove(path[1]);
                return (200, "");
            case "POST" when _overtaken > 0:
                _overtaken--;
                node["Version"]!["Index"] = (int)node["Version"]!["Index"]! + 1;
                return _answers["overtaken"];
            case "POST" when request.Query["version"] != node["Version"]!["Index"]!.ToJsonString():
                return (400, """{"message": "wrong version"}""");
            default:
                node["Spec"] = await JsonNode.ParseAsync(request.Body, cancellationToken: Ct);
                return (200, "");
        }
    }
}
