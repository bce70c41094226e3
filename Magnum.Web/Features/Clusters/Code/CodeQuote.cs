using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Magnum.Web.Features.Clusters.Code;

/// <summary>Text as each language writes it, so that nothing in it is taken for the language's own.</summary>
internal static class CodeQuote
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A word of a POSIX shell; control characters need <c>$'…'</c>, which Bash, Zsh and Ksh know.</summary>
    public static string Shell(string text)
    {
        if (text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,@%+".Contains(c, StringComparison.Ordinal)))
        {
            return text;
        }

        return text.Any(char.IsControl)
            ? $"$'{Escape(text, '\'', c => c > 0x7f ? $"\\u{(int)c:x4}" : $"\\x{(int)c:x2}")}'"
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    /// <summary>A string of JSON.</summary>
    public static string Json(string text) => JsonSerializer.Serialize(text, Readable);

    /// <summary>A string of Python.</summary>
    public static string Python(string text) => $"\"{Escape(text, '"', c => $"\\x{(int)c:x2}")}\"";

    /// <summary>A string of Terraform's language, in which <c>${</c> and <c>%{</c> begin a template.</summary>
    public static string Terraform(string text)
    {
        var escaped = Escape(text, '"', c => $"\\u{(int)c:x4}");
        foreach (var sign in "$%")
        {
            // Where another sign stands before, doubling would be read in more than one way.
            escaped = escaped
                .Replace($"{sign}{sign}{{", string.Create(CultureInfo.InvariantCulture, $"{sign}\\u{(int)sign:x4}{{"), StringComparison.Ordinal)
                .Replace($"{sign}{{", $"{sign}{sign}{{", StringComparison.Ordinal);
        }

        return $"\"{escaped}\"";
    }

    private static string Escape(string text, char quote, Func<char, string> control)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => escaped.Append("\\\\"),
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ when c == quote => escaped.Append('\\').Append(quote),
                _ when char.IsControl(c) => escaped.Append(control(c)),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }
}
