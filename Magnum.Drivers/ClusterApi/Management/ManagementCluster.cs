using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Magnum.Core.OpenStack;
using Magnum.Drivers.ClusterApi.Contract;

namespace Magnum.Drivers.ClusterApi.Management;

/// <summary>The Kubernetes cluster on which Cluster API runs. What is made there is applied: asked twice, it is there once.</summary>
internal sealed class ManagementCluster(ClusterApiOptions options, TimeProvider time) : IDisposable
{
    private const int PageSize = 250;

    private static readonly TimeSpan ContractLife = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private IKubernetes? _client;
    private DateTime _kubeconfigOf;
    private (ServedContract Contract, DateTimeOffset Until)? _contract;

    /// <summary>Which versions of Cluster API's objects are served; asked for now and then, for Cluster API is upgraded while Magnum runs.</summary>
    public async Task<ServedContract> ContractAsync(CancellationToken cancellationToken)
    {
        if (_contract is { } known && known.Until > time.GetUtcNow())
        {
            return known.Contract;
        }

        var groups = await AskAsync("the list of its APIs", async client => await client.Apis.GetAPIVersionsAsync(cancellationToken), cancellationToken);
        var contract = ServedContract.Of(groups.Groups.ToDictionary(
            g => g.Name, g => (IReadOnlyList<string>)[g.PreferredVersion?.Version ?? "", .. g.Versions.Select(v => v.Version)], StringComparer.Ordinal));
        _contract = (contract, time.GetUtcNow() + ContractLife);
        return contract;
    }

    public async Task<ApiObject?> FindAsync(ApiResource resource, string ns, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(
                $"{resource.Kind} {name}",
                async client => resource.Group.Length == 0
                    ? Read(KubernetesJson.Serialize(await client.CoreV1.ReadNamespacedSecretAsync(name, ns, cancellationToken: cancellationToken)))
                    : Read(await client.CustomObjects.GetNamespacedCustomObjectAsync(resource.Group, resource.Version, ns, resource.Plural, name, cancellationToken)),
                cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound)
        {
            return null;
        }
    }

    /// <param name="ns">Null: of all namespaces.</param>
    public async Task<IReadOnlyList<ApiObject>> ListAsync(ApiResource resource, string? ns, string labels, CancellationToken cancellationToken)
    {
        var found = new List<ApiObject>();
        string? next = null;
        do
        {
            var page = await AskAsync($"the list of {resource.Plural}", client => PageAsync(client, next), cancellationToken);
            found.AddRange(page.Items("items").Select(i => new ApiObject(i)));
            next = page.Text("metadata", "continue") is { Length: > 0 } more ? more : null;
        }
        while (next is not null);
        return found;

        async Task<ApiObject> PageAsync(IKubernetes client, string? token) => (resource.Group.Length, ns) switch
        {
            (0, { } within) => Read(KubernetesJson.Serialize(await client.CoreV1.ListNamespacedSecretAsync(
                within, labelSelector: labels, limit: PageSize, continueParameter: token, cancellationToken: cancellationToken))),
            (_, { } within) => Read(await client.CustomObjects.ListNamespacedCustomObjectAsync(
                resource.Group, resource.Version, within, resource.Plural, labelSelector: labels, limit: PageSize, continueParameter: token, cancellationToken: cancellationToken)),
            _ => Read(await client.CustomObjects.ListClusterCustomObjectAsync(
                resource.Group, resource.Version, resource.Plural, labelSelector: labels, limit: PageSize, continueParameter: token, cancellationToken: cancellationToken)),
        };
    }

    /// <summary>Makes an object as far as it is given, whether it is there or not (server-side apply).</summary>
    /// <param name="body">Without <c>apiVersion</c> and <c>kind</c>.</param>
    /// <param name="dryRun">Only have it checked.</param>
    public Task ApplyAsync(ApiResource resource, JsonObject body, bool dryRun, CancellationToken cancellationToken)
    {
        var whole = new JsonObject { ["apiVersion"] = resource.ApiVersion, ["kind"] = resource.Kind };
        foreach (var (field, value) in body)
        {
            whole[field] = value?.DeepClone();
        }

        var sent = new ApiObject(whole);
        var patch = new V1Patch(whole.ToJsonString(), V1Patch.PatchType.ApplyPatch);
        var rehearsal = dryRun ? "All" : null;
        const string Manager = ClusterApiNames.FieldManager;
        return AskAsync<object>(
            $"{resource.Kind} {sent.Name}",
            async client => resource switch
            {
                { Kind: "Namespace", Group: "" } => await client.CoreV1.PatchNamespaceAsync(
                    patch, sent.Name, rehearsal, Manager, force: true, cancellationToken: cancellationToken),
                { Kind: "Secret", Group: "" } => await client.CoreV1.PatchNamespacedSecretAsync(
                    patch, sent.Name, sent.Namespace, rehearsal, Manager, force: true, cancellationToken: cancellationToken),
                _ => await client.CustomObjects.PatchNamespacedCustomObjectAsync(
                    patch, resource.Group, resource.Version, sent.Namespace, resource.Plural, sent.Name, rehearsal, Manager, force: true, cancellationToken: cancellationToken),
            },
            cancellationToken);
    }

    /// <summary>Asks for an object's removal; what is gone already is removed.</summary>
    /// <param name="afterOwned">It stays until all is gone that it owns.</param>
    public async Task DeleteAsync(ApiResource resource, string ns, string name, bool afterOwned, CancellationToken cancellationToken)
    {
        var propagation = afterOwned ? "Foreground" : null;
        try
        {
            await AskAsync<object>(
                $"{resource.Kind} {name}",
                async client => resource.Group.Length == 0
                    ? await client.CoreV1.DeleteNamespacedSecretAsync(name, ns, propagationPolicy: propagation, cancellationToken: cancellationToken)
                    : await client.CustomObjects.DeleteNamespacedCustomObjectAsync(
                        resource.Group, resource.Version, ns, resource.Plural, name, propagationPolicy: propagation, cancellationToken: cancellationToken),
                cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound)
        {
            // Gone already, which is what was asked for.
        }
    }

    public void Dispose() => _client?.Dispose();

    private async Task<T> AskAsync<T>(string what, Func<IKubernetes, Task<T>> question, CancellationToken cancellationToken)
    {
        try
        {
            return await question(Client());
        }
        catch (HttpOperationException e) when (ManagementFaults.IsOfWholeKind(e))
        {
            _contract = null;   // its version is not served any more
            throw ManagementFaults.Explain(e, what);
        }
        catch (Exception e) when (ManagementFaults.Is(e, cancellationToken))
        {
            throw ManagementFaults.Explain(e, what);
        }
    }

    /// <summary>A kubeconfig whose token or certificate was renewed takes effect without a restart.</summary>
    private IKubernetes Client()
    {
        lock (_gate)
        {
            var written = options.InCluster ? default : File.GetLastWriteTimeUtc(options.Kubeconfig!);
            if (_client is null || written != _kubeconfigOf)
            {
                // The one before is left to those who are using it.
                _client = new k8s.Kubernetes(ClusterApiConfiguration.Load(options));
                _kubeconfigOf = written;
            }

            return _client;
        }
    }

    private static ApiObject Read(object answer) =>
        JsonNode.Parse(answer.ToString() ?? "") as JsonObject is { } content ? new ApiObject(content) : throw new System.Text.Json.JsonException("no object");
}
