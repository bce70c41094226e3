using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Core.Services;
using Magnum.Tests.Support.Conductor;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Reconciliation;

public sealed class SyncAndSweepTests : IDisposable
{
    private readonly ConductorWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private SyncReconciler Sync => _world.First.GetRequiredService<SyncReconciler>();

    private SweepReconciler Sweep => _world.First.GetRequiredService<SweepReconciler>();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Sync_StackStillInTheList_IsNotLookedAt()
    {
        var (_, operation) = await WaitingAsync();
        var looks = Looks();

        Assert.Equal(0, await Sync.RunOnceAsync(Ct));

        Assert.Equal(looks, Looks());
        Assert.Equal(OperationState.Waiting, (await _world.OperationAsync(operation)).State);
    }

    [Fact]
    public async Task Sync_StackLeftTheList_WakesItsOperationOnceAndItEnds()
    {
        var (cluster, operation) = await WaitingAsync();
        _world.Cloud.Stacks[cluster].State = ObservedState.Ready;
        _world.Enqueued.Clear();

        Assert.Equal(1, await Sync.RunOnceAsync(Ct));
        Assert.Equal(0, await Sync.RunOnceAsync(Ct));

        Assert.Equal(operation, Assert.Single(_world.Enqueued));
        await _world.Runner.RunAsync(operation, Ct);
        Assert.Equal(ClusterStatus.CreateComplete, (await _world.ClusterAsync(cluster)).Status);
    }

    [Fact]
    public async Task Sync_ListCannotBeRead_WakesNobody()
    {
        var (cluster, _) = await WaitingAsync();
        _world.Cloud.Stacks[cluster].State = ObservedState.Ready;
        _world.Cloud.Trouble = c => c == "list" ? new CloudException("orchestration", CloudFault.Unreachable, "down") : null;

        Assert.Equal(0, await Sync.RunOnceAsync(Ct));
    }

    [Fact]
    public async Task Sync_TwoConductors_OnlyOneDoesItUntilItFallsSilent()
    {
        await WaitingAsync();
        var second = _world.StartConductor(host: "second").GetRequiredService<SyncReconciler>();
        await Sync.RunOnceAsync(Ct);
        _world.Cloud.Calls.Clear();

        await second.RunOnceAsync(Ct);
        Assert.Empty(_world.Cloud.Calls);

        _world.Time.Advance(TimeSpan.FromSeconds(16));
        await second.RunOnceAsync(Ct);
        Assert.Equal(["list"], _world.Cloud.Calls);
    }

    [Fact]
    public async Task Progress_WatchedClusterIsReadEachSecondOthersSeldom()
    {
        var (cluster, _) = await WaitingAsync();
        var progress = _world.First.GetRequiredService<ProgressReconciler>();
        await Sync.RunOnceAsync(Ct);
        await progress.RunOnceAsync(Ct);
        _world.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, await progress.RunOnceAsync(Ct));

        using var closing = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        _ = _world.Events.Subscribe("demo", cluster, closing.Token);
        Assert.Equal(1, await progress.RunOnceAsync(Ct));
        await closing.CancelAsync();
        Assert.Equal(0, await progress.RunOnceAsync(Ct));
        _world.Time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(1, await progress.RunOnceAsync(Ct));
    }

    [Fact]
    public async Task Changes_SayWhetherTheRowHasToBeReadAgain()
    {
        var (cluster, operation) = await WaitingAsync();
        var store = _world.First.GetRequiredService<WorkStore>();
        Assert.Equal(ClusterChangeKinds.Progress, await KindsAsync(rows => rows.Cluster!.Progress++));
        Assert.Equal(ClusterChangeKinds.Progress, await KindsAsync(rows => rows.Operation.Steps[0].Message = "goes on"));
        Assert.Equal(ClusterChangeKinds.Progress, await KindsAsync(rows => rows.Cluster!.Stages = [new("servers", 1, 2, false)]));
        Assert.Equal(
            ClusterChangeKinds.Event,
            await KindsAsync(rows => ClusterEventWriter.Append(rows.Db, rows.Cluster!, EventSource.Heat, EventLevel.Info, "resource", "made", _world.Time.GetUtcNow(), null)));
        Assert.Equal(ClusterChangeKinds.Cluster, await KindsAsync(rows => rows.Cluster!.CoeVersion = "v1.99"));
        Assert.Equal(ClusterChangeKinds.Cluster, await KindsAsync(rows => rows.Cluster!.DefaultWorker.NodeCount++));
        Assert.Equal(ClusterChangeKinds.Cluster, await KindsAsync(rows => rows.Db.Remove(rows.Cluster!.DefaultWorker)));
        Assert.Equal(ClusterChangeKinds.None, await KindsAsync(_ => { }));

        async Task<ClusterChangeKinds> KindsAsync(Action<WorkRows> change)
        {
            using var closing = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var (changes, before) = (_world.Events.Subscribe("demo", cluster, closing.Token), _world.Events.Latest);
            await store.ChangeAsync(operation, change, Ct);
            var kinds = _world.Events.Latest == before ? ClusterChangeKinds.None : (await changes.FirstAsync(Ct)).Kinds;
            await closing.CancelAsync();
            return kinds;
        }
    }

    [Fact]
    public async Task Sweep_AlarmWasLost_RingsAgain()
    {
        var (_, operation) = await _world.AddAsync();
        Assert.Equal(0, await Sweep.RunOnceAsync(Ct));
        _world.Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, await Sweep.RunOnceAsync(Ct));

        Assert.Equal(operation, Assert.Single(_world.Enqueued));
    }

    [Fact]
    public async Task Sweep_ConductorHasFallenSilent_ItsWorkIsFreeBeforeTheLeaseEnds()
    {
        var (_, operation) = await _world.AddAsync();
        await HoldAsync(operation, "silent:1");
        var registry = new ServiceRegistry(_world.Database, _world.Time);
        await registry.BeatAsync("silent", MagnumService.ConductorBinary, "silent:1", Ct);
        _world.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(0, await Sweep.RunOnceAsync(Ct));
        _world.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(1, await Sweep.RunOnceAsync(Ct));

        Assert.Null((await _world.OperationAsync(operation)).LeaseOwner);
    }

    [Fact]
    public async Task Heartbeat_SameHostStartsAgain_TakesItsFormerWorkOverAtOnce()
    {
        var (_, operation) = await _world.AddAsync();
        await HoldAsync(operation, "host:1");
        var registry = new ServiceRegistry(_world.Database, _world.Time);
        await registry.BeatAsync("host", MagnumService.ConductorBinary, "host:1", Ct);
        Assert.NotNull((await _world.OperationAsync(operation)).LeaseOwner);

        await registry.BeatAsync("host", MagnumService.ConductorBinary, "host:2", Ct);

        Assert.Null((await _world.OperationAsync(operation)).LeaseOwner);
        await using var db = _world.Database.CreateDbContext();
        var service = await db.Services.SingleAsync(Ct);
        Assert.Equal(("host:2", 2), (service.InstanceId, service.ReportCount));
    }

    [Theory]
    [InlineData(ClusterStatus.CreateInProgress, ClusterStatus.CreateFailed)]
    [InlineData(ClusterStatus.UpdateInProgress, ClusterStatus.UpdateFailed)]
    [InlineData(ClusterStatus.RollbackInProgress, ClusterStatus.RollbackFailed)]
    public async Task Sweep_InProgressWithoutAnOperation_IsRepairedWithAReason(ClusterStatus stuck, ClusterStatus expected)
    {
        var cluster = await _world.AddSettledAsync(stuck);
        await Sweep.RunOnceAsync(Ct);
        Assert.Equal(stuck, (await _world.ClusterAsync(cluster)).Status);
        _world.Time.Advance(TimeSpan.FromSeconds(61));

        await Sweep.RunOnceAsync(Ct);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal(expected, row.Status);
        Assert.NotNull(row.StatusReason);
        Assert.All(row.NodeGroups, g => Assert.Equal(expected, g.Status));
    }

    [Fact]
    public async Task Sweep_DeletionWithoutAnOperation_GoesOn()
    {
        var cluster = await _world.AddSettledAsync(ClusterStatus.DeleteInProgress);
        _world.Time.Advance(TimeSpan.FromSeconds(61));

        await Sweep.RunOnceAsync(Ct);

        await _world.DriveAsync(Assert.Single(_world.Enqueued));
        Assert.Null(await _world.FindClusterAsync(cluster));
    }

    [Fact]
    public async Task Sweep_GroupLeftInProgressInASettledCluster_Settles()
    {
        var cluster = await _world.AddSettledAsync(change: c => c.DefaultWorker.SetStatus(ClusterStatus.UpdateInProgress, null, c.CreatedAt));
        _world.Time.Advance(TimeSpan.FromSeconds(61));

        await Sweep.RunOnceAsync(Ct);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.CreateComplete, ClusterStatus.UpdateComplete), (row.Status, row.DefaultWorker.Status));
    }

    [Fact]
    public async Task Drift_StackDeletedBehindOurBack_IsToldOnceAndTakenBackWhenItIsFoundAgain()
    {
        var cluster = await _world.AddSettledAsync();
        var stack = _world.Cloud.Stacks[cluster];
        _world.Cloud.Stacks.Clear();
        await Sweep.RunOnceAsync(Ct);
        _world.Time.Advance(TimeSpan.FromMinutes(6));
        await Sweep.RunOnceAsync(Ct);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.CreateComplete, HealthStatus.Unhealthy), (row.Status, row.HealthStatus));
        Assert.StartsWith("Stack with id stack-0 not found", row.StatusReason, StringComparison.Ordinal);
        Assert.Single(await _world.EventsAsync(cluster), e => e.Kind == "drift");

        _world.Cloud.Stacks[cluster] = stack;
        _world.Time.Advance(TimeSpan.FromMinutes(6));
        await Sweep.RunOnceAsync(Ct);
        row = await _world.ClusterAsync(cluster);
        Assert.Null(row.StatusReason);
        Assert.Empty(row.HealthStatusReason);
    }

    [Fact]
    public async Task Drift_ScaledOutsideMagnum_TheRowsFollow()
    {
        var cluster = await _world.AddSettledAsync();
        _world.Cloud.Stacks[cluster].Counts = new() { ["default-master"] = 1, ["default-worker"] = 4 };

        await Sweep.RunOnceAsync(Ct);

        Assert.Equal(4, (await _world.ClusterAsync(cluster)).DefaultWorker.NodeCount);
    }

    [Fact]
    public async Task Events_WrittenByManyAtOnce_HaveNoGapsAndNoneIsRecordedTwice()
    {
        var cluster = await _world.AddSettledAsync();
        var store = _world.First.GetRequiredService<WorkStore>();
        ObservedEvent[] same = [new("id-1", _world.Time.GetUtcNow(), EventSource.Heat, EventLevel.Info, "server", null, null, null, "made")];

        await Parallel.ForEachAsync(Enumerable.Range(0, 8), Ct, async (_, token) => await store.ChangeClusterAsync(
            cluster,
            async (db, row) =>
            {
                ClusterEventWriter.Append(db, row, EventSource.Conductor, EventLevel.Info, "test", "x", _world.Time.GetUtcNow(), null);
                await ClusterEventWriter.AppendAsync(db, row, same, null, token);
            },
            token));

        var events = await _world.EventsAsync(cluster);
        Assert.Equal(Enumerable.Range(1, 9).Select(n => (long)n), events.Select(e => e.Sequence));
        Assert.Single(events, e => e.ExternalId == "id-1");
    }

    private int Looks() => _world.Cloud.Calls.Count(c => c == "observe");

    private async Task<(Guid Cluster, Guid Operation)> WaitingAsync()
    {
        _world.Cloud.LooksInProgress = int.MaxValue;
        var added = await _world.AddAsync();
        await _world.Runner.RunAsync(added.Operation, Ct);
        return added;
    }

    private Task HoldAsync(Guid operation, string owner) => _world.ChangeAsync(async db =>
    {
        var row = await db.Operations.SingleAsync(o => o.Uuid == operation, Ct);
        (row.State, row.LeaseOwner, row.LeaseUntil) = (OperationState.Running, owner, _world.Time.GetUtcNow().AddMinutes(10));
    });
}
