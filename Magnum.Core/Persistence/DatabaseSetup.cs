using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Magnum.Core.Persistence;

/// <summary>Registers the database.</summary>
public static class DatabaseSetup
{
    /// <summary>Seconds that a statement waits for a lock or an answer.</summary>
    private const int CommandTimeout = 30;

    /// <summary>
    /// Registers <see cref="IDbContextFactory{TContext}"/> of <see cref="MagnumDbContext"/>, whatever the database, and <see cref="DatabaseMigrator"/>.
    /// </summary>
    /// <param name="provider"><c>Sqlite</c>, <c>Postgres</c> or <c>SqlServer</c>.</param>
    public static IServiceCollection AddMagnumDatabase(this IServiceCollection services, string provider, string connectionString)
    {
        switch (Enum.TryParse<DatabaseProvider>(provider, ignoreCase: true, out var known) ? known : (DatabaseProvider?)null)
        {
            case DatabaseProvider.Sqlite:
                services.AddPooledDbContextFactory<SqliteMagnumDbContext>(options => UseSqlite(options, connectionString));
                services.AddSingleton<IDbContextFactory<MagnumDbContext>, FactoryAdapter<SqliteMagnumDbContext>>();
                break;
            case DatabaseProvider.Postgres:
                services.AddPooledDbContextFactory<PostgresMagnumDbContext>(options => UsePostgres(options, connectionString));
                services.AddSingleton<IDbContextFactory<MagnumDbContext>, FactoryAdapter<PostgresMagnumDbContext>>();
                break;
            case DatabaseProvider.SqlServer:
                services.AddPooledDbContextFactory<SqlServerMagnumDbContext>(options => UseSqlServer(options, connectionString));
                services.AddSingleton<IDbContextFactory<MagnumDbContext>, FactoryAdapter<SqlServerMagnumDbContext>>();
                break;
            default:
                throw new ArgumentException($"Magnum runs on {string.Join(", ", Enum.GetNames<DatabaseProvider>())}, not on '{provider}'.", nameof(provider));
        }

        services.AddSingleton<DatabaseMigrator>();
        return services;
    }

    /// <summary>SQLite with foreign keys; a writer waits for another one instead of failing. The migrator switches the file to write-ahead logging.</summary>
    internal static void UseSqlite(DbContextOptionsBuilder options, string connectionString)
    {
        var connection = new SqliteConnectionStringBuilder(connectionString) { ForeignKeys = true, DefaultTimeout = CommandTimeout };
        options.UseSqlite(connection.ToString(), o => o.CommandTimeout(CommandTimeout));
        LogFailuresOnce(options);
    }

    internal static void UsePostgres(DbContextOptionsBuilder options, string connectionString)
    {
        options.UseNpgsql(connectionString, o => o.CommandTimeout(CommandTimeout));
        LogFailuresOnce(options);
    }

    internal static void UseSqlServer(DbContextOptionsBuilder options, string connectionString)
    {
        options.UseSqlServer(connectionString, o => o.CommandTimeout(CommandTimeout));
        LogFailuresOnce(options);
    }

    /// <summary>What a statement fails of is an exception: who catches it knows whether it is worth a line. Contention, and a database that is still empty, are not.</summary>
    private static void LogFailuresOnce(DbContextOptionsBuilder options) => options.ConfigureWarnings(warnings => warnings.Log(
        (RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug), (CoreEventId.OptimisticConcurrencyException, LogLevel.Debug)));

    private sealed class FactoryAdapter<TContext>(IDbContextFactory<TContext> factory) : IDbContextFactory<MagnumDbContext>
        where TContext : MagnumDbContext
    {
        public MagnumDbContext CreateDbContext() => factory.CreateDbContext();

        public async Task<MagnumDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await factory.CreateDbContextAsync(cancellationToken);
    }
}
