using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Magnum.Bench;

/// <summary>Waits for a cluster through the API.</summary>
internal static class Waiting
{
    public static async Task<JsonNode> ForStatusAsync(Product product, string token, Guid uuid, string status, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var cluster = await product.CallAsync(HttpMethod.Get, new Uri(product.Api, $"/v1/clusters/{uuid}"), token);
            var now = (string)cluster["status"]!;
            if (now == status)
            {
                return cluster;
            }

            if (now.EndsWith("_FAILED", StringComparison.Ordinal) || clock.Elapsed > limit)
            {
                throw new InvalidOperationException($"Cluster {uuid} is {now} after {clock.Elapsed.TotalSeconds:F0} s: {cluster["status_reason"]}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Until the caller's project has none left.</summary>
    public static async Task ForNoClustersAsync(Product product, string token, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while ((await product.CallAsync(HttpMethod.Get, new Uri(product.Api, "/v1/clusters"), token))["clusters"]!.AsArray().Count > 0)
        {
            if (clock.Elapsed > limit)
            {
                throw new InvalidOperationException($"There are still clusters after {limit.TotalSeconds:F0} s.");
            }

            await Task.Delay(250);
        }
    }
}
