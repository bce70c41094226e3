using Magnum.Core.Certificates;
using Magnum.Core.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Core.Persistence;

public sealed class MigrationsTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"magnum-{Guid.NewGuid():N}.db");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        foreach (var file in new[] { _path, $"{_path}-wal", $"{_path}-shm" })
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("Sqlite", "Data Source=none.db")]
    [InlineData("Postgres", "Host=none;Database=none")]
    [InlineData("SqlServer", "Server=none;Database=none")]
    public void Model_OfEachDatabase_HasItsMigration(string provider, string connection)
    {
        using var services = Services(provider, connection);
        using var db = services.GetRequiredService<IDbContextFactory<MagnumDbContext>>().CreateDbContext();

        Assert.False(db.Database.HasPendingModelChanges(), "The model has changed: run deploy/migrations.sh.");
        Assert.NotEmpty(db.Database.GetMigrations());
    }

    [Fact]
    public async Task Upgrade_EmptyFile_MakesTheSchemaOnceWithWriteAheadLogAndForeignKeys()
    {
        await using var services = Services("Sqlite", $"Data Source={_path}");
        var migrator = services.GetRequiredService<DatabaseMigrator>();
        Assert.Null((await migrator.VersionAsync(Ct)).Current);

        var first = await migrator.UpgradeAsync(Ct);
        var second = await migrator.UpgradeAsync(Ct);

        Assert.NotEmpty(first);
        Assert.Empty(second);
        Assert.Equal(first[^1], (await migrator.VersionAsync(Ct)).Current);
        await using var db = await services.GetRequiredService<IDbContextFactory<MagnumDbContext>>().CreateDbContextAsync(Ct);
        Assert.Equal("wal", Assert.Single(await db.Database.SqlQueryRaw<string>("""SELECT "journal_mode" AS "Value" FROM pragma_journal_mode()""").ToListAsync(Ct)));
        Assert.Equal(1, Assert.Single(await db.Database.SqlQueryRaw<int>("""SELECT "foreign_keys" AS "Value" FROM pragma_foreign_keys()""").ToListAsync(Ct)));
        Assert.Empty(await db.Clusters.ToListAsync(Ct));
    }

    [Fact]
    public async Task Upgrade_LockLeftByAKilledProcess_IsTakenAwayAndTheUpgradeGoesOn()
    {
        await using var services = Services("Sqlite", $"Data Source={_path}");
        var factory = services.GetRequiredService<IDbContextFactory<MagnumDbContext>>();
        await using (var db = await factory.CreateDbContextAsync(Ct))
        {
            await db.Database.ExecuteSqlRawAsync(
                """CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL); INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-03-01 08:00:00');""",
                Ct);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        Assert.NotEmpty(await services.GetRequiredService<DatabaseMigrator>().UpgradeAsync(patience.Token));
    }

    [Fact]
    public async Task Upgrade_CertificatesOfBefore_AreTheFirstGenerationAndSign()
    {
        await using var services = Services("Sqlite", $"Data Source={_path}");
        var cluster = Guid.NewGuid();
        await using var db = await services.GetRequiredService<IDbContextFactory<MagnumDbContext>>().CreateDbContextAsync(Ct);
        await db.GetService<IMigrator>().MigrateAsync("Initial", Ct);
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO x509keypair (uuid, cluster_uuid, purpose, certificate, private_key, not_after, created_at) VALUES ({Guid.NewGuid()}, {cluster}, 'CA', 'c', 'k', 0, 0)", Ct);

        await services.GetRequiredService<DatabaseMigrator>().UpgradeAsync(Ct);

        var row = await db.Certificates.SingleAsync(Ct);
        Assert.Equal((cluster, CertificateRole.Current, 1), (row.ClusterUuid, row.Role, row.Generation));
    }

    [Fact]
    public void Database_UnknownProvider_IsRefusedByName() =>
        Assert.Contains("'MySql'", Assert.Throws<ArgumentException>(() => new ServiceCollection().AddMagnumDatabase("MySql", "")).Message, StringComparison.Ordinal);

    private static ServiceProvider Services(string provider, string connection) => new ServiceCollection()
        .AddLogging()
        .AddSingleton<TimeProvider>(new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero)))
        .AddMagnumDatabase(provider, connection)
        .BuildServiceProvider();
}
