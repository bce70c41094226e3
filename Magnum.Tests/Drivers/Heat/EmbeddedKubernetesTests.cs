using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Drivers;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.OpenStack;
using Magnum.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>The driver's whole way through a cloud: the embedded one, over HTTP, with nodes that report themselves.</summary>
public sealed class EmbeddedKubernetesTests : IAsyncLifetime
{
    private readonly CloudCredential _credential = new CloudCredential.Service();
    private readonly Cluster _cluster = KubernetesClusters.New(masters: 1, workers: 3, keyPair: null, flavor: "m1.small");
    private EmbeddedCloudServer _cloud = null!;
    private SigningService _magnum = null!;
    private ServiceProvider _services = null!;
    private int _operation;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IClusterDriver Driver => _services.GetRequiredService<IClusterDriverRegistry>().Find("k8s_heat")!;

    private DriverRequest Request => new(_cluster, _credential, $"generation-{_operation}") { Enrolment = Enrolment, Timeout = TimeSpan.FromHours(10) };

    private NodeEnrolment Enrolment => new(_cloud.AuthUrl.ToString(), _magnum.Url, CloudSeed.UserId("demo"), "demo");

    public async ValueTask InitializeAsync()
    {
        _magnum = await SigningService.StartAsync(Ct);
        _cloud = await EmbeddedCloudServer.StartAsync(new EmbeddedCloudOptions { Port = 0, Speed = 500 }, NullLoggerFactory.Instance, Ct);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMagnumOpenStack(new OpenStackOptions
        {
            AuthUrl = _cloud.AuthUrl.ToString(),
            UserName = "demo",
            Password = "demo",
            ProjectName = "demo",
            UserDomainName = "Default",
            Region = "RegionOne",
        });
        services.AddMagnumDrivers();
        _services = services.BuildServiceProvider();
        var images = await _services.GetRequiredService<IImages>().ListImagesAsync(_credential, Ct);
        _cluster.Template = _cluster.Template with { ImageId = images.First(i => i.OsDistro == "ubuntu").Id };
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _cloud.DisposeAsync();
        await _magnum.DisposeAsync();
    }

    [Fact]
    public async Task Create_NodesReport_IsReadyWithAddressesAndHistory()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var listed = await Driver.ListInProgressAsync(Ct);
        var seen = await SettleAsync();

        Assert.Contains(_cluster.StackId, listed!);
        Assert.Equal(ObservedState.Ready, seen.State);
        Assert.True(seen.IsCurrent);
        Assert.Matches(@"^https://\d+\.\d+\.\d+\.\d+:6443$", seen.ApiAddress);
        Assert.Equal(["blue-one-111111112222-master-0"], Nodes(seen, "default-master"));
        Assert.Equal(["blue-one-111111112222-worker-0", "blue-one-111111112222-worker-1", "blue-one-111111112222-worker-2"], Nodes(seen, "default-worker"));
        Assert.All(seen.NodeGroups.SelectMany(g => g.Nodes), n => Assert.True(n is { ServerId: not null, Address: not null, PublicAddress: not null }, n.ToString()));
        Assert.All(seen.Stages, s => Assert.Equal(s.Total, s.Done));
        Assert.Equal(["network", "security", "control-plane", "workers"], seen.Stages.Select(s => s.Name));
        Assert.Contains(seen.Events, e => e.Message == "Node blue-one-111111112222-worker-2 reported itself ready");
        Assert.Equal("Stack blue-one-111111112222 was made", seen.Events[^1].Message);

        var later = await Driver.ObserveAsync(Request, new ObserveOptions(true, seen.EventMarker), Ct);
        Assert.Empty(later.Events);
    }

    [Fact]
    public async Task Create_EachNodeHasItsCertificateSigned()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();

        Assert.Equal(4, _magnum.Signed);
        foreach (var server in _cloud.Cloud.State.Compute.Servers.Values)
        {
            using var certificate = X509Certificate2.CreateFromPem(server.Node!.Certificate);
            Assert.Equal($"O=system:nodes, CN=system:node:{server.Name}", certificate.Subject);
            Assert.Equal((_cluster.Uuid.ToString(), _magnum.Url), (server.Node.ClusterUuid, server.Node.MagnumUrl));
        }
    }

    [Fact]
    public async Task MagnumRefusesToSign_ReasonSaysSo()
    {
        _magnum.Refusal = 503;
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);

        var failed = await SettleAsync();

        Assert.Equal(ObservedState.Failed, failed.State);
        Assert.Contains("certificates: The requested URL returned error: 503", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConvergeTwice_MakesOneStack()
    {
        var first = await Driver.ConvergeAsync(Request, Ct);
        var again = await Driver.ConvergeAsync(Request, Ct);
        _cluster.StackId = first;
        var known = await Driver.ConvergeAsync(Request, Ct);

        Assert.Equal((first, first), (again, known));
        Assert.Single(_cloud.ListStacks());
    }

    [Fact]
    public async Task Resize_KeepsServersAndTakesTheChosenOne()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var before = Servers(await SettleAsync());

        _operation++;
        _cluster.DefaultWorker.NodeCount = 4;
        await Driver.ConvergeAsync(Request, Ct);
        var grown = Servers(await SettleAsync());
        Assert.Equal(before, grown.Where(s => before.ContainsKey(s.Key)));
        Assert.Equal(5, grown.Count);

        _operation++;
        _cluster.DefaultWorker.NodeCount = 3;
        await Driver.ConvergeAsync(Request with { Enrolment = null, NodesToRemove = [grown["blue-one-111111112222-worker-1"]!] }, Ct);
        var shrunk = Servers(await SettleAsync());
        Assert.Equal(grown.Where(s => s.Key != "blue-one-111111112222-worker-1"), shrunk);
    }

    [Fact]
    public async Task AddedGroup_ComesGrowsAndGoesByItself_OnTheClustersNetwork()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var before = Servers(await SettleAsync());
        var group = KubernetesClusters.Added("gpu", 2);
        _cluster.NodeGroups.Add(group);

        _operation++;
        group.StackId = await Driver.ConvergeAsync(Request with { NodeGroup = group }, Ct);
        Assert.Equal(group.StackId, await Driver.ConvergeAsync(Request with { NodeGroup = group }, Ct));
        var made = await SettleAsync(group);

        Assert.Equal((ObservedState.Ready, null, null), (made.State, made.ApiAddress, made.CoeVersion));
        var seen = Assert.Single(made.NodeGroups);
        Assert.Equal(("gpu", "v1.31.1"), (seen.Name, seen.Version));
        Assert.Equal(["blue-one-gpu-aaaaaaaa0000-worker-0", "blue-one-gpu-aaaaaaaa0000-worker-1"], seen.Nodes.Select(n => n.Name));
        Assert.Equal(["workers"], made.Stages.Select(s => s.Name));
        Assert.Equal(2, _cloud.ListStacks().Count);
        Assert.Single(_cloud.Cloud.State.Network.Networks.Values, n => n.Name == "blue-one-111111112222");
        Assert.Equal(6, _cloud.ListServers().Count);

        _operation++;
        group.NodeCount = 1;
        await Driver.ConvergeAsync(Request with { NodeGroup = group, NodesToRemove = [seen.Nodes[0].ServerId!] }, Ct);
        var shrunk = await SettleAsync(group);
        Assert.Equal([seen.Nodes[1].ServerId], shrunk.NodeGroups.Single().Nodes.Select(n => n.ServerId));

        await Driver.DeleteAsync(Request with { NodeGroup = group }, Ct);
        Assert.Equal(ObservedState.Absent, (await SettleAsync(group)).State);
        Assert.Equal(before, Servers(await Driver.ObserveAsync(Request, new ObserveOptions(false, null), Ct)));
    }

    [Fact]
    public async Task AddedGroup_WithANewerKubernetesThanTheControlPlane_IsRefused()
    {
        var images = await _services.GetRequiredService<IImages>().ListImagesAsync(_credential, Ct);
        var newer = images.Single(i => i.Name == "ubuntu-22.04-kube-v1.32.1");
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        var group = KubernetesClusters.Added("gpu", 1);
        group.ImageId = newer.Id;
        _cluster.NodeGroups.Add(group);
        _operation++;

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.ConvergeAsync(Request with { NodeGroup = group }, Ct));

        Assert.True(refusal.NothingChanged);
        Assert.StartsWith($"Image {newer.Name} has Kubernetes ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddedGroup_WhoseStackWasDeleted_IsNotMadeAnew()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        var group = KubernetesClusters.Added("gpu", 1);
        group.StackId = "gone";
        _cluster.NodeGroups.Add(group);

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.ConvergeAsync(Request with { NodeGroup = group, MayCreate = false }, Ct));

        Assert.Equal("Stack with id gone not found: somebody deleted it outside Magnum. Delete the node group to clean up.", refusal.Message);
    }

    [Theory]
    [InlineData("https://127.0.0.1:6443")]
    [InlineData("https://[::1]:6443")]
    [InlineData("https://[::ffff:127.0.0.1]:6443")]
    [InlineData("https://169.254.169.254:443")]
    [InlineData("https://0.0.0.0:6443")]
    [InlineData("https://localhost:6443")]
    [InlineData("http://203.0.113.5:8080")]
    [InlineData("nonsense")]
    public async Task Probe_OfAnAddressThatIsNoClusters_IsNotMade(string address)
    {
        _cluster.ApiAddress = address;

        Assert.Null(await Driver.ProbeAsync(_cluster, new EngineAccess("", "", ""), Ct));
    }

    [Fact]
    public async Task Delete_LeavesNothing_AndAgainIsFine()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);

        await Driver.DeleteAsync(Request, Ct);
        var seen = await SettleAsync();
        await Driver.DeleteAsync(Request, Ct);

        Assert.Equal(ObservedState.Absent, seen.State);
        Assert.Empty(_cloud.ListServers());
        Assert.Empty(_cloud.ListStacks());
    }

    [Fact]
    public async Task StackNotOfThisCluster_IsLeftAlone()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        var stranger = KubernetesClusters.New(keyPair: null, flavor: "m1.small");
        // The same first half of the uuid gives the same name.
        stranger.Uuid = Guid.Parse("11111111-2222-9999-9999-999999999999");
        stranger.Template = _cluster.Template;

        await Driver.DeleteAsync(new DriverRequest(stranger, _credential, "g"), Ct);

        Assert.Equal(ObservedState.Ready, (await Driver.ObserveAsync(Request, new ObserveOptions(false, null), Ct)).State);
    }

    [Fact]
    public async Task EarlierOperation_IsNotTakenForThisOne()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        _operation++;

        Assert.False((await Driver.ObserveAsync(Request, new ObserveOptions(false, null), Ct)).IsCurrent);
    }

    [Fact]
    public async Task NoHostForServers_ReasonNamesNodeAndCause_AndTheNextOperationMendsIt()
    {
        _cloud.SwitchOn("no-valid-host");
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var failed = await SettleAsync();
        _cloud.SwitchOff();

        Assert.Equal(ObservedState.Failed, failed.State);
        Assert.Contains("No valid host was found", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("of node blue-one-111111112222-", failed.Reason, StringComparison.Ordinal);
        Assert.Contains(failed.Events, e => e.Level is EventLevel.Error);

        _operation++;
        _cluster.StackId = await ConvergeUntilTakenAsync();
        Assert.Equal(ObservedState.Ready, (await SettleAsync()).State);
    }

    [Fact]
    public async Task BrokenWorker_IsReplacedByTheNextOperation()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var before = Servers(await SettleAsync());
        _cloud.SwitchOn("node-fails");
        _operation++;
        _cluster.DefaultWorker.NodeCount = 4;
        await Driver.ConvergeAsync(Request, Ct);
        var failed = await SettleAsync();
        _cloud.SwitchOff();

        Assert.Equal(ObservedState.Failed, failed.State);
        Assert.StartsWith("Node blue-one-111111112222-worker-3 reported a failure: ", failed.Reason, StringComparison.Ordinal);

        _operation++;
        await ConvergeUntilTakenAsync();
        var after = await SettleAsync();
        Assert.Equal(ObservedState.Ready, after.State);
        Assert.Equal(before, Servers(after).Where(s => before.ContainsKey(s.Key)));
        Assert.Contains("blue-one-111111112222-worker-4", Servers(after).Keys);
        Assert.DoesNotContain("blue-one-111111112222-worker-3", Servers(after).Keys);
    }

    [Fact]
    public async Task ImageThatIsNotThere_IsRefusedBeforeAnythingIsMade()
    {
        _cluster.Template = _cluster.Template with { ImageId = "lost" };

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.ConvergeAsync(Request, Ct));

        Assert.True(refusal.NothingChanged);
        Assert.Equal("Image lost could not be found.", refusal.Message);
        Assert.Empty(_cloud.ListStacks());
    }

    [Fact]
    public async Task HeatRefusingTheTemplate_IsRefusedInHeatsWords()
    {
        _cloud.SwitchOn("stack-refused");

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.ConvergeAsync(Request, Ct));

        Assert.True(refusal.NothingChanged);
        Assert.Contains("The stack is refused", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedGrowthWithRollback_IsTakenBackAndSaysWhy()
    {
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var before = Servers(await SettleAsync());
        _cloud.SwitchOn("node-fails");
        _operation++;
        _cluster.DefaultWorker.NodeCount = 4;
        await Driver.ConvergeAsync(Request with { Rollback = true }, Ct);
        var seen = await SettleAsync();

        Assert.True(seen.State is ObservedState.RolledBack, seen.Reason);
        Assert.True(seen.IsCurrent);
        Assert.StartsWith("The change failed and was taken back: ", seen.Reason, StringComparison.Ordinal);
        Assert.Equal(before, Servers(seen));
    }

    [Fact]
    public async Task HeatOut_IsTroubleThatPasses()
    {
        _cloud.SwitchOn("heat-503");

        var trouble = await Assert.ThrowsAsync<CloudException>(() => Driver.ObserveAsync(Request, new ObserveOptions(false, null), Ct));

        Assert.True(trouble.IsTransient);
    }

    [Fact]
    public async Task EverythingSwitchedOn_IsReady()
    {
        _cluster.MasterLbEnabled = true;
        _cluster.DefaultMaster.NodeCount = 3;
        _cluster.DefaultWorker.NodeCount = 1;
        _cluster.DockerVolumeSize = 5;
        _cluster.Labels["boot_volume_size"] = "20";
        _cluster.Labels["etcd_volume_size"] = "2";
        _cluster.Template = _cluster.Template with { NetworkDriver = "calico" };
        _cluster.StackId = await Driver.ConvergeAsync(Request, Ct);

        var seen = await SettleAsync();

        Assert.True(seen.State is ObservedState.Ready, seen.Reason);
        Assert.Equal(3, Nodes(seen, "default-master").Count);
        Assert.Contains(seen.Stages, s => s is { Name: "load-balancer", Done: 8, Total: 8 });
    }

    [Fact]
    public async Task Plan_ReadsTheWholeCloud()
    {
        var plan = await Driver.PlanAsync(_cluster, _credential, Ct);

        Assert.True(plan.CanLaunch, string.Join('\n', plan.Checks.Where(c => c.Outcome is CheckOutcome.Fail)));
        Assert.NotEmpty(plan.Quotas);
    }

    private async Task<string> ConvergeUntilTakenAsync()
    {
        while (true)
        {
            try
            {
                return await Driver.ConvergeAsync(Request, Ct);
            }
            catch (CloudException e) when (e.IsTransient)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
            }
        }
    }

    /// <summary>Follows the stack, as the conductor does, until nothing moves any more.</summary>
    private async Task<ObservedCluster> SettleAsync(NodeGroup? group = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        var events = new List<ObservedEvent>();
        string? marker = null;
        while (true)
        {
            var seen = await Driver.ObserveAsync(Request with { NodeGroup = group }, new ObserveOptions(true, marker), patience.Token);
            events.AddRange(seen.Events);
            marker = seen.EventMarker;
            if (seen.State is not ObservedState.InProgress)
            {
                return seen with { Events = events };
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }

    private static List<string> Nodes(ObservedCluster seen, string group) => [.. seen.NodeGroups.Single(g => g.Name == group).Nodes.Select(n => n.Name)];

    private static SortedDictionary<string, string?> Servers(ObservedCluster seen) =>
        new(seen.NodeGroups.SelectMany(g => g.Nodes).ToDictionary(n => n.Name, n => n.ServerId), StringComparer.Ordinal);
}
