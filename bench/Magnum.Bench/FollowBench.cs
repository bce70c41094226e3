using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Magnum.Bench;

/// <summary>How many clusters in progress one conductor follows: from the stack's end in the cloud to the status in Magnum's API.</summary>
internal static class FollowBench
{
    public static async Task RunAsync()
    {
        Figures.Head("Clusters in progress at once: stack complete in the cloud to CREATE_COMPLETE in the API");
        foreach (var count in new[] { 50, 200, 500 })
        {
            await using var product = await Product.StartAsync(10);
            var (admin, _, _) = await product.SignInAsync("admin", "admin");
            var (token, project, _) = await product.SignInAsync("demo", "demo");
            await Clusters.RaiseQuotaAsync(product, admin, project);
            var template = await product.CreateTemplateAsync(token);
            // The clusters hang until all are in progress, so that all of them are followed at once.
            await product.CallAsync(HttpMethod.Put, new Uri(product.Cloud, "/embedded/clock"), admin, JsonNode.Parse("""{"speed": 0.05}"""));
            await Clusters.LaunchAsync(product, token, template, count, atOnce: 4);
            await WaitForStacksAsync(product, token, project, count);
            await product.CallAsync(HttpMethod.Put, new Uri(product.Cloud, "/embedded/clock"), admin, JsonNode.Parse("""{"speed": 10}"""));
            var delays = await MeasureAsync(product, token, project, count);
            Figures.Row($"{count} clusters in progress", $"p50 {Figures.Percentile(delays, 0.5):F2} s, p95 {Figures.Percentile(delays, 0.95):F2} s, worst {delays.Max():F2} s");
        }
    }

    /// <summary>Watches both lists at once; the resolution is that of one round of reading both.</summary>
    private static async Task<IReadOnlyList<double>> MeasureAsync(Product product, string token, string project, int count)
    {
        var clock = Stopwatch.StartNew();
        var inCloud = new ConcurrentDictionary<string, double>();
        var delays = new Dictionary<string, double>();
        while (delays.Count < count)
        {
            if (clock.Elapsed > TimeSpan.FromMinutes(10))
            {
                throw new InvalidOperationException($"Only {delays.Count} of {count} clusters were complete after ten minutes.");
            }

            var stacks = await product.CallAsync(HttpMethod.Get, new Uri(product.Cloud, $"/orchestration/v1/{project}/stacks?limit=1000"), token);
            foreach (var stack in stacks["stacks"]!.AsArray().Where(s => (string)s!["stack_status"]! == "CREATE_COMPLETE"))
            {
                inCloud.TryAdd((string)stack!["id"]!, clock.Elapsed.TotalSeconds);
            }

            var clusters = await product.CallAsync(HttpMethod.Get, new Uri(product.Api, "/v1/clusters"), token);
            foreach (var cluster in clusters["clusters"]!.AsArray().Where(c => (string)c!["status"]! == "CREATE_COMPLETE"))
            {
                var stack = (string)cluster!["cluster_id"]!;
                if (inCloud.TryGetValue(stack, out var since))
                {
                    delays.TryAdd(stack, clock.Elapsed.TotalSeconds - since);
                }
            }

            await Task.Delay(100);
        }

        return [.. delays.Values];
    }

    private static async Task WaitForStacksAsync(Product product, string token, string project, int count)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var stacks = await product.CallAsync(HttpMethod.Get, new Uri(product.Cloud, $"/orchestration/v1/{project}/stacks?limit=1000"), token);
            if (stacks["stacks"]!.AsArray().Count >= count)
            {
                return;
            }

            if (clock.Elapsed > TimeSpan.FromMinutes(5))
            {
                throw new InvalidOperationException($"Only {stacks["stacks"]!.AsArray().Count} of {count} stacks exist after five minutes.");
            }

            await Task.Delay(250);
        }
    }
}
