using System.Collections;
using System.Globalization;
using System.Text;

namespace Magnum.Web.Api.Input;

/// <summary>Values as Python writes them: users of Magnum know its messages so, and label values are stored so.</summary>
internal static class PythonText
{
    private const int Longest = 400;

    /// <summary>As <c>str()</c>: <c>True</c>, <c>None</c>, text without quotes. Cut when long.</summary>
    public static string Str(object? value) => Cut(value is string text ? text : Repr(value));

    /// <summary>As <c>repr()</c>: text in quotes. Cut when long.</summary>
    public static string Repr(object? value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return Cut(text.ToString());
    }

    /// <summary>A number or boolean as text, not cut: what becomes of a label's value.</summary>
    public static string Scalar(object value) => value switch
    {
        bool b => b ? "True" : "False",
        double d => Float(d),
        string s => s,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("None");
                break;
            case string s:
                Quote(text, s);
                break;
            case OrderedDictionary<string, object?> members:
                Members(text, members.Select(m => (m.Key, m.Value)));
                break;
            case IReadOnlyDictionary<string, string> members:
                Members(text, members.Select(m => (m.Key, (object?)m.Value)));
                break;
            case IEnumerable items:
                text.Append('[');
                var first = true;
                foreach (var item in items)
                {
                    text.Append(first ? "" : ", ");
                    first = false;
                    Write(text, item);
                }

                text.Append(']');
                break;
            default:
                text.Append(Scalar(value));
                break;
        }
    }

    private static void Members(StringBuilder text, IEnumerable<(string Key, object? Value)> members)
    {
        text.Append('{');
        var first = true;
        foreach (var (key, value) in members)
        {
            text.Append(first ? "" : ", ");
            first = false;
            Quote(text, key);
            text.Append(": ");
            Write(text, value);
        }

        text.Append('}');
    }

    private static void Quote(StringBuilder text, string value)
    {
        var quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\t' => text.Append(@"\t"),
                _ when c == quote => text.Append('\\').Append(c),
                _ when char.IsControl(c) => text.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => text.Append(c),
            };
        }

        text.Append(quote);
    }

    private static string Float(double value) => value switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        _ when Math.Abs(value) < 1e16 && Math.Floor(value) == value => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal),
    };

    private static string Cut(string text) => text.Length <= Longest ? text : text[..Longest] + "…";
}
