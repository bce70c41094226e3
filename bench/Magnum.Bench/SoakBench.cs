using System.Diagnostics;
using System.Globalization;

namespace Magnum.Bench;

/// <summary>
/// Whether memory stays as it is: dashboards that stay open for half an hour while twenty changes a second are told to them, and others that come and go.
/// <c>BENCH_SOAK_MINUTES</c> makes it shorter or longer.
/// </summary>
internal static class SoakBench
{
    private const int ChangesPerSecond = 20;
    private const int Lists = 20;
    private const int Pages = 10;
    private const int ComeAndGo = 10;

    /// <summary>What has been opened and closed is let go of by the server after three minutes.</summary>
    private const int WarmUp = 5;

    public static async Task RunAsync()
    {
        var minutes = int.Parse(Environment.GetEnvironmentVariable("BENCH_SOAK_MINUTES") ?? "30", CultureInfo.InvariantCulture);
        Figures.Head($"{Lists} lists and {Pages} clusters' pages open for {minutes} minutes, {ComeAndGo} others opened and closed each minute, {ChangesPerSecond} changes a second (load average {Machine.Load})");
        await using var audience = await Audience.GatherAsync();
        var product = audience.Product;
        var clusters = await audience.NewestAsync(ChangesPerSecond);
        var circuits = new List<Circuit>();
        try
        {
            for (var i = 0; i < Lists + Pages; i++)
            {
                circuits.Add(await (i < Lists ? audience.OpenListAsync() : audience.OpenPageAsync(clusters[i % clusters.Count])));
            }

            var samples = new List<(double Resident, double Managed)>();
            var (changes, clock) = (0, Stopwatch.StartNew());
            for (var minute = 0; minute < minutes; minute++)
            {
                changes += await ChangeAsync(minute, clock);
                samples.Add(await audience.MemoryAsync());
                Console.Error.WriteLine($"minute {minute + 1}: resident {samples[^1].Resident:F0} MiB, heap {samples[^1].Managed:F1} MiB");
            }

            var (first, last) = (samples.Skip(WarmUp).Take(5).ToList(), samples.TakeLast(5).ToList());
            Figures.Row("changes told", $"{changes / clock.Elapsed.TotalSeconds:F1} a second, {circuits.Sum(c => c.Renders)} renders");
            Figures.Row("managed heap after a collection", $"minutes {WarmUp + 1}-{WarmUp + 5}: {first.Average(s => s.Managed):F1} MiB, the last five: {last.Average(s => s.Managed):F1} MiB");
            Figures.Row("resident", $"minutes {WarmUp + 1}-{WarmUp + 5}: {first.Average(s => s.Resident):F0} MiB, the last five: {last.Average(s => s.Resident):F0} MiB");
            Figures.Row("circuits that broke", $"{circuits.Count(c => c.IsClosed)}");
        }
        finally
        {
            await Parallel.ForEachAsync(circuits, async (circuit, _) => await circuit.DisposeAsync());
        }

        // A minute of it, whatever the changes take.
        async Task<int> ChangeAsync(int minute, Stopwatch clock)
        {
            var told = 0;
            for (var second = minute * 60; second < (minute + 1) * 60; second++)
            {
                if (second % (60 / ComeAndGo) == 0)
                {
                    await using var guest = second % (120 / ComeAndGo) == 0 ? await audience.OpenListAsync() : await audience.OpenPageAsync(clusters[second % clusters.Count]);
                }

                await Parallel.ForEachAsync(clusters, async (cluster, _) => await Clusters.SetHealthAsync(product, audience.Token, cluster, healthy: second % 2 == 1));
                told += clusters.Count;
                if (TimeSpan.FromSeconds(second + 1) - clock.Elapsed is { Ticks: > 0 } left)
                {
                    await Task.Delay(left);
                }
            }

            return told;
        }
    }
}
