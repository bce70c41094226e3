using System.Globalization;
using System.Text.Json.Nodes;
using Magnum.Core.Drivers;
using Magnum.Drivers.Kubernetes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>Workers with real kubelets, made by the nodes' own scripts from Magnum's user data with Magnum's certificates.</summary>
[Collection(nameof(Machines))]
public sealed class KubeletTests(KubeletLane lane) : IClassFixture<KubeletLane>
{
    private const string Image = "docker.io/magnum/busybox:1";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Engines)]
    public async Task Pods_MoveOffANodeThatGoes_ALostOneIsReplaced_AndThereAreAsManyNodesAsThePodsNeed()
    {
        string[] workers = [await lane.NodeAsync("worker-0"), await lane.NodeAsync("worker-1")];
        await KeepAsync(workers);
        await Task.WhenAll(workers.Select(w => lane.Machines.ImportImageAsync(w, Ct)));
        await CreateAsync("web");
        await lane.BecomesAsync("HEALTHY", ("api", "ok"), ($"{workers[0]}.Ready", "True"), ($"{workers[1]}.Ready", "True"));
        var (pod, one) = await RunsAsync("web");
        var other = workers.Single(w => w != one);
        await lane.KubectlAsync("rollout", "status", "deployment/web", "--timeout=25s");
        Assert.Equal($"on {pod}", await lane.KubectlAsync("logs", pod));
        Assert.Equal(2, await ContainersAsync(one));   // its own and the pod's
        Assert.Equal(0, await ContainersAsync(other));
        await HasWhatItNeedsAndNoMoreAsync(one);
        await DoesNotReachTheMetadataAsync(one, pod);

        var inside = await LookAsync();
        Assert.Equal(workers.Select(w => (w, "worker", "Ready", w == one ? 1 : 0)), inside.Nodes.Select(n => (n.Name, n.Role, n.State, n.Tasks!.Value)));
        Assert.All(inside.Nodes, n => Assert.True(n is { Takes: true, Version: "v1.20.2", Cpus: > 0, MemoryMib: > 0 }, n.ToString()));
        Assert.Equal(new EngineWorkload("default", "Deployment", "web", 1, 1) { Image = Image }, Assert.Single(inside.Workloads));

        await lane.ResizeAsync(1, (await lane.ServersAsync())[one]);

        // The machine has its power until the cloud is followed.
        await Eventually.BecomesTrueAsync(
            $"{one} to take no more pods", Limit, async _ => await lane.KubectlAsync("get", "node", one, "-o", "jsonpath={.spec.unschedulable}") == "true", Ct);
        await Eventually.BecomesTrueAsync($"the containers on {one} to end", Limit, async _ => await ContainersAsync(one) == 0, Ct);
        await lane.FollowAsync("UPDATE_COMPLETE");
        Assert.Equal("The nodes that go are free of work.", await lane.DrainSaidAsync());
        Assert.Equal(one, await lane.KubectlAsync("get", "events", "--field-selector", $"reason=Killing,involvedObject.name={pod}", "-o", "jsonpath={.items[*].source.host}"));
        var (moved, there) = await RunsAsync("web");
        Assert.Equal(other, there);
        Assert.Equal($"on {moved}", await lane.KubectlAsync("logs", moved));
        Assert.Equal($"node/{other}", await lane.KubectlAsync("get", "nodes", "-o", "name"));

        await Machines.KillAsync(other, Ct);
        await lane.BecomesAsync("UNHEALTHY", ("api", "ok"), ($"{other}.Ready", "Unknown"));
        var lost = Assert.Single((await LookAsync()).Nodes);
        Assert.Equal((other, "Unknown"), (lost.Name, lost.State));

        await lane.StartsAsync("healing", $"Magnum replaces {other} of default-worker");
        await lane.FollowAsync("UPDATE_COMPLETE");
        var third = await OnlyNodeAsync();
        Assert.NotEqual(other, third);
        await KeepAsync(third);
        await lane.Machines.ImportImageAsync(third, Ct);
        await RunsAsync("web", third);
        await lane.BecomesAsync("HEALTHY", ("api", "ok"), ($"{third}.Ready", "True"));

        // Each of the two takes more than half of a node.
        var half = (await LookAsync()).Nodes[0].Cpus!.Value * 0.6;
        await CreateAsync("wide", replicas: 2, cpus: half);
        await lane.StartsAsync("scaling", "Magnum asks for 2 node(s) in default-worker, which has 1: 1 pod(s) find no room.");
        await lane.FollowAsync("UPDATE_COMPLETE");
        var fourth = (await NodesAsync()).Single(n => n != third);
        await lane.Machines.ImportImageAsync(fourth, Ct);
        await lane.KubectlAsync("rollout", "status", "deployment/wide", "--timeout=50s");

        await lane.KubectlAsync("scale", "deployment/wide", "--replicas=0");
        await lane.StartsAsync("scaling", $"Magnum asks for 1 node(s) in default-worker, which has 2: {fourth} has been used little");
        await lane.FollowAsync("UPDATE_COMPLETE");
        Assert.Equal(third, await OnlyNodeAsync());
        Assert.Equal(third, (await RunsAsync("web")).Node);
    }

    /// <summary>Nodes that are not to be given back, however little they are used.</summary>
    private Task KeepAsync(params string[] nodes) => lane.KubectlAsync(["annotate", "node", .. nodes, "cluster-autoscaler.kubernetes.io/scale-down-disabled=true"]);

    private async Task<string[]> NodesAsync() => [.. (await lane.KubectlAsync("get", "nodes", "-o", "name")).Split('\n').Select(n => n["node/".Length..])];

    private async Task<string> OnlyNodeAsync() => Assert.Single(await NodesAsync());

    private static async Task HasWhatItNeedsAndNoMoreAsync(string worker)
    {
        Assert.Equal("certificates.json\nstack.json", await Machines.RunAsync(worker, Ct, "ls", "/etc/magnum"));
        Assert.Equal("600", await Machines.RunAsync(worker, Ct, "stat", "--format", "%a", "/var/lib/kubelet/pki/kubelet.key"));
        foreach (var (asked, answer) in new[] { ("list nodes", "yes"), ("list secrets", "no"), ("create clusterrolebindings", "no") })
        {
            // An answer of no is an error for a shell, and may have a reason behind it.
            var said = await Machines.RunAsync(
                worker, Ct, "bash", "-c", $"kubectl --kubeconfig /etc/kubernetes/kubelet.conf auth can-i {asked} --all-namespaces || true");
            Assert.Equal(answer, said.Split(' ')[0]);
        }
    }

    /// <summary>The server's metadata holds its user data.</summary>
    private async Task DoesNotReachTheMetadataAsync(string worker, string pod)
    {
        Task<CommandResult> PingAsync(string address) => lane.TryKubectlAsync("exec", pod, "--", "busybox", "ping", "-c", "1", "-W", "2", address);

        var near = await PingAsync(Machines.Here);
        Assert.True(near.ExitCode == 0, near.ToString());
        var before = await Machines.DroppedAsync(worker, Ct);
        Assert.NotEqual(0, (await PingAsync("169.254.169.254")).ExitCode);
        Assert.Equal(before + 1, await Machines.DroppedAsync(worker, Ct));
    }

    private async Task<EngineContents> LookAsync()
    {
        using var api = await lane.OpenAsync();
        return await KubernetesContents.LookAsync(api, Ct);
    }

    /// <summary>A deployment of pods that print their names.</summary>
    /// <param name="cpus">What each asks for.</param>
    private async Task CreateAsync(string name, int replicas = 1, double cpus = 0)
    {
        var labels = new JsonObject { ["app"] = name };
        var file = Path.Combine(await lane.ClientFilesAsync(), "deployment.json");
        await File.WriteAllTextAsync(file, new JsonObject
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "Deployment",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["replicas"] = replicas,
                ["selector"] = new JsonObject { ["matchLabels"] = labels.DeepClone() },
                ["template"] = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["labels"] = labels },
                    ["spec"] = new JsonObject
                    {
                        // A shell as a container's first process does not hear that it should end.
                        ["terminationGracePeriodSeconds"] = 1,
                        ["containers"] = new JsonArray(new JsonObject
                        {
                            ["name"] = "it",
                            ["image"] = Image,
                            ["imagePullPolicy"] = "Never",
                            ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = cpus.ToString("0.###", CultureInfo.InvariantCulture) } },
                            ["command"] = new JsonArray("sh", "-c", "echo on $(busybox hostname); while :; do busybox sleep 1; done"),
                        }),
                    },
                },
            },
        }.ToJsonString(), Ct);
        await lane.KubectlAsync("create", "-f", file);
    }

    /// <summary>Waits until a deployment's only pod runs.</summary>
    /// <param name="node">Where it has to; null: anywhere. The controller takes a minute to let go of pods whose node is gone.</param>
    private async Task<(string Pod, string Node)> RunsAsync(string name, string? node = null)
    {
        var seen = "";
        var pod = await Eventually.GetAsync(
            $"the pod of {name} to run",
            Limit + Limit,
            async _ =>
            {
                seen = await lane.KubectlAsync("get", "pods", "--selector", $"app={name}", "-o", "json");
                var pods = JsonNode.Parse(seen)!["items"]!.AsArray();
                return pods is [{ } only] && (string?)only["status"]?["phase"] == "Running" && only["metadata"]!["deletionTimestamp"] is null
                    && (node is null || (string?)only["spec"]!["nodeName"] == node) ? only : null;
            },
            Ct,
            () => seen);
        return ((string)pod["metadata"]!["name"]!, (string)pod["spec"]!["nodeName"]!);
    }

    /// <summary>How many containers run on a machine.</summary>
    private static async Task<int> ContainersAsync(string machine) =>
        (await Machines.RunAsync(machine, Ct, "ctr", "--namespace", "k8s.io", "tasks", "list")).Split('\n').Count(t => t.EndsWith("RUNNING", StringComparison.Ordinal));
}
