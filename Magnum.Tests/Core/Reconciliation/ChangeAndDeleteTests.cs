using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Tests.Support.Conductor;

namespace Magnum.Tests.Core.Reconciliation;

public sealed class ChangeAndDeleteTests : IDisposable
{
    private readonly ConductorWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Resize_AllGoesWell_IsCompleteWithTheNewCountAndTheFormerStack()
    {
        var (cluster, operation) = await ResizeAsync();

        await _world.DriveAsync(operation);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.UpdateComplete, 5, "stack-0"), (row.Status, row.DefaultWorker.NodeCount, row.StackId));
        Assert.Equal(5, _world.Cloud.Stacks[cluster].Counts["default-worker"]);
        Assert.NotNull(_world.Cloud.Stacks[cluster].Password);
        Assert.False(Assert.Single(_world.Cloud.Trustees).Value.Enabled);
    }

    [Fact]
    public async Task Resize_RefusedBeforeAnythingWasTouched_RestoresStatusAndCountAndTellsWhy()
    {
        _world.Cloud.Trouble = c => c == "converge" ? new DriverRefusedException("The flavor is gone.", nothingChanged: true) : null;
        var (cluster, operation) = await ResizeAsync();

        var ended = await _world.DriveAsync(operation);

        Assert.Equal(OperationState.Failed, ended.State);
        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.CreateComplete, "The flavor is gone.", 2), (row.Status, row.StatusReason, row.DefaultWorker.NodeCount));
    }

    [Fact]
    public async Task Resize_BackEndFails_IsUpdateFailedWithTheFormerCount()
    {
        var (cluster, operation) = await ResizeAsync();
        await _world.Runner.RunAsync(operation, Ct);
        (_world.Cloud.Stacks[cluster].State, _world.Cloud.Stacks[cluster].Reason) = (ObservedState.Failed, "No valid host was found.");

        await _world.DriveAsync(operation);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.UpdateFailed, "No valid host was found.", 2), (row.Status, row.StatusReason, row.DefaultWorker.NodeCount));
    }

    [Theory]
    [InlineData(ObservedState.RolledBack, ClusterStatus.RollbackComplete)]
    [InlineData(ObservedState.Failed, ClusterStatus.RollbackFailed)]
    public async Task Resize_RollsBack_ShowsThatAndHowItEnds(ObservedState end, ClusterStatus expected)
    {
        _world.Cloud.LooksInProgress = 10;
        var (cluster, operation) = await ResizeAsync();
        await _world.Runner.RunAsync(operation, Ct);
        _world.Cloud.Stacks[cluster].IsRollingBack = true;
        _world.Advance(await _world.OperationAsync(operation));
        await _world.Runner.RunAsync(operation, Ct);
        Assert.Equal(ClusterStatus.RollbackInProgress, (await _world.ClusterAsync(cluster)).Status);
        (_world.Cloud.Stacks[cluster].State, _world.Cloud.Stacks[cluster].Reason) = (end, "a quota");

        await _world.DriveAsync(operation);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((expected, "a quota", 2), (row.Status, row.StatusReason, row.DefaultWorker.NodeCount));
        Assert.All(row.NodeGroups, g => Assert.Equal(expected, g.Status));
    }

    [Fact]
    public async Task Resize_BackEndStillShowsTheFormerResult_IsAskedAgain()
    {
        var (cluster, operation) = await ResizeAsync();
        await _world.Runner.RunAsync(operation, Ct);
        (_world.Cloud.Stacks[cluster].Generation, _world.Cloud.Stacks[cluster].State) = ("lost", ObservedState.Ready);

        await _world.DriveAsync(operation);

        Assert.Equal(2, _world.Cloud.Calls.Count(c => c == "converge"));
        Assert.Equal(ClusterStatus.UpdateComplete, (await _world.ClusterAsync(cluster)).Status);
    }

    [Fact]
    public async Task Delete_AllGoesWell_TellsListenersThatTheClusterIsGone()
    {
        var (cluster, operation) = await DeleteAsync();
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var changes = _world.Events.Subscribe("demo", cluster, closing.Token);

        await _world.DriveAsync(operation);

        var change = await changes.FirstAsync(closing.Token);
        Assert.True(change.Kinds.HasFlag(ClusterChangeKinds.Removed));
        Assert.Equal("DELETE_COMPLETE", change.Status);
        Assert.Null(await _world.FindClusterAsync(cluster));
        await closing.CancelAsync();
    }

    [Fact]
    public async Task Delete_SomethingIsInTheWay_NamesItAsksAgainAndEnds()
    {
        var (cluster, operation) = await DeleteAsync();
        await _world.Runner.RunAsync(operation, Ct);
        (_world.Cloud.Stacks[cluster].State, _world.Cloud.Stacks[cluster].Reason) = (ObservedState.Failed, "Network net-1 is in use by port-7.");
        _world.Advance(await _world.OperationAsync(operation));

        await _world.Runner.RunAsync(operation, Ct);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.DeleteInProgress, row.Status);
        Assert.StartsWith("The cloud has not removed everything (Network net-1 is in use by port-7); trying again in", row.StatusReason, StringComparison.Ordinal);
        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(operation)).State);
        Assert.Equal(2, _world.Cloud.Calls.Count(c => c == "delete"));
    }

    [Fact]
    public async Task Delete_NeverPossible_IsDeleteFailedNamingWhatIsInTheWayAndKeepsTheCredentials()
    {
        var (cluster, operation) = await DeleteAsync();
        _world.Cloud.Stacks[cluster].EndsAs = ObservedState.Failed;
        _world.Cloud.Stacks[cluster].Reason = "Network net-1 is in use by port-7.";

        var ended = await _world.DriveAsync(operation);

        Assert.Equal(OperationState.Failed, ended.State);
        var row = await _world.ClusterAsync(cluster);
        Assert.Equal(ClusterStatus.DeleteFailed, row.Status);
        Assert.Contains("Network net-1 is in use by port-7", row.StatusReason, StringComparison.Ordinal);
        Assert.Contains("trust", _world.Cloud.Trusts);
        Assert.Equal(OperationState.Succeeded, await RetryAsync(cluster));
    }

    [Fact]
    public async Task Delete_TrustNoLongerValid_IsDoneInMagnumsOwnName()
    {
        var (cluster, operation) = await DeleteAsync();
        _world.Cloud.Trusts.Clear();

        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(operation)).State);

        Assert.Null(await _world.FindClusterAsync(cluster));
        Assert.Empty(_world.Cloud.Stacks);
    }

    [Theory]
    [InlineData("delete", "orchestration")]
    [InlineData("delete", "identity")]
    [InlineData("observe", "orchestration")]
    [InlineData("observe", "identity")]
    [InlineData("trustee-delete", "identity")]
    [InlineData("trust-delete", "identity")]
    public async Task Delete_CloudDownForAMinuteAtAStep_Ends(string call, string service)
    {
        var (cluster, operation) = await DeleteAsync();
        var down = default(DateTimeOffset?);
        _world.Cloud.Trouble = c => c == call && _world.Time.GetUtcNow() < (down ??= _world.Time.GetUtcNow().AddMinutes(1))
            ? new CloudException(service, CloudFault.ServerError, "503") { StatusCode = 503 }
            : null;

        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(operation)).State);

        Assert.NotNull(down);
        Assert.Null(await _world.FindClusterAsync(cluster));
    }

    [Theory]
    [InlineData("trustee", "identity", "Keystone")]
    [InlineData("converge", "identity", "Keystone")]
    [InlineData("converge", "orchestration", "Heat")]
    [InlineData("observe", "identity", "Keystone")]
    [InlineData("observe", "orchestration", "Heat")]
    [InlineData("trustee-enabled", "identity", "Keystone")]
    public async Task Resize_CloudDownForAMinuteAtAStep_SaysSoWaitsAndGoesOn(string call, string service, string name)
    {
        var (cluster, operation) = await ResizeAsync();
        var down = default(DateTimeOffset?);
        _world.Cloud.Trouble = c => c == call && _world.Time.GetUtcNow() < (down ??= _world.Time.GetUtcNow().AddMinutes(1))
            ? new CloudException(service, CloudFault.ServerError, "503") { StatusCode = 503 }
            : null;
        while (down is null)
        {
            _world.Advance(await _world.OperationAsync(operation));
            await _world.Runner.RunAsync(operation, Ct);
        }

        Assert.StartsWith($"{name} is in trouble (503); trying again in", (await _world.ClusterAsync(cluster)).StatusReason, StringComparison.Ordinal);
        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(operation)).State);
        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.UpdateComplete, null, 5), (row.Status, row.StatusReason, row.DefaultWorker.NodeCount));
    }

    private async Task<OperationState> RetryAsync(Guid cluster)
    {
        _world.Cloud.Stacks[cluster].EndsAs = ObservedState.Ready;
        return (await _world.DriveAsync(await _world.RequestDeleteAsync(cluster))).State;
    }

    private Task<(Guid Cluster, Guid Operation)> ResizeAsync() => _world.AddAsync(
        OperationKind.Resize, ClusterStatus.CreateComplete, c => c.DefaultWorker.NodeCount = 5, () => new OperationPayload { PreviousNodeCount = 2, NodeCount = 5 });

    private Task<(Guid Cluster, Guid Operation)> DeleteAsync() => _world.AddAsync(OperationKind.Delete, ClusterStatus.CreateComplete);
}
