using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Stats;
using Magnum.Tests.Support;

namespace Magnum.Tests.Core.Stats;

public sealed class StatsServiceTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private StatsService Stats => _world.Get<StatsService>();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Get_CountsClustersAndAllNodes_AsFarAsTheCallerSees()
    {
        await _world.AddClusterAsync();
        await _world.AddClusterAsync(ClusterStatus.CreateFailed);
        await _world.AddClusterAsync(caller: TestCaller.Member("alt", "other"));

        Assert.Equal(new ClusterStats(2, 6), (await Stats.GetAsync(TestCaller.Reader(), null, Ct)).Value);
        Assert.Equal(new ClusterStats(2, 6), (await Stats.GetAsync(TestCaller.Reader(), "demo", Ct)).Value);
        Assert.Equal(new ClusterStats(3, 9), (await Stats.GetAsync(TestCaller.Admin(), null, Ct)).Value);
        Assert.Equal(new ClusterStats(1, 3), (await Stats.GetAsync(TestCaller.Admin(), "alt", Ct)).Value);
        Assert.Equal(new ClusterStats(0, 0), (await Stats.GetAsync(TestCaller.Admin(), "nothing", Ct)).Value);
        Assert.Equal("Not authorized.", Assert.IsType<MagnumError.Forbidden>((await Stats.GetAsync(TestCaller.Reader(), "alt", Ct)).Error).Detail);
        Assert.IsType<MagnumError.Forbidden>((await Stats.GetAsync(TestCaller.With("demo", "me", "member"), null, Ct)).Error);

    }

    [Fact]
    public async Task Fleet_ByStateAndHealth_AsFarAsTheCallerSees()
    {
        var sick = await _world.AddClusterAsync();
        await _world.AddClusterAsync(ClusterStatus.CreateFailed);
        await _world.AddClusterAsync(ClusterStatus.UpdateInProgress);
        await _world.AddClusterAsync(caller: TestCaller.Member("alt", "other"));
        await _world.Clusters.UpdateAsync(TestCaller.Member(), sick.Uuid.ToString(), new ClusterUpdate(HealthStatus: HealthStatus.Unhealthy), Ct);

        var own = new FleetCounts(Total: 3, InProgress: 1, Failed: 1, Unhealthy: 1, Nodes: 9, Limit: 20);
        Assert.Equal(own, (await Stats.CountFleetAsync(TestCaller.Reader(), false, Ct)).Value);
        Assert.Equal(own, (await Stats.CountFleetAsync(TestCaller.Reader(), true, Ct)).Value);   // asking for more does not help
        Assert.Equal(new FleetCounts(4, 1, 1, 1, 12, null), (await Stats.CountFleetAsync(TestCaller.Admin(), true, Ct)).Value);
        Assert.IsType<MagnumError.Forbidden>((await Stats.CountFleetAsync(TestCaller.With("demo", "me", "member"), false, Ct)).Error);
    }
}
