using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Api;

/// <summary>Heat's rows as it answers them.</summary>
internal sealed class StackJson(Cloud cloud)
{
    private const string Masked = "******";

    public string Url(StackRow stack) => $"{cloud.BaseUrl}orchestration/v1/{stack.ProjectId}/stacks/{Uri.EscapeDataString(stack.Name)}/{stack.Id}";

    public JsonArray Links(StackRow stack) => [Link(Url(stack), "self")];

    public JsonObject Brief(StackRow stack, bool withProject)
    {
        var body = new JsonObject
        {
            ["id"] = stack.Id,
            ["stack_name"] = stack.Name,
            ["description"] = stack.Definition.Template.Text("description") ?? "No description",
            ["creation_time"] = stack.CreatedAt.Stamp(),
            ["updated_time"] = stack.UpdatedAt.Stamp(),
            ["deletion_time"] = stack.DeletedAt.Stamp(),
            ["stack_status"] = stack.State,
            ["stack_status_reason"] = stack.Reason,
            ["stack_owner"] = stack.UserName,
            ["parent"] = stack.ParentId,
            ["stack_user_project_id"] = Ids.DeriveHex("stack-project:" + stack.Id),
            ["tags"] = stack.Tags.Count == 0 ? null : stack.Tags.ToJson(),
            ["links"] = Links(stack),
        };
        if (withProject)
        {
            body["project"] = stack.ProjectId;
        }

        return body;
    }

    public JsonObject Full(StackRow stack, bool resolveOutputs)
    {
        var body = Brief(stack, withProject: false);
        var model = cloud.Heat.ModelOf(stack);
        body["template_description"] = model.Template.Description;
        body["parameters"] = Parameters(model);
        body["outputs"] = resolveOutputs && !stack.IsDeleted ? cloud.Heat.OutputsOf(stack).ToJson() : new JsonArray();
        body["capabilities"] = new JsonArray();
        body["notification_topics"] = new JsonArray();
        body["disable_rollback"] = stack.DisableRollback;
        body["timeout_mins"] = stack.TimeoutMins;
        return body;
    }

    /// <summary>All values as text, those of hidden parameters masked.</summary>
    public static JsonObject Parameters(StackModel model)
    {
        var shown = new JsonObject();
        foreach (var (name, value) in model.Parameters)
        {
            shown[name] = model.Template.Parameters.GetValueOrDefault(name)?.Hidden is true ? Masked
                : value is JsonArray list && model.Template.Parameters[name].Type is "comma_delimited_list" ? string.Join(',', list.Texts())
                : value is JsonObject or JsonArray ? value.Dumps() : value.Text();
        }

        return shown;
    }

    public JsonObject Describe(StackRow stack, ResourceRow row, bool withParent)
    {
        var body = new JsonObject
        {
            ["resource_name"] = row.Name,
            ["logical_resource_id"] = row.Name,
            ["physical_resource_id"] = row.PhysicalId,
            ["resource_type"] = row.Type,
            ["resource_status"] = $"{row.Action}_{row.Status}",
            ["resource_status_reason"] = row.Reason,
            ["creation_time"] = row.CreatedAt.Stamp(),
            ["updated_time"] = row.UpdatedAt.Stamp(),
            ["required_by"] = stack.Resources.Where(r => !r.Obsolete && r.Requires.Contains(row.Name)).Select(r => r.Name).ToJson(),
            ["links"] = ResourceLinks(stack, row),
        };
        if (withParent && stack.ParentResource is { } parent)
        {
            body["parent_resource"] = parent;
        }

        return body;
    }

    public JsonObject DescribeFully(StackRow stack, ResourceRow row)
    {
        var body = Describe(stack, row, withParent: true);
        var model = cloud.Heat.ModelOf(stack);
        body["description"] = model.Template.Resources.GetValueOrDefault(row.Name)?.Body.Text("description") ?? "";
        body["attributes"] = new JsonObject();
        if (model.Types.GetValueOrDefault(row.Name) is { } type && row.PhysicalId.Length > 0)
        {
            try
            {
                body["attributes"] = type.AllAttributes(model.Context(row));
            }
            catch (ApiFault)
            {
                // What it speaks of is gone; the resource is shown without.
            }
        }

        return body;
    }

    public JsonObject Describe(StackRow stack, EventRow row, StackRow? root, bool full)
    {
        var body = new JsonObject
        {
            ["id"] = row.Id,
            ["event_time"] = row.Time.Stamp(),
            ["resource_name"] = row.ResourceName,
            ["logical_resource_id"] = row.ResourceName,
            ["physical_resource_id"] = row.PhysicalId,
            ["resource_status"] = $"{row.Action}_{row.Status}",
            ["resource_status_reason"] = row.Reason,
            ["links"] = new JsonArray(
                Link($"{Url(stack)}/resources/{Uri.EscapeDataString(row.ResourceName)}/events/{row.Id}", "self"),
                Link($"{Url(stack)}/resources/{Uri.EscapeDataString(row.ResourceName)}", "resource"),
                Link(Url(stack), "stack")),
        };
        if (root is not null)
        {
            body["links"]!.AsArray().Add((JsonNode)Link(Url(root), "root_stack"));
        }

        if (full)
        {
            body["resource_type"] = row.ResourceType;
            body["resource_properties"] = null;
        }

        return body;
    }

    private JsonArray ResourceLinks(StackRow stack, ResourceRow row)
    {
        var links = new JsonArray(Link($"{Url(stack)}/resources/{Uri.EscapeDataString(row.Name)}", "self"), Link(Url(stack), "stack"));
        if (cloud.Heat.Stacks.GetValueOrDefault(row.PhysicalId) is { } nested && nested.ParentId == stack.Id)
        {
            links.Add((JsonNode)Link(Url(nested), "nested"));
        }

        return links;
    }

    private static JsonObject Link(string href, string rel) => new() { ["href"] = href, ["rel"] = rel };

    /// <summary>What <c>POST /validate</c> tells of the parameters.</summary>
    public static JsonObject Schema(StackModel model) => new(model.Template.Parameters.Values.Select(p =>
    {
        var body = new JsonObject
        {
            ["Type"] = p.Type switch { "string" => "String", "number" => "Number", "boolean" => "Boolean", "json" => "Json", _ => "CommaDelimitedList" },
            ["NoEcho"] = p.Hidden ? "true" : "false",
            ["Description"] = p.Body.Text("description") ?? "",
            ["Label"] = p.Body.Text("label") ?? p.Name,
        };
        if (p.HasDefault)
        {
            body["Default"] = p.Body["default"]?.DeepClone();
        }

        if (model.Parameters[p.Name] is { } value)
        {
            body["Value"] = p.Hidden ? Masked : value.DeepClone();
        }

        return KeyValuePair.Create(p.Name, (JsonNode?)body);
    }));

    /// <summary>A resource type's schema, for <c>resource_types/{type}</c>.</summary>
    public static JsonObject Schema(ResourceType type) => new()
    {
        ["resource_type"] = type.Name,
        ["properties"] = new JsonObject(type.Properties.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)new JsonObject
        {
            ["type"] = p.Type switch { PropertyType.Text => "string", PropertyType.Number => "number", PropertyType.Flag => "boolean", PropertyType.List => "list", PropertyType.Map => "map", _ => "any" },
            ["required"] = p.Required,
            ["update_allowed"] = p.Live,
            ["immutable"] = false,
        }))),
        ["attributes"] = new JsonObject(type.Attributes.Append("show").Distinct().Select(a => KeyValuePair.Create(a, (JsonNode?)new JsonObject { ["description"] = "" }))),
        ["support_status"] = new JsonObject { ["status"] = "SUPPORTED", ["version"] = null, ["message"] = null, ["previous_status"] = null },
    };
}
