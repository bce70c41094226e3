using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>The service's own words in an error body; each OpenStack service wraps them differently.</summary>
/// <param name="Message">A sentence, or null when the body has none.</param>
/// <param name="Type">The service's name for the error, such as <c>OverQuota</c>.</param>
internal sealed partial record CloudErrorBody(string? Message, string? Type)
{
    private const int LongestMessage = 1000;

    public static CloudErrorBody Parse(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body).Trim();
        if (text.Length == 0)
        {
            return new(null, null);
        }

        if (text[0] is '{' or '[')
        {
            try
            {
                using var document = JsonDocument.Parse(text);
                var (message, type) = FromJson(document.RootElement);
                return new(Cut(message), type);
            }
            catch (JsonException)
            {
                // Proxies cut bodies off: say what there is.
            }
        }

        return new(Cut(text.Contains("</", StringComparison.Ordinal) ? FromHtml(text) : text), null);
    }

    private static (string? Message, string? Type) FromJson(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return (null, null);
        }

        // identity, orchestration: error; network: NeutronError; the rest name the fault: badRequest, itemNotFound, computeFault.
        foreach (var wrapper in Preferred(root))
        {
            switch (wrapper.Value.ValueKind)
            {
                case JsonValueKind.Object when Text(wrapper.Value, "message") is { } message:
                    return (message, Text(wrapper.Value, "type") ?? wrapper.Name);
                case JsonValueKind.Array when wrapper.Name == "errors" && wrapper.Value.GetArrayLength() > 0:
                    return (Text(wrapper.Value[0], "detail") ?? Text(wrapper.Value[0], "title"), null);
                case JsonValueKind.String when wrapper.Name is "faultstring" or "message" or "error" or "NeutronError":
                    return (wrapper.Value.GetString(), null);
            }
        }

        return (Text(root, "explanation") ?? Text(root, "title"), null);
    }

    private static IEnumerable<JsonProperty> Preferred(JsonElement root) =>
        root.EnumerateObject().OrderBy(p => p.Name is "error" or "NeutronError" ? 0 : 1);

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string FromHtml(string html)
    {
        var body = Heading().Replace(Head().Replace(html, ""), "");
        var text = Space().Replace(WebUtility.HtmlDecode(Tag().Replace(body, " ")), " ").Trim();
        return text.Length > 0 ? text : Space().Replace(WebUtility.HtmlDecode(Tag().Replace(html, " ")), " ").Trim();
    }

    private static string? Cut(string? text)
    {
        // Glance puts line breaks of HTML into its JSON.
        text = text is null ? null : LineBreak().Replace(text, " ").Trim();
        return string.IsNullOrEmpty(text) ? null : text.Length <= LongestMessage ? text : string.Concat(text.AsSpan(0, LongestMessage), "…");
    }

    [GeneratedRegex("<(head|style|script)[^>]*>.*?</\\1>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Head();

    [GeneratedRegex("<h1[^>]*>.*?</h1>", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Heading();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();

    [GeneratedRegex("(<br */?>)+", RegexOptions.IgnoreCase)]
    private static partial Regex LineBreak();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
