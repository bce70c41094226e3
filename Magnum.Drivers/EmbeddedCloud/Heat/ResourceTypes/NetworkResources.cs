using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Heat.Template;
using Magnum.Drivers.EmbeddedCloud.Http;
using Magnum.Drivers.EmbeddedCloud.Neutron;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>What the Neutron types share: names looked up, rows found again.</summary>
internal abstract class NeutronResource(string name, params Property[] properties) : ResourceType(name, [.. properties, Property.Map("value_specs").Updatable()])
{
    protected static T Find<T>(ResourceContext context, IEnumerable<T> rows, string kind, string idOrName)
        where T : NetworkingRow => context.Cloud.Network.Find(rows, kind, idOrName, context.Owner);

    protected static string NetworkId(ResourceContext context, string idOrName) => Find(context, context.Cloud.Network.State.Networks.Values, "network", idOrName).Id;

    protected static string SubnetId(ResourceContext context, string idOrName) => Find(context, context.Cloud.Network.State.Subnets.Values, "subnet", idOrName).Id;

    public override bool IsGone(ResourceContext context) => Row(context) is null;

    protected abstract NetworkingRow? Row(ResourceContext context);

    protected override JsonNode? Attribute(ResourceContext context, string attribute) => Row(context) is { } row
        ? attribute is "show" ? NetworkJson.Describe(row, context.Cloud.Network.State) : NetworkJson.Describe(row, context.Cloud.Network.State)[attribute]
        : null;

    /// <summary>Removes, and takes it calmly when it is gone.</summary>
    protected static void Remove(Action remove)
    {
        try
        {
            remove();
        }
        catch (ApiFault fault) when (fault.Status is 404)
        {
            // Somebody was faster.
        }
    }

    protected static List<string> Groups(ResourceContext context) => context.Properties["security_groups"] is JsonArray groups
        ? [.. groups.Texts().Select(g => Find(context, context.Cloud.Network.State.SecurityGroups.Values, "security_group", g).Id)]
        : [context.Cloud.Network.EnsureDefaultGroup(context.Project).Id];
}

internal sealed class NetResource() : NeutronResource(
    "OS::Neutron::Net",
    Property.Text("name").Updatable(), Property.Flag("admin_state_up").Updatable(), Property.Flag("shared").Updatable(), Property.List("dhcp_agent_ids").Updatable(),
    Property.Flag("port_security_enabled").Updatable(), Property.Text("dns_domain").Updatable(), Property.Text("tenant_id"), Property.Text("qos_policy").Updatable(),
    Property.List("availability_zone_hints"), Property.List("tags").Updatable(), Property.Text("description").Updatable())
{
    public override IReadOnlyList<string> Attributes => ["name", "status", "subnets", "admin_state_up", "tenant_id", "port_security_enabled", "mtu", "qos_policy_id", "l2_adjacency", "segments"];

    public override void Create(ResourceContext c) => c.Row.PhysicalId = c.Cloud.Network.AddNetwork(new NetworkRow { Id = Ids.New(), Name = c.PhysicalName, ProjectId = c.Project, Tags = [.. c.Properties["tags"].Texts()], Shared = c.Properties.Flag("shared", false) }).Id;

    public override void Update(ResourceContext c, JsonObject before) => ((NetworkRow)Row(c)!).Name = c.PhysicalName;

    public override void Delete(ResourceContext c) => Remove(() => c.Cloud.Network.RemoveNetwork(c.Row.PhysicalId));

    protected override NetworkingRow? Row(ResourceContext c) => c.Cloud.Network.State.Networks.GetValueOrDefault(c.Row.PhysicalId);
}

internal sealed class SubnetResource() : NeutronResource(
    "OS::Neutron::Subnet",
    Property.Text("network").Exists("neutron.network"), Property.Text("network_id").Exists("neutron.network"), Property.Text("cidr").Exists("net_cidr"), Property.Text("name").Updatable(),
    Property.Text("gateway_ip").Updatable(), Property.List("dns_nameservers").Updatable(), Property.Number("ip_version"), Property.Flag("enable_dhcp").Updatable(),
    Property.List("allocation_pools").Updatable(), Property.List("host_routes").Updatable(), Property.Text("ipv6_address_mode"), Property.Text("ipv6_ra_mode"),
    Property.Text("subnetpool"), Property.Number("prefixlen"), Property.Text("tenant_id"), Property.Text("segment"), Property.List("tags").Updatable())
{
    public override IReadOnlyList<string> Attributes => ["name", "network_id", "tenant_id", "allocation_pools", "gateway_ip", "host_routes", "ip_version", "cidr", "dns_nameservers", "enable_dhcp"];

    public override void Validate(ResourceContext c, JsonObject given)
    {
        if (!given.ContainsKey("cidr") && !given.ContainsKey("subnetpool") && c.Row.Action is not "INIT")
        {
            throw HeatFault.Property($"resources.{c.Row.Name}.properties", "Property cidr not assigned");
        }
    }

    public override void Create(ResourceContext c)
    {
        var network = c.Properties.Text("network") ?? c.Properties.Text("network_id") ?? throw HeatFault.Property($"resources.{c.Row.Name}.properties", "Property network not assigned");
        var gateway = c.Properties.Text("gateway_ip");
        c.Row.PhysicalId = c.Cloud.Network.AddSubnet(
            new SubnetRow
            {
                Id = Ids.New(),
                Name = c.PhysicalName,
                ProjectId = c.Project,
                NetworkId = NetworkId(c, network),
                Cidr = c.Properties.Text("cidr") ?? "",
                GatewayIp = string.IsNullOrEmpty(gateway) ? null : gateway,
                EnableDhcp = c.Properties.Flag("enable_dhcp", true),
                DnsNameservers = [.. c.Properties["dns_nameservers"].Texts()],
                Pools = [.. c.Properties["allocation_pools"].Items().OfType<JsonObject>().Select(p => new AddressPool(p.Text("start") ?? "", p.Text("end") ?? ""))],
            },
            gateway: gateway is not "").Id;
    }

    public override void Update(ResourceContext c, JsonObject before)
    {
        if (Row(c) is SubnetRow row)
        {
            row.Name = c.PhysicalName;
            row.DnsNameservers = [.. c.Properties["dns_nameservers"].Texts()];
        }
    }

    public override void Delete(ResourceContext c) => Remove(() => c.Cloud.Network.RemoveSubnet(c.Row.PhysicalId));

    protected override NetworkingRow? Row(ResourceContext c) => c.Cloud.Network.State.Subnets.GetValueOrDefault(c.Row.PhysicalId);
}

internal sealed class RouterResource() : NeutronResource(
    "OS::Neutron::Router",
    Property.Text("name").Updatable(), Property.Map("external_gateway_info").Updatable(), Property.Flag("admin_state_up").Updatable(), Property.Flag("distributed"), Property.Flag("ha"),
    Property.List("l3_agent_ids").Updatable(), Property.List("availability_zone_hints"), Property.List("tags").Updatable())
{
    public override IReadOnlyList<string> Attributes => ["status", "external_gateway_info", "name", "admin_state_up", "tenant_id"];

    public override void Create(ResourceContext c) => c.Row.PhysicalId = c.Cloud.Network.AddRouter(
        new RouterRow { Id = Ids.New(), Name = c.PhysicalName, ProjectId = c.Project, EnableSnat = c.Properties.Map("external_gateway_info").Flag("enable_snat", true) },
        Gateway(c)).Id;

    public override void Update(ResourceContext c, JsonObject before)
    {
        if (Row(c) is RouterRow row)
        {
            row.Name = c.PhysicalName;
            c.Cloud.Network.SetGateway(row, Gateway(c));
        }
    }

    public override void Delete(ResourceContext c) => Remove(() => c.Cloud.Network.RemoveRouter(c.Row.PhysicalId));

    protected override NetworkingRow? Row(ResourceContext c) => c.Cloud.Network.State.Routers.GetValueOrDefault(c.Row.PhysicalId);

    private static string? Gateway(ResourceContext c) => c.Properties.Map("external_gateway_info").Text("network") is { Length: > 0 } network ? NetworkId(c, network) : null;
}

internal sealed class RouterInterfaceResource() : NeutronResource(
    "OS::Neutron::RouterInterface",
    Property.Text("router").Exists("neutron.router"), Property.Text("router_id").Exists("neutron.router"), Property.Text("subnet").Exists("neutron.subnet"), Property.Text("subnet_id").Exists("neutron.subnet"),
    Property.Text("port").Exists("neutron.port"), Property.Text("port_id").Exists("neutron.port"))
{
    public override void Create(ResourceContext c)
    {
        var router = Find(c, c.Cloud.Network.State.Routers.Values, "router", c.Properties.Text("router") ?? c.Properties.Text("router_id") ?? "");
        var subnet = c.Properties.Text("subnet") ?? c.Properties.Text("subnet_id");
        var port = c.Cloud.Network.AddInterface(router, subnet is null ? null : SubnetId(c, subnet), c.Properties.Text("port") ?? c.Properties.Text("port_id"));
        c.Row.Data["port"] = port.Id;
        c.Row.PhysicalId = $"{router.Id}:subnet_id={port.FixedIps.FirstOrDefault()?.SubnetId}";
    }

    public override void Delete(ResourceContext c)
    {
        if (Row(c) is PortRow port && c.Cloud.Network.State.Routers.GetValueOrDefault(port.DeviceId) is { } router)
        {
            Remove(() => c.Cloud.Network.RemoveInterface(router, null, port.Id));
        }
    }

    protected override NetworkingRow? Row(ResourceContext c) => c.Cloud.Network.State.Ports.GetValueOrDefault(c.Row.Data.Text("port") ?? "");
}

internal sealed class PortResource() : NeutronResource(
    "OS::Neutron::Port",
    Property.Text("network").Exists("neutron.network"), Property.Text("network_id").Exists("neutron.network"), Property.Text("name").Updatable(), Property.List("fixed_ips").Updatable(),
    Property.List("security_groups").Updatable(), Property.List("allowed_address_pairs").Updatable(), Property.Flag("port_security_enabled").Updatable(), Property.Flag("admin_state_up").Updatable(),
    Property.Text("mac_address"), Property.Text("device_id").Updatable(), Property.Text("device_owner").Updatable(), Property.Text("replacement_policy").Updatable(), Property.Text("binding:vnic_type").Updatable(),
    Property.Text("dns_name").Updatable(), Property.Text("qos_policy").Updatable(), Property.List("tags").Updatable(), Property.Any("no_fixed_ips").Updatable(), Property.Text("propagate_uplink_status"))
{
    public override IReadOnlyList<string> Attributes => ["admin_state_up", "device_id", "device_owner", "fixed_ips", "mac_address", "name", "network_id", "security_groups", "status", "tenant_id", "allowed_address_pairs", "subnets", "port_security_enabled", "qos_policy_id", "dns_assignment", "network"];

    /// <summary>A port needs the subnets of its network, though it names only the network.</summary>
    public override IEnumerable<string> ImplicitRequirements(ResourceDefinition resource, StackModel model) =>
        Implied.SubnetsOf(model, References.In(resource.Properties["network"] ?? resource.Properties["network_id"], "").Select(r => r.Resource));

    public override void Create(ResourceContext c)
    {
        var network = c.Properties.Text("network") ?? c.Properties.Text("network_id") ?? throw HeatFault.Property($"resources.{c.Row.Name}.properties", "Property network not assigned");
        var fixedIps = c.Properties["fixed_ips"].Items().OfType<JsonObject>()
            .Select(f => ((f.Text("subnet") ?? f.Text("subnet_id")) is { } subnet ? SubnetId(c, subnet) : null, f.Text("ip_address"))).ToList();
        c.Row.PhysicalId = c.Cloud.Network.AddPort(
            new PortRow
            {
                Id = Ids.New(),
                Name = c.PhysicalName,
                ProjectId = c.Project,
                NetworkId = NetworkId(c, network),
                MacAddress = c.Properties.Text("mac_address") ?? NetworkService.NewMac(),
                PortSecurity = c.Properties.Flag("port_security_enabled", true),
                SecurityGroups = Groups(c),
                AllowedAddressPairs = Pairs(c),
            },
            fixedIps).Id;
    }

    public override void Update(ResourceContext c, JsonObject before)
    {
        if (Row(c) is PortRow row)
        {
            row.Name = c.PhysicalName;
            row.SecurityGroups = Groups(c);
            row.AllowedAddressPairs = Pairs(c);
        }
    }

    public override void Delete(ResourceContext c) => Remove(() => c.Cloud.Network.RemovePort(c.Row.PhysicalId));

    protected override NetworkingRow? Row(ResourceContext c) => c.Cloud.Network.State.Ports.GetValueOrDefault(c.Row.PhysicalId);

    protected override JsonNode? Attribute(ResourceContext c, string attribute) => attribute switch
    {
        "subnets" => (Row(c) as PortRow)?.FixedIps.Select(f => NetworkJson.Describe(c.Cloud.Network.State.Subnets[f.SubnetId], c.Cloud.Network.State)).ToJson(),
        "network" => Row(c) is PortRow port ? NetworkJson.Describe(c.Cloud.Network.State.Networks[port.NetworkId], c.Cloud.Network.State) : null,
        _ => base.Attribute(c, attribute),
    };

    private static List<string> Pairs(ResourceContext c) => [.. c.Properties["allowed_address_pairs"].Items().OfType<JsonObject>().Select(p => p.Text("ip_address")).OfType<string>()];
}

internal sealed class FloatingIpResource() : NeutronResource(
    "OS::Neutron::FloatingIP",
    Property.Text("floating_network").Exists("neutron.network"), Property.Text("floating_network_id").Exists("neutron.network"), Property.Text("port_id").Updatable().Exists("neutron.port"), Property.Text("fixed_ip_address").Updatable(),
    Property.Text("floating_ip_address"), Property.Text("floating_subnet"), Property.Text("dns_name"), Property.Text("dns_domain"), Property.Text("description").Updatable(), Property.List("tags").Updatable())
{
    public override IReadOnlyList<string> Attributes => ["router_id", "tenant_id", "floating_network_id", "fixed_ip_address", "floating_ip_address", "port_id"];

    public override IEnumerable<string> ImplicitRequirements(ResourceDefinition resource, StackModel model) => Implied.RouterInterfaces(model, resource);

    public override void Create(ResourceContext c)
    {
        var network = c.Properties.Text("floating_network") ?? c.Properties.Text("floating_network_id") ?? throw HeatFault.Property($"resources.{c.Row.Name}.properties", "Property floating_network not assigned");
        var row = c.Cloud.Network.AddFloatingIp(c.Project, NetworkId(c, network), c.Properties.Text("floating_ip_address"), c.Properties.Text("description"));
        c.Row.PhysicalId = row.Id;
        c.Cloud.Network.Associate(row, c.Properties.Text("port_id"), c.Properties.Text("fixed_ip_address"));
    }

    public override void Update(ResourceContext c, JsonObject before) => c.Cloud.Network.Associate((FloatingIpRow)Row(c)!, c.Properties.Text("port_id"), c.Properties.Text("fixed_ip_address"));

    public override void Delete(ResourceContext c) => c.Cloud.Network.State.FloatingIps.Remove(c.Row.PhysicalId);

    protected override NetworkingRow? Row(ResourceContext c) => c.Cloud.Network.State.FloatingIps.GetValueOrDefault(c.Row.PhysicalId);
}

internal sealed class FloatingIpAssociationResource() : NeutronResource(
    "OS::Neutron::FloatingIPAssociation",
    Property.Text("floatingip_id").Needed().Updatable(), Property.Text("port_id").Updatable().Exists("neutron.port"), Property.Text("fixed_ip_address").Updatable())
{
    public override IEnumerable<string> ImplicitRequirements(ResourceDefinition resource, StackModel model) => Implied.RouterInterfaces(model, resource);

    public override void Create(ResourceContext c)
    {
        var row = Row(c) as FloatingIpRow ?? throw NetworkService.Missing("Floating IP", c.Properties.Text("floatingip_id") ?? "");
        c.Cloud.Network.Associate(row, c.Properties.Text("port_id"), c.Properties.Text("fixed_ip_address"));
        c.Row.PhysicalId = row.Id;
    }

    public override void Update(ResourceContext c, JsonObject before) => Create(c);

    public override void Delete(ResourceContext c)
    {
        if (Row(c) is FloatingIpRow row)
        {
            c.Cloud.Network.Associate(row, null, null);
        }
    }

    protected override NetworkingRow? Row(ResourceContext c) => c.Cloud.Network.State.FloatingIps.GetValueOrDefault(c.Properties.Text("floatingip_id") ?? "");
}

/// <summary>Requirements that Heat sees without being told.</summary>
internal static class Implied
{
    public static IEnumerable<string> SubnetsOf(StackModel model, IEnumerable<string> networks)
    {
        var wanted = networks.ToHashSet();
        return model.Types.Where(t => t.Value is SubnetResource).Select(t => t.Key)
            .Where(name => model.Template.Resources[name].Properties is var p && References.In(p["network"] ?? p["network_id"], "").Any(r => wanted.Contains(r.Resource)));
    }

    /// <summary>A floating IP reaches a port only through a router; interfaces that depend on the floating IP itself do not count.</summary>
    public static IEnumerable<string> RouterInterfaces(StackModel model, ResourceDefinition resource) =>
        model.Types.Where(t => t.Value is RouterInterfaceResource).Select(t => t.Key)
            .Where(name => References.In(model.Template.Resources[name].Properties, "").All(r => r.Resource != resource.Name));
}
