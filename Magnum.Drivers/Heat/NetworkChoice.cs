using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Heat;

/// <summary>Which network or subnet is meant; else why none is.</summary>
internal static class NetworkChoice
{
    /// <summary>The external network by name or id; without one, the only one that there is.</summary>
    public static (Network? Value, string? Fault) External(IReadOnlyList<Network> networks, string? wanted)
    {
        var external = networks.Where(n => n.External).ToList();
        if (wanted is null)
        {
            return external switch
            {
                [var only] => (only, null),
                [] => (null, "There is no external network for floating IPs and the router: give external_network_id."),
                _ => (null, $"There are {external.Count} external networks: give external_network_id."),
            };
        }

        var (network, fault) = Named(networks, wanted, "external_network_id");
        return network is { External: false } ? (null, $"Network {wanted} (external_network_id) is not an external network.") : (network, fault);
    }

    public static (Network? Value, string? Fault) Named(IReadOnlyList<Network> networks, string wanted, string field) =>
        Pick([.. networks.Where(n => n.Id == wanted)], [.. networks.Where(n => n.Name == wanted)], $"Network {wanted} ({field})");

    /// <summary>A subnet of the network by name or id; without one, the network's only IPv4 subnet.</summary>
    public static (Subnet? Value, string? Fault) Subnet(IReadOnlyList<Subnet> subnets, Network network, string? wanted)
    {
        var own = subnets.Where(s => s.NetworkId == network.Id).ToList();
        if (wanted is null)
        {
            return own.Where(s => s.IpVersion == 4).ToList() switch
            {
                [var only] => (only, null),
                [] => (null, $"Network {network.Name} has no IPv4 subnet."),
                var several => (null, $"Network {network.Name} has {several.Count} IPv4 subnets: give fixed_subnet."),
            };
        }

        var (subnet, fault) = Pick([.. own.Where(s => s.Id == wanted)], [.. own.Where(s => s.Name == wanted)], $"Subnet {wanted} (fixed_subnet)");
        if (subnet is null)
        {
            var elsewhere = subnets.Any(s => s.Id == wanted || s.Name == wanted);
            return (null, elsewhere ? $"Subnet {wanted} (fixed_subnet) is not a subnet of network {network.Name}." : fault);
        }

        return subnet.IpVersion == 4 ? (subnet, null) : (null, $"Subnet {wanted} (fixed_subnet) is not an IPv4 subnet.");
    }

    private static (T? Value, string? Fault) Pick<T>(IReadOnlyList<T> byId, IReadOnlyList<T> byName, string what)
        where T : class => (byId, byName) switch
        {
            ([var one], _) => (one, null),
            (_, [var one]) => (one, null),
            (_, []) => (null, $"{what} could not be found."),
            (_, var several) => (null, $"{what} is the name of {several.Count}: use an id."),
        };
}
