using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Neutron;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

internal sealed class SecurityGroupResource() : NeutronResource(
    "OS::Neutron::SecurityGroup",
    Property.Text("name").Updatable(), Property.Text("description").Updatable(), Property.List("rules").Updatable())
{
    public override IReadOnlyList<string> Attributes => ["name", "tenant_id", "security_group_rules"];

    public override void Create(ResourceContext c)
    {
        var row = c.Cloud.Network.AddGroup(new SecurityGroupRow { Id = Ids.New(), Name = c.PhysicalName, ProjectId = c.Project, Description = c.Properties.Text("description") ?? "" });
        c.Row.PhysicalId = row.Id;
        AddRules(c);
    }

    public override void Update(ResourceContext c, JsonObject before)
    {
        if (Row(c) is not SecurityGroupRow row)
        {
            return;
        }

        row.Name = c.PhysicalName;
        row.Description = c.Properties.Text("description") ?? "";
        if (!JsonNode.DeepEquals(before["rules"], c.Properties["rules"]))
        {
            foreach (var id in c.Row.Data["rules"].Texts().ToList())
            {
                c.Cloud.Network.State.SecurityGroupRules.Remove(id);
            }

            AddRules(c);
        }
    }

    public override void Delete(ResourceContext c) => Remove(() => c.Cloud.Network.RemoveGroup(c.Row.PhysicalId));

    protected override NetworkingRow? Row(ResourceContext c) => c.Cloud.Network.State.SecurityGroups.GetValueOrDefault(c.Row.PhysicalId);

    private static void AddRules(ResourceContext c)
    {
        var made = new JsonArray();
        foreach (var rule in c.Properties["rules"].Items().OfType<JsonObject>())
        {
            var remote = rule.Text("remote_mode") is "remote_group_id" ? rule.Text("remote_group_id") ?? c.Row.PhysicalId : rule.Text("remote_group_id");
            made.Add((JsonNode?)c.Cloud.Network.AddRule(RuleRow.From(c, rule, c.Row.PhysicalId, remote)).Id);
        }

        c.Row.Data["rules"] = made;
    }
}

internal sealed class SecurityGroupRuleResource() : NeutronResource(
    "OS::Neutron::SecurityGroupRule",
    Property.Text("security_group").Needed().Exists("neutron.security_group"), Property.Text("direction").OneOf("ingress", "egress").Or("ingress"), Property.Text("ethertype").OneOf("IPv4", "IPv6").Or("IPv4"),
    Property.Text("protocol"), Property.Number("port_range_min"), Property.Number("port_range_max"), Property.Text("remote_ip_prefix").Exists("net_cidr"), Property.Text("remote_group").Exists("neutron.security_group"), Property.Text("description"))
{
    public override TimeSpan CreateTime => TimeSpan.FromSeconds(0.5);

    public override void Create(ResourceContext c)
    {
        var groups = c.Cloud.Network.State.SecurityGroups.Values;
        var group = Find(c, groups, "security_group", c.Properties.Text("security_group")!).Id;
        var remote = c.Properties.Text("remote_group") is { Length: > 0 } name ? Find(c, groups, "security_group", name).Id : null;
        c.Row.PhysicalId = c.Cloud.Network.AddRule(RuleRow.From(c, c.Properties, group, remote)).Id;
    }

    public override void Delete(ResourceContext c) => c.Cloud.Network.State.SecurityGroupRules.Remove(c.Row.PhysicalId);

    protected override NetworkingRow? Row(ResourceContext c) => c.Cloud.Network.State.SecurityGroupRules.GetValueOrDefault(c.Row.PhysicalId);
}

internal static class RuleRow
{
    public static SecurityGroupRuleRow From(ResourceContext c, JsonObject rule, string group, string? remoteGroup) => new()
    {
        Id = Ids.New(),
        ProjectId = c.Project,
        Description = rule.Text("description") ?? "",
        SecurityGroupId = group,
        Direction = rule.Text("direction") ?? "ingress",
        EtherType = rule.Text("ethertype") ?? "IPv4",
        Protocol = rule.Text("protocol") is { Length: > 0 } protocol ? protocol : null,
        PortRangeMin = (int?)rule["port_range_min"].Whole(),
        PortRangeMax = (int?)rule["port_range_max"].Whole(),
        RemoteIpPrefix = rule.Text("remote_ip_prefix") is { Length: > 0 } prefix ? prefix : null,
        RemoteGroupId = remoteGroup,
    };
}
