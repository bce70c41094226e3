using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Unicode;

namespace Magnum.Web.Api.Input;

/// <summary>
/// A body's JSON as plain values: null, <see cref="bool"/>, <see cref="string"/>, <see cref="long"/> or <see cref="BigInteger"/>,
/// <see cref="double"/>, <see cref="List{T}"/>, and <see cref="OrderedDictionary{TKey, TValue}"/> for objects, as sent and in the order sent.
/// </summary>
internal static class JsonValues
{
    /// <summary>Reads a whole text; false when it is no JSON, too deep, or holds text that is no Unicode.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, int maxDepth, out object? value)
    {
        value = null;
        if (!Utf8.IsValid(utf8.Span))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = maxDepth });
            value = Of(document.RootElement);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)   // the latter: an escaped half of a surrogate pair
        {
            return false;
        }
    }

    private static object? Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => Number(element),
        JsonValueKind.Array => element.EnumerateArray().Select(Of).ToList(),
        JsonValueKind.Object => Object(element),
        _ => null,
    };

    private static object Number(JsonElement element)
    {
        var text = element.GetRawText();
        return text.AsSpan().ContainsAny('.', 'e', 'E')
            ? double.Parse(text, CultureInfo.InvariantCulture)
            : Integer(text);
    }

    /// <summary>An integer of any size. Digits beyond all reason are not worth their quadratic cost: they become a float, which no field takes.</summary>
    public static object Integer(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var small) ? small
        : text.Length <= 100 ? BigInteger.Parse(text, CultureInfo.InvariantCulture)
        : double.Parse(text, CultureInfo.InvariantCulture);

    private static OrderedDictionary<string, object?> Object(JsonElement element)
    {
        var members = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            members[member.Name] = Of(member.Value);
        }

        return members;
    }
}
