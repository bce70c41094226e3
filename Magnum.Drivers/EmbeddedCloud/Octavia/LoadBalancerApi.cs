using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Octavia;

/// <summary>Octavia v2: load balancers can be made and removed; their parts are made by Heat and read here.</summary>
internal sealed class LoadBalancerApi(Cloud cloud) : ServiceApi(cloud)
{
    protected override string Service => "octavia";

    private LoadBalancerService LoadBalancers => Cloud.LoadBalancers;

    public override void Map(IEndpointRouteBuilder app)
    {
        Open(app, "/load-balancer", _ => ApiAnswer.Ok(new JsonObject { ["versions"] = ((string[])["v2.0", "v2.26"]).Select(Version).ToJson() }));

        // Older clients append v2.0, newer ones v2.
        foreach (var root in (string[])["/load-balancer/v2", "/load-balancer/v2.0"])
        {
            Open(app, root, _ => ApiAnswer.Ok(new JsonObject { ["versions"] = new JsonArray(Version("v2.26")) }));
            Get(app, root + "/lbaas/loadbalancers", r => List(r, "loadbalancers", LoadBalancers.State.LoadBalancers.Values.Where(l => r.IsAdmin || l.ProjectId == r.ProjectId).Select(Describe)));
            Post(app, root + "/lbaas/loadbalancers", Create);
            Get(app, root + "/lbaas/loadbalancers/{id}", r => ApiAnswer.Ok(new JsonObject { ["loadbalancer"] = Describe(Find(r)) }));
            Delete(app, root + "/lbaas/loadbalancers/{id}", Remove);
            foreach (var (path, kind) in new[] { ("listeners", PartKind.Listener), ("pools", PartKind.Pool), ("healthmonitors", PartKind.HealthMonitor) })
            {
                var singular = path[..^1];
                Get(app, $"{root}/lbaas/{path}", r => List(r, path, Parts(r, kind).Select(Describe)));
                Get(app, $"{root}/lbaas/{path}/{{id}}", r => ApiAnswer.Ok(new JsonObject { [singular] = Describe(Parts(r, kind).FirstOrDefault(p => p.Id == r.Route("id")) ?? throw ApiFault.NotFound($"{kind} {r.Route("id")} not found.")) }));
            }

            Get(app, root + "/lbaas/pools/{id}/members", r => List(r, "members", Parts(r, PartKind.Member).Where(p => p.ParentId == r.Route("id")).Select(Describe)));
            Get(app, root + "/lbaas/providers", r => List(r, "providers", [new JsonObject { ["name"] = "amphora", ["description"] = "The Octavia Amphora driver." }]));
        }

        NotFoundUnder(app, "/load-balancer");
    }

    protected override JsonObject Describe(ApiFault fault) => fault.Status is 401
        ? new JsonObject { ["error"] = new JsonObject { ["code"] = 401, ["title"] = "Unauthorized", ["message"] = fault.Message } }
        : new JsonObject { ["faultcode"] = fault.Status < 500 ? "Client" : "Server", ["faultstring"] = fault.Message, ["debuginfo"] = null };

    private JsonObject Version(string id) => new()
    {
        ["id"] = id,
        ["status"] = id is "v2.0" ? "SUPPORTED" : "CURRENT",
        ["updated"] = "2022-08-29T00:00:00Z",
        ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = Cloud.BaseUrl + "load-balancer/v2" }),
    };

    private static ApiAnswer List(ApiRequest request, string key, IEnumerable<JsonObject> items) =>
        ApiAnswer.Ok(new JsonObject { [key] = items.Filter(request.Http.Request.Query).Page(request.Http.Request.Query, "id", out _).ToJson() });

    private IEnumerable<LoadBalancerPartRow> Parts(ApiRequest request, PartKind kind) =>
        LoadBalancers.State.Parts.Values.Where(p => p.Kind == kind && (request.IsAdmin || p.ProjectId == request.ProjectId));

    private LoadBalancerRow Find(ApiRequest request) => LoadBalancers.Require(request.Route("id")) is var row && (request.IsAdmin || row.ProjectId == request.ProjectId)
        ? row
        : throw ApiFault.NotFound($"Load Balancer {request.Route("id")} not found.");

    private ApiAnswer Create(ApiRequest request)
    {
        var given = request.Wrapped("loadbalancer");
        var subnet = given.Text("vip_subnet_id")
            ?? Cloud.Network.State.Subnets.Values.FirstOrDefault(s => s.NetworkId == given.Text("vip_network_id"))?.Id
            ?? throw ApiFault.BadRequest("Validation failure: VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.");
        var row = LoadBalancers.Add(request.ProjectId, given.Text("name") ?? "", subnet, given.Text("vip_address"), given.Text("provider"), given.Text("description"), given["tags"].Texts());
        return ApiAnswer.Created(new JsonObject { ["loadbalancer"] = Describe(row) });
    }

    private ApiAnswer Remove(ApiRequest request)
    {
        LoadBalancers.Remove(Find(request).Id, request.QueryFlag("cascade"));
        return ApiAnswer.NoContent;
    }

    private JsonObject Describe(LoadBalancerRow row)
    {
        var parts = LoadBalancers.State.Parts.Values.Where(p => p.LoadBalancerId == row.Id).ToList();
        var port = Cloud.Network.State.Ports.GetValueOrDefault(row.VipPortId);
        return new JsonObject
        {
            ["id"] = row.Id,
            ["name"] = row.Name,
            ["description"] = row.Description,
            ["project_id"] = row.ProjectId,
            ["provisioning_status"] = row.ProvisioningStatus,
            ["operating_status"] = row.ProvisioningStatus is "ACTIVE" ? "ONLINE" : "OFFLINE",
            ["admin_state_up"] = true,
            ["provider"] = row.Provider,
            ["vip_address"] = port?.FixedIps.FirstOrDefault()?.IpAddress,
            ["vip_port_id"] = row.VipPortId,
            ["vip_subnet_id"] = row.VipSubnetId,
            ["vip_network_id"] = port?.NetworkId,
            ["vip_qos_policy_id"] = null,
            ["listeners"] = References(parts, PartKind.Listener),
            ["pools"] = References(parts, PartKind.Pool),
            ["tags"] = row.Tags.ToJson(),
            ["flavor_id"] = null,
            ["created_at"] = row.CreatedAt.BareStamp()[..19],
            ["updated_at"] = null,
        };
    }

    private JsonObject Describe(LoadBalancerPartRow row)
    {
        var body = row.Settings.Copy();
        body["id"] = row.Id;
        body["name"] = row.Name;
        body["project_id"] = row.ProjectId;
        body["provisioning_status"] = "ACTIVE";
        body["operating_status"] = "ONLINE";
        body["admin_state_up"] = true;
        body["created_at"] = row.CreatedAt.BareStamp()[..19];
        body["loadbalancers"] = new JsonArray(new JsonObject { ["id"] = row.LoadBalancerId });
        if (row.Kind is PartKind.Pool)
        {
            body["members"] = References([.. LoadBalancers.State.Parts.Values.Where(p => p.ParentId == row.Id)], PartKind.Member);
        }

        return body;
    }

    private static JsonArray References(List<LoadBalancerPartRow> parts, PartKind kind) => parts.Where(p => p.Kind == kind).Select(p => new JsonObject { ["id"] = p.Id }).ToJson();
}
