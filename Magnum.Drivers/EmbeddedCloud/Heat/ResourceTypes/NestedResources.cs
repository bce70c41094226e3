using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Heat.Template;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>A template used as a type: its parameters are the properties, its outputs the attributes.</summary>
internal sealed class TemplateResource(string name, string text) : StackResource(name)
{
    private readonly JsonObject _template = text.Length == 0 ? [] : HotTemplate.ToObject(text);

    public override bool Open => true;

    public override bool HasAttribute(string attribute) => attribute is "show" or "" || attribute.StartsWith("resource.", StringComparison.Ordinal) || _template.Map("outputs")?.ContainsKey(attribute) is true;

    public override IReadOnlyList<string> Attributes => [.. _template.Map("outputs")?.Select(o => o.Key) ?? []];

    public override void Check(ResourceContext context, JsonObject given, IReadOnlySet<string> deferred)
    {
        var template = HotTemplate.Read(_template);
        var path = $"resources.{context.Row.Name}.properties";
        if (given.FirstOrDefault(g => !template.Parameters.ContainsKey(g.Key)).Key is { } odd)
        {
            throw HeatFault.Property(path, $"Unknown Property {odd}");
        }

        if (template.Parameters.Values.FirstOrDefault(p => !p.HasDefault && given[p.Name] is null && !deferred.Contains(p.Name)) is { } missing)
        {
            throw HeatFault.Property(path, $"Property {missing.Name} not assigned");
        }

        if (deferred.Count == 0)
        {
            // The stack that this is in may be on trial itself, and not be found by its id yet: its files go along.
            var trial = new StackDefinition(_template, given, EnvironmentFor(context), context.Cloud.Heat.FilesOf(context.Stack, context.Stack.Definition));
            context.Cloud.Heat.Validate(NewChild(context, trial), trial);
        }
    }

    /// <summary>The stack, or what its template names by the output <c>OS::stack_id</c>.</summary>
    public override JsonNode? Reference(ResourceContext context) => Output(context, "OS::stack_id") ?? context.Row.PhysicalId;

    protected override StackDefinition Definition(ResourceContext c) => new(_template.Copy(), c.Properties.Copy(), EnvironmentFor(c), []);

    protected override JsonNode? Attribute(ResourceContext c, string attribute) => attribute.StartsWith("resource.", StringComparison.Ordinal)
        ? ResourceOf(c, attribute["resource.".Length..])
        : Output(c, attribute);

    private static JsonNode? ResourceOf(ResourceContext c, string rest)
    {
        var parts = rest.Split('.', 2);
        var child = Child(c);
        return child is null ? null
            : parts.Length == 1 ? c.Cloud.Heat.ModelOf(child).Reference(parts[0])
            : c.Cloud.Heat.ModelOf(child).Attribute(parts[0], parts[1], []);
    }
}

/// <summary>A stack given in full as a property.</summary>
internal sealed class NestedStackResource() : StackResource(
    "OS::Heat::Stack", Property.Any("template").Needed().Updatable(), Property.Map("parameters").Updatable(), Property.Number("timeout").Updatable(), Property.Map("context").Updatable())
{
    public override IReadOnlyList<string> Attributes => ["stack_name", "outputs"];

    protected override StackDefinition Definition(ResourceContext c) =>
        new(HotTemplate.ToObject(c.Properties["template"]).Copy(), c.Properties.Map("parameters")?.Copy() ?? [], EnvironmentFor(c), []);

    protected override JsonNode? Attribute(ResourceContext c, string attribute) => Child(c) is not { } child ? null
        : attribute is "stack_name" ? child.Name
        : new JsonObject(c.Cloud.Heat.ModelOf(child).Template.Outputs.Select(o => KeyValuePair.Create(o.Key, c.Cloud.Heat.OutputOf(child, o.Key)?.DeepClone())));
}
