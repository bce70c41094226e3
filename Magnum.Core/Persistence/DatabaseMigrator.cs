using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace Magnum.Core.Persistence;

/// <summary>Brings the schema up to date: at start, or by the command <c>db upgrade</c>. Several processes may do so at once: the database's own lock lets one.</summary>
public sealed partial class DatabaseMigrator(IDbContextFactory<MagnumDbContext> dbFactory, TimeProvider time, ILogger<DatabaseMigrator> logger)
{
    /// <summary>No migration takes longer: an older lock on SQLite was left by a process that was killed, and would stop every start for ever.</summary>
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(10);

    /// <summary>Applies what is missing; nothing is locked when nothing is.</summary>
    /// <returns>Names of the migrations that were applied.</returns>
    public async Task<IReadOnlyList<string>> UpgradeAsync(CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        IReadOnlyList<string> pending = [.. await db.Database.GetPendingMigrationsAsync(cancellationToken)];
        if (pending.Count == 0)
        {
            return pending;
        }

        if (db is SqliteMagnumDbContext)
        {
            await PrepareSqliteAsync(db, cancellationToken);
        }

        await db.Database.MigrateAsync(cancellationToken);
        LogUpgraded(logger, pending.Count, pending[^1]);
        return pending;
    }

    /// <summary>The last migration of the database, null for an empty one, and those that are missing.</summary>
    public async Task<(string? Current, IReadOnlyList<string> Pending)> VersionAsync(CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var applied = await db.Database.GetAppliedMigrationsAsync(cancellationToken);
        return (applied.LastOrDefault(), [.. await db.Database.GetPendingMigrationsAsync(cancellationToken)]);
    }

    private async Task PrepareSqliteAsync(MagnumDbContext db, CancellationToken cancellationToken)
    {
        if (!await db.GetService<IRelationalDatabaseCreator>().ExistsAsync(cancellationToken))
        {
            return;   // made by the migration itself, with write-ahead logging
        }

        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = 'wal';", cancellationToken);
        var tables = await db.Database.SqlQueryRaw<int>(
            """SELECT COUNT(*) AS "Value" FROM "sqlite_master" WHERE "name" = '__EFMigrationsLock'""").SingleAsync(cancellationToken);
        if (tables > 0)
        {
            var before = (time.GetUtcNow() - AbandonedAfter).UtcDateTime;
            await db.Database.ExecuteSqlAsync($"""DELETE FROM "__EFMigrationsLock" WHERE "Timestamp" < {before}""", cancellationToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "The database was brought up to date by {Count} migration(s), the last one {Migration}")]
    private static partial void LogUpgraded(ILogger logger, int count, string migration);
}
