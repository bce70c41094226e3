using System.Collections.Concurrent;
using System.Diagnostics;

namespace Magnum.Bench;

/// <summary>What open dashboards cost the server: live circuits on the list of the clusters, with a client of the benchmark's own instead of browsers.</summary>
internal static class CircuitsBench
{
    private const int Before = 10;
    private const int AtOnce = 8;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(15);

    public static async Task RunAsync()
    {
        Figures.Head($"Open dashboards on the list of 200 clusters, embedded cloud in the same process (load average {Machine.Load})");
        await using var audience = await Audience.GatherAsync();
        var product = audience.Product;
        var cluster = (await audience.NewestAsync(1))[0];
        var circuits = new ConcurrentBag<Circuit>();
        try
        {
            await OpenAsync(circuits, Before, audience);
            await CpuAsync(product, ChangeAsync);   // what it takes to warm up is nobody's
            var (resident, managed) = await MemoryAsync(audience);
            Figures.Row($"{Before} circuits, which those below are added to", $"resident {resident:F0} MiB, heap {managed:F1} MiB");
            foreach (var count in new[] { 100, 300 })
            {
                var (more, clock) = (count + Before - circuits.Count, Stopwatch.StartNew());
                await OpenAsync(circuits, more, audience);
                Figures.Row($"{count}: opened, {AtOnce} at a time", $"{more / clock.Elapsed.TotalSeconds:F0} a second");

                var (residentNow, managedNow) = await MemoryAsync(audience);
                Figures.Row($"{count}: resident", $"{residentNow:F0} MiB, {(residentNow - resident) * 1024 / count:F0} KiB each");
                Figures.Row($"{count}: managed heap after a collection", $"{managedNow:F1} MiB, {(managedNow - managed) * 1024 / count:F0} KiB each (target: < 600 KiB)");

                var quiet = await CpuAsync(product);
                Figures.Row($"{count}: CPU while nothing changes", $"{quiet * 60:F2} s a minute, all that the process does besides included");

                var before = circuits.Sum(c => c.Renders);
                var busy = await CpuAsync(product, ChangeAsync);
                var renders = (circuits.Sum(c => c.Renders) - before) / Watched.TotalSeconds;
                Figures.Row(
                    $"{count}: CPU while a cluster of the page changes every second",
                    $"{busy * 60:F1} s a minute, {busy * 60_000 / circuits.Count:F0} ms a minute each; {renders:F0} renders a second, {(busy - quiet) * 1000 / renders:F2} ms each (target: < 0.2 ms)");
            }
        }
        finally
        {
            await Parallel.ForEachAsync(circuits, async (circuit, _) => await circuit.DisposeAsync());
        }

        Task ChangeAsync(int second) => Clusters.SetHealthAsync(product, audience.Token, cluster, healthy: second % 2 == 1);
    }

    private static Task OpenAsync(ConcurrentBag<Circuit> circuits, int count, Audience audience) => Parallel.ForAsync(
        0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) => circuits.Add(await audience.OpenListAsync()));

    private static async Task<(double Resident, double Managed)> MemoryAsync(Audience audience)
    {
        await Task.Delay(Settle);
        return await audience.MemoryAsync();
    }

    /// <summary>Seconds of processor time a second.</summary>
    /// <param name="change">What is done each second.</param>
    private static async Task<double> CpuAsync(Product product, Func<int, Task>? change = null)
    {
        await Task.Delay(Settle);
        var (before, clock) = (product.ProcessorTime, Stopwatch.StartNew());
        for (var second = 0; second < Watched.TotalSeconds; second++)
        {
            var next = TimeSpan.FromSeconds(second + 1);
            await (change?.Invoke(second) ?? Task.CompletedTask);
            if (next > clock.Elapsed)
            {
                await Task.Delay(next - clock.Elapsed);
            }
        }

        return (product.ProcessorTime - before) / clock.Elapsed;
    }
}
