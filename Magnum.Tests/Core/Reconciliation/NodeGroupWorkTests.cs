using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Tests.Support.Conductor;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Reconciliation;

/// <summary>Groups that are added to a cluster: each has a piece of the back end of its own, which comes and goes without the cluster's being touched.</summary>
public sealed class NodeGroupWorkTests : IDisposable
{
    private readonly ConductorWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Create_ShowsWhatItIsAt_AndIsCompleteWithAStackOfItsOwn()
    {
        var cluster = await CreatedAsync();
        var (group, operation) = await _world.RequestNodeGroupAsync(cluster);
        var asked = await _world.ClusterAsync(cluster);

        await _world.DriveAsync(operation);

        Assert.Equal((ClusterStatus.UpdateInProgress, ClusterStatus.CreateInProgress), (asked.Status, asked.NodeGroups.Single(g => g.Uuid == group).Status));
        Assert.All(asked.NodeGroups.Where(g => g.IsDefault), g => Assert.Equal(ClusterStatus.CreateComplete, g.Status));
        var row = await _world.ClusterAsync(cluster);
        var added = row.NodeGroups.Single(g => g.Uuid == group);
        Assert.Equal((ClusterStatus.UpdateComplete, "stack-1"), (row.Status, row.StackId));
        Assert.Equal((ClusterStatus.CreateComplete, "stack-2", 2), (added.Status, added.StackId, added.NodeAddresses.Count));
        Assert.StartsWith("stack-1 ", row.EventMarker, StringComparison.Ordinal);
        Assert.StartsWith("stack-2 ", added.EventMarker, StringComparison.Ordinal);
        Assert.Equal(["default-master", "default-worker"], _world.Cloud.Stacks[cluster].Counts.Keys);
        var stack = _world.Cloud.Stacks[group];
        Assert.Equal(["gpu"], stack.Counts.Keys);
        Assert.Equal(stack.Password, Assert.Single(_world.Cloud.Trustees).Value.Password);
    }

    [Fact]
    public async Task Create_RefusedBeforeAnythingWasMade_LeavesTheClusterAsItWasAndTheGroupFailed()
    {
        var cluster = await CreatedAsync();
        _world.Cloud.Trouble = c => c == "converge" ? new DriverRefusedException("The image is gone.", nothingChanged: true) : null;
        var (group, operation) = await _world.RequestNodeGroupAsync(cluster);

        await _world.DriveAsync(operation);

        var row = await _world.ClusterAsync(cluster);
        var added = row.NodeGroups.Single(g => g.Uuid == group);
        Assert.Equal((ClusterStatus.CreateComplete, "The image is gone."), (row.Status, row.StatusReason));
        Assert.Equal((ClusterStatus.CreateFailed, "The image is gone."), (added.Status, added.StatusReason));
    }

    [Fact]
    public async Task Create_BackEndFails_TheClusterSaysWhy_AndALaterDeletionOfTheGroupCuresIt()
    {
        var cluster = await CreatedAsync();
        var (group, operation) = await _world.RequestNodeGroupAsync(cluster);
        await _world.Runner.RunAsync(operation, Ct);
        (_world.Cloud.Stacks[group].State, _world.Cloud.Stacks[group].Reason) = (ObservedState.Failed, "No valid host was found.");
        await _world.DriveAsync(operation);
        var failed = await _world.ClusterAsync(cluster);

        await _world.DriveAsync(await _world.RequestAsync(cluster, OperationKind.NodeGroupDelete, group));

        Assert.Equal((ClusterStatus.UpdateFailed, "No valid host was found."), (failed.Status, failed.StatusReason));
        Assert.Equal(ClusterStatus.CreateFailed, failed.NodeGroups.Single(g => g.Uuid == group).Status);
        var cured = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.UpdateComplete, null, 2), (cured.Status, cured.StatusReason, cured.NodeGroups.Count));
    }

    [Fact]
    public async Task Resize_ChangesTheGroupsOwnStackOnly()
    {
        var cluster = await CreatedAsync();
        var (group, create) = await _world.RequestNodeGroupAsync(cluster);
        await _world.DriveAsync(create);
        var before = _world.Cloud.Stacks[cluster].Generation;

        await _world.DriveAsync(await _world.RequestAsync(cluster, OperationKind.Resize, group, 5));

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.UpdateComplete, 5), (row.Status, row.NodeGroups.Single(g => g.Uuid == group).NodeCount));
        Assert.Equal((5, before), (_world.Cloud.Stacks[group].Counts["gpu"], _world.Cloud.Stacks[cluster].Generation));
    }

    [Fact]
    public async Task Resize_OfAGroupThatWasNeverMade_MakesIt()
    {
        var cluster = await CreatedAsync();
        _world.Cloud.Trouble = c => c == "converge" ? new DriverRefusedException("The image is gone.", nothingChanged: true) : null;
        var (group, create) = await _world.RequestNodeGroupAsync(cluster);
        await _world.DriveAsync(create);
        _world.Cloud.Trouble = _ => null;

        await _world.DriveAsync(await _world.RequestAsync(cluster, OperationKind.Resize, group, 3));

        Assert.Equal(3, _world.Cloud.Stacks[group].Counts["gpu"]);
        Assert.Equal("stack-2", (await _world.ClusterAsync(cluster)).NodeGroups.Single(g => g.Uuid == group).StackId);
    }

    [Fact]
    public async Task Sync_FollowsTheGroupsOwnStack()
    {
        var cluster = await CreatedAsync();
        _world.Cloud.LooksInProgress = 1000;
        var (group, operation) = await _world.RequestNodeGroupAsync(cluster);
        await _world.Runner.RunAsync(operation, Ct);
        var sync = _world.First.GetRequiredService<SyncReconciler>();

        var whileItWorks = await sync.RunOnceAsync(Ct);
        _world.Cloud.Stacks[group].State = ObservedState.Ready;
        var whenItIsDone = await sync.RunOnceAsync(Ct);

        Assert.Equal((0, 1), (whileItWorks, whenItIsDone));
        Assert.Equal("stack-1", (await _world.ClusterAsync(cluster)).StackId);
    }

    [Fact]
    public async Task Drift_OfTheGroupsOwnStack_IsTold()
    {
        var cluster = await CreatedAsync();
        var (group, create) = await _world.RequestNodeGroupAsync(cluster);
        await _world.DriveAsync(create);
        var sweep = _world.First.GetRequiredService<SweepReconciler>();
        _world.Cloud.Stacks[group].Counts["gpu"] = 4;
        await sweep.RunOnceAsync(Ct);
        var scaled = (await _world.ClusterAsync(cluster)).NodeGroups.Single(g => g.Uuid == group);

        _world.Cloud.Stacks.Remove(group);
        _world.Time.Advance(TimeSpan.FromMinutes(6));
        await sweep.RunOnceAsync(Ct);
        _world.Time.Advance(TimeSpan.FromMinutes(6));
        await sweep.RunOnceAsync(Ct);

        Assert.Equal((4, 4), (scaled.NodeCount, scaled.Nodes.Count));
        var lost = (await _world.ClusterAsync(cluster)).NodeGroups.Single(g => g.Uuid == group);
        Assert.Equal(ClusterStatus.CreateComplete, lost.Status);
        Assert.StartsWith("Stack with id stack-2 of node group gpu not found: somebody deleted it outside Magnum.", lost.StatusReason, StringComparison.Ordinal);
        Assert.Equal(
            ["gpu was scaled outside Magnum from 2 to 4 node(s).", lost.StatusReason], (await _world.EventsAsync(cluster)).Where(e => e.Kind == "drift").Select(e => e.Message));
    }

    [Fact]
    public async Task DeleteOfTheCluster_TakesAddedGroupsAwayFirst()
    {
        var cluster = await CreatedAsync();
        var (group, create) = await _world.RequestNodeGroupAsync(cluster);
        await _world.DriveAsync(create);
        var clusterStacks = new List<bool>();
        _world.Cloud.During = call =>
        {
            if (call == "delete")
            {
                clusterStacks.Add(_world.Cloud.Stacks.ContainsKey(group));
            }

            return Task.CompletedTask;
        };

        var ended = await _world.DriveAsync(await _world.RequestDeleteAsync(cluster));

        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Contains(OperationSteps.NodeGroups, ended.Steps.Select(s => s.Name));
        Assert.Equal([true, false], clusterStacks);
        Assert.Empty(_world.Cloud.Stacks);
        Assert.Null(await _world.FindClusterAsync(cluster));
    }

    [Theory]
    [InlineData(OperationKind.NodeGroupCreate)]
    [InlineData(OperationKind.NodeGroupDelete)]
    [InlineData(OperationKind.Delete)]
    public async Task KilledAtEachAction_IsFinishedByAnotherWithNothingMadeTwiceOrLeft(OperationKind kind)
    {
        var survived = false;
        for (var action = 1; !survived; action++)
        {
            using var world = new ConductorWorld();
            var (cluster, create) = await world.AddAsync();
            await world.DriveAsync(create);
            var (group, operation) = await world.RequestNodeGroupAsync(cluster);
            if (kind != OperationKind.NodeGroupCreate)
            {
                await world.DriveAsync(operation);
                operation = kind is OperationKind.Delete ? await world.RequestDeleteAsync(cluster) : await world.RequestAsync(cluster, kind, group);
            }

            survived = !await KillTests.KillAsync(world, operation, action);

            var ended = await world.DriveAsync(operation, world.StartConductor(host: "survivor"));

            Assert.Equal(OperationState.Succeeded, ended.State);
            Assert.Equal(2, world.Cloud.Created);
            Assert.Equal(kind == OperationKind.NodeGroupCreate, world.Cloud.Stacks.ContainsKey(group));
            var row = await world.FindClusterAsync(cluster);
            Assert.Equal(kind switch { OperationKind.Delete => null, OperationKind.NodeGroupCreate => 3, _ => 2 }, row?.NodeGroups.Count);
            Assert.All(row?.NodeGroups ?? [], g => Assert.Equal(ClusterStatus.CreateComplete, g.Status));
        }
    }

    private async Task<Guid> CreatedAsync()
    {
        var (cluster, create) = await _world.AddAsync();
        await _world.DriveAsync(create);
        return cluster;
    }
}
