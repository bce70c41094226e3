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
}
