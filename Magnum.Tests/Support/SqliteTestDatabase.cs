using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Support;

/// <summary>A real database in a file of its own, with the locks that a database in memory does not have.</summary>
internal sealed class SqliteTestDatabase : IDbContextFactory<MagnumDbContext>, IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"magnum-{Guid.NewGuid():N}.db");
    private readonly DbContextOptions<SqliteMagnumDbContext> _options;

    public SqliteTestDatabase()
    {
        _options = new DbContextOptionsBuilder<SqliteMagnumDbContext>().UseSqlite($"Data Source={_path};Pooling=False").Options;
        using var db = CreateDbContext();
        db.Database.EnsureCreated();
    }

    public MagnumDbContext CreateDbContext() => new SqliteMagnumDbContext(_options);

    public void Dispose()
    {
        foreach (var file in new[] { _path, $"{_path}-wal", $"{_path}-shm", $"{_path}-journal" })
        {
            File.Delete(file);
        }
    }
}
