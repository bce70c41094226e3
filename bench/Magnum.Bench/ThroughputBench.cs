using System.Diagnostics;

namespace Magnum.Bench;

/// <summary>Requests per second of two reads with 1,000 clusters and 100 templates; the generator shares the machine.</summary>
internal static class ThroughputBench
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(10);

    public static async Task RunAsync()
    {
        Figures.Head("Reads with 1,000 clusters and 100 templates, SQLite");
        string data, project, user;
        await using (var empty = await Product.StartAsync(1))
        {
            data = empty.Data;
            (_, project, user) = await empty.SignInAsync("demo", "demo");
        }

        var uuid = await Rows.FillAsync(data, project, user, clusters: 1000, templates: 100);
        await using var product = await Product.StartAsync(1, data);
        var (token, _, _) = await product.SignInAsync("demo", "demo");
        foreach (var path in new[] { "/v1/clusters?limit=20", $"/v1/clusters/{uuid}", "/v1/" })
        {
            foreach (var connections in new[] { 1, 16, 64 })
            {
                var (rate, latencies) = await LoadAsync(product, path, token, connections);
                var name = path.Contains(uuid.ToString(), StringComparison.Ordinal) ? "/v1/clusters/{uuid}" : path;
                Figures.Row(
                    $"`GET {name}`, {connections} at once",
                    $"{rate:F0} requests/s, p50 {Figures.Percentile(latencies, 0.5):F2} ms, p99 {Figures.Percentile(latencies, 0.99):F2} ms");
            }
        }

        Figures.Row("resident memory after these runs", $"{product.ResidentMebibytes():F0} MiB");
    }

    private static async Task<(double Rate, List<double> Milliseconds)> LoadAsync(Product product, string path, string token, int connections)
    {
        await RunForAsync(product, path, token, connections, WarmUp);
        var clock = Stopwatch.StartNew();
        var latencies = await RunForAsync(product, path, token, connections, Measured);
        return (latencies.Count / clock.Elapsed.TotalSeconds, latencies);
    }

    private static async Task<List<double>> RunForAsync(Product product, string path, string token, int connections, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var lanes = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            var latencies = new List<double>();
            while (clock.Elapsed < time)
            {
                var begin = clock.Elapsed;
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(product.Api, path));
                request.Headers.Add("X-Auth-Token", token);
                using var answer = await product.Http.SendAsync(request);
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync();
                latencies.Add((clock.Elapsed - begin).TotalMilliseconds);
            }

            return latencies;
        })));
        return [.. lanes.SelectMany(l => l)];
    }
}
