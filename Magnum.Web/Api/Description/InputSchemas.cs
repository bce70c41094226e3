using System.Text.Json.Nodes;
using Magnum.Web.Api.Input;
using Magnum.Web.Features.NodeGroups;

namespace Magnum.Web.Api.Description;

/// <summary>JSON Schemas of what the API takes, made of the fields by which bodies are read.</summary>
internal static class InputSchemas
{
    /// <summary>A JSON Patch as Magnum takes it.</summary>
    public static JsonObject Patch => new()
    {
        ["type"] = "array",
        ["items"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["op"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("add", "replace", "remove") },
                ["path"] = new JsonObject { ["type"] = "string", ["pattern"] = @"^(/[\w-]+)+$" },
                ["value"] = new JsonObject { ["description"] = "Text, an integer or a boolean; maps as JSON or as the text of a Python literal." },
            },
            ["required"] = new JsonArray("op", "path"),
        },
    };

    /// <summary>A body of fields.</summary>
    public static JsonObject Of(ResourceSchema schema)
    {
        var properties = new JsonObject();
        foreach (var field in schema.Fields)
        {
            properties[field.Name] = Of(field);
        }

        var body = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (schema.Fields.Where(f => f.Mandatory).Select(f => (JsonNode?)f.Name).ToArray() is { Length: > 0 } mandatory)
        {
            body["required"] = new JsonArray(mandatory);
        }

        return body;
    }

    private static JsonObject Of(Field field)
    {
        var node = Of(field.Type);
        if (!field.Mandatory && node["type"] is JsonValue type)
        {
            node["type"] = new JsonArray(type.DeepClone(), "null");   // null: not given
            if (node["enum"] is JsonArray words)
            {
                words.Add(null);
            }
        }

        if (field.ReadOnly)
        {
            node["readOnly"] = true;
        }

        if (field.Default is { } value)
        {
            node["default"] = JsonValue.Create(value);
        }

        return node;
    }

    private static JsonObject Of(FieldType type)
    {
        switch (type)
        {
            case TextType text:
                var node = new JsonObject { ["type"] = "string", ["minLength"] = text.EmptyIsNull ? 0 : text.Minimum, ["maxLength"] = text.Maximum };
                if (text is { Pattern: { } pattern, EmptyIsNull: false })
                {
                    node["pattern"] = pattern.ToString();
                }

                return node;
            case IntegerType integer:
                return new JsonObject
                {
                    ["type"] = "integer",
                    ["minimum"] = integer.Minimum,
                    ["maximum"] = integer.Maximum,
                    ["description"] = "The same number as text is taken, too.",
                };
            case BooleanType:
                return new JsonObject { ["type"] = "boolean", ["description"] = "The words that Python's tools take for one are taken, too." };
            case EnumType words:
                return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. words.Choices.Select(c => (JsonNode?)c)]) };
            case UuidType:
                return new JsonObject { ["type"] = "string", ["format"] = "uuid" };
            case MapType map:
                return new JsonObject
                {
                    ["type"] = "object",
                    ["additionalProperties"] = new JsonObject { ["type"] = map.Strict ? "string" : new JsonArray("string", "number", "boolean") },
                };
            case TextListType:
                return new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } };
            case TaintListType:
                return new JsonObject
                {
                    ["type"] = "array",
                    ["items"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["properties"] = new JsonObject
                        {
                            ["key"] = new JsonObject { ["type"] = "string" },
                            ["value"] = new JsonObject { ["type"] = new JsonArray("string", "null") },
                            ["effect"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. TaintListType.Effects.Select(e => (JsonNode?)e)]) },
                        },
                        ["required"] = new JsonArray("key", "effect"),
                    },
                };
            default:
                return new JsonObject { ["description"] = "Taken and ignored: the server assigns it." };
        }
    }
}
