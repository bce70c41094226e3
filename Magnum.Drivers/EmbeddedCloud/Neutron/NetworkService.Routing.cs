using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Neutron;

/// <summary>Routers and floating IPs.</summary>
internal sealed partial class NetworkService
{
    public RouterRow AddRouter(RouterRow row, string? externalNetworkId)
    {
        Count(row.ProjectId, "router", State.Routers.Values);
        State.Routers[row.Id] = Stamp(row);
        try
        {
            SetGateway(row, externalNetworkId);
        }
        catch (ApiFault)
        {
            State.Routers.Remove(row.Id);
            throw;
        }

        return row;
    }

    public void SetGateway(RouterRow router, string? networkId)
    {
        if (router.ExternalNetworkId == networkId)
        {
            return;
        }

        if (State.FloatingIps.Values.FirstOrDefault(f => f.RouterId == router.Id) is not null)
        {
            throw ApiFault.Conflict($"Gateway cannot be updated for router {router.Id}, since a gateway to external network {router.ExternalNetworkId} is required by one or more floating IPs.", "RouterExternalGatewayInUseByFloatingIp");
        }

        if (networkId is not null && !FindNetwork(networkId).External)
        {
            throw ApiFault.BadRequest($"Bad router request: Network {networkId} is not an external network.", "BadRequest");
        }

        if (router.GatewayPortId is { } old)
        {
            RemovePort(old, byOwner: true);
        }

        router.GatewayPortId = networkId is null ? null : AddPort(
            new PortRow { Id = Ids.New(), ProjectId = CloudSeed.ProjectId("service"), NetworkId = networkId, MacAddress = NewMac(), DeviceId = router.Id, DeviceOwner = "network:router_gateway" },
            [],
            counted: false).Id;
        router.ExternalNetworkId = networkId;
    }

    public void RemoveRouter(string id)
    {
        var row = State.Routers.GetValueOrDefault(id) ?? throw Missing("Router", id);
        if (InterfacesOf(id).Any())
        {
            throw ApiFault.Conflict($"Router {id} still has ports", "RouterInUse");
        }

        SetGateway(row, null);
        State.Routers.Remove(id);
    }

    public IEnumerable<PortRow> InterfacesOf(string routerId) => State.Ports.Values.Where(p => p.DeviceId == routerId && p.DeviceOwner is "network:router_interface");

    /// <summary>Attaches a router to a subnet (at the subnet's gateway address) or takes over a port.</summary>
    public PortRow AddInterface(RouterRow router, string? subnetId, string? portId)
    {
        if (portId is not null)
        {
            var port = State.Ports.GetValueOrDefault(portId) ?? throw Missing("Port", portId);
            if (port.DeviceId.Length > 0)
            {
                throw ApiFault.Conflict($"Unable to complete operation on port {portId} for network {port.NetworkId}. Port already has an attached device {port.DeviceId}.", "PortInUse");
            }

            (port.DeviceId, port.DeviceOwner) = (router.Id, "network:router_interface");
            return port;
        }

        var subnet = State.Subnets.GetValueOrDefault(subnetId ?? "") ?? throw Missing("Subnet", subnetId ?? "");
        if (InterfacesOf(router.Id).Any(p => p.FixedIps.Any(f => f.SubnetId == subnet.Id)))
        {
            throw ApiFault.BadRequest($"Bad router request: Router already has a port on subnet {subnet.Id}.", "BadRequest");
        }

        if (subnet.GatewayIp is null)
        {
            throw ApiFault.BadRequest("Bad router request: Subnet for router interface must have a gateway IP.", "BadRequest");
        }

        return AddPort(
            new PortRow { Id = Ids.New(), ProjectId = router.ProjectId, NetworkId = subnet.NetworkId, MacAddress = NewMac(), DeviceId = router.Id, DeviceOwner = "network:router_interface" },
            [(subnet.Id, subnet.GatewayIp)]);
    }

    public PortRow RemoveInterface(RouterRow router, string? subnetId, string? portId)
    {
        var port = InterfacesOf(router.Id).FirstOrDefault(p => p.Id == portId || p.FixedIps.Any(f => f.SubnetId == subnetId))
            ?? throw ApiFault.NotFound($"Router {router.Id} has no interface on subnet {subnetId ?? portId}", "RouterInterfaceNotFoundForSubnet");
        if (State.FloatingIps.Values.Any(f => f.RouterId == router.Id && f.PortId is { } p && State.Ports.GetValueOrDefault(p)?.NetworkId == port.NetworkId))
        {
            throw ApiFault.Conflict($"Router interface for subnet {port.FixedIps[0].SubnetId} on router {router.Id} cannot be deleted, as it is required by one or more floating IPs.", "RouterInterfaceInUseByFloatingIP");
        }

        RemovePort(port.Id, byOwner: true);
        return port;
    }

    public FloatingIpRow AddFloatingIp(string projectId, string networkId, string? address, string? description)
    {
        if (!FindNetwork(networkId).External)
        {
            throw ApiFault.BadRequest($"Bad floatingip request: Network {networkId} is not a valid external network.", "BadRequest");
        }

        Count(projectId, "floatingip", State.FloatingIps.Values);
        var subnet = State.Subnets.Values.FirstOrDefault(s => s.NetworkId == networkId)
            ?? throw ApiFault.BadRequest($"Bad floatingip request: Network {networkId} does not contain any IPv4 subnet.", "BadRequest");
        var row = new FloatingIpRow { Id = Ids.New(), ProjectId = projectId, NetworkId = networkId, Address = Allocate(subnet, address).IpAddress, Description = description ?? "" };
        return State.FloatingIps[row.Id] = Stamp(row);
    }

    /// <summary>Points a floating IP at a port, or (null) at nothing; the port's network must be routed to the floating IP's.</summary>
    public void Associate(FloatingIpRow row, string? portId, string? fixedAddress)
    {
        if (portId is null)
        {
            (row.PortId, row.FixedIpAddress, row.RouterId) = (null, null, null);
            return;
        }

        var port = State.Ports.GetValueOrDefault(portId) ?? throw Missing("Port", portId);
        if (port.FixedIps.Count == 0)
        {
            throw ApiFault.BadRequest($"Bad floatingip request: Cannot add floating IP to port {portId} that has no fixed IPv4 addresses.", "BadRequest");
        }

        var subnets = port.FixedIps.Select(f => f.SubnetId).ToHashSet();
        var router = State.Routers.Values.FirstOrDefault(r => r.ExternalNetworkId == row.NetworkId && InterfacesOf(r.Id).Any(p => p.FixedIps.Any(f => subnets.Contains(f.SubnetId))))
            ?? throw ApiFault.NotFound($"External network {row.NetworkId} is not reachable from subnet {port.FixedIps[0].SubnetId}.  Therefore, cannot associate Port {portId} with a Floating IP.", "ExternalGatewayForFloatingIPNotFound");
        var address = fixedAddress ?? port.FixedIps[0].IpAddress;
        if (State.FloatingIps.Values.FirstOrDefault(f => f.Id != row.Id && f.PortId == portId && f.FixedIpAddress == address) is { } other)
        {
            throw ApiFault.Conflict($"Cannot associate floating IP {row.Address} ({row.Id}) with port {portId} using fixed IP {address}, as that fixed IP already has a floating IP on external network {other.NetworkId}.", "FloatingIPPortAlreadyAssociated");
        }

        (row.PortId, row.FixedIpAddress, row.RouterId) = (portId, address, router.Id);
    }

    private NetworkRow FindNetwork(string id) => State.Networks.GetValueOrDefault(id) ?? throw Missing("Network", id);
}
