using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Template;

/// <summary>Resolves HOT's intrinsic functions. A map of exactly one key that is a function's name is a call of it.</summary>
internal sealed partial class Resolver(IResolverScope scope)
{
    /// <summary>Whether something was asked that only an existing resource can tell.</summary>
    public bool Deferred { get; private set; }

    /// <summary>The node with all functions replaced by their values; the input is left as it is.</summary>
    public JsonNode? Resolve(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } call when Functions.TryGetValue(call.First().Key, out var function):
                return function(this, call.First().Value);
            case JsonObject map:
                return new JsonObject(map.Select(pair => KeyValuePair.Create(pair.Key, Resolve(pair.Value))));
            case JsonArray list:
                return new JsonArray([.. list.Select(Resolve)]);
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>A condition: a name, a literal or a function of conditions.</summary>
    public bool Test(JsonNode? node)
    {
        if (node is JsonValue value)
        {
            return value.IsString() ? scope.Condition(value.Text()!) : value.Flag() ?? throw Invalid("condition", "a boolean or the name of a condition is needed");
        }

        return node is JsonObject { Count: 1 } ? Resolve(node).Flag() ?? throw Invalid("condition", "the function does not give a boolean") : throw Invalid("condition", "it cannot be understood");
    }

    /// <summary>Walks into a value by keys and indexes; null when the way ends early.</summary>
    public static JsonNode? Walk(JsonNode? value, IEnumerable<string> path)
    {
        foreach (var step in path)
        {
            value = value switch
            {
                JsonObject map => map[step],
                JsonArray list => int.TryParse(step, out var index) && index >= -list.Count && index < list.Count ? list[index < 0 ? index + list.Count : index] : null,
                _ => null,
            };
        }

        return value;
    }

    private static Http.ApiFault Invalid(string function, string why) => HeatFault.Validation($"Invalid use of function \"{function}\": {why}");
}
