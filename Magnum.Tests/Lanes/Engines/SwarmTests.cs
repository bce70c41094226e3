using System.Net;
using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>A swarm of real engines, made by the nodes' own scripts from Magnum's user data with Magnum's certificates.</summary>
public sealed class SwarmTests(SwarmLane lane) : IClassFixture<SwarmLane>
{
    private const string Manager = "master-0";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>As <c>coe cluster config</c> has clients do it.</summary>
    [LaneFact(Lane.Engines)]
    public async Task TheApi_IsForWhomMagnumHasSigned()
    {
        var files = await lane.ClientFilesAsync();
        var nodes = await lane.DockerAsync(files, "node", "ls", "--format", "{{.Hostname}} {{.ManagerStatus}}");
        Assert.True(nodes.ExitCode == 0, nodes.ToString());
        Assert.Contains($"{await NodeAsync(Manager)} Leader", nodes.Output.Split('\n'));

        var foreign = Directory.CreateDirectory(Path.Combine(files, "foreign")).FullName;
        ForeignCertificate.Write(foreign, Path.Combine(files, "ca.pem"));
        var refused = await lane.DockerAsync(foreign, "node", "ls");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Matches("bad certificate|unknown certificate|certificate required", refused.Error);
    }

    [LaneFact(Lane.Engines)]
    public async Task OnAManager_NothingIsLeftThatOthersCouldUse()
    {
        var manager = await NodeAsync(Manager);

        Assert.Equal("stack.json", await SwarmMachines.RunAsync(manager, Ct, "ls", "/etc/magnum"));
        Assert.Equal("ca.pem\nserver.crt\nserver.key", await SwarmMachines.RunAsync(manager, Ct, "ls", "/etc/docker/tls"));
        Assert.Equal("600", await SwarmMachines.RunAsync(manager, Ct, "stat", "--format", "%a", "/etc/docker/tls/server.key"));
        Assert.Equal("", await SwarmMachines.RunAsync(manager, Ct, "bash", "-c", "grep -rlI SWMTKN /etc /run /tmp /var/log /usr/local || true"));
        Assert.DoesNotContain("SWMTKN", await lane.Machines.LogAsync(manager), StringComparison.Ordinal);
        Assert.DoesNotContain("SWMTKN", lane.Magnum.Console, StringComparison.Ordinal);
        // Containers have no business with the server's metadata.
        await SwarmMachines.RunAsync(manager, Ct, "iptables", "-C", "FORWARD", "-d", "169.254.169.254/32", "-j", "DROP");
    }

    [LaneFact(Lane.Engines)]
    public async Task Work_MovesOffANodeThatGoes_AndALostNodeIsSeenAndForgotten()
    {
        var (manager, one, other) = (await NodeAsync(Manager), await NodeAsync("worker-0"), await NodeAsync("worker-1"));
        await lane.BecomesAsync("HEALTHY", ("api", "ok"), ($"{manager}.Ready", "True"), ($"{one}.Ready", "True"), ($"{other}.Ready", "True"));
        var files = await lane.ClientFilesAsync();
        await lane.Machines.ImportImageAsync(one, Ct);
        await lane.Machines.ImportImageAsync(other, Ct);
        // A shell as a container's first process does not hear that it should end: its tasks go only when their time is up.
        await OkAsync(
            files, "service", "create", "--detach", "--no-resolve-image", "--name", "web", "--replicas", "4", "--stop-grace-period", "6s",
            "--constraint", "engine.labels.magnum.role==worker", "magnum/busybox:1", "sh", "-c", "while :; do busybox sleep 1; done");
        await RunsOnAsync(files, one, one, other, other);

        await ResizeAsync(1, (await lane.ServersAsync())[one]);

        await lane.FollowAsync("UPDATE_COMPLETE");
        Assert.Equal("The nodes that go are free of work.", await DrainSaidAsync());
        await RunsOnAsync(files, other, other, other, other);
        Assert.Equal([manager, other], await NodesAsync(files));
        await lane.BecomesAsync("HEALTHY", ("api", "ok"), ($"{manager}.Ready", "True"), ($"{other}.Ready", "True"));

        await SwarmMachines.KillAsync(other, Ct);
        await lane.BecomesAsync("UNHEALTHY", ("api", "ok"), ($"{manager}.Ready", "True"), ($"{other}.Ready", "False"));

        await ResizeAsync(0);
        await lane.FollowAsync("UPDATE_COMPLETE");
        Assert.Equal([manager], await NodesAsync(files));
        await lane.BecomesAsync("HEALTHY", ("api", "ok"), ($"{manager}.Ready", "True"));
    }

    /// <summary>The one node whose name ends like this.</summary>
    private async Task<string> NodeAsync(string end) => (await lane.ServersAsync()).Keys.Single(n => n.EndsWith($"-{end}", StringComparison.Ordinal));

    private async Task<IEnumerable<string>> NodesAsync(string files) => Lines(await OkAsync(files, "node", "ls", "--format", "{{.Hostname}}"));

    /// <summary>Waits until the service's tasks run on these nodes, one for each time that a node is named.</summary>
    private async Task RunsOnAsync(string files, params string[] nodes)
    {
        var tasks = "";
        await Eventually.BecomesTrueAsync(
            $"tasks to run on {string.Join(", ", nodes)}",
            TimeSpan.FromSeconds(60),
            async _ =>
            {
                tasks = await OkAsync(files, "service", "ps", "web", "--no-trunc", "--filter", "desired-state=running", "--format", "{{.Node}} {{.CurrentState}} {{.Error}}");
                return Lines(tasks).Select(t => string.Join(' ', t.Split(' ').Take(2))).SequenceEqual(nodes.Select(n => $"{n} Running").Order(StringComparer.Ordinal));
            },
            Ct,
            () => tasks);
    }

    private async Task ResizeAsync(int nodes, params string[] going)
    {
        var body = new JsonObject { ["node_count"] = nodes, ["nodes_to_remove"] = new JsonArray([.. going.Select(g => (JsonNode)g)]) };
        (await lane.Api.PostAsync($"/clusters/{lane.Uuid}/actions/resize", body, Ct)).Expect(HttpStatusCode.Accepted);
    }

    /// <summary>What the last operation's step came to that frees nodes of work.</summary>
    private async Task<string?> DrainSaidAsync()
    {
        var operations = (await lane.Api.GetAsync($"/clusters/{lane.Uuid}/operations?limit=1", Ct)).Expect(HttpStatusCode.OK)["operations"]!;
        return (string?)operations[0]!["steps"]!.AsArray().Single(s => (string?)s!["name"] == "drain")!["message"];
    }

    private async Task<string> OkAsync(string files, params string[] arguments)
    {
        var result = await lane.DockerAsync(files, arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);
}
