namespace Magnum.Core.OpenStack;

/// <summary>A Neutron network.</summary>
public sealed record Network(string Id, string Name, bool External, bool Shared, string? ProjectId, IReadOnlyList<string> SubnetIds);

/// <summary>A Neutron subnet.</summary>
public sealed record Subnet(string Id, string Name, string NetworkId, string Cidr, int IpVersion, string? GatewayIp);

/// <summary>Limits and use of a project in Neutron.</summary>
public sealed record NetworkLimits(Limit Networks, Limit Subnets, Limit Routers, Limit Ports, Limit FloatingIps, Limit SecurityGroups, Limit SecurityGroupRules);

/// <summary>Neutron (and Octavia's presence). All methods throw <see cref="CloudException"/>.</summary>
public interface INetworking
{
    /// <summary>All networks that the credential can see.</summary>
    Task<IReadOnlyList<Network>> ListNetworksAsync(CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>All subnets that the credential can see.</summary>
    Task<IReadOnlyList<Subnet>> ListSubnetsAsync(CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>The project's limits.</summary>
    Task<NetworkLimits> GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>Whether the catalog has a load balancer service (Octavia).</summary>
    Task<bool> HasLoadBalancersAsync(CloudCredential credential, CancellationToken cancellationToken);
}
