using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Tests.Support.Conductor;

namespace Magnum.Tests.Core.Reconciliation;

/// <summary>Nodes that go are freed of work first, as well as that can be done.</summary>
public sealed class DrainTests : IDisposable
{
    private readonly ConductorWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task WhatRunsOnANode_MovesBeforeTheNodeGoes_AndTheEngineForgetsItAfterwards()
    {
        var operation = await ResizeAsync(HealthStatus.Healthy);
        _world.Cloud.LeftToDrain = 2;

        await _world.Runner.RunAsync(operation, Ct);
        var waiting = await _world.OperationAsync(operation);
        await _world.DriveAsync(operation);

        Assert.Equal(("drain", "work moves off blue-worker-1 (2 pod(s))"), (waiting.Step, waiting.Reason));
        Assert.Equal(["drain", "drain", "drain", "converge", "forget"], Calls());
        var step = (await _world.OperationAsync(operation)).Steps.Single(s => s.Name == OperationSteps.Drain);
        Assert.Equal((StepState.Succeeded, "The nodes that go are free of work."), (step.State, step.Message));
    }

    [Fact]
    public async Task WhatDoesNotMoveInTime_KeepsNoNode()
    {
        var operation = await ResizeAsync(HealthStatus.Unhealthy);
        _world.Cloud.LeftToDrain = int.MaxValue;

        var ended = await _world.DriveAsync(operation);

        Assert.Equal(OperationState.Succeeded, ended.State);
        var warning = Assert.Single(await _world.EventsAsync(ended.ClusterUuid), e => e.Kind == "nodes.drain");
        Assert.Equal((EventLevel.Warning, "After 5 min, work was left on blue-worker-1 (2147483647 pod(s)); they go all the same."), (warning.Level, warning.Message));
    }

    [Fact]
    public async Task AnEngineThatDoesNotAnswer_IsLeftAloneAfterAWhile()
    {
        var operation = await ResizeAsync(HealthStatus.Healthy);
        _world.Cloud.Trouble = c => c is "drain" or "forget" ? new CloudException("kubernetes", CloudFault.Unreachable, "no connection") : null;
        var began = _world.Time.GetUtcNow();

        var ended = await _world.DriveAsync(operation);

        Assert.Equal(OperationState.Succeeded, ended.State);
        var warning = Assert.Single(await _world.EventsAsync(ended.ClusterUuid), e => e.Kind == "nodes.drain");
        Assert.InRange(warning.OccurredAt - began, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(40));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(HealthStatus.Unknown)]
    public async Task AnEngineOfWhichNothingIsHeard_IsNotAsked(HealthStatus? health)
    {
        var operation = await ResizeAsync(health);

        await _world.DriveAsync(operation);

        Assert.Equal(["converge"], Calls());
    }

    [Fact]
    public async Task OfAGroupThatIsDeleted_AllNodesAreFreed()
    {
        var cluster = await CreatedAsync(_world, HealthStatus.Healthy);
        var (group, create) = await _world.RequestNodeGroupAsync(cluster);
        await _world.DriveAsync(create);
        _world.Cloud.Calls.Clear();
        _world.Cloud.LeftToDrain = 1;

        await _world.DriveAsync(await _world.RequestAsync(cluster, OperationKind.NodeGroupDelete, group));

        Assert.Equal(["drain removal", "drain removal", "delete", "forget removal"], Calls());
    }

    [Fact]
    public async Task AnUpgrade_FreesNodesBeforeEachOfItsParts()
    {
        var cluster = await CreatedAsync(_world, HealthStatus.Healthy);

        await _world.DriveAsync(await _world.RequestAsync(cluster, OperationKind.Upgrade, (await _world.ClusterAsync(cluster)).DefaultWorker.Uuid));

        Assert.Equal(["drain", "converge", "drain", "converge", "drain", "converge", "drain", "converge", "forget"], Calls());
    }

    [Fact]
    public async Task KilledAtEachAction_IsFinishedByAnother()
    {
        var survived = false;
        for (var action = 1; !survived; action++)
        {
            using var world = new ConductorWorld();
            var operation = await world.RequestResizeAsync(await CreatedAsync(world, HealthStatus.Healthy), 1);
            world.Cloud.LeftToDrain = 2;
            survived = !await KillTests.KillAsync(world, operation, action);

            var ended = await world.DriveAsync(operation, world.StartConductor(host: "survivor"));

            Assert.Equal(OperationState.Succeeded, ended.State);
        }
    }

    private static async Task<Guid> CreatedAsync(ConductorWorld world, HealthStatus? health)
    {
        var (cluster, create) = await world.AddAsync();
        await world.DriveAsync(create);
        await world.ChangeAsync(db =>
        {
            db.Clusters.Single(c => c.Uuid == cluster).HealthStatus = health;
            return Task.CompletedTask;
        });
        world.Cloud.Calls.Clear();
        return cluster;
    }

    private async Task<Guid> ResizeAsync(HealthStatus? health) => await _world.RequestResizeAsync(await CreatedAsync(_world, health), 1);

    private List<string> Calls() => [.. _world.Cloud.Calls.Where(c => c.Split(' ')[0] is "drain" or "converge" or "delete" or "forget")];
}
