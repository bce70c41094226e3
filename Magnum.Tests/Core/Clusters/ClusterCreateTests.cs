using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Core.Clusters;

public sealed class ClusterCreateTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Create_StoresClusterGroupsOperationAndEvent_BeforeItAnswers()
    {
        var template = await _world.AddTemplateAsync(spec: RequestWorld.Spec() with { Labels = new Dictionary<string, string> { ["min_node_count"] = "2" } });

        var result = await _world.Clusters.CreateAsync(
            TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = "k8s", NodeCount = 3, KeyPair = "ops" }, Ct);

        Assert.Null(result.Error);
        var cluster = await _world.LoadAsync(result.Value!.Uuid);
        Assert.Equal(("blue", "demo", "demo-user"), (cluster.Name, cluster.ProjectId, cluster.UserId));
        Assert.Equal(template.Uuid, cluster.ClusterTemplateId);
        Assert.Equal(ClusterStatus.CreateInProgress, cluster.Status);
        Assert.Equal("protected:trust-1", cluster.TrustId);
        Assert.Equal(60, cluster.CreateTimeout);
        Assert.Equal(
            [(NodeGroup.DefaultMasterName, 1, 0), (NodeGroup.DefaultWorkerName, 3, 2)],
            cluster.NodeGroups.Select(g => (g.Name, g.NodeCount, g.MinNodeCount)));
        Assert.All(cluster.NodeGroups, g => Assert.True(g.IsDefault));

        var operation = Assert.Single(await _world.OperationsAsync(cluster.Uuid));
        Assert.Equal((OperationKind.Create, OperationState.Queued, (Guid?)cluster.Uuid), (operation.Kind, operation.State, operation.ActiveClusterUuid));
        Assert.Equal([operation.Uuid], _world.Enqueued);

        var change = Assert.Single(_world.Published);
        Assert.Equal((cluster.Uuid, "CREATE_IN_PROGRESS", 1L), (change.ClusterUuid, change.Status, change.Sequence));
        await using var db = _world.Database.CreateDbContext();
        var line = Assert.Single(await db.ClusterEvents.ToListAsync(Ct));
        Assert.Equal((EventSource.Request, "request", (Guid?)operation.Uuid), (line.Source, line.Kind, line.OperationUuid));
    }

    [Fact]
    public async Task Create_TwentyAtOnceAgainstALimitOfFive_ExactlyFive()
    {
        await _world.AddTemplateAsync();
        await using (var db = _world.Database.CreateDbContext())
        {
            db.Add(new Quota { ProjectId = "demo", HardLimit = 5 });
            await db.SaveChangesAsync(Ct);
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => _world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = $"c{i}", ClusterTemplateId = "k8s" }, Ct), Ct)));

        Assert.Equal(5, results.Count(r => r.IsSuccess));
        Assert.All(results.Where(r => !r.IsSuccess), r => Assert.Equal(
            "Resource limit exceeded: You have reached the maximum clusters per project, 5. You may delete a cluster to make room for a new one.",
            Assert.IsType<MagnumError.OverQuota>(r.Error).Detail));
        await using var check = _world.Database.CreateDbContext();
        Assert.Equal(5, await check.Clusters.CountAsync(Ct));
        Assert.Equal(5, await check.Operations.CountAsync(Ct));
        Assert.Equal(5, _world.Identity.Trusts.Count);   // those of the refused are ended
    }
}
