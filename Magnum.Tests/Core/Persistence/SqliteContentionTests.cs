using System.Data.Common;
using System.Net;
using Magnum.Core.Events;
using Magnum.Core.Persistence;
using Magnum.Core.Reconciliation;
using Magnum.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Persistence;

/// <summary>SQLite has one writer at a time: who comes second waits, and nobody is told that a database is locked.</summary>
public sealed class SqliteContentionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RequestsAndConductorsWriteAtOnce_AllGetThrough()
    {
        using var world = new ApiWorld();
        await world.Core.AddTemplateAsync();
        var watched = await world.Core.AddClusterAsync();
        var store = new WorkStore(world.Core.Database, world.Core, world.Core.Time);

        var requests = Enumerable.Range(0, 12).Select(i => Task.Run(
            () => world.SendAsync("POST", "/v1/clusters", new { name = $"c{i}", cluster_template_id = watched.ClusterTemplateId }), Ct)).ToList();
        var changes = Enumerable.Range(0, 12).Select(_ => Task.Run(
            () => store.ChangeClusterAsync(
                watched.Uuid,
                (db, cluster) =>
                {
                    ClusterEventWriter.Append(db, cluster, EventSource.Conductor, EventLevel.Info, "test", "x", world.Core.Time.GetUtcNow(), null);
                    return Task.CompletedTask;
                },
                Ct), Ct)).ToList();

        Assert.All(await Task.WhenAll(requests), answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        await Task.WhenAll(changes);
        await using var check = world.Core.Database.CreateDbContext();
        Assert.Equal(13, await check.Clusters.CountAsync(Ct));
        Assert.Equal(12, await check.ClusterEvents.CountAsync(e => e.Kind == "test", Ct));
    }

    [Fact]
    public async Task RequestMeetsALongWriter_WaitsForItsEnd()
    {
        using var world = new ApiWorld();
        await world.Core.AddTemplateAsync();
        await using var other = world.Core.Database.CreateDbContext();
        await using var writer = await other.Database.BeginTransactionAsync(Ct);   // IMMEDIATE: it holds the lock from here

        var request = Task.Run(() => world.SendAsync("POST", "/v1/clusters", new { name = "blue", cluster_template_id = "k8s" }), Ct);
        while (world.Core.Identity.Trusts.Count == 0 && !request.IsCompleted)
        {
            await Task.Yield();   // the last thing before it stores
        }

        Assert.False(request.IsCompleted);
        await writer.CommitAsync(Ct);

        Assert.Equal(HttpStatusCode.Accepted, (await request).Status);
    }

    [Fact]
    public async Task WriterNeverEnds_RequestIs503AndLeavesNothing()
    {
        using var core = new RequestWorld();
        await core.AddTemplateAsync();
        using var world = new ApiWorld(core, services => services.AddSingleton(core.Database.Watched(new LockedDatabase())));

        var launched = await world.SendAsync("POST", "/v1/clusters", new { name = "blue", cluster_template_id = "k8s" });
        var quota = await world.SendAsync("POST", "/v1/quotas", new { project_id = "demo", resource = "Cluster", hard_limit = 3 }, token: "admin");

        Assert.All([launched, quota], answer => Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "Magnum's database is busy. Try again in a moment."), (answer.Status, answer.Detail)));
        Assert.Empty(core.Identity.Trusts);
    }

    [Fact]
    public async Task ProductsOwnSetup_WaitsHalfAMinuteForTheLock()
    {
        var services = new ServiceCollection();
        services.AddMagnumDatabase("Sqlite", "Data Source=:memory:");
        await using var provider = services.BuildServiceProvider();
        await using var db = await provider.GetRequiredService<IDbContextFactory<MagnumDbContext>>().CreateDbContextAsync(Ct);

        Assert.Equal(30, ((SqliteConnection)db.Database.GetDbConnection()).DefaultTimeout);
        Assert.Equal(30, db.Database.GetCommandTimeout());
    }

    /// <summary>What SQLite says when its time for waiting is over.</summary>
    private sealed class LockedDatabase : DbTransactionInterceptor, ISaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
            DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default) =>
            throw Locked();

        public ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
            throw Locked();

        private static SqliteException Locked() => new("SQLite Error 5: 'database is locked'.", 5, 5);
    }
}
