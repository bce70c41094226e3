using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>A swarm of real engines, made by the nodes' own scripts from Magnum's user data with Magnum's certificates.</summary>
[Collection(nameof(Machines))]   // their bridge is there once
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
        Assert.Contains($"{await lane.NodeAsync(Manager)} Leader", nodes.Output.Split('\n'));

        var foreign = Directory.CreateDirectory(Path.Combine(files, "foreign")).FullName;
        ForeignCertificate.Write(foreign, Path.Combine(files, "ca.pem"));
        var refused = await lane.DockerAsync(foreign, "node", "ls");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Matches("bad certificate|unknown certificate|certificate required", refused.Error);
        var health = await (await lane.SwarmAsync(foreign)).AskAsync(Ct);
        Assert.Equal(HealthStatus.Unknown, health.Status);
        Assert.StartsWith("The cluster bees is not accessible: ", health.Reasons["api"], StringComparison.Ordinal);
    }

    [LaneFact(Lane.Engines)]
    public async Task OnAManager_NothingIsLeftThatOthersCouldUse()
    {
        var manager = await lane.NodeAsync(Manager);

        Assert.Equal("stack.json", await Machines.RunAsync(manager, Ct, "ls", "/etc/magnum"));
        Assert.Equal("ca.pem\nserver.crt\nserver.key", await Machines.RunAsync(manager, Ct, "ls", "/etc/docker/tls"));
        Assert.Equal("600", await Machines.RunAsync(manager, Ct, "stat", "--format", "%a", "/etc/docker/tls/server.key"));
        Assert.Equal("", await Machines.RunAsync(manager, Ct, "bash", "-c", "grep -rlI SWMTKN /etc /run /tmp /var/log /usr/local || true"));
        Assert.DoesNotContain("SWMTKN", await lane.Machines.LogAsync(manager), StringComparison.Ordinal);
        Assert.DoesNotContain("SWMTKN", lane.Magnum.Console, StringComparison.Ordinal);
    }

    /// <summary>The server's metadata holds its user data, whatever network a container is in.</summary>
    [LaneFact(Lane.Engines)]
    public async Task Containers_DoNotReachTheMetadata()
    {
        var manager = await lane.NodeAsync(Manager);
        await lane.Machines.ImportImageAsync(manager, Ct);
        await Machines.RunAsync(manager, Ct, "docker", "network", "create", "inner");
        await Machines.RunAsync(manager, Ct, "docker", "network", "create", "--driver", "overlay", "--attachable", "over");

        foreach (var network in new[] { "bridge", "inner", "over" })
        {
            Task<string> PingAsync(string address) => Machines.RunAsync(
                manager, Ct, "docker", "run", "--rm", "--network", network, "magnum/busybox:1", "busybox", "ping", "-c", "1", "-W", "2", address);

            await PingAsync(Machines.Here);
            var before = await Machines.DroppedAsync(manager, Ct);
            await Assert.ThrowsAsync<InvalidOperationException>(() => PingAsync("169.254.169.254"));
            Assert.Equal(before + 1, await Machines.DroppedAsync(manager, Ct));
        }
    }

    [LaneFact(Lane.Engines)]
    public async Task Work_MovesOffANodeThatGoes_AndALostNodeIsSeenAndForgotten()
    {
        var (manager, one, other) = (await lane.NodeAsync(Manager), await lane.NodeAsync("worker-0"), await lane.NodeAsync("worker-1"));
        await lane.BecomesAsync("HEALTHY", ("api", "ok"), ($"{manager}.Ready", "True"), ($"{one}.Ready", "True"), ($"{other}.Ready", "True"));
        var files = await lane.ClientFilesAsync();
        await lane.Machines.ImportImageAsync(one, Ct);
        await lane.Machines.ImportImageAsync(other, Ct);
        // A shell as a container's first process does not hear that it should end: its tasks go only when their time is up.
        await OkAsync(
            files, "service", "create", "--detach", "--no-resolve-image", "--name", "web", "--replicas", "4", "--stop-grace-period", "6s",
            "--constraint", "engine.labels.magnum.role==worker", "magnum/busybox:1", "sh", "-c", "while :; do busybox sleep 1; done");
        await RunsOnAsync(files, one, one, other, other);

        var inside = await (await lane.SwarmAsync(files)).LookInsideAsync(Ct);
        Assert.Equal([(manager, "manager", 0), (one, "worker", 2), (other, "worker", 2)], inside.Nodes.Select(n => (n.Name, n.Role, n.Tasks!.Value)));
        Assert.All(inside.Nodes, n => Assert.True(n is { State: "ready", Takes: true, Cpus: > 0, MemoryMib: > 0 } && n.Version == inside.Version, n.ToString()));
        Assert.Equal(new EngineWorkload("", "replicated", "web", 4, 4) { Image = "magnum/busybox:1" }, Assert.Single(inside.Workloads));

        await lane.ResizeAsync(1, (await lane.ServersAsync())[one]);

        await lane.FollowAsync("UPDATE_COMPLETE");
        Assert.Equal("The nodes that go are free of work.", await lane.DrainSaidAsync());
        await RunsOnAsync(files, other, other, other, other);
        Assert.Equal([manager, other], await NodesAsync(files));
        await lane.BecomesAsync("HEALTHY", ("api", "ok"), ($"{manager}.Ready", "True"), ($"{other}.Ready", "True"));

        await Machines.KillAsync(other, Ct);
        await lane.BecomesAsync("UNHEALTHY", ("api", "ok"), ($"{manager}.Ready", "True"), ($"{other}.Ready", "False"));

        await lane.ResizeAsync(0);
        await lane.FollowAsync("UPDATE_COMPLETE");
        Assert.Equal([manager], await NodesAsync(files));
        await lane.BecomesAsync("HEALTHY", ("api", "ok"), ($"{manager}.Ready", "True"));
    }

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

    private async Task<string> OkAsync(string files, params string[] arguments)
    {
        var result = await lane.DockerAsync(files, arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);
}
