using Magnum.Core.Operations;
using Magnum.Tests.Support;

namespace Magnum.Tests.Core.Operations;

public sealed class OperationDurationsTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task FewerThanFive_SayNothing()
    {
        await AddAsync("k8s_heat", OperationKind.Create, 1, 2, 3, 4);

        Assert.Null(await FindAsync());
    }

    [Fact]
    public async Task HalfAndNearlyAll_OfThoseThatSucceeded()
    {
        await AddAsync("k8s_heat", OperationKind.Create, [.. Enumerable.Range(1, 20)]);
        await AddAsync("k8s_heat", OperationKind.Create, OperationState.Failed, 900);
        await AddAsync("k8s_heat", OperationKind.Create, OperationState.Running, 900);
        await AddAsync("k8s_heat", OperationKind.Delete, 900);
        await AddAsync("swarm_heat", OperationKind.Create, 900, 900);

        Assert.Equal(new OperationEstimate(20, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(19)), await FindAsync());
    }

    [Fact]
    public async Task TheLastFifty_Count()
    {
        await AddAsync("k8s_heat", OperationKind.Create, [.. Enumerable.Repeat(900, 30)]);
        await AddAsync("k8s_heat", OperationKind.Create, [.. Enumerable.Repeat(4, OperationDurations.Most)]);

        Assert.Equal(new OperationEstimate(50, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(4)), await FindAsync());
    }

    [Fact]
    public async Task WhatIsAcceptedNow_IsFoundByItsDriverAfterTheClusterIsGone()
    {
        for (var i = 0; i < OperationDurations.Fewest; i++)
        {
            var cluster = await _world.AddClusterAsync();
            await using var db = _world.Database.CreateDbContext();
            var operation = db.Operations.Single(o => o.ClusterUuid == cluster.Uuid);
            (operation.StartedAt, operation.FinishedAt) = (_world.Time.GetUtcNow(), _world.Time.GetUtcNow().AddMinutes(3));
            db.Remove(db.Clusters.Single(c => c.Uuid == cluster.Uuid));
            await db.SaveChangesAsync(Ct);
        }

        Assert.Equal(TimeSpan.FromMinutes(3), (await FindAsync(_world.Driver.Description.Name))?.Usual);
    }

    [Fact]
    public async Task OperationsOfBefore_AreFoundByTheirCluster()
    {
        var cluster = await _world.AddClusterAsync();
        await AddAsync(null, OperationKind.Resize, OperationState.Succeeded, cluster.Uuid, 1, 1, 2, 2, 2);

        var estimate = await _world.Get<OperationDurations>().FindAsync(cluster.Driver, OperationKind.Resize, Ct);

        Assert.Equal(new OperationEstimate(5, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(2)), estimate);
    }

    [Fact]
    public async Task AskedOften_TheDatabaseIsReadOnceAMinute()
    {
        Assert.Null(await FindAsync());
        await AddAsync("k8s_heat", OperationKind.Create, 1, 1, 1, 1, 1);
        Assert.Null(await FindAsync());

        _world.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(5, (await FindAsync())?.Samples);
    }

    private Task<OperationEstimate?> FindAsync(string driver = "k8s_heat") => _world.Get<OperationDurations>().FindAsync(driver, OperationKind.Create, Ct);

    private Task AddAsync(string driver, OperationKind kind, params int[] minutes) => AddAsync(driver, kind, OperationState.Succeeded, null, minutes);

    private Task AddAsync(string driver, OperationKind kind, OperationState state, params int[] minutes) => AddAsync(driver, kind, state, null, minutes);

    private async Task AddAsync(string? driver, OperationKind kind, OperationState state, Guid? cluster, params int[] minutes)
    {
        await using var db = _world.Database.CreateDbContext();
        foreach (var length in minutes)
        {
            var started = _world.Time.GetUtcNow();
            db.Operations.Add(new Operation
            {
                Uuid = Guid.NewGuid(),
                ClusterUuid = cluster ?? Guid.NewGuid(),
                ProjectId = "another",
                Kind = kind,
                State = state,
                Payload = new OperationPayload { Driver = driver },
                CreatedAt = started.AddMinutes(-5),
                StartedAt = started,
                FinishedAt = state is OperationState.Running ? null : started.AddMinutes(length),
            });
        }

        await db.SaveChangesAsync(Ct);
    }
}
