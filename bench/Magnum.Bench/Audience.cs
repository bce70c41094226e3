namespace Magnum.Bench;

/// <summary>The product with 200 clusters of the project demo, and somebody who has signed in to watch them.</summary>
internal sealed class Audience : IAsyncDisposable
{
    private readonly Filled _filled;
    private readonly HttpClientHandler _handler;
    private readonly HttpClient _http;
    private readonly string _heap;

    private Audience(Filled filled, HttpClientHandler handler, string token, string heap)
    {
        (_filled, _handler, Token, _heap) = (filled, handler, token, heap);
        _http = new HttpClient(handler) { BaseAddress = filled.Product.Web };
    }

    public Product Product => _filled.Product;

    /// <summary>Of the same person, for the API.</summary>
    public string Token { get; }

    public static async Task<Audience> GatherAsync()
    {
        var heap = Path.GetTempFileName();
        var filled = await Filled.StartAsync(clusters: 200, templates: 20, settings: new Dictionary<string, string>(DashboardBench.Quiet)
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(Audience).Assembly.Location,
            ["BENCH_HEAP"] = heap,
        });
        var (token, _, _) = await filled.Product.SignInAsync("demo", "demo");
        return new Audience(filled, await Circuit.SignInAsync(filled.Product.Web), token, heap);
    }

    /// <summary>Opens the list.</summary>
    public Task<Circuit> OpenListAsync() => OpenAsync("/clusters", "cluster-row");

    /// <summary>Opens a cluster's page where its events are.</summary>
    public Task<Circuit> OpenPageAsync(Guid cluster) => OpenAsync($"/clusters/{cluster}?tab=progress", "cluster-head");

    /// <summary>The newest clusters, which the list shows.</summary>
    public async Task<IReadOnlyList<Guid>> NewestAsync(int count)
    {
        var shown = await Product.CallAsync(HttpMethod.Get, new Uri(Product.Api, $"/v1/clusters?limit={count}&sort_key=created_at&sort_dir=desc"), Token);
        return [.. shown["clusters"]!.AsArray().Select(c => (Guid)c!["uuid"]!)];
    }

    /// <summary>In MiB; the resident memory as it is, before anything is collected for the other figure.</summary>
    public async Task<(double Resident, double Managed)> MemoryAsync() => (Product.ResidentMebibytes(), await Product.HeapMebibytesAsync(_heap));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _handler.Dispose();
        await _filled.DisposeAsync();
        File.Delete(_heap);
    }

    private Task<Circuit> OpenAsync(string path, string mark) => Circuit.OpenAsync(_http, _handler.CookieContainer, path, mark);
}
