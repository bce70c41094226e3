using System.Text.Json.Serialization;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Octavia;

/// <summary>A load balancer.</summary>
/// <param name="ProvisioningStatus">Such as <c>ACTIVE</c> or <c>PENDING_DELETE</c>: while one is pending, Octavia lets nobody change it.</param>
internal sealed record LoadBalancer(string Id, string Name, string? Description, string ProvisioningStatus);

/// <summary>Octavia v2 (<c>docs.openstack.org/api-ref/load-balancer/v2</c>), as far as what clusters leave behind is concerned.</summary>
internal sealed class OctaviaClient(CloudApi api)
{
    private const string Path = "lbaas/loadbalancers";

    /// <summary>Whether the cloud has it.</summary>
    public Task<bool> IsThereAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        api.HasAsync(credential, CloudServiceType.LoadBalancer, cancellationToken);

    /// <summary>A project's load balancers, also for administrators, who see all.</summary>
    public async Task<IReadOnlyList<LoadBalancer>> ListAsync(CloudCredential credential, string projectId, CancellationToken cancellationToken)
    {
        var all = new List<LoadBalancer>();
        var query = $"?project_id={Uri.EscapeDataString(projectId)}";
        do
        {
            var page = await api.GetAsync(credential, CloudServiceType.LoadBalancer, Path + query, OctaviaJson.Default.LoadBalancersAnswer, cancellationToken);
            all.AddRange(page.Loadbalancers);
            query = page.Loadbalancers.Count == 0 ? null : Paging.QueryOf(page.LoadbalancersLinks?.FirstOrDefault(l => l.Rel == "next")?.Href);
        }
        while (query is not null);
        return all;
    }

    /// <summary>Deletes one with all its parts, which takes Octavia a while; one that is gone is deleted.</summary>
    public Task DeleteAsync(CloudCredential credential, string id, CancellationToken cancellationToken) =>
        api.DeleteAsync(credential, CloudServiceType.LoadBalancer, $"{Path}/{Uri.EscapeDataString(id)}?cascade=true", CloudCall.Plain, cancellationToken);
}

internal sealed record LoadBalancersAnswer(IReadOnlyList<LoadBalancer> Loadbalancers, IReadOnlyList<OctaviaLink>? LoadbalancersLinks = null);

internal sealed record OctaviaLink(string Href, string Rel);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LoadBalancersAnswer))]
internal sealed partial class OctaviaJson : JsonSerializerContext;
