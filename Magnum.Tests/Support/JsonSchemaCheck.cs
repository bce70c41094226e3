using System.Text.Json;

namespace Magnum.Tests.Support;

/// <summary>Checks values against the JSON Schemas of an OpenAPI document, as far as that document uses them. What a schema does not name is wrong.</summary>
internal sealed class JsonSchemaCheck(JsonElement document)
{
    /// <summary>What is wrong; empty when nothing is.</summary>
    public IReadOnlyList<string> Check(JsonElement value, JsonElement schema, string at = "$")
    {
        var problems = new List<string>();
        Check(value, schema, at, problems);
        return problems;
    }

    /// <summary>What a reference within the document stands for.</summary>
    public JsonElement Resolve(JsonElement node)
    {
        while (node.TryGetProperty("$ref", out var reference))
        {
            var target = document;
            foreach (var part in reference.GetString()!["#/".Length..].Split('/'))
            {
                target = target.GetProperty(part);
            }

            node = target;
        }

        return node;
    }

    private void Check(JsonElement value, JsonElement schema, string at, List<string> problems)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("anyOf", out var choices))
        {
            if (!choices.EnumerateArray().Any(c => Check(value, c, at).Count == 0))
            {
                problems.Add($"{at} is none of the choices: {value.GetRawText()}");
            }

            return;
        }

        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(t => Is(value, t)))
        {
            problems.Add($"{at} is {value.ValueKind}, not {type.GetRawText()}");
            return;
        }

        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(w => JsonElement.DeepEquals(w, value)))
        {
            problems.Add($"{at} is {value.GetRawText()}, not one of {words.GetRawText()}");
        }

        if (value.ValueKind == JsonValueKind.String && schema.TryGetProperty("format", out var format))
        {
            var fits = format.GetString() switch
            {
                "uuid" => value.TryGetGuid(out _),
                "date-time" => value.TryGetDateTimeOffset(out _),
                "uri" => Uri.TryCreate(value.GetString(), UriKind.Absolute, out _),
                _ => false,
            };
            if (!fits)
            {
                problems.Add($"{at} is no {format}: {value.GetRawText()}");
            }
        }

        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                Check(item, items, $"{at}[{index}]", problems);
            }
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            CheckMembers(value, schema, at, problems);
        }
    }

    private void CheckMembers(JsonElement value, JsonElement schema, string at, List<string> problems)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            problems.AddRange(required.EnumerateArray().Where(r => !value.TryGetProperty(r.GetString()!, out _)).Select(r => $"{at}.{r} is missing"));
        }

        foreach (var member in value.EnumerateObject())
        {
            if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(member.Name, out var property))
            {
                Check(member.Value, property, $"{at}.{member.Name}", problems);
            }
            else if (schema.TryGetProperty("additionalProperties", out var other) && other.ValueKind == JsonValueKind.Object)
            {
                Check(member.Value, other, $"{at}.{member.Name}", problems);
            }
            else
            {
                problems.Add($"{at}.{member.Name} is not in the schema");
            }
        }
    }

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];

    private static bool Is(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        "number" => value.ValueKind == JsonValueKind.Number,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => false,
    };
}
