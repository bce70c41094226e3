using Magnum.Core;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Core.Clusters;

public sealed class ClusterChangeTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Every status, and whether PATCH, resize and CA rotation may start from it.</summary>
    public static TheoryData<ClusterStatus, bool, bool, bool> States
    {
        get
        {
            var data = new TheoryData<ClusterStatus, bool, bool, bool>();
            foreach (var status in Enum.GetValues<ClusterStatus>())
            {
                var settled = status.ToWire().EndsWith("_COMPLETE", StringComparison.Ordinal) && status != ClusterStatus.DeleteComplete;
                var curable = status is ClusterStatus.UpdateFailed or ClusterStatus.RollbackFailed;
                data.Add(status, settled || curable, settled || curable || status == ClusterStatus.UpdateInProgress, settled);
            }

            return data;
        }
    }

    public void Dispose() => _world.Dispose();

    [Theory]
    [MemberData(nameof(States))]
    public async Task States_DecideWhatMayStart(ClusterStatus status, bool update, bool resize, bool rotate)
    {
        _world.Driver.Description = _world.Driver.Description with { Capabilities = DriverCapabilities.Resize | DriverCapabilities.RotateCa };
        var cluster = await _world.AddClusterAsync(status);
        var wire = status.ToWire();

        var updated = await _world.Clusters.UpdateAsync(TestCaller.Member(), "blue", new ClusterUpdate(NodeCount: 3), Ct);
        await _world.FinishAsync(cluster.Uuid, status);
        var resized = await Resize(4);
        await _world.FinishAsync(cluster.Uuid, status);
        var rotated = await _world.Clusters.RotateCaAsync(TestCaller.Member(), "blue", Ct);

        Assert.Equal(update ? null : $"Updating a cluster when status is \"{wire}\" is not supported.", updated.Error?.Detail);
        Assert.Equal(resize ? null : $"Resizing a cluster when status is \"{wire}\" is not supported.", resized.Error?.Detail);
        Assert.Equal(rotate ? null : $"Updating a cluster when status is \"{wire}\" is not supported.", rotated.Error?.Detail);
        Assert.All(new[] { updated, resized, rotated }.Where(r => r.Error is not null), r => Assert.IsType<MagnumError.WrongState>(r.Error));
    }

    [Fact]
    public async Task Update_NodeCount_MovesClusterAndGroupWithTheOperation()
    {
        var cluster = await _world.AddClusterAsync();

        var result = await _world.Clusters.UpdateAsync(TestCaller.Member(), "blue", new ClusterUpdate(NodeCount: 5, Rollback: true), Ct);

        Assert.Null(result.Error);
        var stored = await _world.LoadAsync(cluster.Uuid);
        Assert.Equal((ClusterStatus.UpdateInProgress, ClusterStatus.UpdateInProgress, 5), (stored.Status, stored.DefaultWorker.Status, stored.DefaultWorker.NodeCount));
        var operation = (await _world.OperationsAsync(cluster.Uuid))[^1];
        Assert.Equal((OperationKind.Update, stored.DefaultWorker.Uuid), (operation.Kind, operation.NodeGroupUuid));
        Assert.Equal((5, 2, ClusterStatus.CreateComplete, true), (operation.Payload.NodeCount, operation.Payload.PreviousNodeCount, operation.Payload.PreviousStatus, operation.Payload.Rollback));
        Assert.Equal(operation.Uuid, _world.Enqueued.Last());
        Assert.Equal("UPDATE_IN_PROGRESS", _world.Published.Last().Status);
    }

    [Fact]
    public async Task Update_NothingChanges_NothingHappens()
    {
        var cluster = await _world.AddClusterAsync();
        var before = await _world.LoadAsync(cluster.Uuid);

        var same = await _world.Clusters.UpdateAsync(TestCaller.Member(), "blue", new ClusterUpdate(NodeCount: 2), Ct);
        var empty = await _world.Clusters.UpdateAsync(TestCaller.Member(), "blue", new ClusterUpdate(), Ct);

        Assert.Null(same.Error);
        Assert.Null(empty.Error);
        var after = await _world.LoadAsync(cluster.Uuid);
        Assert.Equal((before.Generation, before.Status), (after.Generation, after.Status));
        Assert.Single(await _world.OperationsAsync(cluster.Uuid));
        Assert.Single(_world.Published);
    }

    [Fact]
    public async Task Update_HealthOnly_StoresItWithoutTouchingTheStatus()
    {
        var cluster = await _world.AddClusterAsync(ClusterStatus.UpdateInProgress);

        var result = await _world.Clusters.UpdateAsync(
            TestCaller.Member(),
            "blue",
            new ClusterUpdate(HealthStatus: HealthStatus.Unhealthy, HealthStatusReason: new Dictionary<string, string> { ["api"] = "down" }),
            Ct);

        Assert.Null(result.Error);
        var stored = await _world.LoadAsync(cluster.Uuid);
        Assert.Equal((HealthStatus.Unhealthy, "down", ClusterStatus.UpdateInProgress), (stored.HealthStatus, stored.HealthStatusReason["api"], stored.Status));
        Assert.Single(await _world.OperationsAsync(cluster.Uuid));
    }

    [Fact]
    public async Task Update_FromThePresentCluster_TheChangesRefusalIsTheAnswer()
    {
        await _world.AddClusterAsync();

        var result = await _world.Clusters.UpdateAsync(TestCaller.Member(), "blue", c => new MagnumError.Invalid($"cannot change {c.Name}"), Ct);

        Assert.Equal("cannot change blue", result.Error?.Detail);
    }

    [Theory]
    [InlineData(-1, null, "Invalid input for field/attribute node_count. Value: '-1'. Value should be greater or equal to 0")]
    [InlineData(1001, null, "Invalid input for field/attribute node_count. Value: '1001'. Value should be lower or equal to 1000")]
    [InlineData(0, null, "Resizing default-worker outside the allowed range: min_node_count = 1, max_node_count = 5")]
    [InlineData(6, "default-worker", "Resizing default-worker outside the allowed range: min_node_count = 1, max_node_count = 5")]
    [InlineData(3, "nothing", "Nodegroup nothing could not be found.")]
    [InlineData(3, "default-master", "Resizing the master nodegroup is not supported by this driver.")]
    public async Task Resize_OutOfBounds_IsRefused(int count, string? group, string text)
    {
        var cluster = await _world.AddClusterAsync();
        await SetBoundsAsync(cluster.Uuid, 1, 5);

        Assert.Equal(text, (await Resize(count, group)).Error?.Detail);
    }

    [Theory]
    [InlineData(2, "master nodegroup size of 2 is invalid, size cannot be an even number.")]
    [InlineData(0, "master nodegroup size of 0 is invalid, size cannot be an even number.")]
    [InlineData(3, null)]
    public async Task Resize_MastersWhereTheDriverCan_OddOnly(int count, string? text)
    {
        _world.Driver.Description = _world.Driver.Description with { Capabilities = DriverCapabilities.Resize | DriverCapabilities.ResizeMasters };
        await _world.AddClusterAsync();

        Assert.Equal(text, (await Resize(count, "default-master")).Error?.Detail);
    }

    [Fact]
    public async Task Resize_DriverCannot_IsUnsupported()
    {
        _world.Driver.Description = _world.Driver.Description with { Capabilities = DriverCapabilities.None };
        await _world.AddClusterAsync();

        Assert.IsType<MagnumError.Unsupported>((await Resize(3)).Error);
    }

    [Fact]
    public async Task Resize_AgainWhileTheFirstWaitsInTheQueue_ReplacesItsTarget()
    {
        var cluster = await _world.AddClusterAsync();
        await Resize(1, null, "a", "b");

        await Resize(0, "default-worker", "b", "c");

        var operations = await _world.OperationsAsync(cluster.Uuid);
        Assert.Equal(2, operations.Count);
        Assert.Equal((0, 2), (operations[1].Payload.NodeCount, operations[1].Payload.PreviousNodeCount));
        Assert.Equal(["a", "b", "c"], operations[1].Payload.NodesToRemove);
        Assert.Equal(ClusterStatus.CreateComplete, operations[1].Payload.PreviousStatus);
        Assert.Equal(0, (await _world.LoadAsync(cluster.Uuid)).DefaultWorker.NodeCount);
    }

    [Fact]
    public async Task Resize_AgainWhileTheFirstWaitsForTheCloud_TakesItsPlace()
    {
        var cluster = await _world.AddClusterAsync();
        await Resize(4, null, "a");
        await SetStateAsync(cluster.Uuid, OperationState.Waiting);

        Assert.Null((await Resize(5)).Error);

        var operations = await _world.OperationsAsync(cluster.Uuid);
        Assert.Equal([OperationState.Succeeded, OperationState.Cancelled, OperationState.Queued], operations.Select(o => o.State));
        Assert.Equal([null, null, cluster.Uuid], operations.Select(o => o.ActiveClusterUuid));
        Assert.Equal((5, 2, ClusterStatus.CreateComplete), (operations[2].Payload.NodeCount, operations[2].Payload.PreviousNodeCount, operations[2].Payload.PreviousStatus));
        Assert.Equal(["a"], operations[2].Payload.NodesToRemove);
    }

    [Fact]
    public async Task Resize_WhileAConductorWorksOnAnother_IsAConflict()
    {
        var cluster = await _world.AddClusterAsync();
        await Resize(4);
        await SetStateAsync(cluster.Uuid, OperationState.Running);

        Assert.IsType<MagnumError.Conflict>((await Resize(5)).Error);
        Assert.Equal(4, (await _world.LoadAsync(cluster.Uuid)).DefaultWorker.NodeCount);
        Assert.Null((await Resize(4)).Error);   // what is being done already is no conflict
    }

    [Fact]
    public async Task Resize_TheSameTwiceAtOnce_IsOneOperation()
    {
        var cluster = await _world.AddClusterAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Resize(4), Ct)));

        Assert.All(results, r => Assert.Null(r.Error));
        Assert.Equal(2, (await _world.OperationsAsync(cluster.Uuid)).Count);
    }

    [Fact]
    public async Task Resize_SeveralClientsThatSawNoSize_TheLastOneStandsAndNothingIsLost()
    {
        var cluster = await _world.AddClusterAsync();

        var results = await Task.WhenAll(Enumerable.Range(3, 4).Select(n => Task.Run(() => Resize(n), Ct)));

        Assert.All(results, r => Assert.Null(r.Error));
        var operation = Assert.Single(await _world.OperationsAsync(cluster.Uuid), o => o.ActiveClusterUuid is not null);
        Assert.Equal((await _world.LoadAsync(cluster.Uuid)).DefaultWorker.NodeCount, operation.Payload.NodeCount);
        Assert.Equal(2, operation.Payload.PreviousNodeCount);
    }

    [Fact]
    public async Task Resize_SeveralBrowsersFromTheSameSize_OneWinsAndTheOthersAreTold()
    {
        var cluster = await _world.AddClusterAsync();

        var results = await Task.WhenAll(Enumerable.Range(3, 4).Select(n => Task.Run(() => _world.Clusters.ResizeAsync(
            TestCaller.Member(), cluster.Uuid.ToString(), new ClusterResize(n, [], null, From: 2), Ct), Ct)));

        Assert.Single(results, r => r.IsSuccess);
        var count = (await _world.LoadAsync(cluster.Uuid)).NodeCount;
        Assert.All(results.Where(r => !r.IsSuccess), r => Assert.Equal(
            $"Somebody else has resized default-worker from 2 to {count} node(s) meanwhile. Look at the cluster again before you resize it.",
            Assert.IsType<MagnumError.Conflict>(r.Error).Detail));
        Assert.Equal(count, Assert.Single(await _world.OperationsAsync(cluster.Uuid), o => o.ActiveClusterUuid is not null).Payload.NodeCount);
    }

    [Theory]
    [InlineData(OperationState.Queued)]
    [InlineData(OperationState.Running)]
    [InlineData(OperationState.Waiting)]
    public async Task Delete_WhileSomethingRuns_PreemptsIt(OperationState state)
    {
        await _world.AddTemplateAsync();
        var cluster = (await _world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = "k8s" }, Ct)).Value!;
        await SetStateAsync(cluster.Uuid, state);

        var result = await _world.Clusters.DeleteAsync(TestCaller.Member(), "blue", Ct);

        Assert.Null(result.Error);
        var operations = await _world.OperationsAsync(cluster.Uuid);
        Assert.Equal([OperationState.Cancelled, OperationState.Queued], operations.Select(o => o.State));
        Assert.Equal([null, cluster.Uuid], operations.Select(o => o.ActiveClusterUuid));
        Assert.Equal(OperationKind.Delete, operations[1].Kind);
        var stored = await _world.LoadAsync(cluster.Uuid);
        Assert.Equal(ClusterStatus.DeleteInProgress, stored.Status);
        Assert.All(stored.NodeGroups, g => Assert.Equal(ClusterStatus.DeleteInProgress, g.Status));
    }

    [Theory]
    [MemberData(nameof(States))]
    public async Task Delete_InAnyState_IsAccepted_AndASecondMakesNothing(ClusterStatus status, bool update, bool resize, bool rotate)
    {
        _ = (update, resize, rotate);
        var cluster = await _world.AddClusterAsync(status);

        Assert.Null((await _world.Clusters.DeleteAsync(TestCaller.Member(), "blue", Ct)).Error);
        Assert.Null((await _world.Clusters.DeleteAsync(TestCaller.Member(), "blue", Ct)).Error);

        Assert.Single(await _world.OperationsAsync(cluster.Uuid), o => o.Kind == OperationKind.Delete);
    }

    [Fact]
    public async Task Delete_AfterAFailedOne_TriesAgain()
    {
        var cluster = await _world.AddClusterAsync();
        await _world.Clusters.DeleteAsync(TestCaller.Member(), "blue", Ct);
        await _world.FinishAsync(cluster.Uuid, ClusterStatus.DeleteFailed, OperationState.Failed);

        Assert.Null((await _world.Clusters.DeleteAsync(TestCaller.Member(), "blue", Ct)).Error);

        Assert.Equal(2, (await _world.OperationsAsync(cluster.Uuid)).Count(o => o.Kind == OperationKind.Delete));
    }

    [Fact]
    public async Task Retry_FailedCreate_IsTheSameAgain()
    {
        await _world.AddTemplateAsync();
        var cluster = (await _world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = "k8s" }, Ct)).Value!;
        await _world.FinishAsync(cluster.Uuid, ClusterStatus.CreateFailed, OperationState.Failed);

        Assert.Null((await _world.Clusters.RetryAsync(TestCaller.Member(), "blue", Ct)).Error);
        Assert.Null((await _world.Clusters.RetryAsync(TestCaller.Member(), "blue", Ct)).Error);   // clicked twice

        var operations = await _world.OperationsAsync(cluster.Uuid);
        Assert.Equal([OperationKind.Create, OperationKind.Create], operations.Select(o => o.Kind));
        Assert.NotEqual(operations[0].Uuid, operations[1].Uuid);
        Assert.Equal(ClusterStatus.CreateInProgress, (await _world.LoadAsync(cluster.Uuid)).Status);
    }

    [Fact]
    public async Task Retry_FailedResize_WantsTheSameSizeAgain()
    {
        var cluster = await _world.AddClusterAsync();
        await Resize(4, null, "a");
        await _world.FinishAsync(cluster.Uuid, ClusterStatus.UpdateFailed, OperationState.Failed);
        await using (var db = _world.Database.CreateDbContext())
        {
            await db.NodeGroups.Where(g => g.Name == NodeGroup.DefaultWorkerName).ExecuteUpdateAsync(s => s.SetProperty(g => g.NodeCount, 2), Ct);
        }

        Assert.Null((await _world.Clusters.RetryAsync(TestCaller.Member(), "blue", Ct)).Error);

        var stored = await _world.LoadAsync(cluster.Uuid);
        Assert.Equal((4, ClusterStatus.UpdateInProgress), (stored.DefaultWorker.NodeCount, stored.Status));
        var payload = (await _world.OperationsAsync(cluster.Uuid))[^1].Payload;
        Assert.Equal((4, 2), (payload.NodeCount, payload.PreviousNodeCount));
        Assert.Equal(["a"], payload.NodesToRemove);
    }

    [Fact]
    public async Task Retry_NothingFailed_IsRefused()
    {
        await _world.AddClusterAsync();

        Assert.Equal(
            "Retrying a cluster when status is \"CREATE_COMPLETE\" is not supported.",
            (await _world.Clusters.RetryAsync(TestCaller.Member(), "blue", Ct)).Error?.Detail);
    }

    [Fact]
    public async Task RotateCa_GivenUpHalfway_MayGoOnFromAFailure_AndByRetry()
    {
        _world.Driver.Description = _world.Driver.Description with { Capabilities = DriverCapabilities.RotateCa };
        var cluster = await _world.AddClusterAsync();
        Assert.Null((await _world.Clusters.RotateCaAsync(TestCaller.Member(), "blue", Ct)).Error);
        await _world.FinishAsync(cluster.Uuid, ClusterStatus.UpdateFailed, OperationState.Failed);
        Assert.IsType<MagnumError.WrongState>((await _world.Clusters.RotateCaAsync(TestCaller.Member(), "blue", Ct)).Error);
        await using (var db = _world.Database.CreateDbContext())
        {
            db.Certificates.Add(new ClusterCertificate { Uuid = Guid.NewGuid(), ClusterUuid = cluster.Uuid, Role = CertificateRole.Next, Generation = 2 });
            await db.SaveChangesAsync(Ct);
        }

        var resumed = await _world.Clusters.RotateCaAsync(TestCaller.Member(), "blue", Ct);
        await _world.FinishAsync(cluster.Uuid, ClusterStatus.UpdateFailed, OperationState.Failed);
        var retried = await _world.Clusters.RetryAsync(TestCaller.Member(), "blue", Ct);

        Assert.Null(resumed.Error);
        Assert.Null(retried.Error);
        Assert.Equal(ClusterStatus.UpdateInProgress, retried.Value!.Status);
        Assert.Equal([OperationKind.RotateCa, OperationKind.RotateCa, OperationKind.RotateCa], (await _world.OperationsAsync(cluster.Uuid)).Skip(1).Select(o => o.Kind));
        await _world.FinishAsync(cluster.Uuid, ClusterStatus.CreateFailed);
        Assert.IsType<MagnumError.WrongState>((await _world.Clusters.RotateCaAsync(TestCaller.Member(), "blue", Ct)).Error);
    }

    [Fact]
    public async Task RotateCa_DriverCannotOrNoTls_IsUnsupported()
    {
        await _world.AddClusterAsync();
        var cannot = await _world.Clusters.RotateCaAsync(TestCaller.Member(), "blue", Ct);
        await _world.AddTemplateAsync(spec: RequestWorld.Spec("open") with { TlsDisabled = true });
        await _world.AddClusterAsync(request: new NewCluster { Name = "open", ClusterTemplateId = "open" });
        var open = await _world.Clusters.RotateCaAsync(TestCaller.Member(), "open", Ct);

        Assert.EndsWith("not supported by this driver.", Assert.IsType<MagnumError.Unsupported>(cannot.Error).Detail, StringComparison.Ordinal);
        Assert.Equal("Rotating the CA certificate on a non-TLS cluster is not supported", open.Error?.Detail);
    }

    [Fact]
    public async Task Events_TellWhoAskedForWhat_WithoutGaps()
    {
        var cluster = await _world.AddClusterAsync();
        await Resize(4);
        await Resize(5);
        await _world.Clusters.DeleteAsync(TestCaller.Member(), "blue", Ct);

        var events = (await _world.ClusterQueries.ListEventsAsync(TestCaller.Member(), cluster.Uuid, 0, 100, Ct)).Value!;

        Assert.Equal([1L, 2L, 3L, 4L], events.Select(e => e.Sequence));
        Assert.All(events, e => Assert.Equal((EventSource.Request, TestCaller.Member().RequestId), (e.Source, e.RequestId)));
        Assert.Equal("demo-user asked for 4 node(s) in default-worker, which has 2.", events[1].Message);
        Assert.Equal(2, (await _world.ClusterQueries.ListEventsAsync(TestCaller.Member(), cluster.Uuid, 2, 100, Ct)).Value!.Count);
    }

    [Fact]
    public async Task EveryChange_ByReaderOrStranger_IsForbiddenOrNotFound()
    {
        var cluster = await _world.AddClusterAsync();
        var ident = cluster.Uuid.ToString();

        foreach (var (caller, kind) in new[] { (TestCaller.Reader(), typeof(MagnumError.Forbidden)), (TestCaller.Member("alt", "x"), typeof(MagnumError.NotFound)) })
        {
            Assert.IsType(kind, (await _world.Clusters.UpdateAsync(caller, ident, new ClusterUpdate(NodeCount: 3), Ct)).Error);
            Assert.IsType(kind, (await _world.Clusters.ResizeAsync(caller, ident, new ClusterResize(3, [], null), Ct)).Error);
            Assert.IsType(kind, (await _world.Clusters.RetryAsync(caller, ident, Ct)).Error);
            Assert.IsType(kind, (await _world.Clusters.RotateCaAsync(caller, ident, Ct)).Error);
            Assert.IsType(kind, (await _world.Clusters.DeleteAsync(caller, ident, Ct)).Error);
        }

        Assert.Single(await _world.OperationsAsync(cluster.Uuid));
        Assert.Null((await _world.Clusters.ResizeAsync(TestCaller.Admin(), ident, new ClusterResize(3, [], null), Ct)).Error);
        Assert.Null((await _world.Clusters.DeleteAsync(TestCaller.Admin(), "blue", Ct)).Error);
    }

    private Task<Result<Cluster>> Resize(int count, string? group = null, params string[] remove) =>
        _world.Clusters.ResizeAsync(TestCaller.Member(), "blue", new ClusterResize(count, remove, group), Ct);

    private async Task SetStateAsync(Guid cluster, OperationState state)
    {
        await using var db = _world.Database.CreateDbContext();
        await db.Operations.Where(o => o.ActiveClusterUuid == cluster).ExecuteUpdateAsync(s => s.SetProperty(o => o.State, state), Ct);
    }

    private async Task SetBoundsAsync(Guid cluster, int minimum, int maximum)
    {
        await using var db = _world.Database.CreateDbContext();
        await db.NodeGroups.Where(g => g.ClusterId == cluster && g.Name == NodeGroup.DefaultWorkerName)
            .ExecuteUpdateAsync(s => s.SetProperty(g => g.MinNodeCount, minimum).SetProperty(g => g.MaxNodeCount, maximum), Ct);
    }
}
