using System.Net;
using k8s;
using k8s.Models;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.Kubernetes;

/// <summary>Asks a Kubernetes API server how it and its nodes are.</summary>
internal static class KubernetesProbe
{
    // What a tenant's server can make of Magnum's database has bounds.
    private const int NodesPerPage = 100;
    private const int MostNodes = 1000;
    private const int LongestName = 253;

    /// <param name="server">The API's address, such as <c>https://203.0.113.5:6443</c>.</param>
    public static async Task<ClusterHealth> AskAsync(string clusterName, Uri server, EngineAccess access, CancellationToken cancellationToken)
    {
        using var client = EngineHttp.Open(server, access);
        return await EngineHttp.ProbeAsync(clusterName, server, "Kubernetes' objects", () => AskAsync(client, cancellationToken), cancellationToken);
    }

    private static async Task<ClusterHealth> AskAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var (isReady, answer) = await ReadinessAsync(client, cancellationToken);
        var reasons = new Dictionary<string, string> { ["api"] = answer };
        if (!isReady)
        {
            return new ClusterHealth(HealthStatus.Unhealthy, reasons);
        }

        var allReady = true;
        var broken = new List<string>();
        await foreach (var node in NodesAsync(client, cancellationToken))
        {
            var ready = node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status switch { "True" => "True", "False" => "False", _ => "Unknown" };
            allReady &= ready == "True";
            if (node.Metadata?.Name is { Length: > 0 and <= LongestName } name && reasons.Count <= MostNodes)
            {
                reasons[$"{name}.Ready"] = ready;
                if (ready != "True")
                {
                    broken.Add(name);
                }
            }
        }

        return new ClusterHealth(allReady ? HealthStatus.Healthy : HealthStatus.Unhealthy, reasons) { BrokenNodes = broken };
    }

    /// <summary><c>/readyz</c>, and <c>/healthz</c> where a server is too old for that.</summary>
    private static async Task<(bool IsReady, string Said)> ReadinessAsync(HttpClient client, CancellationToken cancellationToken)
    {
        foreach (var path in new[] { "readyz", "healthz" })
        {
            using var answer = await client.GetAsync(path, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.NotFound)
            {
                continue;
            }

            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                await EngineHttp.ExpectSuccessAsync(answer, cancellationToken);
            }

            var text = (await answer.Content.ReadAsStringAsync(cancellationToken)).Trim();
            return (answer.IsSuccessStatusCode && text == "ok", text.Length == 0 ? $"HTTP {(int)answer.StatusCode}" : Failing(text));
        }

        return (false, "answers neither /readyz nor /healthz");
    }

    /// <summary>Of a server's list of checks those that fail.</summary>
    private static string Failing(string text)
    {
        var failed = text.Split('\n').Where(l => l.StartsWith("[-]", StringComparison.Ordinal)).Select(l => l[3..].Split(' ')[0]).ToList();
        var said = failed.Count > 0 ? $"failed: {string.Join(", ", failed)}" : text;
        return EngineHttp.Shorten(said);
    }

    private static async IAsyncEnumerable<V1Node> NodesAsync(
        HttpClient client, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = "";
        do
        {
            using var answer = await client.GetAsync($"api/v1/nodes?limit={NodesPerPage}&continue={Uri.EscapeDataString(next)}", cancellationToken);
            await EngineHttp.ExpectSuccessAsync(answer, cancellationToken);
            var page = KubernetesJson.Deserialize<V1NodeList>(await answer.Content.ReadAsStringAsync(cancellationToken));
            foreach (var node in page?.Items ?? [])
            {
                if (node is not null)
                {
                    yield return node;
                }
            }

            next = page?.Metadata?.ContinueProperty ?? "";
        }
        while (next.Length > 0);
    }
}
