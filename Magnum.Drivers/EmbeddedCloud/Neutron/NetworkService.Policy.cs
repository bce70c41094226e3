using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Magnum.Drivers.EmbeddedCloud.Keystone;

namespace Magnum.Drivers.EmbeddedCloud.Neutron;

/// <summary>Security groups, quotas, and who sees what.</summary>
internal sealed partial class NetworkService
{
    /// <summary>Generous beside Neutron's own: a demonstration should meet a limit when somebody sets one, not by accident.</summary>
    private static readonly Dictionary<string, int> DefaultQuotas = new()
    {
        ["network"] = 250,
        ["subnet"] = 250,
        ["subnetpool"] = -1,
        ["port"] = 2000,
        ["router"] = 250,
        ["floatingip"] = 500,
        ["security_group"] = 500,
        ["security_group_rule"] = 5000,
        ["rbac_policy"] = 10,
        ["trunk"] = -1,
    };

    public SecurityGroupRow EnsureDefaultGroup(string projectId) =>
        State.SecurityGroups.Values.FirstOrDefault(g => g.ProjectId == projectId && g.Name == "default")
        ?? AddGroup(new SecurityGroupRow { Id = Ids.Derive("security-group:default:" + projectId), Name = "default", Description = "Default security group", ProjectId = projectId }, isDefault: true);

    public SecurityGroupRow AddGroup(SecurityGroupRow row, bool isDefault = false)
    {
        if (!isDefault)
        {
            if (row.Name == "default")
            {
                throw ApiFault.Conflict("Default security group already exists.", "SecurityGroupDefaultAlreadyExists");
            }

            Count(row.ProjectId, "security_group", State.SecurityGroups.Values);
        }

        State.SecurityGroups[row.Id] = Stamp(row);
        foreach (var family in (string[])["IPv4", "IPv6"])
        {
            AddRule(new SecurityGroupRuleRow { Id = Ids.New(), ProjectId = row.ProjectId, SecurityGroupId = row.Id, Direction = "egress", EtherType = family });
            if (isDefault)
            {
                AddRule(new SecurityGroupRuleRow { Id = Ids.New(), ProjectId = row.ProjectId, SecurityGroupId = row.Id, Direction = "ingress", EtherType = family, RemoteGroupId = row.Id });
            }
        }

        return row;
    }

    public void RemoveGroup(string id)
    {
        var row = State.SecurityGroups.GetValueOrDefault(id) ?? throw Missing("Security group", id);
        if (row.Name == "default")
        {
            throw ApiFault.Conflict("Insufficient rights for removing default security group.", "SecurityGroupCannotRemoveDefault");
        }

        if (State.Ports.Values.Any(p => p.SecurityGroups.Contains(id)))
        {
            throw ApiFault.Conflict($"Security Group {id} in use.", "SecurityGroupInUse");
        }

        State.SecurityGroups.Remove(id);
        foreach (var rule in State.SecurityGroupRules.Values.Where(r => r.SecurityGroupId == id || r.RemoteGroupId == id).ToList())
        {
            State.SecurityGroupRules.Remove(rule.Id);
        }
    }

    public SecurityGroupRuleRow AddRule(SecurityGroupRuleRow row)
    {
        if (!State.SecurityGroups.ContainsKey(row.SecurityGroupId))
        {
            throw Missing("Security group", row.SecurityGroupId);
        }

        if (row.RemoteGroupId is { } remote && !State.SecurityGroups.ContainsKey(remote))
        {
            throw Missing("Security group", remote);
        }

        if (row.PortRangeMin > row.PortRangeMax)
        {
            throw ApiFault.BadRequest("For TCP/UDP protocols, port_range_min must be <= port_range_max", "SecurityGroupInvalidPortRange");
        }

        if (row.RemoteIpPrefix is { } prefix && AddressRange.Parse(prefix.Contains('/', StringComparison.Ordinal) ? prefix : prefix + "/31") is null)
        {
            throw ApiFault.BadRequest($"Invalid input for remote_ip_prefix. Reason: '{prefix}' is not a valid IP subnet.", "HTTPBadRequest");
        }

        if (State.SecurityGroupRules.Values.FirstOrDefault(r => Same(r, row)) is { } twin)
        {
            throw ApiFault.Conflict($"Security group rule already exists. Rule id is {twin.Id}.", "SecurityGroupRuleExists");
        }

        Count(row.ProjectId, "security_group_rule", State.SecurityGroupRules.Values);
        return State.SecurityGroupRules[row.Id] = Stamp(row);
    }

    public int QuotaOf(string projectId, string resource) =>
        State.Quotas.GetValueOrDefault(projectId)?.TryGetValue(resource, out var own) is true ? own : DefaultQuotas[resource];

    public JsonObject Quotas(string projectId) => new(DefaultQuotas.Keys.Select(k => KeyValuePair.Create(k, (JsonNode?)QuotaOf(projectId, k))));

    public JsonObject QuotaDetails(string projectId) => new(DefaultQuotas.Keys.Select(k => KeyValuePair.Create(k, (JsonNode?)new JsonObject { ["limit"] = QuotaOf(projectId, k), ["used"] = Used(projectId, k), ["reserved"] = 0 })));

    public void SetQuotas(string projectId, JsonObject given)
    {
        var own = State.Quotas.TryGetValue(projectId, out var found) ? found : State.Quotas[projectId] = [];
        foreach (var (key, value) in given)
        {
            if (DefaultQuotas.ContainsKey(key))
            {
                own[key] = (int)(value.Whole() ?? throw ApiFault.BadRequest($"Invalid input for {key}. Reason: '{value}' is not an integer.", "HTTPBadRequest"));
            }
        }
    }

    /// <summary>A row by id or by name, of those that the session sees; for templates, where either may stand. 400 when a name is not one thing's.</summary>
    public T Find<T>(IEnumerable<T> rows, string kind, string idOrName, Session session)
        where T : NetworkingRow
    {
        var seen = rows.Where(r => Sees(session, r)).ToList();
        if (seen.Find(r => r.Id == idOrName) is { } exact)
        {
            return exact;
        }

        var named = seen.Where(r => r.Name == idOrName).ToList();
        return named.Count switch
        {
            1 => named[0],
            0 => throw ApiFault.NotFound($"Unable to find {kind} with name or id '{idOrName}'", "NotFound"),
            _ => throw ApiFault.Conflict($"Multiple {kind}s matches found for name '{idOrName}', use an ID to be more specific.", "NeutronClientNoUniqueMatch"),
        };
    }

    public bool Sees(Session session, NetworkingRow row) =>
        session.IsAdmin || row.ProjectId == session.Project?.Id || row is NetworkRow { Shared: true } or NetworkRow { External: true }
        || (row is SubnetRow subnet && State.Networks.GetValueOrDefault(subnet.NetworkId) is { Shared: true });

    private int Used(string projectId, string resource) => resource switch
    {
        "network" => State.Networks.Values.Count(r => r.ProjectId == projectId),
        "subnet" => State.Subnets.Values.Count(r => r.ProjectId == projectId),
        "port" => State.Ports.Values.Count(r => r.ProjectId == projectId),
        "router" => State.Routers.Values.Count(r => r.ProjectId == projectId),
        "floatingip" => State.FloatingIps.Values.Count(r => r.ProjectId == projectId),
        "security_group" => State.SecurityGroups.Values.Count(r => r.ProjectId == projectId),
        "security_group_rule" => State.SecurityGroupRules.Values.Count(r => r.ProjectId == projectId),
        _ => 0,
    };

    private void Count(string projectId, string resource, IEnumerable<NetworkingRow> rows)
    {
        var limit = QuotaOf(projectId, resource);
        if (limit >= 0 && rows.Count(r => r.ProjectId == projectId) >= limit)
        {
            throw ApiFault.Conflict($"Quota exceeded for resources: ['{resource}'].", "OverQuota");
        }
    }

    private static bool Same(SecurityGroupRuleRow a, SecurityGroupRuleRow b) =>
        a.SecurityGroupId == b.SecurityGroupId && a.Direction == b.Direction && a.EtherType == b.EtherType && a.Protocol == b.Protocol
        && a.PortRangeMin == b.PortRangeMin && a.PortRangeMax == b.PortRangeMax && a.RemoteIpPrefix == b.RemoteIpPrefix && a.RemoteGroupId == b.RemoteGroupId;
}
