using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Template;

/// <summary>What the functions of a template look things up in.</summary>
internal interface IResolverScope
{
    /// <summary>Values of parameters, pseudo parameters included.</summary>
    JsonObject Parameters { get; }

    /// <summary>What <c>get_resource</c> gives; null while the resource does not exist.</summary>
    JsonNode? Reference(string resource);

    /// <summary>What <c>get_attr</c> gives; null while the resource does not exist.</summary>
    JsonNode? Attribute(string resource, string attribute, IReadOnlyList<string> path);

    bool Condition(string name);

    string? File(string name);
}
