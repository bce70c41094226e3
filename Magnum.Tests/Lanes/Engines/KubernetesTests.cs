using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Drivers;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Drivers.Heat.Kubernetes.Addons;
using Magnum.Drivers.Kubernetes;
using Magnum.Tests.Drivers.Heat;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>What Magnum asks of a cluster's API server, asked of a real one with a real etcd. Nodes and pods are objects that nobody runs: the test does a kubelet's part.</summary>
public sealed class KubernetesTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-kubernetes-").FullName;
    private KubeApiServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Admin => Path.Combine(_folder, "config");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.Engines))
        {
            return;
        }

        var ca = TestAuthorities.Kubernetes;
        _server = await KubeApiServer.StartAsync("engines", "https://203.0.113.5:6443", ca.Certificate, csr => Task.FromResult(
            CertificateAuthority.Sign(ca, SigningRequest.Parse(csr).Value!, new CertificateOptions(), TimeProvider.System.GetUtcNow()).Value!), Ct);
        var client = CertificateAuthority.CreateClient(ca, new CertificateOptions(), TimeProvider.System.GetUtcNow());
        await File.WriteAllTextAsync(Admin, Kubeconfig.Write("blue", "https://203.0.113.5:6443", ca.Certificate, client), Ct);
        await _server.OkAsync(Admin, "create", "serviceaccount", "default");   // a controller's work, and none runs
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The server checks each object of the manifests that masters apply, and would have taken it.</summary>
    [LaneFact(Lane.Engines)]
    public async Task AddOns_AreTaken_ObjectByObject()
    {
        var cluster = KubernetesClusters.New(labels: new() { ["cinder_csi_enabled"] = "true" });
        cluster.DriverSecret = "protected";
        var taken = new List<(string, int)>();
        foreach (var addon in Addon.Of(new KubernetesDesign(cluster), "v1.31.1"))
        {
            var file = Path.Combine(_folder, $"{addon.Name}.yaml");
            await File.WriteAllTextAsync(file, addon.Manifest, Ct);

            // Not by --server-side, as masters do it: a server of 1.20 falls over an APIService then.
            var said = (await _server.OkAsync(Admin, "apply", "--dry-run=server", "--filename", file)).Split('\n');

            Assert.All(said, line => Assert.EndsWith(" created (server dry run)", line, StringComparison.Ordinal));
            taken.Add((addon.Name, said.Length));
        }

        Assert.Equal([("cloud-controller", 5), ("cinder-csi", 11), ("metrics-server", 9)], taken);
    }

    [LaneFact(Lane.Engines)]
    public async Task NodesAreFreed_WithinTheirBudgets_AndForgotten()
    {
        foreach (var node in new[] { "w-0", "w-1" })
        {
            await AddNodeAsync(node);
        }

        await AddPodAsync("web", "w-1", new JsonObject { ["app"] = "web" });
        await AddPodAsync("other", "w-0", []);
        await ApplyAsync(new JsonObject
        {
            ["apiVersion"] = "policy/v1beta1",
            ["kind"] = "PodDisruptionBudget",
            ["metadata"] = new JsonObject { ["name"] = "web", ["namespace"] = "default" },
            ["spec"] = new JsonObject { ["minAvailable"] = 1, ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = "web" } } },
        });
        using var api = new KubernetesApi("blue", _server.Url, PlayedEngine.Access());
        var nodes = new KubernetesNodes(api);
        ObservedNode[] leaving = [new("w-1", null, null, null, null)];

        Assert.Equal(["w-1", "w-0"], await nodes.RankAsync([new("w-0", null, null, null, null), leaving[0]], Ct));
        var held = await nodes.DrainAsync(leaving, Ct);
        Assert.Equal("1 pod(s)", held["w-1"]);
        Assert.Empty(await DeletedAsync());   // nobody has counted what the budget allows, so it allows nothing

        await _server.OkAsync(Admin, "delete", "poddisruptionbudget", "web");
        await nodes.DrainAsync(leaving, Ct);
        Assert.Equal(["web"], await DeletedAsync());
        await _server.OkAsync(Admin, "delete", "pod", "web", "--force", "--grace-period=0");
        Assert.Empty(await nodes.DrainAsync(leaving, Ct));
        Assert.Equal("true", await _server.OkAsync(Admin, "get", "node", "w-1", "-o", "jsonpath={.spec.unschedulable}"));

        await nodes.ForgetAsync([new("w-0", null, null, null, null)], Ct);
        Assert.Equal("node/w-0", await _server.OkAsync(Admin, "get", "nodes", "-o", "name"));
    }

    [LaneFact(Lane.Engines)]
    public async Task ItIsAskedHowItIs_AndWhatIsInIt()
    {
        await AddNodeAsync("w-0");
        await AddPodAsync("web", "w-0", []);
        await _server.OkAsync(Admin, "create", "deployment", "shop", "--image=shop:1", "--replicas=3");
        using var api = new KubernetesApi("blue", _server.Url, PlayedEngine.Access());

        var well = await KubernetesProbe.AskAsync("blue", _server.Url, PlayedEngine.Access(), Ct);
        var inside = await KubernetesContents.LookAsync(api, Ct);
        await SetReadyAsync("w-0", "False");
        var ill = await KubernetesProbe.AskAsync("blue", _server.Url, PlayedEngine.Access(), Ct);

        Assert.Equal((HealthStatus.Healthy, "True"), (well.Status, well.Reasons["w-0.Ready"]));
        Assert.Equal((HealthStatus.Unhealthy, "False"), (ill.Status, ill.Reasons["w-0.Ready"]));
        Assert.Matches(@"^v\d", inside.Version);
        Assert.Equal(new EngineNode("w-0", "worker", "Ready", true) { Version = "v1.20.2", Cpus = 2, MemoryMib = 2048, Tasks = 1 }, Assert.Single(inside.Nodes));
        Assert.Equal(new EngineWorkload("default", "Deployment", "shop", 0, 3) { Image = "shop:1" }, Assert.Single(inside.Workloads));
    }

    private async Task AddNodeAsync(string name)
    {
        await ApplyAsync(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Node",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["magnum.openstack.org/nodegroup"] = "default-worker" } },
        });
        await SetReadyAsync(name, "True");
    }

    private Task SetReadyAsync(string node, string ready) => ReportAsync($"nodes/{node}", new JsonObject
    {
        ["allocatable"] = new JsonObject { ["cpu"] = "2", ["memory"] = "2Gi" },
        ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = ready }),
        ["nodeInfo"] = new JsonObject { ["kubeletVersion"] = "v1.20.2" },
    });

    private async Task AddPodAsync(string name, string node, JsonObject labels)
    {
        await ApplyAsync(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default", ["labels"] = labels },
            ["spec"] = new JsonObject
            {
                ["nodeName"] = node,
                ["automountServiceAccountToken"] = false,
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "it", ["image"] = "it:1" }),
            },
        });
        await ReportAsync($"namespaces/default/pods/{name}", new JsonObject { ["phase"] = "Running" });   // no budget protects a pod that does not run
    }

    /// <summary>What a kubelet does; <c>kubectl</c> has no way to a status on servers of this age.</summary>
    private async Task ReportAsync(string path, JsonObject status)
    {
        using var http = EngineHttp.Open(_server.Url, PlayedEngine.Access());
        using var content = new StringContent(new JsonObject { ["status"] = status }.ToJsonString(), new MediaTypeHeaderValue("application/merge-patch+json"));
        using var answer = await http.PatchAsync($"api/v1/{path}/status", content, Ct);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }

    /// <summary>Pods that have been told to end.</summary>
    private async Task<List<string>> DeletedAsync()
    {
        var pods = JsonNode.Parse(await _server.OkAsync(Admin, "get", "pods", "-o", "json"))!["items"]!.AsArray();
        return [.. pods.Where(p => p!["metadata"]!["deletionTimestamp"] is not null).Select(p => (string)p!["metadata"]!["name"]!)];
    }

    private async Task ApplyAsync(JsonObject wanted)
    {
        var file = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, wanted.ToJsonString(), Ct);
        await _server.OkAsync(Admin, "create", "-f", file);
    }
}
