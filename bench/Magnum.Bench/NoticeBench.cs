using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.SignalR.Client;

namespace Magnum.Bench;

/// <summary>From a stack's CREATE_COMPLETE in the cloud to the message that a browser gets.</summary>
internal static class NoticeBench
{
    private const int Clusters = 20;
    private const int RealClusters = 10;
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(20);

    /// <summary>On the embedded cloud.</summary>
    public static async Task RunAsync()
    {
        Figures.Head($"CREATE_COMPLETE in the cloud to the browser, {Clusters} clusters one after another, embedded cloud");
        await using var product = await Product.StartAsync(20);
        var (admin, _, _) = await product.SignInAsync("admin", "admin");
        var (token, project, _) = await product.SignInAsync("demo", "demo");
        await Bench.Clusters.RaiseQuotaAsync(product, admin, project);
        var template = await product.CreateTemplateAsync(token);
        await MeasureAsync(product, token, template, new Uri(product.Cloud, $"/orchestration/v1/{project}"), Clusters);
    }

    /// <summary>On the cloud that deploy/devcloud/up.sh has brought up. Its servers run nothing: deploy/devcloud/nodes.py plays the nodes.</summary>
    public static async Task RunOnOpenStackAsync()
    {
        Figures.Head($"CREATE_COMPLETE in the cloud to the browser, {RealClusters} clusters one after another, a real Heat");
        var folder = Environment.GetEnvironmentVariable("DEVCLOUD") ?? "/tmp/devcloud";
        var settings = File.ReadAllLines(Path.Combine(folder, "magnum.env")).Select(l => l.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        await using var product = await Product.StartAsync(1, settings: settings);
        var (token, catalog) = await product.SignInAsync(settings["OS_AUTH_URL"], "demo", "demo");
        var heat = catalog.Single(s => (string?)s!["type"] == "orchestration")!["endpoints"]!.AsArray().First(e => (string?)e!["interface"] == "public")!["url"]!;
        using var nodes = Process.Start(new ProcessStartInfo("python3", [Path.Combine(Product.RepositoryRoot, "deploy", "devcloud", "nodes.py"), "--devcloud", folder]) { RedirectStandardOutput = true })!;
        nodes.OutputDataReceived += (_, _) => { };
        nodes.BeginOutputReadLine();
        try
        {
            var template = await product.CreateTemplateAsync(token, "ubuntu");
            await MeasureAsync(product, token, template, new Uri((string)heat!), RealClusters);
        }
        finally
        {
            nodes.Kill(entireProcessTree: true);
        }
    }

    private static async Task MeasureAsync(Product product, string token, Guid template, Uri heat, int count)
    {
        var clock = Stopwatch.StartNew();
        var told = new ConcurrentDictionary<Guid, double>();
        await using var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(product.Web, "/hubs/progress"), options => options.Headers["X-Auth-Token"] = token).Build();
        await hub.StartAsync();
        using var stop = new CancellationTokenSource();
        var listening = ListenAsync(hub, told, clock, stop.Token);

        var delays = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var uuid = await product.CreateClusterAsync(token, template, $"notice-{i}");
            var inCloud = await WaitForStackAsync(product, token, heat, uuid, clock);
            while (!told.ContainsKey(uuid))
            {
                await Task.Delay(Resolution);
            }

            delays.Add(told[uuid] - inCloud);
            await product.CallAsync(HttpMethod.Delete, new Uri(product.Api, $"/v1/clusters/{uuid}"), token);
        }

        await Waiting.ForNoClustersAsync(product, token, TimeSpan.FromMinutes(3));
        await stop.CancelAsync();
        await listening;
        Figures.Row("delay", $"p50 {Figures.Percentile(delays, 0.5):F2} s, p95 {Figures.Percentile(delays, 0.95):F2} s, worst {delays.Max():F2} s");
    }

    private static async Task ListenAsync(HubConnection hub, ConcurrentDictionary<Guid, double> told, Stopwatch clock, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in hub.StreamAsync<JsonNode>("WatchProject", false, cancellationToken))
            {
                if ((string?)message["status"] == "CREATE_COMPLETE")
                {
                    told.TryAdd((Guid)message["clusterUuid"]!, clock.Elapsed.TotalSeconds);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // measured enough
        }
    }

    private static async Task<double> WaitForStackAsync(Product product, string token, Uri heat, Guid cluster, Stopwatch clock)
    {
        while (true)
        {
            var stacks = await product.CallAsync(HttpMethod.Get, new Uri($"{heat.AbsoluteUri.TrimEnd('/')}/stacks?tags={cluster}"), token);
            if (stacks["stacks"]!.AsArray().Any(s => (string)s!["stack_status"]! == "CREATE_COMPLETE"))
            {
                return clock.Elapsed.TotalSeconds;
            }

            await Task.Delay(Resolution);
        }
    }
}
