using System.Text.Json.Serialization.Metadata;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Neutron;

/// <summary>Neutron v2.0 (<c>docs.openstack.org/api-ref/network/v2</c>).</summary>
internal sealed class NeutronClient(CloudApi api, CloudSessions sessions) : INetworking
{
    private static readonly CloudServiceType Neutron = CloudServiceType.Network;

    public async Task<IReadOnlyList<Network>> ListNetworksAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        await ListAsync(
            credential, "networks", NeutronJson.Default.NetworksAnswer,
            page => page.Networks.Select(n => new Network(n.Id, n.Name ?? "", n.External, n.Shared, n.ProjectId ?? n.TenantId, n.Subnets ?? [])),
            page => page.NetworksLinks,
            cancellationToken);

    public async Task<IReadOnlyList<Subnet>> ListSubnetsAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        await ListAsync(
            credential, "subnets", NeutronJson.Default.SubnetsAnswer,
            page => page.Subnets.Select(s => new Subnet(s.Id, s.Name ?? "", s.NetworkId, s.Cidr, s.IpVersion, s.GatewayIp)),
            page => page.SubnetsLinks,
            cancellationToken);

    public async Task<NetworkLimits> GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken)
    {
        var project = credential switch
        {
            CloudCredential.UserToken user => user.ProjectId,
            CloudCredential.Trust trust => trust.ProjectId,
            _ => (await sessions.GetAsync(credential, young: false, cancellationToken)).ProjectId,
        };
        if (project is null)
        {
            throw new CloudException(Neutron.Name, CloudFault.Invalid, "A token without a project has no network quota.");
        }

        var quota = (await api.GetAsync(
            credential, Neutron, $"quotas/{Uri.EscapeDataString(project)}/details.json", NeutronJson.Default.QuotaAnswer, cancellationToken)).Quota;
        return new NetworkLimits(
            Of("network"), Of("subnet"), Of("router"), Of("port"), Of("floatingip"), Of("security_group"), Of("security_group_rule"));

        // Reserved is what requests under way will use.
        Limit Of(string name) => quota.TryGetValue(name, out var of) ? new Limit(of.Limit, of.Used + of.Reserved) : new Limit(-1, 0);
    }

    public Task<bool> HasLoadBalancersAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        api.HasAsync(credential, CloudServiceType.LoadBalancer, cancellationToken);

    /// <summary>A project's floating IPs, also for administrators, who see all.</summary>
    public async Task<IReadOnlyList<FloatingIp>> ListFloatingIpsAsync(CloudCredential credential, string projectId, CancellationToken cancellationToken) =>
        await ListAsync(
            credential, "floatingips", NeutronJson.Default.FloatingIpsAnswer, page => page.Floatingips, page => page.FloatingipsLinks, cancellationToken,
            $"?project_id={Uri.EscapeDataString(projectId)}");

    /// <summary>Gives one back; one that is gone is given back.</summary>
    public Task DeleteFloatingIpAsync(CloudCredential credential, string id, CancellationToken cancellationToken) =>
        api.DeleteAsync(credential, Neutron, $"floatingips/{Uri.EscapeDataString(id)}", CloudCall.Plain, cancellationToken);

    private async Task<IReadOnlyList<T>> ListAsync<TPage, T>(
        CloudCredential credential,
        string path,
        JsonTypeInfo<TPage> type,
        Func<TPage, IEnumerable<T>> items,
        Func<TPage, IReadOnlyList<NeutronLink>?> links,
        CancellationToken cancellationToken,
        string? query = "")
    {
        var all = new List<T>();
        do
        {
            var page = await api.GetAsync(credential, Neutron, path + query, type, cancellationToken);
            var before = all.Count;
            all.AddRange(items(page));
            query = all.Count == before ? null : Paging.QueryOf(links(page)?.FirstOrDefault(l => l.Rel == "next")?.Href);
        }
        while (query is not null);
        return all;
    }
}
