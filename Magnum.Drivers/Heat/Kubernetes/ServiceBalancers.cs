using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Neutron;
using Magnum.Drivers.OpenStack.Octavia;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>
/// What a cluster's cloud controller has made for its services. The back end does not know of it, and cannot delete a network that it stands on. It is
/// found by what the cloud controller writes into descriptions, which ends in the cluster's uuid.
/// </summary>
internal sealed class ServiceBalancers(OctaviaClient octavia, NeutronClient neutron)
{
    /// <summary>What is there.</summary>
    public async Task<IReadOnlyList<ClusterResource>> ListAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken)
    {
        if (!await octavia.IsThereAsync(credential, cancellationToken))
        {
            return [];
        }

        var found = (await octavia.ListAsync(credential, cluster.ProjectId, cancellationToken))
            .Where(b => IsOf(cluster, "Kubernetes ", b.Description))
            .Select(b => new ClusterResource("OS::Octavia::LoadBalancer", b.Name, b.Id, b.ProvisioningStatus) { IsOwnMaking = true });
        var addresses = (await neutron.ListFloatingIpsAsync(credential, cluster.ProjectId, cancellationToken))
            .Where(a => IsOf(cluster, "Floating IP for Kubernetes ", a.Description))
            .Select(a => new ClusterResource("OS::Neutron::FloatingIP", a.FloatingIpAddress ?? a.Id, a.Id, a.Status ?? "") { IsOwnMaking = true });
        return [.. found, .. addresses];
    }

    /// <summary>Asks for the removal of what is there.</summary>
    /// <returns>What is left, for people: Octavia takes its time.</returns>
    public async Task<IReadOnlyList<string>> RemoveAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken)
    {
        if (!await octavia.IsThereAsync(credential, cancellationToken))
        {
            return [];
        }

        var left = new List<string>();
        foreach (var balancer in await octavia.ListAsync(credential, cluster.ProjectId, cancellationToken))
        {
            if (IsOf(cluster, "Kubernetes ", balancer.Description))
            {
                left.Add($"load balancer {balancer.Name}");
                await TryAsync(() => balancer.ProvisioningStatus is "PENDING_DELETE" ? Task.CompletedTask : octavia.DeleteAsync(credential, balancer.Id, cancellationToken));
            }
        }

        foreach (var address in await neutron.ListFloatingIpsAsync(credential, cluster.ProjectId, cancellationToken))
        {
            if (IsOf(cluster, "Floating IP for Kubernetes ", address.Description))
            {
                await neutron.DeleteFloatingIpAsync(credential, address.Id, cancellationToken);
            }
        }

        return left;
    }

    private static bool IsOf(Cluster cluster, string beginning, string? description) =>
        description is not null && description.StartsWith(beginning, StringComparison.Ordinal)
            && description.EndsWith($" from cluster {cluster.Uuid}", StringComparison.OrdinalIgnoreCase);

    /// <summary>One that Octavia is just working on is asked for again.</summary>
    private static async Task TryAsync(Func<Task> delete)
    {
        try
        {
            await delete();
        }
        catch (CloudException e) when (e.Fault is CloudFault.Conflict)
        {
            // It is among those that are left.
        }
    }
}
