using System.Text.Json.Nodes;
using YamlDotNet.Core;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Template;

/// <summary>A resource as a template has it, its functions not yet resolved.</summary>
internal sealed record ResourceDefinition(string Name, string Type, JsonObject Body)
{
    public JsonObject Properties => Body.Map("properties") ?? [];

    public IReadOnlyList<string> DependsOn => Body["depends_on"] is JsonArray many ? [.. many.Texts()] : Body.Text("depends_on") is { } one ? [one] : [];

    public JsonNode? Condition => Body["condition"];

    public bool Retained => Body.Text("deletion_policy")?.ToUpperInvariant() is "RETAIN";
}

/// <summary>A HOT template that has been read: sections known, shapes right, nothing resolved.</summary>
internal sealed class HotTemplate
{
    private static readonly HashSet<string> Sections = ["heat_template_version", "description", "parameter_groups", "parameters", "resources", "outputs", "conditions"];
    private static readonly HashSet<string> Keys = ["type", "properties", "metadata", "depends_on", "deletion_policy", "update_policy", "description", "external_id", "condition"];
    private static readonly string[] Versions =
    [
        "2013-05-23", "2014-10-16", "2015-04-30", "2015-10-15", "2016-04-08", "2016-10-14", "2017-02-24", "2017-09-01", "2018-03-02", "2018-08-31", "2021-04-16",
        "newton", "ocata", "pike", "queens", "rocky", "wallaby",
    ];

    private HotTemplate(JsonObject source) => Source = source;

    public JsonObject Source { get; }

    public string Version => Source.Text("heat_template_version")!;

    public string Description => Source.Text("description") ?? "No description";

    public Dictionary<string, ParameterSchema> Parameters { get; } = [];

    public Dictionary<string, ResourceDefinition> Resources { get; } = [];

    public JsonObject Conditions => Source.Map("conditions") ?? [];

    public JsonObject Outputs => Source.Map("outputs") ?? [];

    /// <summary>A template sent as an object or as text; 400 when it is neither YAML nor JSON.</summary>
    public static JsonObject ToObject(JsonNode? node)
    {
        try
        {
            return node as JsonObject
                ?? (node.Text() is { } text ? YamlReader.Read(text) as JsonObject : null)
                ?? throw ApiTemplateError("The template is not a JSON object or YAML mapping.");
        }
        catch (YamlException e)
        {
            throw ApiTemplateError($"Template format error: {e.Message}");
        }
        catch (ArgumentException e)
        {
            throw ApiTemplateError($"Template format error: {e.Message}");
        }
    }

    public static HotTemplate Read(JsonObject source)
    {
        var template = new HotTemplate(source);
        if (source.Text("heat_template_version") is not { } version)
        {
            throw Http.ApiFault.BadRequest("The template version is invalid: Template version was not provided.", "InvalidTemplateVersion");
        }

        if (!Versions.Contains(version))
        {
            throw Http.ApiFault.BadRequest($"The template version is invalid: \"heat_template_version: {version}\". \"heat_template_version\" should be one of: {string.Join(", ", Versions)}", "InvalidTemplateVersion");
        }

        if (source.FirstOrDefault(s => !Sections.Contains(s.Key)).Key is { } odd)
        {
            throw Http.ApiFault.BadRequest($"The template section is invalid: {odd}", "InvalidTemplateSection");
        }

        foreach (var (name, node) in Section(source, "parameters"))
        {
            template.Parameters[name] = ParameterSchema.Read(name, node);
        }

        foreach (var (name, node) in Section(source, "resources"))
        {
            template.Resources[name] = ReadResource(name, node);
        }

        if (template.Parameters.Keys.Intersect(template.Resources.Keys).ToList() is { Count: > 0 } twice)
        {
            throw HeatFault.Validation($"Duplicate names {{{string.Join(", ", twice.Select(n => $"'{n}'"))}}}");
        }

        foreach (var (name, node) in Section(source, "outputs"))
        {
            if (node is not JsonObject output || !output.ContainsKey("value"))
            {
                throw HeatFault.Validation($"Each output must contain a value key. {name}");
            }
        }

        return template;
    }

    private static JsonObject Section(JsonObject source, string name) => source[name] switch
    {
        null => [],
        JsonObject section => section,
        _ => throw HeatFault.Validation($"\"{name}\" is not a valid map"),
    };

    private static ResourceDefinition ReadResource(string name, JsonNode? node)
    {
        if (node is not JsonObject body)
        {
            throw HeatFault.Validation($"The resource {name} is not a valid map");
        }

        if (body.FirstOrDefault(k => !Keys.Contains(k.Key)).Key is { } odd)
        {
            throw HeatFault.Validation($"\"{odd}\" is not a valid keyword inside a resource definition");
        }

        if (body["properties"] is not (null or JsonObject))
        {
            throw HeatFault.Validation($"resources.{name}: \"properties\" is not a valid map");
        }

        return body.Text("type") is { Length: > 0 } type
            ? new ResourceDefinition(name, type, body)
            : throw HeatFault.Validation($"Each resource must contain a type key. (resource {name})");
    }

    private static Http.ApiFault ApiTemplateError(string message) => Http.ApiFault.BadRequest(message, "TemplateFormatError");
}
