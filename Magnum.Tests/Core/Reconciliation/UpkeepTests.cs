using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Tests.Support.Conductor;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Reconciliation;

/// <summary>What Magnum does by itself for clusters whose labels ask for it, after each look at their health.</summary>
public sealed class UpkeepTests : IDisposable
{
    private static readonly TaskNeeds Room = new(2, 4096, 110);

    private readonly ConductorWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task ANodeThatStaysBroken_IsReplaced_ByAResizeOfTheSameCount()
    {
        var cluster = await CreatedAsync(heals: true);
        _world.Cloud.Health = () => Broken("default-worker-1");

        await LookAsync(5);
        Assert.Null(await ActiveAsync(cluster));   // five minutes are not over since the first look
        await LookAsync(1);

        var operation = (await ActiveAsync(cluster))!;
        Assert.Contains(operation.Uuid, _world.Enqueued);
        Assert.Equal(OperationKind.Resize, operation.Kind);
        Assert.Equal((2, 2, "server-1"), (operation.Payload.PreviousNodeCount, operation.Payload.NodeCount, Assert.Single(operation.Payload.NodesToRemove)));
        Assert.Equal(ClusterStatus.UpdateInProgress, (await _world.ClusterAsync(cluster)).Status);
        Assert.Equal((EventSource.Conductor, EventLevel.Info, "Magnum replaces default-worker-1 of default-worker: broken for 5 min."), Assert.Single(await EventsAsync(cluster, "healing")));

        await LookAsync(5);   // while it is being done nothing else begins
        Assert.Equal(operation.Uuid, (await ActiveAsync(cluster))!.Uuid);
        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(operation.Uuid)).State);
        Assert.Equal(ClusterStatus.UpdateComplete, (await _world.ClusterAsync(cluster)).Status);
    }

    [Fact]
    public async Task ANodeThatIsWellAgain_CountsFromNew_AndOneThatCannotBeAskedIsNotBroken()
    {
        var cluster = await CreatedAsync(heals: true);
        _world.Cloud.Health = () => Broken("default-worker-1");
        await LookAsync(5);
        _world.Cloud.Health = () => Healthy;
        await LookAsync(1);
        _world.Cloud.Health = () => Broken("default-worker-1");
        await LookAsync(5);
        _world.Cloud.Health = () => ClusterHealth.Unknown("away");
        await LookAsync(20);
        _world.Cloud.Health = () => Broken("default-worker-1");
        await LookAsync(5);

        Assert.Null(await ActiveAsync(cluster));
    }

    [Fact]
    public async Task TooManyBroken_IsToldOnce_AndNothingIsDone()
    {
        var cluster = await CreatedAsync(heals: true);
        _world.Cloud.Health = () => Broken("default-worker-0", "default-worker-1");

        await LookAsync(12);

        Assert.Null(await ActiveAsync(cluster));
        var (_, level, message) = Assert.Single(await EventsAsync(cluster, "healing"));
        Assert.Equal(EventLevel.Warning, level);
        Assert.StartsWith("No node is replaced: 2 of 2 workers are broken, more than the 1 that max_unhealthy allows.", message);
    }

    [Theory]
    [InlineData(false, ClusterStatus.CreateComplete)]
    [InlineData(true, ClusterStatus.UpdateFailed)]   // people have to look first
    public async Task WhereNobodyAskedForIt_OrTheLastChangeFailed_NothingIsReplaced(bool heals, ClusterStatus status)
    {
        var cluster = await CreatedAsync(heals: heals);
        await ChangeAsync(cluster, c => c.SetStatus(status, null, _world.Time.GetUtcNow()));
        _world.Cloud.Health = () => Broken("default-worker-1");

        await LookAsync(10);

        Assert.Null(await ActiveAsync(cluster));
    }

    [Fact]
    public async Task WhatWaits_MakesItGrow_AndWhenItHasGoneTheNodesAreGivenBack()
    {
        var cluster = await CreatedAsync(scales: true);
        _world.Cloud.Load = () => new EngineLoad([Node("default-worker-0", Room), Node("default-worker-1", Room)], [Waits(), Waits()]);

        await LookAsync(1);
        var growth = (await ActiveAsync(cluster))!;
        Assert.Equal((OperationKind.Resize, 2, 3, 0), (growth.Kind, growth.Payload.PreviousNodeCount, growth.Payload.NodeCount, growth.Payload.NodesToRemove.Count));
        await _world.DriveAsync(growth.Uuid);

        _world.Cloud.Load = () => new EngineLoad([Node("default-worker-0", Room), Node("default-worker-1", new(0.1, 1, 1)), Node("default-worker-2", default)], []);
        await LookAsync(10);
        Assert.Null(await ActiveAsync(cluster));
        await LookAsync(1);
        var shrink = (await ActiveAsync(cluster))!;
        Assert.Equal((3, 2, "server-2"), (shrink.Payload.PreviousNodeCount, shrink.Payload.NodeCount, Assert.Single(shrink.Payload.NodesToRemove)));
        Assert.Equal(
            [
                "Magnum asks for 3 node(s) in default-worker, which has 2: 2 pod(s) find no room.",
                "Magnum asks for 2 node(s) in default-worker, which has 3: default-worker-2 has been used little for 10 min.",
            ],
            (await EventsAsync(cluster, "scaling")).Select(e => e.Message));
    }

    [Fact]
    public async Task NoMoreThanTheQuotasLeave_AndWhatLacksIsToldOnce()
    {
        var cluster = await CreatedAsync(scales: true);
        var used = 8;
        _world.Cloud.Quotas = count => [new QuotaProjection("ram", 0, (count - 2) * 4096, -1), new QuotaProjection("cores", used, (count - 2) * 2, 11)];
        _world.Cloud.Load = () => new EngineLoad([Node("default-worker-0", Room), Node("default-worker-1", Room)], [.. Enumerable.Repeat(Waits(), 9)]);

        used = 10;
        await LookAsync(3);
        Assert.Null(await ActiveAsync(cluster));
        Assert.Equal(
            "9 pod(s) find no room, and the project's quota of cores leaves no room for another node of default-worker.", Assert.Single(await EventsAsync(cluster, "scaling")).Message);

        used = 8;
        await LookAsync(1);
        Assert.Equal(3, (await ActiveAsync(cluster))!.Payload.NodeCount);   // five are needed, one and a half fit
    }

    [Fact]
    public async Task AtItsBound_IsToldOnce_AndAgainWhenItIsSoAgain()
    {
        var cluster = await CreatedAsync(scales: true, most: 2);
        var full = new EngineLoad([Node("default-worker-0", Room), Node("default-worker-1", Room)], [Waits()]);
        _world.Cloud.Load = () => full;
        await LookAsync(3);
        _world.Cloud.Load = () => full with { Waiting = [] };
        await LookAsync(1);
        _world.Cloud.Load = () => full;
        await LookAsync(2);

        Assert.Null(await ActiveAsync(cluster));
        Assert.Equal(Enumerable.Repeat("1 pod(s) find no room, and default-worker is at its most, 2 node(s).", 2), (await EventsAsync(cluster, "scaling")).Select(e => e.Message));
    }

    [Fact]
    public async Task WhileANodeIsBroken_OnlyHealingDecides()
    {
        var cluster = await CreatedAsync(heals: true, scales: true);
        _world.Cloud.Health = () => Broken("default-worker-1");
        _world.Cloud.Load = () => new EngineLoad([Node("default-worker-0", Room), Node("default-worker-1", Room) with { IsReady = false }], [Waits()]);

        await LookAsync(3);

        Assert.Null(await ActiveAsync(cluster));
        Assert.Empty(await EventsAsync(cluster, "scaling"));
    }

    [Fact]
    public async Task AnEngineThatDoesNotSayItsLoad_OrABug_ChangesNothing()
    {
        var cluster = await CreatedAsync(scales: true);
        foreach (var trouble in new Exception[] { new CloudException("kubernetes", CloudFault.Unreachable, "away"), new InvalidOperationException("a bug") })
        {
            _world.Cloud.Load = () => throw trouble;
            await LookAsync(1);
        }

        Assert.Null(await ActiveAsync(cluster));
        Assert.Contains(_world.Log.Lines, l => l.Contains("could not be measured: away", StringComparison.Ordinal));
        Assert.Contains(_world.Log.Lines, l => l.Contains("could not be done", StringComparison.Ordinal));
        Assert.Equal(HealthStatus.Healthy, (await _world.ClusterAsync(cluster)).HealthStatus);
    }

    [Fact]
    public async Task SomebodyWhoIsFaster_IsNotOverruled()
    {
        var cluster = await CreatedAsync(scales: true);
        _world.Cloud.Load = () => new EngineLoad([Node("default-worker-0", Room), Node("default-worker-1", Room)], [Waits()]);
        var resize = Guid.Empty;
        _world.Cloud.During = async call => resize = call == "plan" ? await _world.RequestResizeAsync(cluster, 4) : resize;

        await LookAsync(1);

        Assert.Equal(resize, (await ActiveAsync(cluster))!.Uuid);
        Assert.Equal(4, (await _world.ClusterAsync(cluster)).DefaultWorker.NodeCount);
    }

    [Fact]
    public async Task AnAddedGroup_IsScaledByItsOwnLabelAndBounds()
    {
        var cluster = await CreatedAsync();
        var (group, create) = await _world.RequestNodeGroupAsync(cluster, count: 1);
        await _world.DriveAsync(create);
        await ChangeAsync(cluster, c =>
        {
            var row = c.NodeGroups.Single(g => g.Uuid == group);
            (row.MaxNodeCount, row.Labels) = (3, new() { [AutoScaling.Label] = "true" });
        });
        _world.Cloud.Load = () => new EngineLoad([Node("gpu-0", Room), Node("default-worker-0", Room)], [Waits()]);

        await LookAsync(1);

        var operation = (await ActiveAsync(cluster))!;
        Assert.Equal((group, 2), (operation.NodeGroupUuid!.Value, operation.Payload.NodeCount));
    }

    private static ClusterHealth Healthy => new(HealthStatus.Healthy, new Dictionary<string, string> { ["api"] = "ok" });

    private static ClusterHealth Broken(params string[] nodes) =>
        new(HealthStatus.Unhealthy, new Dictionary<string, string>(nodes.Select(n => KeyValuePair.Create($"{n}.Ready", "Unknown"))) { ["api"] = "ok" }) { BrokenNodes = nodes };

    private static NodeLoad Node(string name, TaskNeeds taken) => new(name, true, true, Room) { Taken = taken };

    private static WaitingTask Waits() => new(new TaskNeeds(1, 100, 1), DateTimeOffset.MinValue, _ => true);

    private async Task LookAsync(int times)
    {
        for (var look = 0; look < times; look++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(61));
            await _world.First.GetRequiredService<HealthReconciler>().RunOnceAsync(Ct);
        }
    }

    private async Task<Guid> CreatedAsync(bool heals = false, bool scales = false, int most = 9)
    {
        _world.Cloud.Health = () => Healthy;
        var (cluster, create) = await _world.AddAsync(change: c =>
        {
            c.Labels = heals ? new() { [AutoHealing.Label] = "true" } : [];
            var worker = c.NodeGroups.Single(g => g.Name == NodeGroup.DefaultWorkerName);
            (worker.MaxNodeCount, worker.Labels) = (most, scales ? new() { [AutoScaling.Label] = "true" } : []);
        });
        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(create)).State);
        return cluster;
    }

    private Task ChangeAsync(Guid uuid, Action<Cluster> change) => _world.ChangeAsync(async db =>
    {
        change(await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == uuid, Ct));
    });

    private async Task<Operation?> ActiveAsync(Guid cluster)
    {
        await using var db = _world.Database.CreateDbContext();
        return db.Operations.SingleOrDefault(o => o.ActiveClusterUuid == cluster);
    }

    private async Task<List<(EventSource Source, EventLevel Level, string Message)>> EventsAsync(Guid cluster, string kind) =>
        [.. (await _world.EventsAsync(cluster)).Where(e => e.Kind == kind).Select(e => (e.Source, e.Level, e.Message))];
}
