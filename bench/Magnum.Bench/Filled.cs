namespace Magnum.Bench;

/// <summary>The product with settled clusters of the project demo in its database.</summary>
/// <param name="Cluster">The first.</param>
/// <param name="Marker">The last one of page 499.</param>
internal sealed record Filled(Product Product, Guid Cluster, Guid Marker) : IAsyncDisposable
{
    /// <param name="settings">Environment variables besides.</param>
    public static async Task<Filled> StartAsync(int clusters, int templates, string? postgres = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        if (postgres is not null)
        {
            all["Database__Provider"] = "Postgres";
            all["Database__ConnectionString"] = postgres;
        }

        string data, project, user;
        await using (var empty = await Product.StartAsync(1, settings: all))
        {
            data = empty.Data;
            (_, project, user) = await empty.SignInAsync("demo", "demo");
        }

        var (first, marker) = await Rows.FillAsync(data, postgres, project, user, clusters, templates);
        return new Filled(await Product.StartAsync(1, data, settings: all), first, marker);
    }

    public async ValueTask DisposeAsync()
    {
        await Product.DisposeAsync();
        Directory.Delete(Product.Data, recursive: true);
    }
}
