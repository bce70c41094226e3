using System.Text.Json.Nodes;
using Magnum.Core.Drivers;
using Magnum.Drivers.EmbeddedCloud.Nova;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>The driver's whole way through the embedded cloud, with nodes that report themselves.</summary>
public sealed class EmbeddedMesosTests() : EmbeddedHeatTests("mesos_heat", MesosClusters.New(masters: 1, workers: 3, keyPair: null, flavor: "m1.small"))
{
    [Fact]
    public async Task Create_IsReadyWithItsBareAddress_AndNobodyAsksMagnumForAnything()
    {
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var seen = await SettleAsync();

        Assert.True(seen.State is ObservedState.Ready, seen.Reason);
        Assert.Matches(@"^\d+\.\d+\.\d+\.\d+$", seen.ApiAddress);
        Assert.Equal(["blue-one-111111112222-master-0"], Nodes(seen, "default-master"));
        Assert.Equal(3, Nodes(seen, "default-worker").Count);
        Assert.Equal(["network", "security", "control-plane", "workers"], seen.Stages.Select(s => s.Name));
        Assert.All(seen.Stages, s => Assert.Equal(s.Total, s.Done));
        Assert.Equal(0, Magnum.Signed);
        Assert.All(Cloud.Cloud.State.Compute.Servers.Values, s => Assert.Null(s.Node));
    }

    [Fact]
    public async Task AddedGroup_ComesAndGoesByItself_AndKnowsTheMasters()
    {
        Cluster.MasterLbEnabled = true;
        Cluster.DefaultMaster.NodeCount = 3;
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        var before = await SettleAsync();
        var group = KubernetesClusters.Added("gpu", 2);
        Cluster.NodeGroups.Add(group);

        Operation++;
        group.StackId = await Driver.ConvergeAsync(Request with { NodeGroup = group }, Ct);
        var made = await SettleAsync(group);

        Assert.True(made.State is ObservedState.Ready, made.Reason);
        Assert.Equal(["blue-one-gpu-aaaaaaaa0000-worker-0", "blue-one-gpu-aaaaaaaa0000-worker-1"], Nodes(made, "gpu"));
        // In the order of their numbers, which are those of ZooKeeper's servers.
        var masters = string.Join(',', before.NodeGroups.Single(g => g.Name == "default-master").Nodes.OrderBy(n => n.Name, StringComparer.Ordinal).Select(n => n.Address));
        Assert.All(
            Cloud.Cloud.State.Compute.Servers.Values,
            s => Assert.Equal(masters, (string?)JsonNode.Parse(UserDataFiles.Find(s.UserData!, "/etc/magnum/stack.json")!)!["managers"]));

        await Driver.DeleteAsync(Request with { NodeGroup = group }, Ct);
        Assert.Equal(ObservedState.Absent, (await SettleAsync(group)).State);
        Assert.Equal(Servers(before), Servers(await Driver.ObserveAsync(Request, new ObserveOptions(false, null), Ct)));
    }

    [Fact]
    public async Task BrokenWorker_IsNamed_AndReplacedByTheNextOperation()
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
        Assert.Equal("Node blue-one-111111112222-worker-3 reported a failure: mesos-agent: no master has registered the agent.", failed.Reason);

        Operation++;
        await ConvergeUntilTakenAsync();
        var after = await SettleAsync();
        Assert.True(after.State is ObservedState.Ready, after.Reason);
        Assert.Equal(before, Servers(after).Where(s => before.ContainsKey(s.Key)));
    }

    [Fact]
    public async Task EverythingSwitchedOn_IsReady_AndDeletedLeavesNothing()
    {
        Cluster.MasterLbEnabled = true;
        Cluster.DefaultMaster.NodeCount = 3;
        Cluster.DefaultWorker.NodeCount = 1;
        Cluster.DockerVolumeSize = 5;
        Cluster.Labels["boot_volume_size"] = "20";
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);

        var seen = await SettleAsync();
        Assert.True(seen.State is ObservedState.Ready, seen.Reason);
        Assert.Equal(3, Nodes(seen, "default-master").Count);
        Assert.Equal(5, Cloud.Cloud.State.Volumes.Volumes.Count);   // one to boot from each, one for the only Docker

        await Driver.DeleteAsync(Request, Ct);
        Assert.Equal(ObservedState.Absent, (await SettleAsync()).State);
        var state = Cloud.Cloud.State;
        Assert.Empty(Cloud.ListServers());
        Assert.Empty(Cloud.ListStacks());
        Assert.Equal((0, 0, 0), (state.Compute.ServerGroups.Count, state.Volumes.Volumes.Count, state.LoadBalancers.LoadBalancers.Count));
        Assert.DoesNotContain(state.Network.SecurityGroups.Values, g => g.Name.StartsWith("blue-one", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plan_ReadsTheWholeCloud()
    {
        var plan = await Driver.PlanAsync(Cluster, Credential, Ct);

        Assert.True(plan.CanLaunch, string.Join('\n', plan.Checks.Where(c => c.Outcome is CheckOutcome.Fail)));
        Assert.Contains(plan.Checks, c => c is { Id: "image.mesos_version", Outcome: CheckOutcome.Warning });
    }
}
