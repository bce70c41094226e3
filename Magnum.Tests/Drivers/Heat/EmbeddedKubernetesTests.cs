using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>The driver's whole way through a cloud: the embedded one, over HTTP, with nodes that report themselves.</summary>
public sealed class EmbeddedKubernetesTests() : EmbeddedHeatTests("k8s_heat", KubernetesClusters.New(masters: 1, workers: 3, keyPair: null, flavor: "m1.small"))
{
    [Fact]
    public async Task Create_NodesReport_IsReadyWithAddressesAndHistory()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var listed = await Driver.ListInProgressAsync(Ct);
        var seen = await SettleAsync();

        Assert.Contains(Cluster.StackId, listed!);
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
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();

        Assert.Equal(4, Magnum.Signed);
        foreach (var server in Cloud.Cloud.State.Compute.Servers.Values)
        {
            using var certificate = X509Certificate2.CreateFromPem(server.Node!.Certificate);
            Assert.Equal($"O=system:nodes, CN=system:node:{server.Name}", certificate.Subject);
            Assert.Equal((Cluster.Uuid.ToString(), Magnum.Url), (server.Node.ClusterUuid, server.Node.MagnumUrl));
        }
    }

    [Fact]
    public async Task MagnumRefusesToSign_ReasonSaysSo()
    {
        Magnum.Refusal = 503;
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);

        var failed = await SettleAsync();

        Assert.Equal(ObservedState.Failed, failed.State);
        Assert.Contains("certificates: The requested URL returned error: 503", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConvergeTwice_MakesOneStack()
    {
        var first = await Driver.ConvergeAsync(Request, Ct);
        var again = await Driver.ConvergeAsync(Request, Ct);
        Cluster.StackId = first;
        var known = await Driver.ConvergeAsync(Request, Ct);

        Assert.Equal((first, first), (again, known));
        Assert.Single(Cloud.ListStacks());
    }

    [Fact]
    public async Task Resize_KeepsServersAndTakesTheChosenOne()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var before = Servers(await SettleAsync());

        Operation++;
        Cluster.DefaultWorker.NodeCount = 4;
        await Driver.ConvergeAsync(Request, Ct);
        var grown = Servers(await SettleAsync());
        Assert.Equal(before, grown.Where(s => before.ContainsKey(s.Key)));
        Assert.Equal(5, grown.Count);

        Operation++;
        Cluster.DefaultWorker.NodeCount = 3;
        await Driver.ConvergeAsync(Request with { Enrolment = null, NodesToRemove = [grown["blue-one-111111112222-worker-1"]!] }, Ct);
        var shrunk = Servers(await SettleAsync());
        Assert.Equal(grown.Where(s => s.Key != "blue-one-111111112222-worker-1"), shrunk);
    }

    [Fact]
    public async Task AddedGroup_ComesGrowsAndGoesByItself_OnTheClustersNetwork()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var before = Servers(await SettleAsync());
        var group = KubernetesClusters.Added("gpu", 2);
        Cluster.NodeGroups.Add(group);

        Operation++;
        group.StackId = await Driver.ConvergeAsync(Request with { NodeGroup = group }, Ct);
        Assert.Equal(group.StackId, await Driver.ConvergeAsync(Request with { NodeGroup = group }, Ct));
        var made = await SettleAsync(group);

        Assert.Equal((ObservedState.Ready, null, null), (made.State, made.ApiAddress, made.CoeVersion));
        var seen = Assert.Single(made.NodeGroups);
        Assert.Equal(("gpu", "v1.31.1"), (seen.Name, seen.Version));
        Assert.Equal(["blue-one-gpu-aaaaaaaa0000-worker-0", "blue-one-gpu-aaaaaaaa0000-worker-1"], seen.Nodes.Select(n => n.Name));
        Assert.Equal(["workers"], made.Stages.Select(s => s.Name));
        Assert.Equal(2, Cloud.ListStacks().Count);
        Assert.Single(Cloud.Cloud.State.Network.Networks.Values, n => n.Name == "blue-one-111111112222");
        Assert.Equal(6, Cloud.ListServers().Count);

        Operation++;
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
        var images = await Services.GetRequiredService<IImages>().ListImagesAsync(Credential, Ct);
        var newer = images.Single(i => i.Name == "ubuntu-22.04-kube-v1.32.1");
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        var group = KubernetesClusters.Added("gpu", 1);
        group.ImageId = newer.Id;
        Cluster.NodeGroups.Add(group);
        Operation++;

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.ConvergeAsync(Request with { NodeGroup = group }, Ct));

        Assert.True(refusal.NothingChanged);
        Assert.StartsWith($"Image {newer.Name} has Kubernetes ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddedGroup_WhoseStackWasDeleted_IsNotMadeAnew()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        var group = KubernetesClusters.Added("gpu", 1);
        group.StackId = "gone";
        Cluster.NodeGroups.Add(group);

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
        Cluster.ApiAddress = address;

        Assert.Null(await Driver.ProbeAsync(Cluster, new EngineAccess("", "", ""), Ct));
    }

    [Fact]
    public async Task Delete_LeavesNothing_AndAgainIsFine()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);

        await Driver.DeleteAsync(Request, Ct);
        var seen = await SettleAsync();
        await Driver.DeleteAsync(Request, Ct);

        Assert.Equal(ObservedState.Absent, seen.State);
        Assert.Empty(Cloud.ListServers());
        Assert.Empty(Cloud.ListStacks());
    }

    [Fact]
    public async Task StackNotOfThisCluster_IsLeftAlone()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        var stranger = KubernetesClusters.New(keyPair: null, flavor: "m1.small");
        // The same first half of the uuid gives the same name.
        stranger.Uuid = Guid.Parse("11111111-2222-9999-9999-999999999999");
        stranger.Template = Cluster.Template;

        await Driver.DeleteAsync(new DriverRequest(stranger, Credential, "g"), Ct);

        Assert.Equal(ObservedState.Ready, (await Driver.ObserveAsync(Request, new ObserveOptions(false, null), Ct)).State);
    }

    [Fact]
    public async Task EarlierOperation_IsNotTakenForThisOne()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        Operation++;

        Assert.False((await Driver.ObserveAsync(Request, new ObserveOptions(false, null), Ct)).IsCurrent);
    }

    [Fact]
    public async Task NoHostForServers_ReasonNamesNodeAndCause_AndTheNextOperationMendsIt()
    {
        Cloud.SwitchOn("no-valid-host");
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var failed = await SettleAsync();
        Cloud.SwitchOff();

        Assert.Equal(ObservedState.Failed, failed.State);
        Assert.Contains("No valid host was found", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("of node blue-one-111111112222-", failed.Reason, StringComparison.Ordinal);
        Assert.Contains(failed.Events, e => e.Level is EventLevel.Error);

        Operation++;
        Cluster.StackId = await ConvergeUntilTakenAsync();
        Assert.Equal(ObservedState.Ready, (await SettleAsync()).State);
    }

    [Fact]
    public async Task BrokenWorker_IsReplacedByTheNextOperation()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var before = Servers(await SettleAsync());
        Cloud.SwitchOn("node-fails");
        Operation++;
        Cluster.DefaultWorker.NodeCount = 4;
        await Driver.ConvergeAsync(Request, Ct);
        var failed = await SettleAsync();
        Cloud.SwitchOff();

        Assert.Equal(ObservedState.Failed, failed.State);
        Assert.StartsWith("Node blue-one-111111112222-worker-3 reported a failure: ", failed.Reason, StringComparison.Ordinal);

        Operation++;
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
        Cluster.Template = Cluster.Template with { ImageId = "lost" };

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.ConvergeAsync(Request, Ct));

        Assert.True(refusal.NothingChanged);
        Assert.Equal("Image lost could not be found.", refusal.Message);
        Assert.Empty(Cloud.ListStacks());
    }

    [Fact]
    public async Task HeatRefusingTheTemplate_IsRefusedInHeatsWords()
    {
        Cloud.SwitchOn("stack-refused");

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.ConvergeAsync(Request, Ct));

        Assert.True(refusal.NothingChanged);
        Assert.Contains("The stack is refused", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedGrowthWithRollback_IsTakenBackAndSaysWhy()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var before = Servers(await SettleAsync());
        Cloud.SwitchOn("node-fails");
        Operation++;
        Cluster.DefaultWorker.NodeCount = 4;
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
        Cloud.SwitchOn("heat-503");

        var trouble = await Assert.ThrowsAsync<CloudException>(() => Driver.ObserveAsync(Request, new ObserveOptions(false, null), Ct));

        Assert.True(trouble.IsTransient);
    }

    [Fact]
    public async Task EverythingSwitchedOn_IsReady()
    {
        Cluster.MasterLbEnabled = true;
        Cluster.DefaultMaster.NodeCount = 3;
        Cluster.DefaultWorker.NodeCount = 1;
        Cluster.DockerVolumeSize = 5;
        Cluster.Labels["boot_volume_size"] = "20";
        Cluster.Labels["etcd_volume_size"] = "2";
        Cluster.Template = Cluster.Template with { NetworkDriver = "calico" };
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);

        var seen = await SettleAsync();

        Assert.True(seen.State is ObservedState.Ready, seen.Reason);
        Assert.Equal(3, Nodes(seen, "default-master").Count);
        Assert.Contains(seen.Stages, s => s is { Name: "load-balancer", Done: 8, Total: 8 });
    }

    [Fact]
    public async Task Plan_ReadsTheWholeCloud()
    {
        var plan = await Driver.PlanAsync(Cluster, Credential, Ct);

        Assert.True(plan.CanLaunch, string.Join('\n', plan.Checks.Where(c => c.Outcome is CheckOutcome.Fail)));
        Assert.NotEmpty(plan.Quotas);
    }
}
