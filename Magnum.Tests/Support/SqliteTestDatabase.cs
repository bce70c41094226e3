using Magnum.Core.Persistence;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Magnum.Tests.Support;

/// <summary>A real database in a file of its own, with the locks that a database in memory does not have.</summary>
internal sealed class SqliteTestDatabase : IDbContextFactory<MagnumDbContext>, IDisposable
{
    /// <summary>The empty schema, made once: a copy of a file is quicker than all its tables.</summary>
    private static readonly Lazy<byte[]> Schema = new(MakeSchema);

    private readonly string _path = NewPath();
    private readonly DbContextOptions<SqliteMagnumDbContext> _options;
    private readonly SqliteConnection _held;   // the last connection to close writes the log back, which would be each one

    public SqliteTestDatabase()
    {
        File.WriteAllBytes(_path, Schema.Value);
        _options = OptionsFor(_path);
        _held = new SqliteConnection($"Data Source={_path};Pooling=False");
        _held.Open();
    }

    public MagnumDbContext CreateDbContext() => new SqliteMagnumDbContext(_options);

    /// <summary>Another door to the same file, which an interceptor watches.</summary>
    public IDbContextFactory<MagnumDbContext> Watched(IInterceptor interceptor) =>
        new WatchedFactory(new DbContextOptionsBuilder<SqliteMagnumDbContext>(_options).AddInterceptors(interceptor).Options);

    public void Dispose()
    {
        _held.Dispose();
        foreach (var file in new[] { _path, $"{_path}-wal", $"{_path}-shm", $"{_path}-journal" })
        {
            File.Delete(file);
        }
    }

    private static byte[] MakeSchema()
    {
        var path = NewPath();
        using (var db = new SqliteMagnumDbContext(OptionsFor(path)))
        {
            db.Database.EnsureCreated();
        }

        var schema = File.ReadAllBytes(path);
        File.Delete(path);
        return schema;
    }

    private static string NewPath() => Path.Combine(Path.GetTempPath(), $"magnum-{Guid.NewGuid():N}.db");

    /// <summary>As the product sets it up, so that what holds here about locks holds there.</summary>
    private static DbContextOptions<SqliteMagnumDbContext> OptionsFor(string path)
    {
        var options = new DbContextOptionsBuilder<SqliteMagnumDbContext>();
        DatabaseSetup.UseSqlite(options, $"Data Source={path};Pooling=False");
        return options.Options;
    }

    private sealed class WatchedFactory(DbContextOptions<SqliteMagnumDbContext> options) : IDbContextFactory<MagnumDbContext>
    {
        public MagnumDbContext CreateDbContext() => new SqliteMagnumDbContext(options);
    }
}
