using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Models;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.Kubernetes;

/// <summary>Asks a Kubernetes API server how it and its nodes are.</summary>
internal static class KubernetesProbe
{
    // A tenant may run whatever he likes behind the address: what it can make of Magnum's memory and database has bounds.
    private const int NodesPerPage = 100;
    private const int MostNodes = 1000;
    private const int LongestName = 253;
    private const int LongestAnswer = 200;
    private const long LargestPage = 4 * 1024 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <param name="server">The API's address, such as <c>https://203.0.113.5:6443</c>.</param>
    public static async Task<ClusterHealth> AskAsync(string clusterName, Uri server, EngineAccess access, CancellationToken cancellationToken)
    {
        using var client = Open(server, access);
        try
        {
            var (isReady, answer) = await ReadinessAsync(client, cancellationToken);
            var reasons = new Dictionary<string, string> { ["api"] = answer };
            if (!isReady)
            {
                return new ClusterHealth(HealthStatus.Unhealthy, reasons);
            }

            var allReady = true;
            await foreach (var node in NodesAsync(client, cancellationToken))
            {
                var ready = node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status switch { "True" => "True", "False" => "False", _ => "Unknown" };
                allReady &= ready == "True";
                if (node.Metadata?.Name is { Length: > 0 and <= LongestName } name && reasons.Count <= MostNodes)
                {
                    reasons[$"{name}.Ready"] = ready;
                }
            }

            return new ClusterHealth(allReady ? HealthStatus.Healthy : HealthStatus.Unhealthy, reasons);
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            return ClusterHealth.Unknown($"The cluster {clusterName} does not take Magnum's certificate (HTTP {(int)e.StatusCode}).");
        }
        catch (HttpRequestException e) when (e.StatusCode is { } status)
        {
            return new ClusterHealth(HealthStatus.Unhealthy, new Dictionary<string, string> { ["api"] = $"HTTP {(int)status}" });
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            return ClusterHealth.Unknown($"The cluster {clusterName} is not accessible: what answers at {server.Authority} has no certificate of the cluster's.");
        }
        catch (HttpRequestException e)
        {
            return ClusterHealth.Unknown($"The cluster {clusterName} is not accessible: {Describe(e)} at {server.Authority}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ClusterHealth.Unknown($"The cluster {clusterName} is not accessible: no connection to {server.Authority} within {ConnectTimeout.TotalSeconds:0} s.");
        }
        catch (System.Text.Json.JsonException)
        {
            return new ClusterHealth(HealthStatus.Unhealthy, new Dictionary<string, string> { ["api"] = "answers with something else than Kubernetes' objects" });
        }
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
                answer.EnsureSuccessStatusCode();
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
        var said = failed.Count > 0 ? $"failed: {string.Join(", ", failed)}" : text.ReplaceLineEndings(" ");
        return said.Length > LongestAnswer ? $"{said[..LongestAnswer]}…" : said;
    }

    private static async IAsyncEnumerable<V1Node> NodesAsync(
        HttpClient client, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = "";
        do
        {
            using var answer = await client.GetAsync($"api/v1/nodes?limit={NodesPerPage}&continue={Uri.EscapeDataString(next)}", cancellationToken);
            answer.EnsureSuccessStatusCode();
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

    private static HttpClient Open(Uri server, EngineAccess access)
    {
        var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trusted.CustomTrustStore.ImportFromPem(access.Authorities);
        using var pem = X509Certificate2.CreateFromPem(access.Certificate, access.Key);
        // The TLS of some systems takes no key that is not in a store.
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            AllowAutoRedirect = false,
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { ClientCertificates = [certificate], CertificateChainPolicy = trusted },
        };
        return new HttpClient(handler) { BaseAddress = server, MaxResponseContentBufferSize = LargestPage };
    }

    private static string Describe(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name is not known",
        HttpRequestError.ConnectionError => "no connection",
        HttpRequestError.SecureConnectionError => "no TLS connection",
        _ => "no answer",
    };
}
