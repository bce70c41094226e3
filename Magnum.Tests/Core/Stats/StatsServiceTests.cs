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
    public async Task Fleet_BecauseOfAChange_IsSharedByThoseWhoMayHaveTheSame()
    {
        await _world.AddClusterAsync();
        var change = _world.Stream.Latest;
        var first = (await Stats.CountFleetAsync(TestCaller.Reader(), false, change, Ct)).Value;

        Assert.Same(first, (await Stats.CountFleetAsync(TestCaller.Member(), false, change, Ct)).Value);
        Assert.Equal(0, (await Stats.CountFleetAsync(TestCaller.Reader("alt"), false, change, Ct)).Value?.Total);
        Assert.Equal(1, (await Stats.CountFleetAsync(TestCaller.Admin(), true, change, Ct)).Value?.Total);
        Assert.Equal(0, (await Stats.CountFleetAsync(TestCaller.Admin(), false, change, Ct)).Value?.Total);
        Assert.IsType<MagnumError.Forbidden>((await Stats.CountFleetAsync(TestCaller.With("demo", "me", "member"), false, change, Ct)).Error);

        await _world.AddClusterAsync();
        Assert.Same(first, (await Stats.CountFleetAsync(TestCaller.Reader(), false, change, Ct)).Value);
        Assert.Equal(2, (await Stats.CountFleetAsync(TestCaller.Reader(), false, _world.Stream.Latest, Ct)).Value?.Total);
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
        Assert.Equal(own, (await Stats.CountFleetAsync(TestCaller.Reader(), false, null, Ct)).Value);
        Assert.Equal(own, (await Stats.CountFleetAsync(TestCaller.Reader(), true, null, Ct)).Value);   // asking for more does not help
        Assert.Equal(new FleetCounts(4, 1, 1, 1, 12, null), (await Stats.CountFleetAsync(TestCaller.Admin(), true, null, Ct)).Value);
        Assert.IsType<MagnumError.Forbidden>((await Stats.CountFleetAsync(TestCaller.With("demo", "me", "member"), false, null, Ct)).Error);
    }
}
