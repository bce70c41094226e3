using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using k8s;
using k8s.Models;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Kubernetes;

/// <summary>What Magnum asks of a cluster's API server beyond how it is. Trouble is a <see cref="CloudException"/>.</summary>
internal sealed class KubernetesApi(string clusterName, Uri server, EngineAccess access) : IDisposable
{
    private const string Service = "kubernetes";
    private const string Objects = "Kubernetes' objects";
    private const int PerPage = 250;

    /// <summary>Most objects of a kind that are looked at.</summary>
    private const int Most = 5000;

    private readonly HttpClient _client = EngineHttp.Open(server, access);

    /// <summary>Null: there is none that may be asked.</summary>
    public static KubernetesApi? Open(Cluster cluster, EngineAccess access) => AddressOf(cluster) is { } server ? new KubernetesApi(cluster.Name, server, access) : null;

    /// <summary>Null: there is none that may be asked.</summary>
    public static Uri? AddressOf(Cluster cluster) =>
        Uri.TryCreate(cluster.ApiAddress, UriKind.Absolute, out var server) && server.Scheme == Uri.UriSchemeHttps && EngineHttp.MayBeAsked(server) ? server : null;

    public void Dispose() => _client.Dispose();

    public async Task<string?> VersionAsync(CancellationToken cancellationToken) =>
        (await SendAsync<VersionInfo>(HttpMethod.Get, "version", null, cancellationToken))?.GitVersion;

    public Task<Listed<V1Node>> NodesAsync(CancellationToken cancellationToken) =>
        ListAsync<V1NodeList, V1Node>("api/v1/nodes", "", cancellationToken);

    /// <param name="node">Null: those of all nodes.</param>
    public Task<Listed<V1Pod>> PodsAsync(string? node, CancellationToken cancellationToken) =>
        ListAsync<V1PodList, V1Pod>("api/v1/pods", node is null ? "" : $"&fieldSelector={Uri.EscapeDataString($"spec.nodeName={node}")}", cancellationToken);

    public Task<Listed<V1Deployment>> DeploymentsAsync(CancellationToken cancellationToken) =>
        ListAsync<V1DeploymentList, V1Deployment>("apis/apps/v1/deployments", "", cancellationToken);

    public Task<Listed<V1StatefulSet>> StatefulSetsAsync(CancellationToken cancellationToken) =>
        ListAsync<V1StatefulSetList, V1StatefulSet>("apis/apps/v1/statefulsets", "", cancellationToken);

    public Task<Listed<V1DaemonSet>> DaemonSetsAsync(CancellationToken cancellationToken) =>
        ListAsync<V1DaemonSetList, V1DaemonSet>("apis/apps/v1/daemonsets", "", cancellationToken);

    /// <summary>Merges into a node; one that is gone is let be.</summary>
    public Task PatchNodeAsync(string name, object patch, CancellationToken cancellationToken) =>
        SendAsync<object>(HttpMethod.Patch, $"api/v1/nodes/{Uri.EscapeDataString(name)}", Json(patch, "application/merge-patch+json"), cancellationToken);

    /// <summary>One that is gone is let be.</summary>
    public Task DeleteNodeAsync(string name, CancellationToken cancellationToken) =>
        SendAsync<object>(HttpMethod.Delete, $"api/v1/nodes/{Uri.EscapeDataString(name)}", null, cancellationToken);

    /// <summary>Asks a pod to go, as a disruption budget allows.</summary>
    /// <returns>False: not now.</returns>
    public async Task<bool> EvictAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var path = $"api/v1/namespaces/{Uri.EscapeDataString(pod.Metadata.NamespaceProperty)}/pods/{Uri.EscapeDataString(pod.Metadata.Name)}/eviction";
        // The second is what servers before 1.22 have.
        foreach (var version in new[] { "policy/v1", "policy/v1beta1" })
        {
            using var content = Json(
                new { apiVersion = version, kind = "Eviction", metadata = new { name = pod.Metadata.Name, @namespace = pod.Metadata.NamespaceProperty } }, "application/json");
            try
            {
                await SendAsync<object>(HttpMethod.Post, path, content, cancellationToken);
                return true;
            }
            catch (CloudException e) when (e.StatusCode is (int)HttpStatusCode.TooManyRequests)
            {
                return false;
            }
            catch (CloudException e) when (e.StatusCode is (int)HttpStatusCode.BadRequest && version == "policy/v1")
            {
            }
        }

        return false;
    }

    /// <summary>Objects without a name are none.</summary>
    private async Task<Listed<TItem>> ListAsync<TList, TItem>(string path, string selector, CancellationToken cancellationToken)
        where TList : class, IItems<TItem>, IMetadata<V1ListMeta>
        where TItem : IMetadata<V1ObjectMeta>
    {
        var items = new List<TItem>();
        var next = "";
        do
        {
            var page = await SendAsync<TList>(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{path}?limit={PerPage}{selector}&continue={Uri.EscapeDataString(next)}"), null, cancellationToken);
            items.AddRange(page?.Items?.Where(i => i?.Metadata?.Name is { Length: > 0 }) ?? []);
            next = page?.Metadata?.ContinueProperty ?? "";
        }
        while (next.Length > 0 && items.Count < Most);

        return new Listed<TItem>(items, next.Length > 0);
    }

    /// <returns>Null: there is no such thing.</returns>
    private Task<T?> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
        where T : class => EngineHttp.CallAsync(
        Service,
        clusterName,
        server,
        Objects,
        async () =>
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var answer = await _client.SendAsync(request, cancellationToken);
            if (answer.StatusCode is HttpStatusCode.NotFound)
            {
                return null;
            }

            await EngineHttp.ExpectSuccessAsync(answer, cancellationToken);
            return KubernetesJson.Deserialize<T>(await answer.Content.ReadAsStringAsync(cancellationToken));
        },
        cancellationToken);

    private static StringContent Json(object body, string type)
    {
        var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }
}

/// <summary>Objects of a kind.</summary>
/// <param name="IsCut">There are more.</param>
internal sealed record Listed<T>(IReadOnlyList<T> Items, bool IsCut);
