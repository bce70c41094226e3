using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.Engine;
using Magnum.Drivers.EmbeddedCloud.Heat.Template;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

/// <summary>How one type of resource is made, changed and removed. All of it is called under the cloud's lock.</summary>
internal abstract class ResourceType(string name, params Property[] properties)
{
    public string Name { get; } = name;

    public virtual IReadOnlyList<Property> Properties { get; } = properties;

    /// <summary>Attributes that templates may ask for, beside <c>show</c>.</summary>
    public virtual IReadOnlyList<string> Attributes => [];

    /// <summary>Whether any property is taken.</summary>
    public virtual bool Open => false;

    public virtual TimeSpan CreateTime => TimeSpan.FromSeconds(1);

    public virtual TimeSpan UpdateTime => TimeSpan.FromSeconds(1);

    public virtual TimeSpan DeleteTime => TimeSpan.FromSeconds(0.7);

    /// <summary>Whether one that is not done yet is asked again and again; otherwise it wakes its stack.</summary>
    public virtual bool IsPolled => true;

    public virtual bool HasAttribute(string attribute) => attribute is "show" || Attributes.Contains(attribute);

    /// <summary>Resources that must come first without being named, such as a router interface before a floating IP.</summary>
    public virtual IEnumerable<string> ImplicitRequirements(ResourceDefinition resource, StackModel model) => [];

    /// <summary>What only this type can tell to be wrong; properties that depend on other resources are not there yet.</summary>
    public virtual void Validate(ResourceContext context, JsonObject given)
    {
    }

    /// <summary>Begins to make it; sets the physical id.</summary>
    public abstract void Create(ResourceContext context);

    /// <summary>Looked at when its time is up; false to look again soon.</summary>
    public virtual bool IsCreated(ResourceContext context) => true;

    /// <summary>Whether it must be updated though its properties are the same.</summary>
    public virtual bool NeedsUpdate(ResourceContext context) => false;

    /// <summary>Whether these properties can change without a replacement.</summary>
    public virtual bool CanUpdate(ResourceContext context, IReadOnlyCollection<string> changed) =>
        changed.All(name => Properties.FirstOrDefault(p => p.Name == name)?.Live is true);

    /// <summary>Whether one whose creation failed is updated, not replaced.</summary>
    public virtual bool SurvivesFailure(ResourceContext context) => false;

    /// <summary>Begins to change it; the row has the new properties already.</summary>
    public virtual void Update(ResourceContext context, JsonObject before)
    {
    }

    public virtual bool IsUpdated(ResourceContext context) => true;

    /// <summary>The old one of a replacement lets go of what the new one needs.</summary>
    public virtual void PrepareReplacement(ResourceContext context)
    {
    }

    /// <summary>Begins to remove it; one that is gone is no error.</summary>
    public virtual void Delete(ResourceContext context)
    {
    }

    public virtual bool IsDeleted(ResourceContext context) => true;

    /// <summary>Whether what it made is not there any more.</summary>
    public virtual bool IsGone(ResourceContext context) => false;

    public virtual JsonNode? Reference(ResourceContext context) => context.Row.PhysicalId;

    public JsonNode? ReadAttribute(ResourceContext context, string attribute, IReadOnlyList<string> path) =>
        attribute.Length == 0 ? AllAttributes(context) : Resolver.Walk(Attribute(context, attribute), path);

    public JsonObject AllAttributes(ResourceContext context) =>
        new(Attributes.Select(a => KeyValuePair.Create(a, Attribute(context, a)?.DeepClone())));

    /// <summary>Values in their types, defaults filled in; what does not fit is left for <see cref="Check"/>.</summary>
    public virtual JsonObject Coerce(JsonObject given)
    {
        foreach (var property in Properties)
        {
            if (given[property.Name] is not { } value)
            {
                if (property.Default is not null)
                {
                    given[property.Name] = property.Default.DeepClone();
                }

                continue;
            }

            given[property.Name] = property.Type switch
            {
                PropertyType.Text when value is JsonValue && !value.IsString() => value.Text(),
                PropertyType.Number when value.Whole() is { } whole => whole,
                PropertyType.Number when value.Real() is { } real => real,
                PropertyType.Flag when value.Flag() is { } flag => flag,
                PropertyType.List when value.IsString() => value.Text()!.Length == 0 ? new JsonArray() : value.Text()!.Split(',').Select(s => s.Trim()).ToJson(),
                _ => value.DeepClone(),
            };
        }

        return given;
    }

    /// <summary>Refuses unknown and missing properties, and values that do not fit.</summary>
    public virtual void Check(ResourceContext context, JsonObject given, IReadOnlySet<string> deferred)
    {
        var path = $"resources.{context.Row.Name}.properties";
        if (!Open && given.FirstOrDefault(g => Properties.All(p => p.Name != g.Key)).Key is { } odd)
        {
            throw HeatFault.Property(path, $"Unknown Property {odd}");
        }

        foreach (var property in Properties)
        {
            if (deferred.Contains(property.Name))
            {
                continue;
            }

            if (given[property.Name] is not { } value)
            {
                if (property.Required)
                {
                    throw HeatFault.Property(path, $"Property {property.Name} not assigned");
                }

                continue;
            }

            CheckValue(context, property, value, $"{path}.{property.Name}");
        }

        Validate(context, given);
    }

    /// <summary>Null when the resource is there and has no such attribute.</summary>
    protected virtual JsonNode? Attribute(ResourceContext context, string attribute) => null;

    private static void CheckValue(ResourceContext context, Property property, JsonNode value, string path)
    {
        var fits = property.Type switch
        {
            PropertyType.Text => value is JsonValue,
            PropertyType.Number => value.IsNumber(),
            PropertyType.Flag => value.Flag() is not null,
            PropertyType.List => value is JsonArray,
            PropertyType.Map => value is JsonObject,
            _ => true,
        };
        if (!fits)
        {
            throw HeatFault.Property(path, property.Type switch
            {
                PropertyType.Text => "Value must be a string",
                PropertyType.Number => $"Value '{value.Text() ?? value.Write()}' is not an integer",
                PropertyType.Flag => $"\"{value.Text()}\" is not a valid boolean",
                PropertyType.List => $"\"{value.Text() ?? value.Write()}\" is not a list",
                _ => $"\"{value.Text() ?? value.Write()}\" is not a map",
            });
        }

        if (property.Allowed.Count > 0 && !property.Allowed.Contains(value.Text() ?? ""))
        {
            throw HeatFault.Property(path, $"\"{value.Text()}\" is not an allowed value [{string.Join(", ", property.Allowed)}]");
        }

        if (property.Constraint is { } constraint && value.Text() is { Length: > 0 } text && CustomConstraints.WhyNot(constraint, text, context.Cloud, context.Owner) is { } why)
        {
            throw HeatFault.Property(path, $"Error validating value '{text}': {why}");
        }
    }
}
