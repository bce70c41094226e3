using System.Diagnostics;

namespace Magnum.Bench;

/// <summary>How many clusters in progress one conductor follows: from the end of a stack in the cloud to the status in Magnum's API.</summary>
internal static class FollowBench
{
    private const int PerSecond = 5;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);

    public static async Task RunAsync()
    {
        Figures.Head($"Clusters in progress at once, {PerSecond} stacks a second come to their end: from there to CREATE_COMPLETE in the API");
        foreach (var count in new[] { 100, 1_000, 10_000 })
        {
            string data;
            await using (var empty = await Product.StartAsync(1))
            {
                data = empty.Data;
            }

            var rows = await Rows.FillInProgressAsync(data, StubCloud.ProjectId, StubCloud.UserId, count);
            await using var cloud = await StubCloud.StartAsync(rows);
            await using var product = await Product.StartAsync(1, data, settings: new Dictionary<string, string>
            {
                ["OS_AUTH_URL"] = cloud.AuthUrl,
                ["OS_USERNAME"] = "magnum",
                ["OS_PASSWORD"] = "magnum",
                ["OS_PROJECT_NAME"] = "service",
                ["OS_USER_DOMAIN_NAME"] = "Default",
                ["OS_PROJECT_DOMAIN_NAME"] = "Default",
                ["OpenStack__Trustee__AdminPassword"] = "magnum",
            });
            await Task.Delay(Settle);
            var delays = await MeasureAsync(product, cloud, rows);
            Figures.Row(
                $"{count} clusters in progress, {delays.Count} came to their end",
                $"p50 {Figures.Percentile(delays, 0.5):F2} s, p95 {Figures.Percentile(delays, 0.95):F2} s, worst {delays.Max():F2} s; resident {product.ResidentMebibytes():F0} MiB");
        }
    }

    private static async Task<IReadOnlyList<double>> MeasureAsync(Product product, StubCloud cloud, List<StubCloud.Row> rows)
    {
        var clock = Stopwatch.StartNew();
        var watching = new List<Task<double>>();
        // From everywhere among them, always the same ones.
        var order = rows.OrderBy(r => (r.Number * 7919L) % rows.Count).Take((int)(PerSecond * Measured.TotalSeconds)).ToList();
        for (var i = 0; i < order.Count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / PerSecond);
            if (due > clock.Elapsed)
            {
                await Task.Delay(due - clock.Elapsed);
            }

            cloud.Complete(order[i]);
            watching.Add(WatchAsync(product, order[i], clock));
        }

        return await Task.WhenAll(watching);
    }

    private static async Task<double> WatchAsync(Product product, StubCloud.Row row, Stopwatch clock)
    {
        var since = clock.Elapsed;
        while (true)
        {
            await Task.Delay(100);
            var cluster = await product.CallAsync(HttpMethod.Get, new Uri(product.Api, $"/v1/clusters/{row.ClusterUuid}"), "any");
            switch ((string)cluster["status"]!)
            {
                case "CREATE_COMPLETE":
                    return (clock.Elapsed - since).TotalSeconds;
                case "CREATE_IN_PROGRESS" when clock.Elapsed - since < TimeSpan.FromMinutes(5):
                    break;
                default:
                    throw new InvalidOperationException($"{row.Name} is {cluster["status"]}: {cluster["status_reason"]}");
            }
        }
    }
}
