using System.Text.Json.Nodes;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Mesos;
using Magnum.Tests.Support.Lanes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Magnum.Tests.Drivers.Mesos;

/// <summary>What the masters of a cluster may answer, or not, over HTTP.</summary>
public sealed class MesosApiTests : IAsyncDisposable
{
    private static readonly ObservedNode[] Workers =
    [
        new("blue-worker-0", "s0", "10.0.0.8", "172.24.4.8", "CREATE_COMPLETE"),
        new("blue-worker-1", "s1", "10.0.0.9", "172.24.4.9", "CREATE_COMPLETE"),
        new("blue-worker-2", "s2", "10.0.0.10", "172.24.4.10", "CREATE_COMPLETE"),
    ];

    private readonly List<WebApplication> _servers = [];
    private readonly List<(string Type, string Body)> _orders = [];
    private JsonObject _leading = State("10.0.0.5", "10.0.0.5");
    private int _orderStatus = 200;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task AllIsWell()
    {
        _leading["slaves"] = new JsonArray(Agent("a0", "10.0.0.8"), Agent("a1", "10.0.0.9"), Agent("a2", "10.0.0.10"), Agent("old", "10.0.0.77", active: false));

        var health = await ProbeAsync(await LeaderAsync());

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["api"] = "ok",
                ["blue-master-0.Answers"] = "True",
                ["blue-worker-0.Active"] = "True",
                ["blue-worker-1.Active"] = "True",
                ["blue-worker-2.Active"] = "True",
            },
            health.Reasons);
    }

    [Fact]
    public async Task AgentsThatAreMissingOrSilent_AreNamed_ThoseTakenOutOfUseAreNot()
    {
        _leading["slaves"] = new JsonArray(Agent("a0", "10.0.0.8", active: false), Agent("a1", "10.0.0.9", active: false, deactivated: true), null);

        var health = await ProbeAsync(await LeaderAsync());

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Equal(("False", "True", "False"), (health.Reasons["blue-worker-0.Active"], health.Reasons["blue-worker-1.Active"], health.Reasons["blue-worker-2.Active"]));
    }

    [Theory]
    [InlineData(307)]
    [InlineData(200)]
    public async Task TheLeader_IsFoundAmongMastersOfNewAndOfOldVersions(int followers)
    {
        _leading["slaves"] = new JsonArray(Agent("a0", "10.0.0.8"), Agent("a1", "10.0.0.9"), Agent("a2", "10.0.0.10"));
        var follower = await StartAsync("blue-master-0", context => AnswerAsync(context, followers, State("10.0.0.4", "10.0.0.5")));

        var health = await ProbeAsync(follower, await LeaderAsync("blue-master-1"));

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal("True", health.Reasons["blue-master-0.Answers"]);
    }

    [Fact]
    public async Task AMasterThatIsDown_IsNamed()
    {
        _leading["slaves"] = new JsonArray(Agent("a0", "10.0.0.8"), Agent("a1", "10.0.0.9"), Agent("a2", "10.0.0.10"));

        var health = await ProbeAsync(Nobody("blue-master-0"), await LeaderAsync("blue-master-1"));

        Assert.Equal((HealthStatus.Unhealthy, "ok", "False", "True"), (health.Status, health.Reasons["api"], health.Reasons["blue-master-0.Answers"], health.Reasons["blue-master-1.Answers"]));
    }

    [Fact]
    public async Task NobodyLeads()
    {
        var master = await StartAsync("blue-master-0", context => AnswerAsync(context, 503, null));

        var health = await ProbeAsync(master);

        Assert.Equal((HealthStatus.Unhealthy, "no master that answers leads"), (health.Status, health.Reasons["api"]));
        Assert.Equal(2, health.Reasons.Count);
    }

    [Fact]
    public async Task NobodyIsThere()
    {
        var master = Nobody("blue-master-0");

        var health = await ProbeAsync(master);

        Assert.Equal((HealthStatus.Unknown, $"The cluster blue is not accessible: no connection at {master.Server.Authority}."), (health.Status, health.Reasons["api"]));
        using var api = new MesosApi("blue", [master]);
        var trouble = await Assert.ThrowsAsync<CloudException>(() => api.LeaderAsync(Ct));
        Assert.Equal((CloudFault.Unreachable, $"Mesos of blue cannot be asked: no connection at {master.Server.Authority}."), (trouble.Fault, trouble.Message));
    }

    [Theory]
    [InlineData(200, "<html>", "something else than Mesos answers at")]
    [InlineData(200, "[]", "something else than Mesos answers at")]
    [InlineData(200, "null", "something else than Mesos answers at")]
    [InlineData(401, "", "HTTP 401 at")]
    [InlineData(404, "", "HTTP 404 at")]
    public async Task SomethingElse_IsNoMaster(int status, string text, string said)
    {
        var master = await StartAsync("blue-master-0", async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(text, Ct);
        });

        var health = await ProbeAsync(master);

        Assert.Equal((HealthStatus.Unknown, $"The cluster blue is not accessible: {said} {master.Server.Authority}."), (health.Status, health.Reasons["api"]));
    }

    [Fact]
    public async Task MoreThanAMasterSays_FillsNoMemory()
    {
        var master = await StartAsync("blue-master-0", async context =>
        {
            var block = new byte[1024 * 1024];
            Array.Fill(block, (byte)' ');
            for (var i = 0; i < 20 && !context.RequestAborted.IsCancellationRequested; i++)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
        });

        Assert.Equal(HealthStatus.Unknown, (await ProbeAsync(master)).Status);
    }

    [Theory]
    [InlineData("""{"pid": "m", "leader": "m"}""")]
    [InlineData("""{"pid": "m", "leader": "m", "slaves": null, "frameworks": [null, {"name": null, "tasks": [null, {}]}]}""")]
    [InlineData("""{"pid": "m", "leader": "m", "slaves": [{}, {"hostname": "", "drain_info": 3}], "frameworks": []}""")]
    public async Task ThingsThatAreNone_AreLookedPast(string state)
    {
        _leading = JsonNode.Parse(state)!.AsObject();
        using var api = new MesosApi("blue", [await LeaderAsync()]);

        Assert.Equal(["master"], (await MesosContents.LookAsync(api, Workers, [], Ct)).Nodes.Select(n => n.Role));
        Assert.Equal(["blue-worker-2", "blue-worker-1", "blue-worker-0"], await new MesosAgents(api).RankAsync(Workers, Ct));
        Assert.Empty(await new MesosAgents(api).DrainAsync(Workers, Ct));
    }

    [Fact]
    public async Task Contents_AreAgentsFrameworksAndApps()
    {
        _leading["slaves"] = new JsonArray(Agent("a0", "10.0.0.8"), Agent("a1", "10.0.0.9", deactivated: true), Agent("gone", "10.0.0.8", active: false), Agent("x", "elsewhere", active: false));
        _leading["frameworks"] = new JsonArray(
            Framework("marathon", ("a0", "TASK_RUNNING"), ("a0", "TASK_STAGING"), ("a0", "TASK_FINISHED")), Framework("spark", ("a1", "TASK_RUNNING")), Framework("spark", ("a0", "TASK_RUNNING")));
        var master = await LeaderAsync();
        using var api = new MesosApi("blue", [master]);

        var inside = await MesosContents.LookAsync(api, Workers, [Nobody("m").Server, master.Server], Ct);

        Assert.Equal(("1.11.0", false), (inside.Version, inside.IsCut));
        Assert.Equal(
            [
                new EngineNode("blue-master-0", "master", "leads", false) { Version = "1.11.0" },
                new EngineNode("blue-worker-0", "agent", "active", true) { Version = "1.11.0", Cpus = 2.5, MemoryMib = 1000, Tasks = 3 },
                new EngineNode("blue-worker-1", "agent", "deactivated", false) { Version = "1.11.0", Cpus = 2.5, MemoryMib = 1000, Tasks = 1 },
                new EngineNode("elsewhere", "agent", "inactive", false) { Version = "1.11.0", Cpus = 2.5, MemoryMib = 1000, Tasks = 0 },
            ],
            inside.Nodes);
        Assert.Equal(
            [
                new EngineWorkload("", "Framework", "marathon", 1, 2), new EngineWorkload("", "Framework", "spark", 2, 2),
                new EngineWorkload("marathon", "App", "/shop/web", 2, 3) { Image = "nginx:1" }, new EngineWorkload("marathon", "App", "/sleep", 1, 1),
            ],
            inside.Workloads);
    }

    [Fact]
    public async Task WithoutMarathonsAnswer_ThereIsMoreThanIsShown()
    {
        using var api = new MesosApi("blue", [await LeaderAsync()]);

        Assert.True((await MesosContents.LookAsync(api, Workers, [Nobody("m").Server], Ct)).IsCut);
    }

    [Fact]
    public async Task Rank_BeginsWithThoseBeingFreed_ThenTheUseless_ThenThoseWithTheFewestTasks()
    {
        ObservedNode[] nodes = [.. Workers, new("blue-worker-3", "s3", "10.0.0.11", null, null), new("blue-worker-4", "s4", null, null, null), new("blue-worker-5", "s5", "10.0.0.12", null, null)];
        _leading["slaves"] = new JsonArray(
            Agent("a0", "10.0.0.8"), Agent("a1", "10.0.0.9"), Agent("a2", "10.0.0.10", draining: true), Agent("a3", "10.0.0.11", active: false), Agent("a5", "10.0.0.12", used: 1));
        _leading["frameworks"] = new JsonArray(Framework("marathon", ("a0", "TASK_RUNNING"), ("a0", "TASK_RUNNING"), ("a2", "TASK_KILLING")), Framework("spark", ("a5", "TASK_LOST")));
        using var api = new MesosApi("blue", [await LeaderAsync()]);

        Assert.Equal(
            ["blue-worker-2", "blue-worker-4", "blue-worker-3", "blue-worker-1", "blue-worker-5", "blue-worker-0"],
            await new MesosAgents(api).RankAsync(nodes, Ct));
    }

    [Fact]
    public async Task Drain_IsAskedForOnce_AndWaitedForWhileThereAreTasks()
    {
        _leading["slaves"] = new JsonArray(Agent("a0", "10.0.0.8"), Agent("a1", "10.0.0.9", draining: true, active: false), Agent("a2", "10.0.0.10", active: false));
        _leading["frameworks"] = new JsonArray(Framework("marathon", ("a0", "TASK_RUNNING"), ("a0", "TASK_STARTING"), ("a1", "TASK_KILLING"), ("a2", "TASK_RUNNING")));
        using var api = new MesosApi("blue", [await LeaderAsync()]);

        var left = await new MesosAgents(api).DrainAsync(Workers, Ct);

        Assert.Equal(new Dictionary<string, string> { ["blue-worker-0"] = "2 task(s)", ["blue-worker-1"] = "1 task(s)" }, left);
        var (type, body) = Assert.Single(_orders);
        Assert.Equal("application/json", type);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"type": "DRAIN_AGENT", "drain_agent": {"agent_id": {"value": "a0"}}}"""), JsonNode.Parse(body)));
    }

    [Fact]
    public async Task MesosThatCannotDrain_IsNotWaitedFor()
    {
        _leading["slaves"] = new JsonArray(Agent("a0", "10.0.0.8"));
        _leading["frameworks"] = new JsonArray(Framework("marathon", ("a0", "TASK_RUNNING")));
        _orderStatus = 400;
        using var api = new MesosApi("blue", [await LeaderAsync()]);

        Assert.Empty(await new MesosAgents(api).DrainAsync(Workers, Ct));
    }

    [Fact]
    public async Task MesosThatRefusesToDrain_IsTrouble()
    {
        _leading["slaves"] = new JsonArray(Agent("a0", "10.0.0.8"));
        _orderStatus = 500;
        var master = await LeaderAsync();
        using var api = new MesosApi("blue", [master]);

        var trouble = await Assert.ThrowsAsync<CloudException>(() => new MesosAgents(api).DrainAsync(Workers, Ct));

        Assert.Equal((CloudFault.ServerError, $"Mesos of blue at {master.Server.Authority} refused (HTTP 500)."), (trouble.Fault, trouble.Message));
    }

    private static async Task<ClusterHealth> ProbeAsync(params MesosMaster[] masters)
    {
        using var api = new MesosApi("blue", masters);
        return await MesosProbe.AskAsync("blue", api, Workers, Ct);
    }

    private static MesosMaster Nobody(string name) => new(name, new Uri($"http://127.0.0.1:{Ports.Free(1)[0]}"));

    /// <summary>Mesos and Marathon at one address.</summary>
    private Task<MesosMaster> LeaderAsync(string name = "blue-master-0") => StartAsync(name, async context =>
    {
        switch (context.Request.Path.Value)
        {
            case "/state":
                await AnswerAsync(context, 200, _leading);
                break;
            case "/v2/apps":
                await AnswerAsync(context, 200, JsonNode.Parse(
                    """
                    {"apps": [{"id": "/shop/web", "instances": 3, "tasksRunning": 2, "container": {"type": "DOCKER", "docker": {"image": "nginx:1"}}},
                      {"id": "/sleep", "instances": 1, "tasksRunning": 1, "cmd": "sleep 100", "container": null}, null, {"id": null}]}
                    """)!);
                break;
            case "/api/v1" when HttpMethods.IsPost(context.Request.Method):
                using (var reader = new StreamReader(context.Request.Body))
                {
                    _orders.Add((context.Request.ContentType ?? "", await reader.ReadToEndAsync(Ct)));
                }

                context.Response.StatusCode = _orderStatus;
                break;
            default:
                context.Response.StatusCode = 404;
                break;
        }
    });

    private async Task<MesosMaster> StartAsync(string name, RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        _servers.Add(server);
        server.Run(answer);
        await server.StartAsync(Ct);
        return new MesosMaster(name, new Uri(server.Urls.Single()));
    }

    private static async Task AnswerAsync(HttpContext context, int status, JsonNode? body)
    {
        context.Response.StatusCode = status;
        if (status is 307)
        {
            context.Response.Headers.Location = "//10.0.0.5:5050/state";
        }
        else if (body is not null)
        {
            await context.Response.WriteAsync(body.ToJsonString(), Ct);
        }
    }

    private static JsonObject State(string self, string leader) => new()
    {
        ["version"] = "1.11.0",
        ["id"] = "2f4c",
        ["pid"] = $"master@{self}:5050",
        ["leader"] = $"master@{leader}:5050",
        ["hostname"] = self,
        ["activated_slaves"] = 0.0,
        ["flags"] = new JsonObject { ["quorum"] = "1" },
        ["slaves"] = new JsonArray(),
        ["frameworks"] = new JsonArray(),
        ["completed_frameworks"] = new JsonArray(),
        ["orphan_tasks"] = new JsonArray(),
    };

    private static JsonObject Agent(string id, string host, bool active = true, bool deactivated = false, bool draining = false, double used = 0)
    {
        var agent = new JsonObject
        {
            ["id"] = id,
            ["pid"] = $"slave(1)@{host}:5051",
            ["hostname"] = host,
            ["port"] = 5051,
            ["active"] = active,
            ["deactivated"] = deactivated,
            ["version"] = "1.11.0",
            ["attributes"] = new JsonObject { ["nodegroup"] = "default-worker" },
            ["resources"] = new JsonObject { ["cpus"] = 2.5, ["mem"] = 1000.0, ["disk"] = 5000.0, ["gpus"] = 0.0, ["ports"] = "[31000-32000]" },
            ["used_resources"] = new JsonObject { ["cpus"] = used, ["mem"] = 0.0 },
        };
        if (draining)
        {
            agent["drain_info"] = new JsonObject { ["state"] = "DRAINING", ["config"] = new JsonObject() };
        }

        return agent;
    }

    private static JsonObject Framework(string name, params (string Agent, string State)[] tasks) => new()
    {
        ["id"] = $"{name}-0000",
        ["name"] = name,
        ["active"] = true,
        ["role"] = "*",
        ["tasks"] = new JsonArray([.. tasks.Select(t => new JsonObject { ["id"] = "t", ["slave_id"] = t.Agent, ["state"] = t.State })]),
    };
}
