using Magnum.Core.Clusters;
using Magnum.Core.Operations;
using Magnum.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Operations;

/// <summary>A deadline comes from the cluster's <c>create_timeout</c> and the limits that are configured, whoever records the operation.</summary>
public sealed class OperationDeadlineTests : IDisposable
{
    private readonly RequestWorld _world = new(services => services
        .Configure<ClusterOptions>(o => o.CreateTimeout = 30)
        .Configure<ConductorOptions>(o => (o.Limits.CreateGrace, o.Limits.ChangeTimeout, o.Limits.DeleteTimeout) =
            (TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(9))));

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(null, 30 + 2)]
    [InlineData(10, 10 + 2)]
    [InlineData(0, null)]
    public async Task Create_TakesTheRequestsTimeoutOrTheConfiguredOne(int? timeout, int? minutes)
    {
        await _world.AddTemplateAsync();

        var created = await _world.Clusters.CreateAsync(
            TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = "k8s", CreateTimeout = timeout }, RequestWorld.Ct);

        Assert.Equal((double?)minutes, await MinutesAsync(created.Value!.Uuid));
    }

    [Fact]
    public async Task Create_AbsurdTimeout_IsADistantDeadline()
    {
        await _world.AddTemplateAsync();

        var created = await _world.Clusters.CreateAsync(
            TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = "k8s", CreateTimeout = int.MaxValue }, RequestWorld.Ct);

        Assert.Equal(int.MaxValue + 2.0, await MinutesAsync(created.Value!.Uuid));
    }

    [Fact]
    public async Task ResizeUpdateAndDelete_TakeTheConfiguredOnes()
    {
        var cluster = (await _world.AddClusterAsync()).Uuid;
        await _world.Clusters.ResizeAsync(TestCaller.Member(), cluster.ToString(), new ClusterResize(3, [], null), RequestWorld.Ct);
        Assert.Equal(7, await MinutesAsync(cluster));
        await _world.FinishAsync(cluster, ClusterStatus.UpdateComplete);
        await _world.Clusters.UpdateAsync(TestCaller.Member(), cluster.ToString(), new ClusterUpdate(NodeCount: 4), RequestWorld.Ct);
        Assert.Equal(7, await MinutesAsync(cluster));

        await _world.Clusters.DeleteAsync(TestCaller.Member(), cluster.ToString(), RequestWorld.Ct);

        Assert.Equal(9, await MinutesAsync(cluster));
    }

    [Theory]
    [InlineData("00:00:30", false)]
    [InlineData("00:30:00", true)]
    public void Limits_AreCheckedWithTheRestOfTheSection(string changeTimeout, bool valid)
    {
        var options = new ConductorOptions { Limits = { ChangeTimeout = TimeSpan.Parse(changeTimeout, System.Globalization.CultureInfo.InvariantCulture) } };

        var result = new ConductorOptionsValidator().Validate(null, options);

        Assert.Equal(valid, result.Succeeded);
        Assert.Equal(!valid, result.FailureMessage?.Contains("ChangeTimeout", StringComparison.Ordinal) == true);
    }

    private async Task<double?> MinutesAsync(Guid cluster)
    {
        var operation = (await _world.OperationsAsync(cluster)).Single(o => o.IsActive);
        return (operation.Deadline - operation.CreatedAt)?.TotalMinutes;
    }
}
