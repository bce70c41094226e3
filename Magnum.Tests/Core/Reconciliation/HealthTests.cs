using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Tests.Support.Conductor;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Reconciliation;

/// <summary>When engines are asked how they are, and what becomes of what they say.</summary>
public sealed class HealthTests : IDisposable
{
    private static readonly ClusterHealth Healthy = new(HealthStatus.Healthy, new Dictionary<string, string> { ["api"] = "ok", ["n.Ready"] = "True" });
    private static readonly ClusterHealth Unhealthy = new(HealthStatus.Unhealthy, new Dictionary<string, string> { ["api"] = "ok", ["n.Ready"] = "False" });

    private readonly ConductorWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private HealthReconciler Health => _world.First.GetRequiredService<HealthReconciler>();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task AHealthyCluster_IsSaidToBeOnce_AndAskedAgainAfterTheInterval()
    {
        var cluster = await CreatedAsync();
        _world.Cloud.Health = () => Healthy;

        var first = await Health.RunOnceAsync(Ct);
        var atOnce = await Health.RunOnceAsync(Ct);
        var told = await _world.ClusterAsync(cluster);
        _world.Time.Advance(TimeSpan.FromSeconds(61));
        var later = await Health.RunOnceAsync(Ct);

        Assert.Equal((1, 0, 1), (first, atOnce, later));
        Assert.Equal((HealthStatus.Healthy, "ok"), (told.HealthStatus, told.HealthStatusReason["api"]));
        Assert.Equal((EventSource.Health, EventLevel.Info, "The cluster is healthy."), Assert.Single(await EventsAsync(cluster)));
        var unchanged = await _world.ClusterAsync(cluster);
        Assert.Equal(told.Generation, unchanged.Generation);   // that it was asked is no change of the cluster
        Assert.Equal(_world.Time.GetUtcNow(), unchanged.HealthCheckedAt);
    }

    [Fact]
    public async Task OneBadProbe_IsDoubted_TheSecondIsBelieved_AndOneGoodOneCures()
    {
        var cluster = await CreatedAsync();
        var statuses = new List<HealthStatus?>();
        foreach (var health in new[] { Healthy, Unhealthy, Healthy, Unhealthy, Unhealthy, Healthy })
        {
            _world.Cloud.Health = () => health;
            await Health.RunOnceAsync(Ct);
            statuses.Add((await _world.ClusterAsync(cluster)).HealthStatus);
            _world.Time.Advance(TimeSpan.FromSeconds(61));
        }

        Assert.Equal(
            [HealthStatus.Healthy, HealthStatus.Healthy, HealthStatus.Healthy, HealthStatus.Healthy, HealthStatus.Unhealthy, HealthStatus.Healthy], statuses);
        Assert.Equal(
            ["The cluster is healthy.", "The cluster is unhealthy: n.Ready is False.", "The cluster is healthy."], (await EventsAsync(cluster)).Select(e => e.Message));
    }

    [Fact]
    public async Task AnEngineThatDoesNotAnswerInTime_IsUnknown_AndKeepsNobodyElseWaiting()
    {
        var cluster = await CreatedAsync();
        _world.Cloud.ProbeTakes = TimeSpan.FromSeconds(30);

        var pass = Health.RunOnceAsync(Ct);
        while (!pass.IsCompleted)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await pass;
        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((HealthStatus.Unknown, "The cluster blue is not accessible: no answer within 15 s."), (row.HealthStatus, row.HealthStatusReason["api"]));
    }

    [Fact]
    public async Task AProbeThatBreaks_ChangesNothing_AndIsTriedAgainWithTheNextRound()
    {
        var cluster = await CreatedAsync();
        _world.Cloud.Health = () => throw new InvalidOperationException("a bug");

        Assert.Equal(1, await Health.RunOnceAsync(Ct));
        Assert.Equal(0, await Health.RunOnceAsync(Ct));

        Assert.Null((await _world.ClusterAsync(cluster)).HealthStatus);
        Assert.Contains(_world.Log.Lines, l => l.Contains("could not be looked at", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ClusterStatus.CreateInProgress)]
    [InlineData(ClusterStatus.CreateFailed)]
    [InlineData(ClusterStatus.DeleteInProgress)]
    [InlineData(ClusterStatus.DeleteFailed)]
    public async Task WhatIsNotThereYetOrAnyMore_IsNotAsked(ClusterStatus status)
    {
        var cluster = await CreatedAsync();
        await _world.ChangeAsync(db =>
        {
            db.Clusters.Single(c => c.Uuid == cluster).SetStatus(status, null, _world.Time.GetUtcNow());
            return Task.CompletedTask;
        });

        Assert.Equal(0, await Health.RunOnceAsync(Ct));
    }

    [Fact]
    public async Task ThatItsStackIsGone_IsNotTakenBackByAProbe()
    {
        var cluster = await CreatedAsync();
        _world.Cloud.Health = () => Healthy;
        await _world.ChangeAsync(db =>
        {
            var row = db.Clusters.Single(c => c.Uuid == cluster);
            (row.HealthStatus, row.HealthStatusReason) = (HealthStatus.Unhealthy, new Dictionary<string, string> { ["infrastructure"] = "gone" });
            return Task.CompletedTask;
        });

        await Health.RunOnceAsync(Ct);

        Assert.Equal(HealthStatus.Unhealthy, (await _world.ClusterAsync(cluster)).HealthStatus);
    }

    [Fact]
    public async Task OneProcess_AsksForAll()
    {
        await CreatedAsync();
        _world.Cloud.Health = () => Healthy;
        await Health.RunOnceAsync(Ct);
        _world.Time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(0, await _world.StartConductor(host: "other").GetRequiredService<HealthReconciler>().RunOnceAsync(Ct));
        Assert.Equal(1, await Health.RunOnceAsync(Ct));
    }

    private async Task<Guid> CreatedAsync()
    {
        var (cluster, create) = await _world.AddAsync();
        Assert.Equal(OperationState.Succeeded, (await _world.DriveAsync(create)).State);
        return cluster;
    }

    private async Task<List<(EventSource Source, EventLevel Level, string Message)>> EventsAsync(Guid cluster) =>
        [.. (await _world.EventsAsync(cluster)).Where(e => e.Kind == "health").Select(e => (e.Source, e.Level, e.Message))];
}
