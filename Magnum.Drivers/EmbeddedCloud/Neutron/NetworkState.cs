namespace Magnum.Drivers.EmbeddedCloud.Neutron;

/// <summary>Neutron's tables.</summary>
internal sealed class NetworkState
{
    public Dictionary<string, NetworkRow> Networks { get; set; } = [];

    public Dictionary<string, SubnetRow> Subnets { get; set; } = [];

    public Dictionary<string, PortRow> Ports { get; set; } = [];

    public Dictionary<string, RouterRow> Routers { get; set; } = [];

    public Dictionary<string, FloatingIpRow> FloatingIps { get; set; } = [];

    public Dictionary<string, SecurityGroupRow> SecurityGroups { get; set; } = [];

    public Dictionary<string, SecurityGroupRuleRow> SecurityGroupRules { get; set; } = [];

    /// <summary>Limits that an administrator changed, by project and then by resource.</summary>
    public Dictionary<string, Dictionary<string, int>> Quotas { get; set; } = [];
}

internal abstract class NetworkingRow
{
    public required string Id { get; set; }

    public string Name { get; set; } = "";

    public required string ProjectId { get; set; }

    public string Description { get; set; } = "";

    public List<string> Tags { get; set; } = [];

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}

internal sealed class NetworkRow : NetworkingRow
{
    public bool External { get; set; }

    public bool Shared { get; set; }

    public bool AdminStateUp { get; set; } = true;

    public int Mtu { get; set; } = 1450;
}

internal sealed class SubnetRow : NetworkingRow
{
    public required string NetworkId { get; set; }

    public required string Cidr { get; set; }

    public string? GatewayIp { get; set; }

    public bool EnableDhcp { get; set; } = true;

    public List<string> DnsNameservers { get; set; } = [];

    public List<AddressPool> Pools { get; set; } = [];
}

internal sealed record AddressPool(string Start, string End);

internal sealed record FixedIp(string SubnetId, string IpAddress);

internal sealed class PortRow : NetworkingRow
{
    public required string NetworkId { get; set; }

    public required string MacAddress { get; set; }

    public List<FixedIp> FixedIps { get; set; } = [];

    public string DeviceId { get; set; } = "";

    public string DeviceOwner { get; set; } = "";

    public List<string> SecurityGroups { get; set; } = [];

    public List<string> AllowedAddressPairs { get; set; } = [];

    public bool AdminStateUp { get; set; } = true;

    public bool PortSecurity { get; set; } = true;
}

internal sealed class RouterRow : NetworkingRow
{
    public string? ExternalNetworkId { get; set; }

    /// <summary>The port by which the router reaches the external network.</summary>
    public string? GatewayPortId { get; set; }

    public bool EnableSnat { get; set; } = true;

    public bool AdminStateUp { get; set; } = true;
}

internal sealed class FloatingIpRow : NetworkingRow
{
    public required string Address { get; set; }

    public required string NetworkId { get; set; }

    public string? PortId { get; set; }

    public string? FixedIpAddress { get; set; }

    public string? RouterId { get; set; }
}

internal sealed class SecurityGroupRow : NetworkingRow
{
}

internal sealed class SecurityGroupRuleRow : NetworkingRow
{
    public required string SecurityGroupId { get; set; }

    public required string Direction { get; set; }

    public string EtherType { get; set; } = "IPv4";

    public string? Protocol { get; set; }

    public int? PortRangeMin { get; set; }

    public int? PortRangeMax { get; set; }

    public string? RemoteIpPrefix { get; set; }

    public string? RemoteGroupId { get; set; }
}
