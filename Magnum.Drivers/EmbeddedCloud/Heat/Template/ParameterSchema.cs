using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Template;

/// <summary>A parameter of a template: its type, default and constraints.</summary>
internal sealed class ParameterSchema
{
    private ParameterSchema(string name, string type, JsonObject body)
    {
        Name = name;
        Type = type;
        Body = body;
    }

    public string Name { get; }

    /// <summary><c>string</c>, <c>number</c>, <c>boolean</c>, <c>json</c> or <c>comma_delimited_list</c>.</summary>
    public string Type { get; }

    public JsonObject Body { get; }

    public bool Hidden => Body.Flag("hidden", false);

    public bool HasDefault => Body.ContainsKey("default");

    public static ParameterSchema Read(string name, JsonNode? node)
    {
        if (node is not JsonObject body || body.Text("type") is not { } type)
        {
            throw HeatFault.Validation($"Missing parameter type for parameter: {name}");
        }

        return type is "string" or "number" or "boolean" or "json" or "comma_delimited_list"
            ? new ParameterSchema(name, type, body)
            : throw HeatFault.Validation($"Invalid type ({type})");
    }

    /// <summary>The value in its own type; refuses what is not of it, or breaks a constraint.</summary>
    public JsonNode? Convert(JsonNode? given)
    {
        var value = Type switch
        {
            "string" => given is JsonObject or JsonArray ? given.Dumps() : given.Text() is { } text ? (JsonNode)text : null,
            "number" => Number(given),
            "boolean" => given.Flag() ?? throw HeatFault.ParameterInvalid(Name, $"Unrecognized value '{given.Text()}', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'"),
            "json" => Json(given),
            _ => given is JsonArray list ? list.DeepClone() : given.Text() is { Length: > 0 } joined ? joined.Split(',').Select(s => s.Trim()).ToJson() : new JsonArray(),
        };
        foreach (var constraint in Body["constraints"].Items().OfType<JsonObject>())
        {
            Check(constraint, value);
        }

        return value;
    }

    /// <summary>Custom constraints by name, for the engine to look up in the cloud.</summary>
    public IEnumerable<string> CustomConstraints => Body["constraints"].Items().OfType<JsonObject>().Select(c => c.Text("custom_constraint")).OfType<string>();

    private JsonNode Number(JsonNode? given)
    {
        var text = given.Text();
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) ? real
            : throw HeatFault.ParameterInvalid(Name, $"Value '{text}' is not a number: could not convert string to float: '{text}'");
    }

    private JsonNode? Json(JsonNode? given)
    {
        if (given is JsonObject or JsonArray)
        {
            return given.DeepClone();
        }

        try
        {
            return given.Text() is { Length: > 0 } text ? JsonNode.Parse(text) : new JsonObject();
        }
        catch (JsonException)
        {
            try
            {
                return YamlReader.Read(given.Text()!) as JsonObject ?? throw HeatFault.ParameterInvalid(Name, "Value must be valid JSON");
            }
            catch (YamlException)
            {
                throw HeatFault.ParameterInvalid(Name, "Value must be valid JSON");
            }
        }
    }

    private void Check(JsonObject constraint, JsonNode? value)
    {
        var said = constraint.Text("description");
        if (constraint["allowed_values"] is JsonArray allowed)
        {
            var values = value is JsonArray many ? many.Texts() : [value.Text() ?? ""];
            if (values.FirstOrDefault(v => !allowed.Texts().Contains(v)) is { } odd)
            {
                throw HeatFault.ParameterInvalid(Name, said ?? $"\"{odd}\" is not an allowed value [{string.Join(", ", allowed.Texts())}]");
            }
        }

        if (constraint.Map("range") is { } range && value.Real() is { } number && (number < range["min"].Real() || number > range["max"].Real()))
        {
            throw HeatFault.ParameterInvalid(Name, said ?? $"{value.Text()} is out of range (min: {range.Text("min") ?? "None"}, max: {range.Text("max") ?? "None"})");
        }

        var length = value switch { JsonArray array => array.Count, JsonObject map => map.Count, _ => value.Text()?.Length ?? 0 };
        if (constraint.Map("length") is { } size && (length < size["min"].Whole() || length > size["max"].Whole()))
        {
            throw HeatFault.ParameterInvalid(Name, said ?? $"length ({length}) is out of range (min: {size.Text("min") ?? "None"}, max: {size.Text("max") ?? "None"})");
        }

        if (constraint.Text("allowed_pattern") is { } pattern && !Regex.IsMatch(value.Text() ?? "", $"^(?:{pattern})$", RegexOptions.None, TimeSpan.FromSeconds(1)))
        {
            throw HeatFault.ParameterInvalid(Name, said ?? $"\"{value.Text()}\" does not match pattern \"{pattern}\"");
        }

        if (constraint.Map("modulo") is { } modulo && value.Whole() is { } n && n % modulo.Whole("step", 1) != modulo.Whole("offset", 0))
        {
            throw HeatFault.ParameterInvalid(Name, said ?? $"{n} is not a multiple of {modulo.Text("step")} with an offset of {modulo.Text("offset")}");
        }
    }
}
