using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Neutron;

/// <summary>Neutron's rows as it answers them.</summary>
internal static class NetworkJson
{
    public static JsonObject Describe(NetworkingRow row, NetworkState state)
    {
        var body = new JsonObject
        {
            ["id"] = row.Id,
            ["name"] = row.Name,
            ["tenant_id"] = row.ProjectId,
            ["project_id"] = row.ProjectId,
            ["description"] = row.Description,
            ["tags"] = row.Tags.ToJson(),
            ["created_at"] = row.CreatedAt.Stamp(),
            ["updated_at"] = row.UpdatedAt.Stamp(),
            ["revision_number"] = 1,
        };
        switch (row)
        {
            case NetworkRow network:
                Add(body, network, state);
                break;
            case SubnetRow subnet:
                Add(body, subnet);
                break;
            case PortRow port:
                Add(body, port);
                break;
            case RouterRow router:
                Add(body, router, state);
                break;
            case FloatingIpRow floating:
                Add(body, floating, state);
                break;
            case SecurityGroupRow group:
                body["stateful"] = true;
                body["shared"] = false;
                body["security_group_rules"] = state.SecurityGroupRules.Values.Where(r => r.SecurityGroupId == group.Id).Select(r => Describe(r, state)).ToJson();
                break;
            case SecurityGroupRuleRow rule:
                body.Remove("name");
                body.Remove("tags");
                Add(body, rule);
                break;
        }

        return body;
    }

    private static void Add(JsonObject body, NetworkRow row, NetworkState state)
    {
        body["status"] = "ACTIVE";
        body["admin_state_up"] = row.AdminStateUp;
        body["router:external"] = row.External;
        body["shared"] = row.Shared;
        body["mtu"] = row.Mtu;
        body["is_default"] = row.External;
        body["port_security_enabled"] = true;
        body["availability_zones"] = new JsonArray("nova");
        body["availability_zone_hints"] = new JsonArray();
        body["ipv4_address_scope"] = null;
        body["ipv6_address_scope"] = null;
        body["provider:network_type"] = row.External ? "flat" : "geneve";
        body["provider:physical_network"] = row.External ? "public" : null;
        body["provider:segmentation_id"] = row.External ? null : 1 + (int)(Ids.Spread(row.Id) * 65000);
        body["subnets"] = state.Subnets.Values.Where(s => s.NetworkId == row.Id).Select(s => s.Id).ToJson();
    }

    private static void Add(JsonObject body, SubnetRow row)
    {
        body["network_id"] = row.NetworkId;
        body["ip_version"] = AddressRange.Parse(row.Cidr)!.Version;
        body["cidr"] = row.Cidr;
        body["gateway_ip"] = row.GatewayIp;
        body["enable_dhcp"] = row.EnableDhcp;
        body["dns_nameservers"] = row.DnsNameservers.ToJson();
        body["allocation_pools"] = row.Pools.Select(p => new JsonObject { ["start"] = p.Start, ["end"] = p.End }).ToJson();
        body["host_routes"] = new JsonArray();
        body["ipv6_address_mode"] = null;
        body["ipv6_ra_mode"] = null;
        body["service_types"] = new JsonArray();
        body["subnetpool_id"] = null;
        body["dns_publish_fixed_ip"] = false;
    }

    private static void Add(JsonObject body, PortRow row)
    {
        body["network_id"] = row.NetworkId;
        body["admin_state_up"] = row.AdminStateUp;
        body["status"] = row.DeviceId.Length > 0 ? "ACTIVE" : "DOWN";
        body["mac_address"] = row.MacAddress;
        body["fixed_ips"] = row.FixedIps.Select(f => new JsonObject { ["subnet_id"] = f.SubnetId, ["ip_address"] = f.IpAddress }).ToJson();
        body["device_id"] = row.DeviceId;
        body["device_owner"] = row.DeviceOwner;
        body["security_groups"] = row.SecurityGroups.ToJson();
        body["allowed_address_pairs"] = row.AllowedAddressPairs.Select(a => new JsonObject { ["ip_address"] = a, ["mac_address"] = row.MacAddress }).ToJson();
        body["extra_dhcp_opts"] = new JsonArray();
        body["port_security_enabled"] = row.PortSecurity;
        body["binding:vnic_type"] = "normal";
        body["binding:host_id"] = row.DeviceOwner.StartsWith("compute:", StringComparison.Ordinal) ? "embedded" : "";
        body["binding:vif_type"] = row.DeviceId.Length > 0 ? "ovs" : "unbound";
        body["binding:profile"] = new JsonObject();
        body["binding:vif_details"] = new JsonObject();
        body["dns_name"] = "";
        body["dns_assignment"] = new JsonArray();
    }

    private static void Add(JsonObject body, RouterRow row, NetworkState state)
    {
        body["status"] = "ACTIVE";
        body["admin_state_up"] = row.AdminStateUp;
        body["external_gateway_info"] = row.ExternalNetworkId is null ? null : new JsonObject
        {
            ["network_id"] = row.ExternalNetworkId,
            ["enable_snat"] = row.EnableSnat,
            ["external_fixed_ips"] = state.Ports[row.GatewayPortId!].FixedIps.Select(f => new JsonObject { ["subnet_id"] = f.SubnetId, ["ip_address"] = f.IpAddress }).ToJson(),
        };
        body["routes"] = new JsonArray();
        body["ha"] = false;
        body["distributed"] = false;
        body["flavor_id"] = null;
        body["availability_zones"] = new JsonArray("nova");
        body["availability_zone_hints"] = new JsonArray();
    }

    private static void Add(JsonObject body, FloatingIpRow row, NetworkState state)
    {
        body.Remove("name");
        body["floating_ip_address"] = row.Address;
        body["floating_network_id"] = row.NetworkId;
        body["fixed_ip_address"] = row.FixedIpAddress;
        body["port_id"] = row.PortId;
        body["router_id"] = row.RouterId;
        body["status"] = row.PortId is null ? "DOWN" : "ACTIVE";
        body["qos_policy_id"] = null;
        body["port_forwardings"] = new JsonArray();
        body["port_details"] = row.PortId is { } id && state.Ports.GetValueOrDefault(id) is { } port
            ? new JsonObject { ["name"] = port.Name, ["network_id"] = port.NetworkId, ["mac_address"] = port.MacAddress, ["admin_state_up"] = true, ["status"] = "ACTIVE", ["device_id"] = port.DeviceId, ["device_owner"] = port.DeviceOwner }
            : null;
        body["dns_domain"] = "";
        body["dns_name"] = "";
    }

    private static void Add(JsonObject body, SecurityGroupRuleRow row)
    {
        body["security_group_id"] = row.SecurityGroupId;
        body["direction"] = row.Direction;
        body["ethertype"] = row.EtherType;
        body["protocol"] = row.Protocol;
        body["port_range_min"] = row.PortRangeMin;
        body["port_range_max"] = row.PortRangeMax;
        body["remote_ip_prefix"] = row.RemoteIpPrefix;
        body["remote_group_id"] = row.RemoteGroupId;
        body["remote_address_group_id"] = null;
        body["normalized_cidr"] = row.RemoteIpPrefix;
        body["belongs_to_default_sg"] = false;
    }
}
