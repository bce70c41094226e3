using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Octavia;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

internal sealed class LoadBalancerResource() : ResourceType(
    "OS::Octavia::LoadBalancer",
    Property.Text("name").Updatable(), Property.Text("description").Updatable(), Property.Text("vip_subnet").Exists("neutron.subnet"), Property.Text("vip_network").Exists("neutron.network"), Property.Text("vip_address"),
    Property.Text("vip_port"), Property.Text("provider"), Property.Text("flavor"), Property.Text("availability_zone"), Property.Flag("admin_state_up").Updatable(), Property.Text("tenant_id"), Property.List("tags").Updatable())
{
    public override IReadOnlyList<string> Attributes => ["vip_address", "vip_port_id", "vip_subnet_id", "pools", "flavor_id"];

    public override TimeSpan CreateTime => LoadBalancerService.CreateTime;

    public override TimeSpan DeleteTime => TimeSpan.FromSeconds(3);

    public override void Create(ResourceContext c)
    {
        var network = c.Cloud.Network;
        var subnet = c.Properties.Text("vip_subnet") is { Length: > 0 } name
            ? network.Find(network.State.Subnets.Values, "subnet", name, c.Owner).Id
            : network.State.Subnets.Values.FirstOrDefault(s => s.NetworkId == network.Find(network.State.Networks.Values, "network", c.Properties.Text("vip_network") ?? "", c.Owner).Id)?.Id ?? "";
        c.Row.PhysicalId = c.Cloud.LoadBalancers.Add(c.Project, c.PhysicalName, subnet, c.Properties.Text("vip_address"), c.Properties.Text("provider") is { Length: > 0 } provider ? provider : null, c.Properties.Text("description"), c.Properties["tags"].Texts()).Id;
    }

    public override bool IsCreated(ResourceContext c) => c.Cloud.LoadBalancers.Require(c.Row.PhysicalId).ProvisioningStatus is "ACTIVE";

    public override void Delete(ResourceContext c)
    {
        // One that is still being made cannot be removed; it is tried again when asked whether it is gone.
        if (c.Cloud.LoadBalancers.State.LoadBalancers.GetValueOrDefault(c.Row.PhysicalId) is { ProvisioningStatus: "ACTIVE" } row)
        {
            c.Cloud.LoadBalancers.Remove(row.Id, cascade: true);
        }
    }

    public override bool IsDeleted(ResourceContext c)
    {
        Delete(c);
        return !c.Cloud.LoadBalancers.State.LoadBalancers.ContainsKey(c.Row.PhysicalId);
    }

    protected override JsonNode? Attribute(ResourceContext c, string attribute)
    {
        var row = c.Cloud.LoadBalancers.State.LoadBalancers.GetValueOrDefault(c.Row.PhysicalId);
        return row is null ? null : attribute switch
        {
            "vip_address" => c.Cloud.Network.State.Ports.GetValueOrDefault(row.VipPortId)?.FixedIps.FirstOrDefault()?.IpAddress,
            "vip_port_id" => row.VipPortId,
            "vip_subnet_id" => row.VipSubnetId,
            _ => null,
        };
    }
}

/// <summary>Listeners, pools, members and monitors: alike but for their properties and what they hang on.</summary>
internal sealed class LoadBalancerPartResource : ResourceType
{
    private readonly PartKind _kind;
    private readonly string[] _parents;

    private LoadBalancerPartResource(string name, PartKind kind, string[] parents, params Property[] properties)
        : base(name, [.. properties, Property.Text("name").Updatable(), Property.Text("description").Updatable(), Property.Flag("admin_state_up").Updatable(), Property.Text("tenant_id"), Property.List("tags").Updatable()])
    {
        _kind = kind;
        _parents = parents;
    }

    public override IReadOnlyList<string> Attributes => _kind switch
    {
        PartKind.Listener => ["loadbalancers", "default_pool_id"],
        PartKind.Pool => ["healthmonitor_id", "listeners", "members"],
        PartKind.Member => ["address", "pool_id"],
        _ => ["pools"],
    };

    public override TimeSpan CreateTime => TimeSpan.FromSeconds(_kind is PartKind.Listener or PartKind.Pool ? 2 : 1);

    public static LoadBalancerPartResource Listener() => new(
        "OS::Octavia::Listener", PartKind.Listener, ["loadbalancer"],
        Property.Text("loadbalancer"), Property.Number("protocol_port").Needed(), Property.Text("protocol").Needed().OneOf("TCP", "HTTP", "HTTPS", "TERMINATED_HTTPS", "PROXY", "UDP", "SCTP"), Property.Text("default_pool").Updatable(),
        Property.Number("connection_limit").Updatable(), Property.List("allowed_cidrs").Updatable(), Property.Text("default_tls_container_ref").Updatable(), Property.List("sni_container_refs").Updatable(),
        Property.Number("timeout_client_data").Updatable(), Property.Number("timeout_member_data").Updatable(), Property.Number("timeout_member_connect").Updatable());

    public static LoadBalancerPartResource Pool() => new(
        "OS::Octavia::Pool", PartKind.Pool, ["listener", "loadbalancer"],
        Property.Text("listener"), Property.Text("loadbalancer"), Property.Text("lb_algorithm").Needed().Updatable().OneOf("ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP", "SOURCE_IP_PORT"),
        Property.Text("protocol").Needed().OneOf("TCP", "HTTP", "HTTPS", "TERMINATED_HTTPS", "PROXY", "UDP", "SCTP"), Property.Map("session_persistence").Updatable(), Property.Flag("tls_enabled").Updatable());

    public static LoadBalancerPartResource Member() => new(
        "OS::Octavia::PoolMember", PartKind.Member, ["pool"],
        Property.Text("pool").Needed(), Property.Text("address").Needed().Exists("ip_addr"), Property.Number("protocol_port").Needed(), Property.Number("weight").Updatable(), Property.Text("subnet").Exists("neutron.subnet"),
        Property.Text("monitor_address").Updatable(), Property.Number("monitor_port").Updatable());

    public static LoadBalancerPartResource HealthMonitor() => new(
        "OS::Octavia::HealthMonitor", PartKind.HealthMonitor, ["pool"],
        Property.Text("pool").Needed(), Property.Number("delay").Needed().Updatable(), Property.Number("max_retries").Needed().Updatable(), Property.Number("timeout").Needed().Updatable(),
        Property.Text("type").Needed().OneOf("PING", "TCP", "HTTP", "HTTPS", "UDP-CONNECT", "TLS-HELLO"), Property.Text("http_method").Updatable(), Property.Text("url_path").Updatable(), Property.Text("expected_codes").Updatable());

    public override void Create(ResourceContext c)
    {
        var parent = _parents.Select(p => c.Properties.Text(p)).OfType<string>().FirstOrDefault() ?? throw HeatFault.Property($"resources.{c.Row.Name}.properties", $"Property {_parents[0]} not assigned");
        parent = c.Cloud.LoadBalancers.State.LoadBalancers.Values.FirstOrDefault(l => l.Id == parent || (l.Name == parent && l.ProjectId == c.Project))?.Id ?? parent;
        c.Row.PhysicalId = c.Cloud.LoadBalancers.AddPart(_kind, c.Project, c.PhysicalName, parent, c.Properties.Copy()).Id;
    }

    public override void Update(ResourceContext c, JsonObject before)
    {
        if (c.Cloud.LoadBalancers.State.Parts.GetValueOrDefault(c.Row.PhysicalId) is { } row)
        {
            row.Settings = c.Properties.Copy();
        }
    }

    public override void Delete(ResourceContext c)
    {
        if (c.Cloud.LoadBalancers.State.Parts.ContainsKey(c.Row.PhysicalId))
        {
            c.Cloud.LoadBalancers.RemovePart(c.Row.PhysicalId);
        }
    }

    protected override JsonNode? Attribute(ResourceContext c, string attribute) => c.Cloud.LoadBalancers.State.Parts.GetValueOrDefault(c.Row.PhysicalId) is { } row
        ? attribute switch { "address" => row.Settings.Text("address"), "pool_id" => row.ParentId, "loadbalancers" => new JsonArray(new JsonObject { ["id"] = row.LoadBalancerId }), _ => null }
        : null;
}
