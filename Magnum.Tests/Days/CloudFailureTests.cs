using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Operations;
using Magnum.Tests.Support.Days;

namespace Magnum.Tests.Days;

/// <summary>What the cloud refuses or loses, seen through the whole of Magnum: each ends in a status with a reason that a person can act on.</summary>
public sealed class CloudFailureTests : IAsyncLifetime
{
    private CloudWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await CloudWorld.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task NoValidHost_IsCreateFailedNamingNodeAndCause_AndTryingAgainMendsIt()
    {
        _world.Cloud.SwitchOn("no-valid-host");
        var (cluster, create) = await _world.CreateAsync();

        Assert.Equal(OperationState.Failed, (await _world.DriveAsync(create)).State);

        var failed = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, failed.Status);
        Assert.Matches(@"^The server of node blue-[0-9a-f]+-(master|worker)-0 could not be made: No valid host was found\. There are not enough hosts available\.", failed.StatusReason);
        _world.Cloud.SwitchOff();
        Assert.Null((await _world.AskAsync((clusters, caller) => clusters.RetryAsync(caller, cluster.ToString(), CloudWorld.Ct))).Error);
        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync((await _world.ActiveAsync(cluster))!.Uuid)).State);
        var mended = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.CreateComplete, null), (mended.Status, mended.StatusReason));
        Assert.Single(_world.Cloud.ListStacks());
        Assert.Equal(2, _world.Cloud.ListServers().Count);
    }

    [Fact]
    public async Task HeatRefusesTheTemplate_IsCreateFailedInHeatsWords_AndTheDeleteLeavesNothing()
    {
        _world.Cloud.SwitchOn("stack-refused");
        var (cluster, create) = await _world.CreateAsync();

        await _world.DriveAsync(create);

        var failed = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, failed.Status);
        Assert.Contains("The stack is refused", failed.StatusReason, StringComparison.Ordinal);
        Assert.Empty(_world.Cloud.ListStacks());
        await DeletedAsync(cluster);
    }

    [Fact]
    public async Task HeatRefusesTheNewSize_TheClusterIsAsBeforeAndSaysWhy()
    {
        var cluster = await _world.CreatedAsync();
        _world.Cloud.SwitchOn("stack-refused");

        await _world.DriveAsync(await _world.ResizeAsync(cluster, 3));

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.CreateComplete, 1), (row.Status, row.NodeCount));
        Assert.Contains("The stack is refused", row.StatusReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QuotaOfNovaUsedUp_IsCreateFailedWithTheLimit()
    {
        _world.Cloud.SwitchOn("quota-exceeded");
        var (cluster, create) = await _world.CreateAsync();

        await _world.DriveAsync(create);

        Assert.Contains("Quota exceeded for instances: Requested 1, but already used 200 of 200 instances", (await _world.ClusterAsync(cluster)).StatusReason, StringComparison.Ordinal);
        await DeletedAsync(cluster);
    }

    [Fact]
    public async Task StackHangs_IsGivenUpAtItsCreateTimeoutNamingTheNodesThatWereWaitedFor()
    {
        _world.Cloud.SwitchOn("hang");
        var (cluster, create) = await _world.CreateAsync(c => c with { CreateTimeout = 20 });

        var ended = await _world.DriveAsync(create);

        var failed = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, failed.Status);
        Assert.Matches(@"^The stack was not complete within 20 minutes: still waiting for node blue-[0-9a-f]+-master-0", failed.StatusReason);
        Assert.InRange((ended.FinishedAt - ended.CreatedAt)!.Value, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(21));
        _world.Cloud.SwitchOff();
        await DeletedAsync(cluster);
    }

    [Fact]
    public async Task HeatNeverEndsByItself_MagnumDoesAtTheDeadline()
    {
        _world.Cloud.SwitchOn("hang");
        var (cluster, create) = await _world.CreateAsync(c => c with { CreateTimeout = 20 });
        var ended = await _world.DriveAsync(create, until: _ => _world.ForgetDeadlines());

        var failed = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, failed.Status);
        Assert.StartsWith("Creating the cluster was given up after 25 min in step 'provisioning'. It waited for: ", failed.StatusReason, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(25), ended.FinishedAt - ended.CreatedAt);
        await DeletedAsync(cluster);
    }

    [Fact]
    public async Task StackDeletedWhileItIsMade_IsCreateFailedAndSaysSo_AndTheDeleteLeavesNothing()
    {
        var (cluster, create) = await _world.CreateAsync();
        await _world.DriveAsync(create, until: o => o.Step == OperationSteps.Provisioning);
        _world.Cloud.SwitchOn("vanish");

        await _world.DriveAsync(create);

        var failed = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.CreateFailed, $"Stack with id {failed.StackId} not found: somebody deleted it outside Magnum."), (failed.Status, failed.StatusReason));
        await DeletedAsync(cluster);
    }

    [Fact]
    public async Task StackDeletedLater_IsToldAndNotMadeAnewByAResize_AndTheDeleteLeavesNothing()
    {
        var cluster = await _world.CreatedAsync();
        _world.Cloud.SwitchOn("vanish");
        await _world.PassAsync(TimeSpan.FromMinutes(6));
        await _world.SweepAsync();
        var lost = await _world.ClusterAsync(cluster);
        var expected = $"Stack with id {lost.StackId} not found: somebody deleted it outside Magnum. Delete the cluster to clean up.";
        Assert.Equal((ClusterStatus.CreateComplete, HealthStatus.Unhealthy, expected), (lost.Status, lost.HealthStatus, lost.StatusReason));

        var resize = await _world.DriveAsync(await _world.ResizeAsync(cluster, 3));

        Assert.Equal((OperationState.Failed, expected), (resize.State, resize.Reason));
        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.CreateComplete, 1, expected), (row.Status, row.NodeCount, row.StatusReason));
        Assert.Empty(_world.Cloud.ListStacks());
        await DeletedAsync(cluster);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(OperationSteps.Credentials)]
    [InlineData(OperationSteps.Infrastructure)]
    [InlineData(OperationSteps.Provisioning)]
    public async Task DeletedWhileItIsMade_LeavesNothing(string? step)
    {
        var (cluster, create) = await _world.CreateAsync();
        var delete = default(Guid?);
        _world.Tap.Before = async _ =>
        {
            if (delete is null && step is not null && (await _world.ActiveAsync(cluster))?.Step == step)
            {
                delete = Guid.Empty;   // once: signing in for the deletion is a call too
                delete = await _world.DeleteAsync(cluster);
            }
        };
        if (step is not null)
        {
            await _world.DriveAsync(create);
        }

        delete ??= await _world.DeleteAsync(cluster);

        Assert.Equal(OperationState.Cancelled, (await _world.OperationAsync(create)).State);
        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(delete.Value)).State);
        await _world.AssertNothingLeftAsync(cluster);
    }

    [Fact]
    public async Task DeletionFailsAtFirst_IsAskedForAgain()
    {
        var (cluster, create) = await _world.CreateAsync(c => c with { Name = "scenario-delete-fails-once" });
        await _world.DriveAsync(create);

        await DeletedAsync(cluster);
    }

    [Fact]
    public async Task NetworkDeletedAfterThePlan_IsRefusedByItsField_OrNamedByTheFailure()
    {
        var network = _world.AddNetwork("lab");
        NewCluster Request(NewCluster c) => c with { FixedNetwork = "lab" };
        var plan = await _world.AskAsync((clusters, caller) => clusters.PlanAsync(caller, Request(new NewCluster { Name = "blue", ClusterTemplateId = "k8s" }), CloudWorld.Ct));
        Assert.DoesNotContain(plan.Value!.Checks, c => c.Field == "fixed_network" && c.Outcome == CheckOutcome.Fail);

        // Accepted, and gone before Heat was asked.
        var (cluster, create) = await _world.CreateAsync(Request);
        _world.RemoveNetwork(network);
        await _world.DriveAsync(create);

        var failed = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.CreateFailed, failed.Status);
        Assert.Contains("lab", failed.StatusReason, StringComparison.Ordinal);
        Assert.Empty(_world.Cloud.ListStacks());
        await DeletedAsync(cluster);

        // Gone before it was launched.
        await _world.PassAsync(TimeSpan.FromSeconds(11));
        var refused = await _world.AskAsync((clusters, caller) => clusters.CreateAsync(caller, Request(new NewCluster { Name = "blue", ClusterTemplateId = "k8s" }), CloudWorld.Ct));
        Assert.Equal(("fixed_network", "Unable to find fixed network lab."), (refused.Error?.Field, refused.Error?.Detail));
        Assert.IsType<MagnumError.Invalid>(refused.Error);
    }

    [Fact]
    public async Task FlavorTooSmall_ThePlanNamesTheFieldAndWhatIsNeeded()
    {
        var plan = await _world.AskAsync((clusters, caller) => clusters.PlanAsync(
            caller, new NewCluster { Name = "blue", ClusterTemplateId = "k8s", MasterFlavorId = "m1.tiny" }, CloudWorld.Ct));

        Assert.False(plan.Value!.CanLaunch);
        var faults = plan.Value.Checks.Where(c => c.Outcome == CheckOutcome.Fail).ToList();
        Assert.All(faults, c => Assert.Equal("master_flavor_id", c.Field));
        Assert.Matches(@"^Flavor m1\.tiny has 512 MiB of memory, and a master needs \d+\.$", Assert.Single(faults, c => c.Id == "flavor.master.ram").Message);
    }

    private async Task DeletedAsync(Guid cluster)
    {
        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(await _world.DeleteAsync(cluster))).State);
        await _world.AssertNothingLeftAsync(cluster);
    }
}
