using System.Globalization;
using System.Text;

namespace Magnum.Web.Api.Input;

/// <summary>
/// Reads what <c>ast.literal_eval</c> reads of Python's dictionaries, lists, tuples, text, numbers and constants, and JSON, which
/// differs in its constants alone: clients send maps in patches as such text. Values are those of <see cref="JsonValues"/>.
/// </summary>
internal static class PythonLiteral
{
    private const int Deepest = 32;

    /// <summary>False when the text is no literal.</summary>
    public static bool TryParse(string text, out object? value)
    {
        var reader = new Reader(text);
        return reader.TryValue(0, out value) && reader.AtEnd();
    }

    private sealed class Reader(string text)
    {
        private int _at;

        public bool AtEnd()
        {
            SkipBlanks();
            return _at == text.Length;
        }

        public bool TryValue(int depth, out object? value)
        {
            value = null;
            SkipBlanks();
            if (_at >= text.Length || depth > Deepest)
            {
                return false;
            }

            return text[_at] switch
            {
                '{' => TryObject(depth, out value),
                '[' => TryList(']', depth, out value),
                '(' => TryList(')', depth, out value),
                '\'' or '"' => TryText(out value),
                _ => TryWord(out value),
            };
        }

        private bool TryObject(int depth, out object? value)
        {
            var members = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
            value = members;
            _at++;
            while (!Take('}'))
            {
                if (!TryValue(depth + 1, out var key) || key is not string name || !Take(':') || !TryValue(depth + 1, out var member))
                {
                    return false;
                }

                members[name] = member;
                if (!Take(',') && !Peek('}'))
                {
                    return false;
                }
            }

            return true;
        }

        private bool TryList(char end, int depth, out object? value)
        {
            var items = new List<object?>();
            value = items;
            _at++;
            while (!Take(end))
            {
                if (!TryValue(depth + 1, out var item))
                {
                    return false;
                }

                items.Add(item);
                if (!Take(',') && !Peek(end))
                {
                    return false;
                }
            }

            return true;
        }

        private bool TryText(out object? value)
        {
            value = null;
            var quote = text[_at++];
            var result = new StringBuilder();
            while (_at < text.Length)
            {
                var c = text[_at++];
                if (c == quote)
                {
                    value = result.ToString();
                    return true;
                }

                if (c is '\n' or '\r' || (c == '\\' && !TryEscape(result)))
                {
                    return false;
                }

                if (c != '\\')
                {
                    result.Append(c);
                }
            }

            return false;
        }

        private bool TryEscape(StringBuilder result)
        {
            if (_at >= text.Length)
            {
                return false;
            }

            var c = text[_at++];
            var digits = c switch { 'x' => 2, 'u' => 4, _ => 0 };
            if (digits > 0)
            {
                if (_at + digits > text.Length || !int.TryParse(text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    return false;
                }

                _at += digits;
                result.Append((char)code);
                return true;
            }

            _ = c switch
            {
                'n' => result.Append('\n'),
                'r' => result.Append('\r'),
                't' => result.Append('\t'),
                'b' => result.Append('\b'),
                'f' => result.Append('\f'),
                '\\' or '\'' or '"' or '/' => result.Append(c),
                _ => result.Append('\\').Append(c),
            };
            return true;
        }

        private bool TryWord(out object? value)
        {
            var start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '+' or '-' or '.' or '_'))
            {
                _at++;
            }

            var word = text[start.._at];
            value = word switch
            {
                "True" or "true" => true,
                "False" or "false" => false,
                _ when word.Length > 0 && word.AsSpan(word[0] is '-' or '+' ? 1 : 0) is { Length: > 0 } digits && !digits.ContainsAnyExceptInRange('0', '9') =>
                    JsonValues.Integer(word),
                _ when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
                _ => null,
            };
            return value is not null || word is "None" or "null";
        }

        private bool Take(char c)
        {
            if (!Peek(c))
            {
                return false;
            }

            _at++;
            return true;
        }

        private bool Peek(char c)
        {
            SkipBlanks();
            return _at < text.Length && text[_at] == c;
        }

        private void SkipBlanks()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
        }
    }
}
