using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Api;

/// <summary>Heat v1: resources, events, signals, and what the service knows.</summary>
internal sealed class StackPartsApi(Cloud cloud) : HeatApi(cloud)
{
    public override void Map(IEndpointRouteBuilder app)
    {
        Get(app, StackPath + "/resources", ListResources);
        Get(app, StackPath + "/resources/{resource}", r => ApiAnswer.Ok(new JsonObject { ["resource"] = Json.DescribeFully(Find(r), Resource(r, Find(r))) }));
        Get(app, StackPath + "/resources/{resource}/metadata", r => ApiAnswer.Ok(new JsonObject { ["metadata"] = Resource(r, Find(r)).Metadata.Copy() }));
        Get(app, StackPath + "/resources/{resource}/events", r => Events(r, r.Route("resource")));
        Get(app, StackPath + "/resources/{resource}/events/{event}", ShowEvent);
        On(app, "POST", StackPath + "/resources/{resource}/signal", Signal);
        Get(app, StackPath + "/events", r => Events(r, null));
        Get(app, Root + "/resource_types", _ => ApiAnswer.Ok(new JsonObject { ["resource_types"] = TypeRegistry.Types.Keys.Order(StringComparer.Ordinal).ToJson() }));
        Get(app, Root + "/resource_types/{type}", r => ApiAnswer.Ok(StackJson.Schema(TypeRegistry.Types.GetValueOrDefault(r.Route("type")) ?? throw HeatFault.NotFound("Resource Type", r.Route("type")))));
        Get(app, Root + "/template_versions", _ => ApiAnswer.Ok(new JsonObject { ["template_versions"] = ((string[])["2018-08-31", "2021-04-16"]).Select(v => new JsonObject { ["version"] = "heat_template_version." + v, ["type"] = "hot", ["aliases"] = new JsonArray() }).ToJson() }));
        Get(app, Root + "/build_info", _ => ApiAnswer.Ok(new JsonObject { ["api"] = new JsonObject { ["revision"] = "embedded" }, ["engine"] = new JsonObject { ["revision"] = "embedded" } }));
        Get(app, Root + "/services", Services);
        Get(app, Root + "/software_configs", _ => ApiAnswer.Ok(new JsonObject { ["software_configs"] = new JsonArray() }));
        NotFoundUnder(app, "/orchestration");
    }

    private IEnumerable<StackRow> Nested(ApiRequest request, StackRow stack)
    {
        var depth = ((JsonNode?)request.Query("nested_depth")).Whole() ?? 0;
        return Level(stack, 0);

        IEnumerable<StackRow> Level(StackRow row, int at) => at >= depth ? [row]
            : Heat.Stacks.Values.Where(s => s.ParentId == row.Id && !s.IsDeleted).ToList().SelectMany(child => Level(child, at + 1)).Prepend(row);
    }

    private ApiAnswer ListResources(ApiRequest request)
    {
        var stack = Find(request);
        var nested = request.Query("nested_depth") is not null;
        bool Wanted(string key, string value) => request.QueryAll(key) is var all && (all.Count == 0 || all.Contains(value));
        var rows = Nested(request, stack).SelectMany(s => s.Resources
            .Where(r => !r.Obsolete || s.Live(r.Name) is null)
            .Where(r => Wanted("type", r.Type) && Wanted("status", r.Status) && Wanted("action", r.Action) && Wanted("name", r.Name))
            .Select(r => Json.Describe(s, r, nested)));
        return ApiAnswer.Ok(new JsonObject { ["resources"] = rows.ToJson() });
    }

    private ApiAnswer Events(ApiRequest request, string? resource)
    {
        var stack = Find(request);
        if (resource is not null && stack.Events.All(e => e.ResourceName != resource))
        {
            throw HeatFault.NotFound("Resource", resource);
        }

        var nested = request.Query("nested_depth") is not null;
        bool Wanted(string key, string value) => request.QueryAll(key) is var all && (all.Count == 0 || all.Contains(value));
        var rows = Nested(request, stack)
            .SelectMany(s => s.Events.Select(e => (Stack: s, Event: e)))
            .Where(e => resource is null || e.Event.ResourceName == resource)
            .Where(e => Wanted("resource_action", e.Event.Action) && Wanted("resource_status", e.Event.Status) && Wanted("resource_name", e.Event.ResourceName) && Wanted("resource_type", e.Event.ResourceType ?? ""))
            .OrderBy(e => e.Event.Time)
            .Select(e => Json.Describe(e.Stack, e.Event, nested ? stack : null, full: false));
        if (request.QueryAll("sort_dir").Concat(request.QueryAll("sort_dirs")).FirstOrDefault() is "desc")
        {
            rows = rows.Reverse();
        }

        // Time alone does not order events of one moment: the order in which they were written does.
        var query = request.Http.Request.Query.Where(q => q.Key is "limit" or "marker").ToDictionary(q => q.Key, q => q.Value);
        return ApiAnswer.Ok(new JsonObject { ["events"] = rows.Page(new Microsoft.AspNetCore.Http.QueryCollection(query), "id", out _, overlookMarker: true).ToJson() });
    }

    private ApiAnswer ShowEvent(ApiRequest request)
    {
        var stack = Find(request);
        var row = stack.Events.Find(e => e.Id == request.Route("event")) ?? throw HeatFault.NotFound("Event", request.Route("event"));
        return ApiAnswer.Ok(new JsonObject { ["event"] = Json.Describe(stack, row, null, full: true) });
    }

    private ApiAnswer Signal(ApiRequest request)
    {
        var stack = Find(request);
        Heat.Signal(stack, Resource(request, stack), request.RawBody as JsonObject ?? []);
        return new ApiAnswer(200);
    }

    private ApiAnswer Services(ApiRequest request)
    {
        request.RequireAdmin();
        return ApiAnswer.Ok(new JsonObject
        {
            ["services"] = new JsonArray(new JsonObject
            {
                ["id"] = Ids.Derive("heat-engine"),
                ["engine_id"] = Ids.Derive("heat-engine-id"),
                ["binary"] = "heat-engine",
                ["host"] = "embedded",
                ["hostname"] = "embedded",
                ["topic"] = "engine",
                ["status"] = "up",
                ["report_interval"] = 60,
                ["created_at"] = Cloud.Clock.Now.Stamp(),
                ["updated_at"] = Cloud.Clock.Now.Stamp(),
                ["deleted_at"] = null,
            }),
        });
    }
}
