using Magnum.Core.Clusters;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Tests.Support.Conductor;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Reconciliation;

/// <summary>A conductor is killed at each action it does outside itself; another one takes over when the lease has run out.</summary>
public sealed class KillTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Create_KilledAtEachAction_IsFinishedByAnotherWithNothingMadeTwice(int looks)
    {
        var survived = false;
        for (var action = 1; !survived; action++)
        {
            using var world = new ConductorWorld();
            world.Cloud.LooksInProgress = looks;
            var (cluster, operation) = await world.AddAsync();
            survived = !await KillAsync(world, operation, action);

            var ended = await world.DriveAsync(operation, world.StartConductor(host: "survivor"));

            Assert.Equal(OperationState.Succeeded, ended.State);
            Assert.Equal(1, world.Cloud.Created);
            var trustee = Assert.Single(world.Cloud.Trustees).Value;
            Assert.False(trustee.Enabled);
            Assert.Equal(trustee.Password, world.Cloud.Stacks[cluster].Password);
            var row = await world.ClusterAsync(cluster);
            Assert.Equal(ClusterStatus.CreateComplete, row.Status);
            Assert.Equal("stack-1", row.StackId);
            Assert.Equal(trustee.Id, row.TrusteeUserId);
            var events = await world.EventsAsync(cluster);
            Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => e.Sequence));
            Assert.Single(events, e => e.Kind == "operation.succeeded");
            await using var db = world.Database.CreateDbContext();
            Assert.Equal(5, await db.Certificates.CountAsync(Ct));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Resize_KilledAtEachAction_IsFinishedByAnotherOnTheSameStack(int looks)
    {
        var survived = false;
        for (var action = 1; !survived; action++)
        {
            using var world = new ConductorWorld();
            var (cluster, create) = await world.AddAsync();
            await world.DriveAsync(create);
            world.Cloud.LooksInProgress = looks;
            var operation = await world.RequestResizeAsync(cluster, 5);
            survived = !await KillAsync(world, operation, action);

            var ended = await world.DriveAsync(operation, world.StartConductor(host: "survivor"));

            Assert.Equal(OperationState.Succeeded, ended.State);
            Assert.Equal(1, world.Cloud.Created);
            var stack = world.Cloud.Stacks[cluster];
            Assert.Equal((5, operation.ToString()), (stack.Counts["default-worker"], stack.Generation));
            var trustee = Assert.Single(world.Cloud.Trustees).Value;
            Assert.Equal((false, stack.Password), (trustee.Enabled, trustee.Password));
            var row = await world.ClusterAsync(cluster);
            Assert.Equal((ClusterStatus.UpdateComplete, "stack-1", 5), (row.Status, row.StackId, row.DefaultWorker.NodeCount));
            Assert.Equal(2, (await world.EventsAsync(cluster)).Count(e => e.Kind == "operation.succeeded"));
        }
    }

    [Fact]
    public async Task Delete_KilledAtEachAction_IsFinishedByAnotherAndNothingIsLeft()
    {
        var survived = false;
        for (var action = 1; !survived; action++)
        {
            using var world = new ConductorWorld();
            var (cluster, create) = await world.AddAsync();
            await world.DriveAsync(create);
            var operation = await world.RequestDeleteAsync(cluster);
            survived = !await KillAsync(world, operation, action);

            var ended = await world.DriveAsync(operation, world.StartConductor(host: "survivor"));

            Assert.Equal(OperationState.Succeeded, ended.State);
            await AssertNothingLeftAsync(world, cluster);
        }
    }

    [Fact]
    public async Task Create_DeletedAtEachActionOfItsConductor_LeavesNothing()
    {
        for (var action = 1; ; action++)
        {
            using var world = new ConductorWorld();
            var (cluster, create) = await world.AddAsync();
            var delete = default(Guid?);
            var count = 0;
            world.Cloud.During = async _ =>
            {
                if (++count == action)
                {
                    delete = await world.RequestDeleteAsync(cluster);
                }
            };
            await world.DriveAsync(create);
            if (delete is null)
            {
                Assert.True(action > 4);
                return;
            }

            Assert.Equal(OperationState.Cancelled, (await world.OperationAsync(create)).State);
            Assert.Null((await world.OperationAsync(create)).LeaseOwner);
            Assert.Equal(OperationState.Succeeded, (await world.DriveAsync(delete.Value)).State);
            await AssertNothingLeftAsync(world, cluster);
        }
    }

    [Fact]
    public async Task Create_KilledAtEachActionThenDeleted_LeavesNothing()
    {
        var survived = false;
        for (var action = 1; !survived; action++)
        {
            using var world = new ConductorWorld();
            var (cluster, create) = await world.AddAsync();
            survived = !await KillAsync(world, create, action);
            var delete = await world.RequestDeleteAsync(cluster);

            Assert.Equal(OperationState.Succeeded, (await world.DriveAsync(delete, world.StartConductor(host: "survivor"))).State);

            await AssertNothingLeftAsync(world, cluster);
        }
    }

    [Fact]
    public async Task Delete_WhileTheCreateStillRunsAStep_WaitsForItNoLongerThanTheLease()
    {
        using var world = new ConductorWorld();
        var (cluster, create) = await world.AddAsync();
        await world.ChangeAsync(async db =>
        {
            var row = await db.Operations.SingleAsync(o => o.Uuid == create, Ct);
            (row.State, row.LeaseOwner, row.LeaseUntil) = (OperationState.Running, "somebody", world.Time.GetUtcNow().AddSeconds(60));
        });
        var delete = await world.RequestDeleteAsync(cluster);

        await world.Runner.RunAsync(delete, Ct);

        var waiting = await world.OperationAsync(delete);
        Assert.Equal(OperationSteps.Stop, waiting.Step);
        Assert.Equal("the operation before ends its running step", waiting.Reason);
        Assert.Empty(world.Cloud.Calls);
        var ended = await world.DriveAsync(delete);
        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.InRange((ended.FinishedAt - ended.CreatedAt)!.Value, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(63) + TimeSpan.FromMinutes(10));
    }

    /// <summary>Runs until the conductor dies; false when it came to the end alive.</summary>
    internal static async Task<bool> KillAsync(ConductorWorld world, Guid operation, int action)
    {
        var life = new LifeLine { DiesAt = action };
        var runner = world.StartConductor(life, host: "victim").GetRequiredService<OperationRunner>();
        try
        {
            for (var row = await world.OperationAsync(operation); row.IsActive; row = await world.OperationAsync(operation))
            {
                world.Advance(row);
                await runner.RunAsync(operation, Ct);
            }
        }
        catch (Exception) when (life.IsDead)
        {
            return true;
        }

        return life.IsDead;
    }

    private static async Task AssertNothingLeftAsync(ConductorWorld world, Guid cluster)
    {
        Assert.Null(await world.FindClusterAsync(cluster));
        Assert.Empty(world.Cloud.Stacks);
        Assert.Empty(world.Cloud.Trustees);
        Assert.Empty(world.Cloud.Trusts);
        Assert.True(world.Cloud.Created <= 1);
        await using var db = world.Database.CreateDbContext();
        Assert.Empty(await db.Certificates.ToListAsync(Ct));
        Assert.Empty(await db.NodeGroups.ToListAsync(Ct));
        Assert.Equal("operation.succeeded", (await world.EventsAsync(cluster))[^1].Kind);
    }
}
