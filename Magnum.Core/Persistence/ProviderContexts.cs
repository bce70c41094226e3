using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Magnum.Core.Persistence;

/// <summary>SQLite: to try, and for tests.</summary>
public sealed class SqliteMagnumDbContext(DbContextOptions<SqliteMagnumDbContext> options) : MagnumDbContext(options)
{
    /// <inheritdoc />
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        // SQLite cannot compare or sort DateTimeOffset: UTC ticks can be.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicksConverter>();

    private sealed class UtcTicksConverter() : ValueConverter<DateTimeOffset, long>(
        value => value.UtcTicks,
        ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}

/// <summary>PostgreSQL 14 and later.</summary>
public sealed class PostgresMagnumDbContext(DbContextOptions<PostgresMagnumDbContext> options) : MagnumDbContext(options);

/// <summary>SQL Server 2019 and later.</summary>
public sealed class SqlServerMagnumDbContext(DbContextOptions<SqlServerMagnumDbContext> options) : MagnumDbContext(options);
