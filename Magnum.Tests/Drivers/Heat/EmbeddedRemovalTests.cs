using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>Which nodes go: an engine has a say, and frees the very nodes that Heat removes then.</summary>
public sealed class EmbeddedRemovalTests() : EmbeddedHeatTests("k8s_heat", KubernetesClusters.New(masters: 1, workers: 3, keyPair: null, flavor: "m1.small", labels: new() { ["etcd_volume_size"] = "1" }))
{
    private const string Node = "blue-one-111111112222";

    private ChoosingDriver? _choosing;

    private ChoosingDriver Choosing => _choosing ??= new ChoosingDriver(Services.GetRequiredService<HeatTools>());

    [Fact]
    public async Task FewerWorkers_ThoseThatTheEngineRanksFirstGo()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        Operation++;
        Cluster.DefaultWorker.NodeCount = 1;
        Choosing.Ranked = [$"{Node}-worker-0", $"{Node}-worker-2", $"{Node}-worker-1"];
        var request = Request with { Access = PlayedEngine.Access() };
        Choosing.Left = 1;

        var waiting = await Choosing.DrainAsync(request, Ct);
        var freed = Choosing.Freed;
        Choosing.Left = 0;
        var done = await Choosing.DrainAsync(request, Ct);
        await Choosing.ConvergeAsync(request, Ct);
        var seen = await SettleAsync();

        Assert.Equal([$"{Node}-worker-0", $"{Node}-worker-2"], freed);
        Assert.Equal(2, waiting.Waiting.Count);
        Assert.Empty(done.Waiting);
        Assert.Equal([$"{Node}-worker-1"], Nodes(seen, "default-worker"));
    }

    [Fact]
    public async Task AChosenNode_GoesBeforeThoseThatTheEngineRanks()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var servers = Servers(await SettleAsync());
        Operation++;
        Cluster.DefaultWorker.NodeCount = 1;
        Choosing.Ranked = [$"{Node}-worker-0", $"{Node}-worker-2", $"{Node}-worker-1"];
        var request = Request with { Access = PlayedEngine.Access(), NodesToRemove = [servers[$"{Node}-worker-1"]!] };

        await Choosing.DrainAsync(request, Ct);
        await Choosing.ConvergeAsync(request, Ct);

        Assert.Equal([$"{Node}-worker-0", $"{Node}-worker-1"], Choosing.Freed);
        Assert.Equal([$"{Node}-worker-2"], Nodes(await SettleAsync(), "default-worker"));
    }

    [Fact]
    public async Task AChosenNodeOfAsManyAsBefore_MakesWayForANewOne()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var before = Servers(await SettleAsync());
        Operation++;

        await Choosing.ConvergeAsync(Request with { NodesToRemove = [before[$"{Node}-worker-1"]!] }, Ct);

        var after = Servers(await SettleAsync());
        Assert.DoesNotContain(before[$"{Node}-worker-1"], after.Values);
        Assert.Equal(before.Count, after.Count);
        Assert.All(before.Where(b => b.Key != $"{Node}-worker-1"), b => Assert.Equal(b.Value, after[b.Key]));
    }

    [Fact]
    public async Task AnEngineThatCannotBeAsked_LeavesTheChoiceToHeat()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        Operation++;
        Cluster.DefaultWorker.NodeCount = 2;
        Choosing.Trouble = new CloudException("kubernetes", CloudFault.Unreachable, "no connection");

        await Choosing.ConvergeAsync(Request with { Access = PlayedEngine.Access() }, Ct);

        Assert.Equal([$"{Node}-worker-0", $"{Node}-worker-1"], Nodes(await SettleAsync(), "default-worker"));
    }

    [Fact]
    public async Task ThatNoNodeGoes_IsNotAskedOfTheEngine()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        Operation++;
        Cluster.DefaultWorker.NodeCount = 4;

        var progress = await Choosing.DrainAsync(Request with { Access = PlayedEngine.Access() }, Ct);

        Assert.Empty(progress.Waiting);
        Assert.Null(Choosing.Freed);
    }

    [Fact]
    public async Task AnUpgrade_FreesTheMasterThatGoes_AndThenTheOldWorkers()
    {
        var images = await Services.GetRequiredService<IImages>().ListImagesAsync(Credential, Ct);
        string Image(string version) => images.First(i => i.Name == $"ubuntu-22.04-kube-{version}").Id;
        void Aim(string version) => Cluster.NodeGroups.ForEach(g => g.ImageId = Image(version));
        Aim("v1.31.1");
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        Operation++;
        Aim("v1.32.1");
        var request = Request with { Access = PlayedEngine.Access(), UpgradeBatch = 3 };
        var freed = new List<string>();

        ObservedCluster seen;
        do
        {
            Choosing.Freed = [];
            await Choosing.DrainAsync(request, Ct);
            freed.Add(string.Join(' ', Choosing.Freed.Select(n => n[(Node.Length + 1)..])));
            await Choosing.ConvergeAsync(request, Ct);
            seen = await SettleAsync();
        }
        while (seen.Replacement is not null);

        Assert.Equal(["master-0", "", "", "worker-0 worker-1 worker-2"], freed);
    }

    [Fact]
    public async Task OfAGroupThatIsDeleted_AllNodesAreFreed_AndNoneIsThereForTheEngineAfterwards()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        Cluster.DefaultWorker.Nodes = [.. (await SettleAsync()).NodeGroups.Single(g => g.Name == "default-worker").Nodes];
        var group = KubernetesClusters.Added("gpu", 2);
        Cluster.NodeGroups.Add(group);
        Operation++;
        group.StackId = await Driver.ConvergeAsync(Request with { NodeGroup = group }, Ct);
        group.Nodes = [.. (await SettleAsync(group)).NodeGroups.Single().Nodes];
        var request = Request with { NodeGroup = group, Access = PlayedEngine.Access(), IsRemoval = true };

        await Choosing.DrainAsync(request, Ct);
        await Choosing.ForgetNodesAsync(request, Ct);

        Assert.Equal(["blue-one-gpu-aaaaaaaa0000-worker-0", "blue-one-gpu-aaaaaaaa0000-worker-1"], Choosing.Freed);
        Assert.Equal([$"{Node}-worker-0", $"{Node}-worker-1", $"{Node}-worker-2"], Choosing.Present);
    }

    /// <summary>Kubernetes whose API a test plays.</summary>
    private sealed class ChoosingDriver(HeatTools tools) : HeatDriver(tools)
    {
        public IReadOnlyList<string> Ranked { get; set; } = [];

        public int Left { get; set; }

        public CloudException? Trouble { get; set; }

        public IReadOnlyList<string>? Freed { get; set; }

        public IReadOnlyList<string> Present { get; private set; } = [];

        public override DriverDescription Description => throw new NotSupportedException();

        protected override ClusterDesign Design(Cluster cluster, NodeGroup? added) => new KubernetesDesign(cluster, added);

        protected override string ApiAddress(string host, string port) => $"https://{host}:{port}";

        protected override Task<IReadOnlyDictionary<string, string>> DrainAsync(
            Cluster cluster, IReadOnlyList<ObservedNode> leaving, EngineAccess access, CancellationToken cancellationToken)
        {
            Freed = [.. leaving.Select(n => n.Name).Order(StringComparer.Ordinal)];
            return Task.FromResult<IReadOnlyDictionary<string, string>>(Left == 0 ? new Dictionary<string, string>() : leaving.ToDictionary(n => n.Name, _ => $"{Left} pod(s)"));
        }

        protected override Task<IReadOnlyList<string>> RankForRemovalAsync(
            Cluster cluster, IReadOnlyList<ObservedNode> nodes, EngineAccess access, CancellationToken cancellationToken) =>
            Trouble is null ? Task.FromResult<IReadOnlyList<string>>([.. Ranked.Intersect(nodes.Select(n => n.Name))]) : Task.FromException<IReadOnlyList<string>>(Trouble);

        protected override Task ForgetAsync(Cluster cluster, IReadOnlyList<ObservedNode> present, EngineAccess access, CancellationToken cancellationToken)
        {
            Present = [.. present.Select(n => n.Name)];
            return Task.CompletedTask;
        }
    }
}
