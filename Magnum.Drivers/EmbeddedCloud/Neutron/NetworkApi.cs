using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Neutron;

/// <summary>Neutron v2.0.</summary>
internal sealed class NetworkApi(Cloud cloud) : ServiceApi(cloud)
{
    private const string Root = "/network/v2.0";
    private static readonly string[] Extensions = ["external-net", "router", "security-group", "quotas", "quota_details", "allowed-address-pairs", "port-security", "standard-attr-tag", "standard-attr-timestamp", "project-id", "extraroute", "ext-gw-mode", "net-mtu", "filter-validation", "default-subnetpools", "availability_zone", "network_availability_zone", "binding", "fip-port-details"];

    private readonly NetworkRequests _requests = new(cloud);

    protected override string Service => "neutron";

    private NetworkService Network => Cloud.Network;

    private NetworkState State => Cloud.State.Network;

    public override void Map(IEndpointRouteBuilder app)
    {
        Open(app, "/network", _ => ApiAnswer.Ok(new JsonObject { ["versions"] = new JsonArray(Version()) }));
        Open(app, Root, _ => ApiAnswer.Ok(new JsonObject { ["version"] = Version(), ["resources"] = new JsonArray() }));
        Get(app, Root + "/extensions", _ => ApiAnswer.Ok(new JsonObject { ["extensions"] = Extensions.Select(Extension).ToJson() }));
        Get(app, Root + "/extensions/{alias}", r => Extensions.Contains(r.Route("alias")) ? ApiAnswer.Ok(new JsonObject { ["extension"] = Extension(r.Route("alias")) }) : throw ApiFault.NotFound($"Extension with alias {r.Route("alias")} does not exist", "HTTPNotFound"));
        Resource(app, "networks", "network", "Network", () => State.Networks.Values, _requests.AddNetwork, NetworkRequests.UpdateNetwork, Network.RemoveNetwork);
        Resource(app, "subnets", "subnet", "Subnet", () => State.Subnets.Values, _requests.AddSubnet, NetworkRequests.UpdateSubnet, Network.RemoveSubnet);
        Resource(app, "ports", "port", "Port", () => State.Ports.Values, _requests.AddPort, NetworkRequests.UpdatePort, id => Network.RemovePort(id));
        Resource(app, "routers", "router", "Router", () => State.Routers.Values, _requests.AddRouter, _requests.UpdateRouter, Network.RemoveRouter);
        Resource(app, "floatingips", "floatingip", "Floating IP", () => State.FloatingIps.Values, _requests.AddFloatingIp, _requests.UpdateFloatingIp, id => State.FloatingIps.Remove(id));
        Resource(app, "security-groups", "security_group", "Security group", () => State.SecurityGroups.Values, _requests.AddGroup, NetworkRequests.UpdateGroup, Network.RemoveGroup);
        Resource(app, "security-group-rules", "security_group_rule", "Security group rule", () => State.SecurityGroupRules.Values, _requests.AddRule, null, id => State.SecurityGroupRules.Remove(id));
        Put(app, Root + "/routers/{id}/add_router_interface", r => Interface(r, true));
        Put(app, Root + "/routers/{id}/remove_router_interface", r => Interface(r, false));
        Get(app, Root + "/quotas", _ => ApiAnswer.Ok(new JsonObject { ["quotas"] = new JsonArray() }));
        Get(app, Root + "/quotas/{project}", r => Quota(r, Network.Quotas));
        Get(app, Root + "/quotas/{project}/default", r => Quota(r, _ => Network.Quotas("")));
        Get(app, Root + "/quotas/{project}/details", r => Quota(r, Network.QuotaDetails));
        Get(app, Root + "/quotas/{project}/details.json", r => Quota(r, Network.QuotaDetails));
        Put(app, Root + "/quotas/{project}", SetQuota);
        Delete(app, Root + "/quotas/{project}", ResetQuota);
        Get(app, Root + "/availability_zones", _ => ApiAnswer.Ok(new JsonObject { ["availability_zones"] = new JsonArray(new JsonObject { ["name"] = "nova", ["resource"] = "network", ["state"] = "available" }) }));
        Get(app, Root + "/agents", _ => ApiAnswer.Ok(new JsonObject { ["agents"] = new JsonArray() }));
        NotFoundUnder(app, "/network");
    }

    protected override JsonObject Describe(ApiFault fault) => fault.Status is 401
        ? new JsonObject { ["error"] = new JsonObject { ["code"] = 401, ["title"] = "Unauthorized", ["message"] = fault.Message } }
        : new JsonObject { ["NeutronError"] = new JsonObject { ["type"] = fault.Kind ?? "HTTP" + ApiFault.TitleOf(fault.Status).Replace(" ", "", StringComparison.Ordinal), ["message"] = fault.Message, ["detail"] = "" } };

    private JsonObject Version() => new()
    {
        ["id"] = "v2.0",
        ["status"] = "CURRENT",
        ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = Cloud.BaseUrl + "network/v2.0/" }),
    };

    private static JsonObject Extension(string alias) => new() { ["alias"] = alias, ["name"] = alias, ["description"] = "", ["updated"] = "2020-01-01T00:00:00-00:00", ["links"] = new JsonArray() };

    private void Resource<T>(IEndpointRouteBuilder app, string plural, string singular, string kind, Func<IEnumerable<T>> rows, Func<ApiRequest, JsonObject, T> add, Action<ApiRequest, T, JsonObject>? update, Action<string> remove)
        where T : NetworkingRow
    {
        var listKey = plural.Replace('-', '_');
        foreach (var suffix in (string[])["", ".json"])
        {
            Get(app, $"{Root}/{plural}{suffix}", r => List(r, listKey, plural, rows()));
            Post(app, $"{Root}/{plural}{suffix}", r => r.Body[listKey] is JsonArray many
                ? ApiAnswer.Created(new JsonObject { [listKey] = many.OfType<JsonObject>().ToList().Select(one => NetworkJson.Describe(add(r, one), State)).ToJson() })
                : ApiAnswer.Created(new JsonObject { [singular] = NetworkJson.Describe(add(r, r.Wrapped(singular)), State) }));
        }

        Get(app, $"{Root}/{plural}/{{id}}", r => ApiAnswer.Ok(new JsonObject { [singular] = new[] { NetworkJson.Describe(Find(r), State) }.Fields(r.QueryAll("fields")).First() }));
        Delete(app, $"{Root}/{plural}/{{id}}", r =>
        {
            remove(Owned(r).Id);
            return ApiAnswer.NoContent;
        });
        Put(app, $"{Root}/{plural}/{{id}}/tags", r =>
        {
            Owned(r).Tags = [.. r.Body["tags"].Texts()];
            return ApiAnswer.Ok(new JsonObject { ["tags"] = Find(r).Tags.ToJson() });
        });
        if (update is not null)
        {
            Put(app, $"{Root}/{plural}/{{id}}", r =>
            {
                var row = Owned(r);
                update(r, row, r.Wrapped(singular));
                row.UpdatedAt = Cloud.Clock.Now;
                return ApiAnswer.Ok(new JsonObject { [singular] = NetworkJson.Describe(row, State) });
            });
        }

        T Find(ApiRequest r) => rows().FirstOrDefault(row => row.Id == r.Route("id") && Network.Sees(r.Session, row)) ?? throw NetworkService.Missing(kind, r.Route("id"));

        T Owned(ApiRequest r) => Find(r) is var row && (r.IsAdmin || row.ProjectId == r.ProjectId) ? row
            : throw ApiFault.Forbidden($"(rule:update_{singular}) is disallowed by policy", "PolicyNotAuthorized");
    }

    private ApiAnswer List(ApiRequest request, string key, string path, IEnumerable<NetworkingRow> rows)
    {
        var seen = rows.Where(row => Network.Sees(request.Session, row)).OrderBy(row => row.CreatedAt)
            .Select(row => NetworkJson.Describe(row, State))
            .Filter(request.Http.Request.Query)
            .Where(port => MatchesFixedIps(port, request.QueryAll("fixed_ips")));
        var page = seen.Page(request.Http.Request.Query, "id", out var more);
        var body = new JsonObject { [key] = page.Fields(request.QueryAll("fields")).ToJson() };
        if (more)
        {
            body[key + "_links"] = new JsonArray(new JsonObject { ["rel"] = "next", ["href"] = $"{Cloud.BaseUrl}network/v2.0/{path}?limit={request.Query("limit")}&marker={page[^1].Text("id")}" });
        }

        return ApiAnswer.Ok(body);
    }

    private static bool MatchesFixedIps(JsonObject port, IReadOnlyList<string> wanted) => wanted.Count == 0 || wanted.Any(w =>
        w.Split('=', 2) is [var field, var value] && port["fixed_ips"].Items().OfType<JsonObject>().Any(f => f.Text(field) == value));

    private ApiAnswer Interface(ApiRequest request, bool add)
    {
        var router = State.Routers.GetValueOrDefault(request.Route("id")) ?? throw NetworkService.Missing("Router", request.Route("id"));
        var (subnet, given) = (request.Body.Text("subnet_id"), request.Body.Text("port_id"));
        var port = add ? Network.AddInterface(router, subnet, given) : Network.RemoveInterface(router, subnet, given);
        return ApiAnswer.Ok(new JsonObject
        {
            ["id"] = router.Id,
            ["tenant_id"] = router.ProjectId,
            ["port_id"] = port.Id,
            ["network_id"] = port.NetworkId,
            ["subnet_id"] = port.FixedIps.FirstOrDefault()?.SubnetId,
            ["subnet_ids"] = port.FixedIps.Select(f => f.SubnetId).ToJson(),
        });
    }

    private static ApiAnswer Quota(ApiRequest request, Func<string, JsonObject> read)
    {
        if (request.Route("project") != request.ProjectId)
        {
            request.RequireAdmin();
        }

        return ApiAnswer.Ok(new JsonObject { ["quota"] = read(request.Route("project")) });
    }

    private ApiAnswer SetQuota(ApiRequest request)
    {
        request.RequireAdmin();
        Network.SetQuotas(request.Route("project"), request.Wrapped("quota"));
        return Quota(request, Network.Quotas);
    }

    private ApiAnswer ResetQuota(ApiRequest request)
    {
        request.RequireAdmin();
        State.Quotas.Remove(request.Route("project"));
        return ApiAnswer.NoContent;
    }
}
