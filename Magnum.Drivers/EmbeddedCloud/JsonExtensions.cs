using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud;

/// <summary>What reading and writing loosely typed JSON takes.</summary>
internal static class JsonExtensions
{
    /// <summary>How answers are written: readable, without escapes that JSON does not need.</summary>
    public static readonly JsonSerializerOptions Wire = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A scalar as text; null for null, objects and arrays.</summary>
    public static string? Text(this JsonNode? node)
    {
        if (node is not JsonValue value)
        {
            return null;
        }

        return value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.True => "True",
            JsonValueKind.False => "False",
            JsonValueKind.Null => null,
            _ => value.ToJsonString(),
        };
    }

    public static string? Text(this JsonObject? node, string key) => node?[key].Text();

    public static bool IsString(this JsonNode? node) => node is JsonValue value && value.GetValueKind() is JsonValueKind.String;

    public static bool IsNumber(this JsonNode? node) => node is JsonValue value && value.GetValueKind() is JsonValueKind.Number;

    public static bool? Flag(this JsonNode? node) => node.Text()?.ToUpperInvariant() switch
    {
        "TRUE" or "T" or "1" or "YES" or "Y" or "ON" => true,
        "FALSE" or "F" or "0" or "NO" or "N" or "OFF" => false,
        _ => null,
    };

    public static bool Flag(this JsonObject? node, string key, bool otherwise) => node?[key].Flag() ?? otherwise;

    public static long? Whole(this JsonNode? node) =>
        node.Text() is { } text && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number
        : node.Text() is { } real && double.TryParse(real, NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && d == Math.Floor(d) && Math.Abs(d) < 1e15 ? (long)d
        : null;

    public static int Whole(this JsonObject? node, string key, int otherwise) => (int)(node?[key].Whole() ?? otherwise);

    public static double? Real(this JsonNode? node) =>
        node.Text() is { } text && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static JsonObject? Map(this JsonObject? node, string key) => node?[key] as JsonObject;

    public static IEnumerable<JsonNode?> Items(this JsonNode? node) => node as JsonArray ?? Enumerable.Empty<JsonNode?>();

    public static IEnumerable<string> Texts(this JsonNode? node) => node.Items().Select(i => i.Text()).OfType<string>();

    public static JsonArray ToJson(this IEnumerable<string> texts) => [.. texts.Select(t => (JsonNode?)t)];

    public static JsonArray ToJson(this IEnumerable<JsonNode?> nodes) => [.. nodes];

    public static JsonArray ToJson(this IEnumerable<JsonObject> nodes) => [.. nodes.Select(n => (JsonNode?)n)];

    public static JsonObject ToJson(this IReadOnlyDictionary<string, string> map) =>
        new(map.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    public static string Write(this JsonNode? node) => node?.ToJsonString(Wire) ?? "null";

    /// <summary>As Python's <c>json.dumps</c> writes it, spaces and all: what Heat makes of maps and lists where a text is wanted.</summary>
    public static string Dumps(this JsonNode? node) => node switch
    {
        JsonObject map => "{" + string.Join(", ", map.Select(m => Quote(m.Key) + ": " + m.Value.Dumps())) + "}",
        JsonArray list => "[" + string.Join(", ", list.Select(i => i.Dumps())) + "]",
        _ when node.IsString() => Quote(node.Text()!),
        _ => node.Write(),
    };

    private static string Quote(string text) => string.Concat(((JsonNode)text).ToJsonString(Wire).Select(c => c < 127 ? c.ToString() : $"\\u{(int)c:x4}"));

    /// <summary>Seconds and a <c>Z</c>, as Nova, Neutron and Heat write a moment.</summary>
    public static string Stamp(this DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string? Stamp(this DateTimeOffset? moment) => moment?.Stamp();

    /// <summary>Microseconds, as Keystone writes a moment.</summary>
    public static string MicroStamp(this DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Microseconds without a zone, as Nova and Cinder write the moments of their extensions.</summary>
    public static string BareStamp(this DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
