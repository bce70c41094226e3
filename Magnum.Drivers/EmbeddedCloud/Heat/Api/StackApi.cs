using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Api;

/// <summary>Heat v1: stacks.</summary>
internal sealed class StackApi(Cloud cloud) : HeatApi(cloud)
{
    public override void Map(IEndpointRouteBuilder app)
    {
        Open(app, "/orchestration", _ => new ApiAnswer(300, new JsonObject { ["versions"] = new JsonArray(new JsonObject { ["id"] = "v1.0", ["status"] = "CURRENT", ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = Cloud.BaseUrl + "orchestration/v1/" }) }) }));
        Get(app, Root + "/stacks", List);
        Get(app, Root + "/stacks/detail", List);
        Post(app, Root + "/stacks", Create);
        Post(app, Root + "/stacks/preview", Preview);
        Post(app, Root + "/validate", Validate);
        foreach (var method in (string[])["GET", "PUT", "PATCH", "DELETE"])
        {
            Redirect(app, method, "");
        }

        foreach (var tail in (string[])["/resources", "/resources/{resource}", "/events", "/outputs", "/template", "/environment", "/files"])
        {
            Redirect(app, "GET", tail);
        }

        Get(app, StackPath, r => ApiAnswer.Ok(new JsonObject { ["stack"] = Json.Full(Find(r), r.Query("resolve_outputs") is null || r.QueryFlag("resolve_outputs")) }));
        Put(app, StackPath, r => Update(r, existing: false));
        Patch(app, StackPath, r => Update(r, existing: true));
        Delete(app, StackPath, Remove);
        Put(app, StackPath + "/preview", r => PreviewUpdate(r, existing: false));
        Patch(app, StackPath + "/preview", r => PreviewUpdate(r, existing: true));
        Post(app, StackPath + "/actions", Act);
        Get(app, StackPath + "/template", r => ApiAnswer.Ok(Find(r).Definition.Template.Copy()));
        Get(app, StackPath + "/environment", Environment);
        Get(app, StackPath + "/files", r => ApiAnswer.Ok(Find(r).Definition.Files.ToJson()));
        Get(app, StackPath + "/outputs", r => ApiAnswer.Ok(new JsonObject { ["outputs"] = Heat.OutputsOf(Find(r)).Select(o => new JsonObject { ["output_key"] = o.Text("output_key"), ["description"] = o.Text("description") }).ToJson() }));
        Get(app, StackPath + "/outputs/{key}", r => ApiAnswer.Ok(new JsonObject { ["output"] = Heat.OutputsOf(Find(r)).FirstOrDefault(o => o.Text("output_key") == r.Route("key")) ?? throw ApiFault.NotFound($"Specified output key {r.Route("key")} not found.", "NotFound") }));
    }

    private ApiAnswer List(ApiRequest request)
    {
        var project = Project(request);
        var global = request.QueryFlag("global_tenant");
        if (global)
        {
            request.RequireAdmin();
        }

        var withCount = request.QueryFlag("with_count");
        var rows = Heat.Stacks.Values.Where(s => global || s.ProjectId == project)
            .Where(s => !s.Vanished && (request.QueryFlag("show_deleted") || !s.IsDeleted))
            .Where(s => s.ParentId is null || request.QueryFlag("show_nested"))
            .Where(s => Matches(request, s)).ToList();
        var page = rows.OrderByDescending(s => s.CreatedAt).ThenBy(s => s.Id, StringComparer.Ordinal)
            .Select(s => Json.Brief(s, global)).Page(SortQuery(request), "id", out var more, overlookMarker: true);
        var body = new JsonObject { ["stacks"] = page.ToJson() };
        if (withCount)
        {
            body["count"] = rows.Count;
        }

        if (more)
        {
            body["links"] = new JsonArray(new JsonObject { ["rel"] = "next", ["href"] = $"{Cloud.BaseUrl}orchestration/v1/{project}/stacks?limit={request.Query("limit")}&marker={page[^1].Text("id")}" });
        }

        return ApiAnswer.Ok(body);
    }

    /// <summary>Heat sorts by its columns' names, which are not those of the answer.</summary>
    private static QueryCollection SortQuery(ApiRequest request)
    {
        var columns = new Dictionary<string, string> { ["name"] = "stack_name", ["status"] = "stack_status", ["created_at"] = "creation_time", ["updated_at"] = "updated_time" };
        var query = request.Http.Request.Query.ToDictionary(q => q.Key, q => q.Value);
        if (query.TryGetValue("sort_keys", out var keys))
        {
            query["sort_keys"] = keys.OfType<string>().Select(k => columns.GetValueOrDefault(k, k)).ToArray();
        }

        return new QueryCollection(query);
    }

    private static bool Matches(ApiRequest request, StackRow stack)
    {
        bool Any(string key, string value) => request.QueryAll(key) is var wanted && (wanted.Count == 0 || wanted.Contains(value));
        bool Tags(string key, Func<string[], bool> test) => request.Query(key) is not { Length: > 0 } text || test(text.Split(','));
        var states = request.QueryAll("status").Concat(request.QueryAll("stack_status")).Select(s => s.ToUpperInvariant()).ToList();
        return (states.Count == 0 || states.Contains(stack.Status) || states.Contains(stack.State))
            && Any("action", stack.Action)
            && Any("name", stack.Name) && Any("stack_name", stack.Name)
            && Any("id", stack.Id) && Any("stack_identity", stack.Id)
            && Any("tenant", stack.ProjectId) && Any("username", stack.UserName) && Any("owner_id", stack.ParentId ?? "")
            && Tags("tags", t => t.All(stack.Tags.Contains))
            && Tags("tags_any", t => t.Any(stack.Tags.Contains))
            && Tags("not_tags", t => !t.All(stack.Tags.Contains))
            && Tags("not_tags_any", t => !t.Any(stack.Tags.Contains));
    }

    private ApiAnswer Create(ApiRequest request)
    {
        var stack = Heat.Create(StackRequest.NewStack(Cloud, request, Project(request)));
        return ApiAnswer.Created(new JsonObject { ["stack"] = new JsonObject { ["id"] = stack.Id, ["links"] = Json.Links(stack) } });
    }

    private ApiAnswer Preview(ApiRequest request)
    {
        var stack = StackRequest.NewStack(Cloud, request, Project(request));
        var model = Heat.Validate(stack, stack.Definition);
        var body = Json.Brief(stack, withProject: false);
        body["parameters"] = StackJson.Parameters(model);
        body["resources"] = model.Order.Select(name => new JsonObject
        {
            ["resource_name"] = name,
            ["resource_type"] = model.Template.Resources[name].Type,
            ["physical_resource_id"] = "",
            ["resource_status"] = "INIT_COMPLETE",
            ["properties"] = model.Properties(model.Template.Resources[name], out _),
            ["required_by"] = model.Requires.Where(q => q.Value.Contains(name)).Select(q => q.Key).ToJson(),
        }).ToJson();
        return ApiAnswer.Ok(new JsonObject { ["stack"] = body });
    }

    private ApiAnswer Validate(ApiRequest request)
    {
        var stack = StackRequest.NewStack(Cloud, request, Project(request), nameNeeded: false);

        // A template can be checked without values for its parameters.
        var template = stack.Definition.Template;
        foreach (var (name, parameter) in template.Map("parameters") ?? [])
        {
            if (parameter is JsonObject schema && !schema.ContainsKey("default") && !stack.Definition.Parameters.ContainsKey(name) && schema["constraints"] is null)
            {
                stack.Definition.Parameters[name] = schema.Text("type") switch { "number" => 0, "boolean" => false, "json" => new JsonObject(), _ => "" };
            }
        }

        var model = Heat.Validate(stack, stack.Definition);
        return ApiAnswer.Ok(new JsonObject
        {
            ["Description"] = model.Template.Description,
            ["Parameters"] = StackJson.Schema(model),
            ["Environment"] = new JsonObject { ["resource_registry"] = stack.Definition.Environment.Map("resource_registry")?.DeepClone() ?? new JsonObject { ["resources"] = new JsonObject() }, ["parameters"] = new JsonObject(), ["parameter_defaults"] = new JsonObject(), ["encrypted_param_names"] = new JsonArray(), ["event_sinks"] = new JsonArray() },
        });
    }

    private StackRow Idle(ApiRequest request)
    {
        var stack = Find(request);
        return stack.IsDeleted ? throw HeatFault.NotFound("Stack", stack.Name)
            : stack.InProgress ? throw ApiFault.Conflict($"Stack {stack.Name} already has an action ({stack.Action}) in progress.", "ActionInProgress")
            : stack.Action is "DELETE" ? throw ApiFault.BadRequest($"UPDATE is not supported when stack is in state {stack.Action} {stack.Status}.", "NotSupported")
            : stack;
    }

    private ApiAnswer Update(ApiRequest request, bool existing)
    {
        var stack = Idle(request);
        var definition = StackRequest.Read(request.Body, existing ? stack.Definition : null);
        var tags = existing && !request.Body.ContainsKey("tags") ? stack.Tags : StackRequest.Tags(request.Body);
        var (timeout, rollback, scenario) = (stack.TimeoutMins, stack.DisableRollback, stack.Scenario);
        try
        {
            stack.TimeoutMins = StackRequest.Timeout(request.Body) ?? (existing ? stack.TimeoutMins : null);
            stack.DisableRollback = request.Body.Flag("disable_rollback", existing ? stack.DisableRollback : true);
            stack.Scenario = Cloud.Scenarios.ForStack(stack.Name, tags, definition.Parameters);
            Heat.Update(stack, definition);
            stack.Tags = tags;
        }
        catch (ApiFault)
        {
            (stack.TimeoutMins, stack.DisableRollback, stack.Scenario) = (timeout, rollback, scenario);
            throw;
        }

        return ApiAnswer.Accepted();
    }

    private ApiAnswer PreviewUpdate(ApiRequest request, bool existing)
    {
        var stack = Idle(request);
        var model = Heat.Validate(stack, StackRequest.Read(request.Body, existing ? stack.Definition : null));
        JsonArray Named(Func<string, bool> chosen) => model.Order.Where(chosen).Select(n => new JsonObject { ["resource_name"] = n, ["resource_type"] = model.Template.Resources[n].Type }).ToJson();
        var changes = new JsonObject
        {
            ["added"] = Named(n => stack.Live(n) is null),
            ["unchanged"] = Named(n => stack.Live(n) is { } row && JsonNode.DeepEquals(row.Properties, model.Properties(model.Template.Resources[n], out _))),
            ["updated"] = Named(n => stack.Live(n) is { } row && !JsonNode.DeepEquals(row.Properties, model.Properties(model.Template.Resources[n], out _))),
            ["replaced"] = new JsonArray(),
            ["deleted"] = stack.Resources.Where(r => !model.Types.ContainsKey(r.Name)).Select(r => new JsonObject { ["resource_name"] = r.Name, ["resource_type"] = r.Type }).ToJson(),
        };
        return ApiAnswer.Ok(new JsonObject { ["resource_changes"] = changes });
    }

    private ApiAnswer Remove(ApiRequest request)
    {
        var stack = Find(request);
        if (stack.IsDeleted)
        {
            throw HeatFault.NotFound("Stack", stack.Name);
        }

        Heat.Delete(stack);
        return ApiAnswer.NoContent;
    }

    private ApiAnswer Act(ApiRequest request)
    {
        var action = request.Body.FirstOrDefault().Key;
        if (action is "check")
        {
            Heat.Check(Idle(request));
            return ApiAnswer.Accepted();
        }

        if (action is "cancel_update" or "cancel_without_rollback")
        {
            var stack = Find(request);
            if (stack is not { Action: "UPDATE", InProgress: true })
            {
                throw ApiFault.BadRequest($"Cancelling update when stack is {stack.State} is not supported.", "NotSupported");
            }

            Heat.CancelUpdate(stack, rollback: action is "cancel_update");
            return ApiAnswer.Accepted();
        }

        throw ApiFault.BadRequest($"Invalid action {action}", "HTTPBadRequest");
    }

    private ApiAnswer Environment(ApiRequest request)
    {
        var stack = Find(request);
        var body = stack.Definition.Environment.Copy();
        body["parameters"] = StackJson.Parameters(Heat.ModelOf(stack));
        body["resource_registry"] ??= new JsonObject { ["resources"] = new JsonObject() };
        body["parameter_defaults"] ??= new JsonObject();
        body["event_sinks"] ??= new JsonArray();
        body["encrypted_param_names"] ??= new JsonArray();
        return ApiAnswer.Ok(body);
    }
}
