using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Heat.Template;
using Magnum.Drivers.EmbeddedCloud.Http;
using YamlDotNet.Core;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Api;

/// <summary>Reads what a client sends to make, change or check a stack.</summary>
internal static partial class StackRequest
{
    public static StackRow NewStack(Cloud cloud, ApiRequest request, string project, bool nameNeeded = true)
    {
        var body = request.Body;
        var name = body.Text("stack_name") ?? "";
        if (nameNeeded && !Name().IsMatch(name))
        {
            throw HeatFault.Validation($"Invalid stack name {name} must contain only alphanumeric or \"_-.\" characters, must start with alpha and must be 255 characters or less.");
        }

        var definition = Read(body, null);
        var tags = Tags(body);
        var parameters = definition.Parameters;
        return new StackRow
        {
            Id = Ids.New(),
            Name = name,
            ProjectId = project,
            UserId = request.Session.User.Id,
            UserName = request.Session.User.Name,
            ByAdmin = request.IsAdmin,
            TimeoutMins = Timeout(body),
            DisableRollback = body.Flag("disable_rollback", true),
            Tags = tags,
            Definition = definition,
            Scenario = cloud.Scenarios.ForStack(name, tags, parameters),
        };
    }

    /// <summary>The definition that the body asks for; <paramref name="existing"/> is what a PATCH starts from.</summary>
    public static StackDefinition Read(JsonObject body, StackDefinition? existing)
    {
        var files = new Dictionary<string, string>(existing?.Files ?? []);
        foreach (var (name, content) in body.Map("files") ?? [])
        {
            files[name] = content.Text() ?? content.Write();
        }

        var environment = existing?.Environment.Copy() ?? [];
        foreach (var file in body["environment_files"].Texts())
        {
            Merge(environment, Environment(files.GetValueOrDefault(file)));
        }

        Merge(environment, Environment(body["environment"]));
        var template = body["template"] is { } given ? HotTemplate.ToObject(given)
            : body.Text("template_url") is { } url && files.TryGetValue(url, out var fetched) ? HotTemplate.ToObject(fetched)
            : existing?.Template
            ?? throw ApiFault.BadRequest("No template specified", "HTTPBadRequest");
        var parameters = existing?.Parameters.Copy() ?? [];
        foreach (var name in body["clear_parameters"].Texts())
        {
            parameters.Remove(name);
        }

        foreach (var (name, value) in environment.Map("parameters")?.Copy() ?? [])
        {
            parameters[name] = value?.DeepClone();
        }

        foreach (var (name, value) in body.Map("parameters") ?? [])
        {
            parameters[name] = value?.DeepClone();
        }

        // What an environment sets is a stack's parameter from here on; the sum of both is what a PATCH starts from.
        environment.Remove("parameters");
        return new StackDefinition(template.Copy(), parameters, environment, files);
    }

    public static List<string> Tags(JsonObject body) => body["tags"] switch
    {
        JsonArray list => [.. list.Texts()],
        var node when node.Text() is { Length: > 0 } text => [.. text.Split(',').Select(t => t.Trim()).Where(t => t.Length > 0)],
        _ => [],
    };

    public static int? Timeout(JsonObject body) => body["timeout_mins"] is not { } node ? null
        : node.Whole() is > 0 and <= int.MaxValue and var minutes ? (int)minutes
        : throw HeatFault.Validation($"Only integer is allowed for timeout_mins, and it must be above 0, not {node.Text()}");

    private static JsonObject Environment(JsonNode? node)
    {
        try
        {
            return node as JsonObject ?? (node.Text() is { Length: > 0 } text ? YamlReader.Read(text) as JsonObject : null) ?? [];
        }
        catch (YamlException e)
        {
            throw ApiFault.BadRequest($"Error parsing environment: {e.Message}", "HTTPBadRequest");
        }
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from)
        {
            if (value is JsonObject map && into[key] is JsonObject known)
            {
                Merge(known, map);
            }
            else
            {
                into[key] = value?.DeepClone();
            }
        }
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9_.-]{0,254}$")]
    private static partial Regex Name();
}
