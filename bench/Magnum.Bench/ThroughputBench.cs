using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Magnum.Bench;

/// <summary>Requests per second with 1,000 clusters and 100 templates, by wrk, which shares the machine.</summary>
internal static partial class ThroughputBench
{
    private const int Deep = 100_000;

    public static Task RunAsync() => RunAsync(null);

    /// <summary>On the empty database that <c>BENCH_POSTGRES</c> names.</summary>
    public static Task RunOnPostgresAsync() => RunAsync(Environment.GetEnvironmentVariable("BENCH_POSTGRES")
        ?? throw new InvalidOperationException("BENCH_POSTGRES has to name an empty database; bench/run.sh makes one."));

    private static async Task RunAsync(string? postgres)
    {
        Figures.Head($"Requests with 1,000 clusters and 100 templates, {(postgres is null ? "SQLite" : "PostgreSQL")}, wrk with one thread for 10 s");
        await using (var filled = await Filled.StartAsync(clusters: 1000, templates: 100, postgres))
        {
            var (token, _, _) = await filled.Product.SignInAsync("demo", "demo");
            var template = (string)(await filled.Product.CallAsync(HttpMethod.Get, new Uri(filled.Product.Api, "/v1/clustertemplates?limit=1"), token))["clustertemplates"]![0]!["uuid"]!;
            foreach (var (name, path) in new[]
            {
                ("/v1/clusters?limit=20", "/v1/clusters?limit=20"), ("/v1/clusters (1,000 rows)", "/v1/clusters"), ("/v1/clusters/{uuid}", $"/v1/clusters/{filled.Cluster}"),
                ("/v1/clustertemplates/{uuid}", $"/v1/clustertemplates/{template}"), ("/v1/stats", "/v1/stats"), ("/v1/", "/v1/"),
            })
            {
                foreach (var connections in new[] { 1, 16, 64 })
                {
                    await MeasureAsync(filled.Product, $"`GET {name}`", path, token, connections);
                }
            }

            var script = Path.Combine(filled.Product.Data, "post.lua");
            await File.WriteAllTextAsync(script, """
                wrk.method = "POST"
                wrk.headers["Content-Type"] = "application/json"
                wrk.body = '{"name": "posted", "coe": "kubernetes", "image_id": "ubuntu-22.04-kube-v1.31.1", "external_network_id": "public", "flavor_id": "m1.medium", "master_flavor_id": "m1.medium"}'
                """);
            foreach (var connections in new[] { 1, 8 })
            {
                await MeasureAsync(filled.Product, "`POST /v1/clustertemplates`", "/v1/clustertemplates", token, connections, script);
            }

            Figures.Row("resident memory after these runs", $"{filled.Product.ResidentMebibytes():F0} MiB");
            await BareAsync(filled, postgres, token);
        }

        await DeepAsync(postgres);
    }

    /// <summary>What there is to be had: the same rows without Magnum around them.</summary>
    private static async Task BareAsync(Filled filled, string? postgres, string token)
    {
        await using var bare = await BareServer.StartAsync(() => Rows.Open(filled.Product.Data, postgres), filled.Cluster);
        foreach (var (name, path) in new[] { ("a bare EF read of 20 clusters", "/clusters"), ("a bare EF read of one cluster", "/cluster"), ("a constant", "/constant") })
        {
            await MeasureAsync(new Uri(bare.Url, path), name, token, 16);
        }
    }

    /// <summary>What a page costs does not depend on how far in it is.</summary>
    private static async Task DeepAsync(string? postgres)
    {
        await using var filled = await Filled.StartAsync(Deep, templates: 100, postgres is null ? null : Beside(postgres));
        var (token, _, _) = await filled.Product.SignInAsync("demo", "demo");
        await MeasureAsync(filled.Product, "`GET /v1/clusters?limit=20`, page 1 of 100,000 clusters", "/v1/clusters?limit=20", token, 1);
        await MeasureAsync(filled.Product, "`GET /v1/clusters?limit=20`, page 500 of 100,000 clusters", $"/v1/clusters?limit=20&marker={filled.Marker}", token, 1);
        Figures.Row("resident memory with 100,000 clusters, after these runs", $"{filled.Product.ResidentMebibytes():F0} MiB");
    }

    private static string Beside(string postgres)
    {
        var connection = new NpgsqlConnectionStringBuilder(postgres);
        connection.Database += "_deep";
        return connection.ConnectionString;
    }

    private static Task MeasureAsync(Product product, string name, string path, string token, int connections, string? script = null) =>
        MeasureAsync(new Uri(product.Api, path), name, token, connections, script);

    private static async Task MeasureAsync(Uri url, string name, string token, int connections, string? script = null)
    {
        await RunAsync(TimeSpan.FromSeconds(3));
        var output = await RunAsync(TimeSpan.FromSeconds(10));
        var failed = Failed().Match(output);
        Figures.Row(
            $"{name}, {connections} at once",
            $"{Rate().Match(output).Groups[1].Value} requests/s, p50 {Latency("50%", output)}, p99 {Latency("99%", output)}{(failed.Success ? $", {failed.Groups[1].Value} refused" : "")}");

        async Task<string> RunAsync(TimeSpan time)
        {
            string[] arguments =
            [
                "-t1", $"-c{connections}", string.Create(CultureInfo.InvariantCulture, $"-d{time.TotalSeconds:F0}s"), "--timeout", "60s", "--latency",
                "-H", $"X-Auth-Token: {token}", "-H", "OpenStack-API-Version: container-infra latest", .. script is null ? Array.Empty<string>() : ["-s", script], url.AbsoluteUri,
            ];
            using var wrk = Process.Start(new ProcessStartInfo("wrk", arguments) { RedirectStandardOutput = true })
                ?? throw new InvalidOperationException("wrk does not start.");
            var text = await wrk.StandardOutput.ReadToEndAsync();
            await wrk.WaitForExitAsync();
            return text;
        }
    }

    private static string Latency(string share, string output) => Regex.Match(output, $@"^\s*{share}\s+(\S+)", RegexOptions.Multiline).Groups[1].Value;

    [GeneratedRegex(@"Requests/sec:\s+(\S+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Failed();
}
