using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Magnum.Web.Api.Description;

/// <summary>JSON Schemas of what the API answers, made of the very contracts by which the answers are written.</summary>
internal static class AnswerSchemas
{
    /// <summary>The component's name: that of the contract without the words that say that it is one.</summary>
    public static string NameOf(JsonTypeInfo contract)
    {
        var name = contract.Type.Name;
        name = name.EndsWith("View", StringComparison.Ordinal) ? name[..^4] : name;
        return name.EndsWith("List", StringComparison.Ordinal) && name != contract.Type.Name ? $"{name[..^4]}Summary" : name;
    }

    /// <summary>The whole schema, as the component of this name.</summary>
    public static JsonNode Of(JsonTypeInfo contract, string name)
    {
        var schema = contract.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = Complete,
        });
        Rebase(schema, $"#/components/schemas/{name}");
        return schema;
    }

    /// <summary>A type that is there several times is written once and pointed to from the schema's root, which is not the document's.</summary>
    private static void Rebase(JsonNode? node, string root)
    {
        switch (node)
        {
            case JsonObject members:
                if (members["$ref"] is JsonValue pointer)
                {
                    members["$ref"] = root + pointer.GetValue<string>()["#".Length..];
                }

                foreach (var (_, member) in members)
                {
                    Rebase(member, root);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Rebase(item, root);
                }

                break;
            default:
                break;
        }
    }

    private static JsonNode Complete(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (schema is not JsonObject node)
        {
            return schema;
        }

        if (AttributeOf<WordsAttribute>(context.PropertyInfo) is { } words)
        {
            var nullable = node["type"] is JsonArray;
            node["enum"] = new JsonArray([.. words.Words.Select(w => (JsonNode?)w), .. nullable ? new JsonNode?[] { null } : []]);
        }

        if (AttributeOf<SinceAttribute>(context.PropertyInfo) is { } since)
        {
            node["x-openstack-microversion"] = new JsonObject { ["min"] = since.Version.ToString() };
        }

        if (node["properties"] is JsonObject properties)
        {
            CompleteObject(context.TypeInfo, node, properties);
        }

        return node;
    }

    private static void CompleteObject(JsonTypeInfo type, JsonObject node, JsonObject properties)
    {
        var required = new JsonArray();
        foreach (var property in type.Properties.Where(p => properties.ContainsKey(p.Name)))
        {
            if (AttributeOf<SinceAttribute>(property) is { Formerly: { } former } since)
            {
                var old = properties[property.Name]!.DeepClone();
                old["x-openstack-microversion"] = new JsonObject { ["max"] = $"1.{since.Version.Minor - 1}" };
                properties[former] = old;
            }
            else if (AttributeOf<JsonIgnoreAttribute>(property) is null)
            {
                required.Add(property.Name);   // fields without a value are there, as null
            }
        }

        node.Remove("required");
        node["required"] = required;
    }

    private static TAttribute? AttributeOf<TAttribute>(JsonPropertyInfo? property)
        where TAttribute : Attribute =>
        property?.AttributeProvider?.GetCustomAttributes(typeof(TAttribute), inherit: true).OfType<TAttribute>().FirstOrDefault();
}
