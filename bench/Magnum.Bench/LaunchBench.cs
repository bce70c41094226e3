using System.Diagnostics;

namespace Magnum.Bench;

/// <summary>Time from the request to CREATE_COMPLETE for one master and one worker on the embedded cloud.</summary>
internal static class LaunchBench
{
    public static async Task RunAsync()
    {
        Figures.Head("Launch to CREATE_COMPLETE, 1 master + 1 worker, embedded cloud");
        foreach (var (speed, runs) in new[] { (1.0, 1), (50.0, 5) })
        {
            await using var product = await Product.StartAsync(speed);
            var (token, _, _) = await product.SignInAsync("demo", "demo");
            var template = await product.CreateTemplateAsync(token);
            var accepted = new List<double>();
            var complete = new List<double>();
            for (var i = 0; i < runs; i++)
            {
                var clock = Stopwatch.StartNew();
                var uuid = await product.CreateClusterAsync(token, template, $"launch-{i}");
                accepted.Add(clock.Elapsed.TotalMilliseconds);
                await Waiting.ForStatusAsync(product, token, uuid, "CREATE_COMPLETE", TimeSpan.FromMinutes(5));
                complete.Add(clock.Elapsed.TotalSeconds);
            }

            Figures.Row($"speed {speed}: `POST /v1/clusters` answered, median of {runs}", $"{Figures.Percentile(accepted, 0.5):F0} ms");
            Figures.Row($"speed {speed}: CREATE_COMPLETE, median of {runs}", $"{Figures.Percentile(complete, 0.5):F1} s");
        }
    }
}
