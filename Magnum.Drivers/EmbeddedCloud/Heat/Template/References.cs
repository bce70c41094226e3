using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Template;

/// <summary>Finds which resources a part of a template speaks of.</summary>
internal static class References
{
    /// <summary>Every <c>get_resource</c> and <c>get_attr</c> in the node, with where it stands; branches of <c>if</c> not taken count too, as they do for Heat.</summary>
    public static IEnumerable<(string Resource, string? Attribute, string Where)> In(JsonNode? node, string where)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } call when call.First() is { Key: "get_resource", Value: JsonValue name } && name.IsString():
                yield return (name.Text()!, null, where);
                break;
            case JsonObject { Count: 1 } call when call.First() is { Key: "get_attr", Value: JsonArray { Count: > 0 } path } && path[0].IsString():
                yield return (path[0].Text()!, path.Count > 1 && path[1].IsString() ? path[1].Text() : null, where);
                foreach (var inner in path.Skip(1).SelectMany(p => In(p, where)))
                {
                    yield return inner;
                }

                break;
            case JsonObject map:
                foreach (var inner in map.SelectMany(p => In(p.Value, Resolver.IsFunction(p.Key) ? where : $"{where}.{p.Key}")))
                {
                    yield return inner;
                }

                break;
            case JsonArray list:
                foreach (var inner in list.SelectMany((item, index) => In(item, $"{where}[{index}]")))
                {
                    yield return inner;
                }

                break;
        }
    }
}
