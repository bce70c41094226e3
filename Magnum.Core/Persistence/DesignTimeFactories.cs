using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Magnum.Core.Persistence;

/// <summary>For <c>dotnet ef</c>, which needs no server for making migrations.</summary>
internal sealed class SqliteDesignTimeFactory : IDesignTimeDbContextFactory<SqliteMagnumDbContext>
{
    public SqliteMagnumDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<SqliteMagnumDbContext>();
        DatabaseSetup.UseSqlite(options, "Data Source=design-time.db");
        return new SqliteMagnumDbContext(options.Options);
    }
}

/// <inheritdoc cref="SqliteDesignTimeFactory" />
internal sealed class PostgresDesignTimeFactory : IDesignTimeDbContextFactory<PostgresMagnumDbContext>
{
    public PostgresMagnumDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<PostgresMagnumDbContext>();
        DatabaseSetup.UsePostgres(options, "Host=localhost;Database=magnum");
        return new PostgresMagnumDbContext(options.Options);
    }
}

/// <inheritdoc cref="SqliteDesignTimeFactory" />
internal sealed class SqlServerDesignTimeFactory : IDesignTimeDbContextFactory<SqlServerMagnumDbContext>
{
    public SqlServerMagnumDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<SqlServerMagnumDbContext>();
        DatabaseSetup.UseSqlServer(options, "Server=localhost;Database=magnum");
        return new SqlServerMagnumDbContext(options.Options);
    }
}
