using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

internal enum PropertyType
{
    Text,
    Number,
    Flag,
    List,
    Map,
    Any,
}

/// <summary>A property of a resource type.</summary>
/// <param name="Live">Whether a change of it leaves the resource in place.</param>
/// <param name="Constraint">A custom constraint, such as <c>nova.flavor</c>: the value must exist in the cloud.</param>
internal sealed record Property(string Name, PropertyType Type = PropertyType.Text, bool Required = false, bool Live = false, string? Constraint = null, JsonNode? Default = null)
{
    public IReadOnlyList<string> Allowed { get; init; } = [];

    public static Property Text(string name) => new(name);

    public static Property Number(string name) => new(name, PropertyType.Number);

    public static Property Flag(string name) => new(name, PropertyType.Flag);

    public static Property List(string name) => new(name, PropertyType.List);

    public static Property Map(string name) => new(name, PropertyType.Map);

    public static Property Any(string name) => new(name, PropertyType.Any);

    public Property Needed() => this with { Required = true };

    public Property Updatable() => this with { Live = true };

    public Property Exists(string constraint) => this with { Constraint = constraint };

    public Property Or(JsonNode value) => this with { Default = value };

    public Property OneOf(params string[] values) => this with { Allowed = values };
}
