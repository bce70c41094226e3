using System.Net;
using System.Security.Cryptography;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Neutron;

/// <summary>Neutron without its HTTP: networks, subnets, ports and their addresses.</summary>
internal sealed partial class NetworkService(Cloud cloud)
{
    public NetworkState State => cloud.State.Network;

    /// <summary>What a new cloud has: the way out, and a network of its own for each project of people.</summary>
    public void Plant()
    {
        var service = CloudSeed.ProjectId("service");
        var way = Stamp(new NetworkRow { Id = Ids.Derive("network:public"), Name = "public", ProjectId = service, External = true, Mtu = 1500 });
        State.Networks[way.Id] = way;
        AddSubnet(new SubnetRow { Id = Ids.Derive("subnet:public"), Name = "public-subnet", ProjectId = service, NetworkId = way.Id, Cidr = "172.24.4.0/22", EnableDhcp = false });
        foreach (var (project, prefix, block) in new[] { ("demo", "", 0), ("admin", "admin-", 64), ("alt_demo", "alt-", 128) })
        {
            var id = CloudSeed.ProjectId(project);
            EnsureDefaultGroup(id);
            var network = Stamp(new NetworkRow { Id = Ids.Derive("network:private:" + project), Name = prefix + "private", ProjectId = id });
            State.Networks[network.Id] = network;
            var subnet = AddSubnet(new SubnetRow { Id = Ids.Derive("subnet:private:" + project), Name = prefix + "private-subnet", ProjectId = id, NetworkId = network.Id, Cidr = $"10.{block}.0.0/22", DnsNameservers = ["8.8.8.8"] });
            var router = Stamp(new RouterRow { Id = Ids.Derive("router:" + project), Name = prefix + "router1", ProjectId = id });
            State.Routers[router.Id] = router;
            SetGateway(router, way.Id);
            AddInterface(router, subnet.Id, null);
        }

        EnsureDefaultGroup(service);
    }

    public T Stamp<T>(T row)
        where T : NetworkingRow
    {
        row.CreatedAt = row.UpdatedAt = cloud.Clock.Now;
        return row;
    }

    public NetworkRow AddNetwork(NetworkRow row)
    {
        Count(row.ProjectId, "network", State.Networks.Values);
        return State.Networks[row.Id] = Stamp(row);
    }

    public void RemoveNetwork(string id)
    {
        var row = State.Networks.GetValueOrDefault(id) ?? throw Missing("Network", id);
        if (State.Ports.Values.Any(p => p.NetworkId == id && p.DeviceOwner is not "network:dhcp"))
        {
            throw ApiFault.Conflict($"Unable to complete operation on network {id}. There are one or more ports still in use on the network.", "NetworkInUse");
        }

        foreach (var subnet in State.Subnets.Values.Where(s => s.NetworkId == id).ToList())
        {
            State.Subnets.Remove(subnet.Id);
        }

        State.Networks.Remove(row.Id);
    }

    public SubnetRow AddSubnet(SubnetRow row, bool gateway = true)
    {
        if (!State.Networks.ContainsKey(row.NetworkId))
        {
            throw Missing("Network", row.NetworkId);
        }

        var range = AddressRange.Parse(row.Cidr) ?? throw ApiFault.BadRequest($"Invalid input for cidr. Reason: '{row.Cidr}' is not a valid IP subnet.", "HTTPBadRequest");
        if (State.Subnets.Values.FirstOrDefault(s => s.NetworkId == row.NetworkId && AddressRange.Parse(s.Cidr)!.Overlaps(range)) is { } other)
        {
            throw ApiFault.BadRequest($"Invalid input for operation: Requested subnet with cidr: {row.Cidr} for network: {row.NetworkId} overlaps with another subnet ({other.Cidr}).", "InvalidInput");
        }

        Count(row.ProjectId, "subnet", State.Subnets.Values);
        row.Cidr = range.Network.ToString();
        if (gateway)
        {
            row.GatewayIp ??= AddressRange.ToAddress(range.First + 1, range.Version).ToString();
        }

        if (row.Pools.Count == 0)
        {
            row.Pools = DefaultPools(range, row.GatewayIp);
        }

        return State.Subnets[row.Id] = Stamp(row);
    }

    public void RemoveSubnet(string id)
    {
        var row = State.Subnets.GetValueOrDefault(id) ?? throw Missing("Subnet", id);
        if (State.Ports.Values.Any(p => p.FixedIps.Any(f => f.SubnetId == row.Id)))
        {
            throw ApiFault.Conflict($"Unable to complete operation on subnet {id}: One or more ports have an IP allocation from this subnet.", "SubnetInUse");
        }

        State.Subnets.Remove(id);
    }

    /// <summary>Makes a port and gives it addresses: those that <paramref name="wanted"/> names (subnet, address or both), or one of the network's first subnet.</summary>
    public PortRow AddPort(PortRow row, IReadOnlyList<(string? Subnet, string? Address)> wanted, bool counted = true)
    {
        if (!State.Networks.ContainsKey(row.NetworkId))
        {
            throw Missing("Network", row.NetworkId);
        }

        if (counted)
        {
            Count(row.ProjectId, "port", State.Ports.Values);
        }

        foreach (var group in row.SecurityGroups.Where(g => !State.SecurityGroups.ContainsKey(g)))
        {
            throw Missing("Security group", group);
        }

        row.FixedIps = wanted.Count == 0
            ? [.. State.Subnets.Values.Where(s => s.NetworkId == row.NetworkId).OrderBy(s => s.CreatedAt).Take(1).Select(s => Allocate(s, null))]
            : [.. wanted.Select(w => Allocate(SubnetFor(row.NetworkId, w.Subnet, w.Address), w.Address))];
        return State.Ports[row.Id] = Stamp(row);
    }

    public void RemovePort(string id, bool byOwner = false)
    {
        var row = State.Ports.GetValueOrDefault(id) ?? throw Missing("Port", id);
        if (!byOwner && row.DeviceOwner is "network:router_interface" or "network:router_gateway")
        {
            throw ApiFault.Conflict($"Port {id} cannot be deleted directly via the port API: has device owner {row.DeviceOwner}.", "ServicePortInUse");
        }

        foreach (var floating in State.FloatingIps.Values.Where(f => f.PortId == id))
        {
            (floating.PortId, floating.FixedIpAddress, floating.RouterId) = (null, null, null);
        }

        State.Ports.Remove(id);
    }

    public static string NewMac()
    {
        var bytes = RandomNumberGenerator.GetBytes(3);
        return $"fa:16:3e:{bytes[0]:x2}:{bytes[1]:x2}:{bytes[2]:x2}";
    }

    public static ApiFault Missing(string kind, string id) =>
        ApiFault.NotFound($"{kind} {id} could not be found.", kind.Replace(" ", "", StringComparison.Ordinal) + "NotFound");

    private static List<AddressPool> DefaultPools(AddressRange range, string? gateway)
    {
        var first = range.First + 1;
        var last = range.Version == 4 ? range.Last - 1 : range.Last;
        if (gateway is null || !IPAddress.TryParse(gateway, out var address))
        {
            return [Pool(first, last)];
        }

        var at = AddressRange.Number(address);
        return [.. new[] { (first, at - 1), (at + 1, last) }.Where(p => p.Item1 <= p.Item2 && p.Item1 >= first && p.Item2 <= last).Select(p => Pool(p.Item1, p.Item2))];

        AddressPool Pool(UInt128 from, UInt128 to) => new(AddressRange.ToAddress(from, range.Version).ToString(), AddressRange.ToAddress(to, range.Version).ToString());
    }

    private SubnetRow SubnetFor(string networkId, string? subnetId, string? address)
    {
        if (subnetId is not null)
        {
            var row = State.Subnets.GetValueOrDefault(subnetId) ?? throw Missing("Subnet", subnetId);
            return row.NetworkId == networkId ? row : throw ApiFault.BadRequest($"Invalid input for operation: Failed to create port on network {networkId}, because fixed_ips included invalid subnet {subnetId}.", "InvalidInput");
        }

        return State.Subnets.Values.FirstOrDefault(s => s.NetworkId == networkId && (address is null || Contains(s, address)))
            ?? throw ApiFault.BadRequest($"IP address {address} is not a valid IP for any of the subnets on the specified network.", "InvalidIpForNetwork");
    }

    private static bool Contains(SubnetRow subnet, string address) =>
        IPAddress.TryParse(address, out var ip) && AddressRange.Parse(subnet.Cidr)!.Network.Contains(ip);

    private FixedIp Allocate(SubnetRow subnet, string? address)
    {
        var used = State.Ports.Values.SelectMany(p => p.FixedIps).Where(f => f.SubnetId == subnet.Id).Select(f => f.IpAddress)
            .Concat(State.FloatingIps.Values.Where(f => f.NetworkId == subnet.NetworkId).Select(f => f.Address)).ToHashSet();
        if (address is not null)
        {
            return !Contains(subnet, address) ? throw ApiFault.BadRequest($"IP address {address} is not a valid IP for the specified subnet.", "InvalidIpForSubnet")
                : used.Contains(address) ? throw ApiFault.Conflict($"IP address {address} already allocated in subnet {subnet.Id}", "IpAddressAlreadyAllocated")
                : new FixedIp(subnet.Id, address);
        }

        foreach (var pool in subnet.Pools)
        {
            var end = AddressRange.Number(IPAddress.Parse(pool.End));
            for (var at = AddressRange.Number(IPAddress.Parse(pool.Start)); at <= end; at++)
            {
                var candidate = AddressRange.ToAddress(at, AddressRange.Parse(subnet.Cidr)!.Version).ToString();
                if (candidate != subnet.GatewayIp && !used.Contains(candidate))
                {
                    return new FixedIp(subnet.Id, candidate);
                }
            }
        }

        throw ApiFault.Conflict($"No more IP addresses available on network {subnet.NetworkId}.", "IpAddressGenerationFailure");
    }
}
