using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Engine;

/// <summary>Which resource types there are, and what an environment's <c>resource_registry</c> makes of a type's name.</summary>
internal static class TypeRegistry
{
    public static IReadOnlyDictionary<string, ResourceType> Types { get; } = BuiltIn.All.ToDictionary(t => t.Name);

    /// <summary>The type for a resource; 400 when there is none.</summary>
    public static ResourceType Resolve(string type, string resource, JsonObject environment, Func<string, string?> file)
    {
        var registry = environment.Map("resource_registry") ?? [];
        var seen = new HashSet<string>();
        while (seen.Add(type) && Mapped(registry, resource, type) is { } next)
        {
            type = next;
        }

        if (Types.TryGetValue(type, out var found))
        {
            return found;
        }

        return IsTemplate(type) && (file(type) ?? file(registry.Text("base_url") + type)) is { } text
            ? new TemplateResource(type, text)
            : throw HeatFault.Validation(IsTemplate(type) && type.Contains("://", StringComparison.Ordinal)
                ? $"Could not fetch remote template \"{type}\": it is not among the files sent."
                : $"The Resource Type ({type}) could not be found.");
    }

    private static bool IsTemplate(string type) =>
        type.EndsWith(".yaml", StringComparison.Ordinal) || type.EndsWith(".yml", StringComparison.Ordinal) || type.EndsWith(".template", StringComparison.Ordinal) || type.EndsWith(".json", StringComparison.Ordinal);

    private static string? Mapped(JsonObject registry, string resource, string type)
    {
        foreach (var scope in new[] { registry.Map("resources")?.Map(resource), registry })
        {
            if (scope?.Text(type) is { } exact)
            {
                return exact == type ? null : exact;
            }
        }

        foreach (var (pattern, target) in registry)
        {
            if (pattern.EndsWith('*') && type.StartsWith(pattern[..^1], StringComparison.Ordinal) && target.Text() is { } mapped)
            {
                return mapped.EndsWith('*') ? mapped[..^1] + type[(pattern.Length - 1)..] : mapped;
            }
        }

        return null;
    }
}
