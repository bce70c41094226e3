using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Neutron;

/// <summary>From what a client sends to rows.</summary>
internal sealed class NetworkRequests(Cloud cloud)
{
    private NetworkService Network => cloud.Network;

    public NetworkRow AddNetwork(ApiRequest request, JsonObject given)
    {
        RequireAdminFor(request, given, "router:external", "shared");
        return Network.AddNetwork(new NetworkRow
        {
            Id = Ids.New(),
            Name = given.Text("name") ?? "",
            ProjectId = Project(request, given),
            Description = given.Text("description") ?? "",
            AdminStateUp = given.Flag("admin_state_up", true),
            External = given.Flag("router:external", false),
            Shared = given.Flag("shared", false),
            Mtu = given.Whole("mtu", 1450),
        });
    }

    public static void UpdateNetwork(ApiRequest request, NetworkRow row, JsonObject given)
    {
        RequireAdminFor(request, given, "router:external", "shared");
        Rename(row, given);
        row.AdminStateUp = given.Flag("admin_state_up", row.AdminStateUp);
        row.External = given.Flag("router:external", row.External);
        row.Shared = given.Flag("shared", row.Shared);
    }

    public SubnetRow AddSubnet(ApiRequest request, JsonObject given) => Network.AddSubnet(
        new SubnetRow
        {
            Id = Ids.New(),
            Name = given.Text("name") ?? "",
            ProjectId = Project(request, given),
            Description = given.Text("description") ?? "",
            NetworkId = given.Text("network_id") ?? throw Required("network_id"),
            Cidr = given.Text("cidr") ?? throw Required("cidr"),
            GatewayIp = given.Text("gateway_ip"),
            EnableDhcp = given.Flag("enable_dhcp", true),
            DnsNameservers = [.. given["dns_nameservers"].Texts()],
            Pools = [.. given["allocation_pools"].Items().OfType<JsonObject>().Select(p => new AddressPool(p.Text("start") ?? "", p.Text("end") ?? ""))],
        },
        gateway: !given.ContainsKey("gateway_ip") || given["gateway_ip"] is not null);

    public static void UpdateSubnet(ApiRequest request, SubnetRow row, JsonObject given)
    {
        Rename(row, given);
        row.EnableDhcp = given.Flag("enable_dhcp", row.EnableDhcp);
        if (given.ContainsKey("dns_nameservers"))
        {
            row.DnsNameservers = [.. given["dns_nameservers"].Texts()];
        }
    }

    public PortRow AddPort(ApiRequest request, JsonObject given)
    {
        var project = Project(request, given);
        return Network.AddPort(
            new PortRow
            {
                Id = Ids.New(),
                Name = given.Text("name") ?? "",
                ProjectId = project,
                Description = given.Text("description") ?? "",
                NetworkId = given.Text("network_id") ?? throw Required("network_id"),
                MacAddress = given.Text("mac_address") ?? NetworkService.NewMac(),
                DeviceId = given.Text("device_id") ?? "",
                DeviceOwner = given.Text("device_owner") ?? "",
                AdminStateUp = given.Flag("admin_state_up", true),
                PortSecurity = given.Flag("port_security_enabled", true),
                SecurityGroups = given.ContainsKey("security_groups") ? [.. given["security_groups"].Texts()] : [Network.EnsureDefaultGroup(project).Id],
                AllowedAddressPairs = Pairs(given),
            },
            [.. given["fixed_ips"].Items().OfType<JsonObject>().Select(f => (f.Text("subnet_id"), f.Text("ip_address")))]);
    }

    public static void UpdatePort(ApiRequest request, PortRow row, JsonObject given)
    {
        Rename(row, given);
        row.AdminStateUp = given.Flag("admin_state_up", row.AdminStateUp);
        row.DeviceId = given.Text("device_id") ?? row.DeviceId;
        row.DeviceOwner = given.Text("device_owner") ?? row.DeviceOwner;
        if (given.ContainsKey("security_groups"))
        {
            row.SecurityGroups = [.. given["security_groups"].Texts()];
        }

        if (given.ContainsKey("allowed_address_pairs"))
        {
            row.AllowedAddressPairs = Pairs(given);
        }
    }

    public RouterRow AddRouter(ApiRequest request, JsonObject given) => Network.AddRouter(
        new RouterRow
        {
            Id = Ids.New(),
            Name = given.Text("name") ?? "",
            ProjectId = Project(request, given),
            Description = given.Text("description") ?? "",
            AdminStateUp = given.Flag("admin_state_up", true),
            EnableSnat = given.Map("external_gateway_info").Flag("enable_snat", true),
        },
        given.Map("external_gateway_info").Text("network_id"));

    public void UpdateRouter(ApiRequest request, RouterRow row, JsonObject given)
    {
        Rename(row, given);
        row.AdminStateUp = given.Flag("admin_state_up", row.AdminStateUp);
        if (given.ContainsKey("external_gateway_info"))
        {
            Network.SetGateway(row, given.Map("external_gateway_info").Text("network_id"));
        }
    }

    public FloatingIpRow AddFloatingIp(ApiRequest request, JsonObject given)
    {
        var row = Network.AddFloatingIp(Project(request, given), given.Text("floating_network_id") ?? throw Required("floating_network_id"), given.Text("floating_ip_address"), given.Text("description"));
        try
        {
            Network.Associate(row, given.Text("port_id"), given.Text("fixed_ip_address"));
        }
        catch (ApiFault)
        {
            Network.State.FloatingIps.Remove(row.Id);
            throw;
        }

        return row;
    }

    public void UpdateFloatingIp(ApiRequest request, FloatingIpRow row, JsonObject given)
    {
        row.Description = given.Text("description") ?? row.Description;
        if (given.ContainsKey("port_id"))
        {
            Network.Associate(row, given.Text("port_id"), given.Text("fixed_ip_address"));
        }
    }

    public SecurityGroupRow AddGroup(ApiRequest request, JsonObject given) => Network.AddGroup(new SecurityGroupRow
    {
        Id = Ids.New(),
        Name = given.Text("name") ?? throw Required("name"),
        ProjectId = Project(request, given),
        Description = given.Text("description") ?? "",
    });

    public static void UpdateGroup(ApiRequest request, SecurityGroupRow row, JsonObject given) => Rename(row, given);

    public SecurityGroupRuleRow AddRule(ApiRequest request, JsonObject given) => Network.AddRule(new SecurityGroupRuleRow
    {
        Id = Ids.New(),
        ProjectId = Project(request, given),
        Description = given.Text("description") ?? "",
        SecurityGroupId = given.Text("security_group_id") ?? throw Required("security_group_id"),
        Direction = given.Text("direction") is "ingress" or "egress" ? given.Text("direction")! : throw ApiFault.BadRequest($"Invalid input for direction. Reason: '{given.Text("direction")}' is not in ['ingress', 'egress'].", "HTTPBadRequest"),
        EtherType = given.Text("ethertype") ?? "IPv4",
        Protocol = given.Text("protocol"),
        PortRangeMin = (int?)given["port_range_min"].Whole(),
        PortRangeMax = (int?)given["port_range_max"].Whole(),
        RemoteIpPrefix = given.Text("remote_ip_prefix"),
        RemoteGroupId = given.Text("remote_group_id"),
    });

    private static List<string> Pairs(JsonObject given) => [.. given["allowed_address_pairs"].Items().OfType<JsonObject>().Select(p => p.Text("ip_address")).OfType<string>()];

    private static void Rename(NetworkingRow row, JsonObject given)
    {
        row.Name = given.Text("name") ?? row.Name;
        row.Description = given.Text("description") ?? row.Description;
    }

    private static string Project(ApiRequest request, JsonObject given)
    {
        var project = given.Text("project_id") ?? given.Text("tenant_id") ?? request.ProjectId;
        if (project != request.Session.Project?.Id)
        {
            request.RequireAdmin();
        }

        return project;
    }

    private static void RequireAdminFor(ApiRequest request, JsonObject given, params string[] fields)
    {
        if (fields.Any(f => given.Flag(f, false)) && !request.IsAdmin)
        {
            throw ApiFault.Forbidden("(rule:create_network) is disallowed by policy", "PolicyNotAuthorized");
        }
    }

    private static ApiFault Required(string field) =>
        ApiFault.BadRequest($"Failed to parse request. Required attribute '{field}' not specified", "HTTPBadRequest");
}
