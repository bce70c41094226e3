using System.Text;

namespace Magnum.Web.Features.Clusters.Code;

/// <summary>
/// Reads the literals of JSON, Python and Terraform's language: texts, numbers, flags, maps. Nothing is run; what would have to be is told
/// as <see cref="CodeValue.Computed"/>, and the reading goes on behind it.
/// </summary>
internal sealed class LiteralReader(string source, LiteralReader.Dialect dialect, int firstLine = 1)
{
    // Deeper than any request; a paste of brackets only must not exhaust the stack.
    private const int Deepest = 8;
    private readonly List<CodeProblem> _problems = [];
    private int _at;
    private int _depth;

    /// <summary>Whose literals they are.</summary>
    public enum Dialect
    {
        Json,
        Python,
        Terraform,
    }

    /// <summary>What was not understood.</summary>
    public IReadOnlyList<CodeProblem> Problems => _problems;

    /// <summary>Where the reading is, from 0.</summary>
    public int Position
    {
        get => _at;
        set => _at = value;
    }

    private bool IsAtEnd => _at >= source.Length;

    private char Now => _at < source.Length ? source[_at] : '\0';

    /// <summary>The line of a position.</summary>
    public int LineOf(int position) => firstLine + source.AsSpan(0, Math.Min(position, source.Length)).Count('\n');

    /// <summary>Passes over white space, line breaks and comments.</summary>
    public void SkipSpace()
    {
        while (!IsAtEnd)
        {
            if (char.IsWhiteSpace(Now) || (dialect is Dialect.Python && Now is '\\' && Peek(1) is '\n'))
            {
                _at++;
            }
            else if ((Now is '#' && dialect is not Dialect.Json) || (Now is '/' && Peek(1) is '/' && dialect is Dialect.Terraform))
            {
                SkipTo("\n");
            }
            else if (Now is '/' && Peek(1) is '*' && dialect is Dialect.Terraform)
            {
                _at += 2;
                SkipTo("*/");
                _at = Math.Min(_at + 2, source.Length);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Takes a character, if it is the next.</summary>
    public bool Take(char wanted)
    {
        SkipSpace();
        if (Now != wanted || IsAtEnd)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes a word, if one is the next.</summary>
    public string? TakeWord()
    {
        SkipSpace();
        var start = _at;
        while (!IsAtEnd && (char.IsLetterOrDigit(Now) || Now is '_' || (Now is '-' && dialect is Dialect.Terraform && _at > start)))
        {
            _at++;
        }

        return _at > start ? source[start.._at] : null;
    }

    /// <summary>The text that is the next, if one is.</summary>
    public string? TakeText()
    {
        SkipSpace();
        return Now is '"' or '\'' && ReadText() is CodeValue.Text text ? text.Value : null;
    }

    /// <summary>Entries up to a closing bracket, the opening one being taken.</summary>
    public List<CodeEntry> ReadEntries(char closing)
    {
        var opened = _at;
        List<CodeEntry> entries = [];
        while (true)
        {
            SkipSpace();
            if (IsAtEnd)
            {
                _problems.Add(new(LineOf(opened), "Paste.Unfinished", closing.ToString()));
                return entries;
            }

            if (Take(closing))
            {
                return entries;
            }

            if (Now is ',')
            {
                _at++;
                continue;
            }

            ReadEntry(entries, closing);
        }
    }

    /// <summary>Passes over a whole pair of brackets and all within.</summary>
    public void SkipBrackets()
    {
        Take(Now);
        SkipExpression(inBrackets: true);
    }

    private void ReadEntry(List<CodeEntry> entries, char closing)
    {
        var start = _at;
        var line = LineOf(start);
        if (dialect is Dialect.Python && closing is ')' && source.AsSpan(_at).StartsWith("**"))
        {
            _at += 2;
            if (ReadValue() is CodeValue.Map spread)
            {
                entries.AddRange(spread.Entries);
            }
            else
            {
                _problems.Add(new(line, "Paste.Computed", "**", Shorten(source[(start + 2).._at])));
            }

            return;
        }

        var name = Now is '"' or '\'' ? TakeText() : TakeWord();
        SkipSpace();
        if (name is not null && (Now is ':' && dialect is not Dialect.Python || Now is ':' && closing is '}' || (Now is '=' && Peek(1) is not '=' && (dialect is Dialect.Terraform || closing is ')'))))
        {
            _at++;
            entries.Add(new(name, ReadValue(), line));
        }
        else if (name is not null && dialect is Dialect.Terraform && Now is '{' or '"')
        {
            while (TakeText() is not null || TakeWord() is not null)
            {
                // labels of a block within
            }

            if (Now is '{')
            {
                SkipBrackets();
            }

            entries.Add(new(name!, new CodeValue.Block(), line));
        }
        else
        {
            _at = start;
            if (closing is ')' && Now is not (']' or '}'))
            {
                entries.Add(new("", ReadValue(), line));
            }
            else
            {
                SkipExpression(inBrackets: false);
                _at = Math.Max(_at, start + 1);   // a stray bracket
                _problems.Add(new(line, "Paste.Syntax", Shorten(source[start.._at])));
            }
        }
    }

    private CodeValue ReadValue()
    {
        SkipSpace();
        var start = _at;
        if (ReadLiteral() is { } value)
        {
            var end = _at;
            SkipInline();
            if (IsAtEnd || Now is ',' or ')' or '}' or ']' || (dialect is Dialect.Terraform && Now is '\n' or '#') || (dialect is Dialect.Terraform && Now is '/' && Peek(1) is '/' or '*'))
            {
                return value;
            }

            _at = end;
        }

        SkipExpression(inBrackets: false);
        return new CodeValue.Computed(Shorten(source[start.._at]));
    }

    private CodeValue? ReadLiteral()
    {
        var start = _at;
        if (Now is '"' || (Now is '\'' && dialect is Dialect.Python))
        {
            return ReadTexts();
        }

        if (Now is '{' && _depth < Deepest)
        {
            _at++;
            _depth++;
            var entries = ReadEntries('}');
            _depth--;
            return new CodeValue.Map(entries);
        }

        if (char.IsAsciiDigit(Now) || Now is '-')
        {
            _at++;
            while (char.IsAsciiLetterOrDigit(Now) || Now is '.' or '_' || (Now is '+' or '-' && source[_at - 1] is 'e' or 'E'))
            {
                _at++;
            }

            var digits = source[start.._at];
            return new CodeValue.Number(dialect is Dialect.Python ? digits.Replace("_", "", StringComparison.Ordinal) : digits);
        }

        var word = TakeWord();
        if (dialect is Dialect.Python && word is "r" or "R" or "u" or "U" && Now is '"' or '\'')
        {
            return ReadTexts(raw: word is "r" or "R");
        }

        if (dialect is Dialect.Python && word is "dict" && Now is '(' && _depth < Deepest)
        {
            _at++;
            _depth++;
            var entries = ReadEntries(')');
            _depth--;
            return new CodeValue.Map(entries);
        }

        return (dialect, word) switch
        {
            (Dialect.Python, "True") or (not Dialect.Python, "true") => new CodeValue.Flag(true),
            (Dialect.Python, "False") or (not Dialect.Python, "false") => new CodeValue.Flag(false),
            (Dialect.Python, "None") or (not Dialect.Python, "null") => new CodeValue.Nothing(),
            _ => null,
        };
    }

    /// <summary>A text; in Python, several that stand beside each other are one.</summary>
    private CodeValue? ReadTexts(bool raw = false)
    {
        var text = new StringBuilder();
        do
        {
            if (ReadText(raw) is not CodeValue.Text part)
            {
                return null;
            }

            text.Append(part.Value);
            if (dialect is not Dialect.Python)
            {
                break;
            }

            SkipSpace();
        }
        while (Now is '"' or '\'');
        return new CodeValue.Text(text.ToString());
    }

    /// <summary>One text; null when it holds what has to be computed.</summary>
    private CodeValue.Text? ReadText(bool raw = false)
    {
        var opened = _at;
        var quote = Now;
        var triple = dialect is Dialect.Python && Peek(1) == quote && Peek(2) == quote;
        var text = new StringBuilder();
        var computed = false;
        _at += triple ? 3 : 1;
        while (!IsAtEnd)
        {
            if (Now == quote && (!triple || (Peek(1) == quote && Peek(2) == quote)))
            {
                _at += triple ? 3 : 1;
                return computed ? null : new(text.ToString());
            }

            if (Now is '\n' && !triple)
            {
                break;
            }

            if (Now is '\\' && raw)
            {
                text.Append(source, _at, Math.Min(2, source.Length - _at));
                _at += 2;
            }
            else if (Now is '\\')
            {
                computed |= !ReadEscape(text);
            }
            else if (dialect is Dialect.Terraform && Now is '$' or '%' && Peek(1) == Now && Peek(2) is '{')
            {
                text.Append(Now).Append('{');
                _at += 3;
            }
            else if (dialect is Dialect.Terraform && Now is '$' or '%' && Peek(1) is '{')
            {
                computed = true;
                _at += 2;
                SkipExpression(inBrackets: true);
            }
            else
            {
                text.Append(Now);
                _at++;
            }
        }

        _at = Math.Min(_at, source.Length);
        _problems.Add(new(LineOf(opened), "Paste.Unfinished", quote.ToString()));
        return new(text.ToString());
    }

    /// <summary>One escape; false when it is not known.</summary>
    private bool ReadEscape(StringBuilder text)
    {
        var kind = Peek(1);
        _at = Math.Min(_at + 2, source.Length);
        var plain = kind switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' or '"' => kind,
            'b' when dialect is not Dialect.Terraform => '\b',
            'f' when dialect is not Dialect.Terraform => '\f',
            '/' when dialect is Dialect.Json => '/',
            '\'' when dialect is Dialect.Python => kind,
            'a' when dialect is Dialect.Python => '\a',
            'v' when dialect is Dialect.Python => '\v',
            _ => '\0',
        };
        if (plain is not '\0')
        {
            text.Append(plain);
            return true;
        }

        switch (kind)
        {
            case 'u':
                return ReadCode(text, 4, 4, 16);
            case 'U' when dialect is not Dialect.Json:
                return ReadCode(text, 8, 8, 16);
            case 'x' when dialect is Dialect.Python:
                return ReadCode(text, 2, 2, 16);
            case >= '0' and <= '7' when dialect is Dialect.Python:
                _at--;
                return ReadCode(text, 1, 3, 8);
            case '\n' when dialect is Dialect.Python:
                return true;
            case 'N' when dialect is Dialect.Python:
                return false;
            default:
                text.Append('\\').Append(kind);   // as Python does
                return dialect is Dialect.Python;
        }
    }

    private bool ReadCode(StringBuilder text, int least, int most, int numberBase)
    {
        var start = _at;
        while (_at - start < most && (numberBase == 16 ? char.IsAsciiHexDigit(Now) : Now is >= '0' and <= '7'))
        {
            _at++;
        }

        return _at - start >= least && CodePoints.Append(text, Convert.ToInt64(source[start.._at], numberBase));
    }

    /// <summary>To the end of an expression: strings and brackets within are passed over.</summary>
    /// <param name="inBrackets">An opening one is taken; the end is behind the closing one.</param>
    private void SkipExpression(bool inBrackets)
    {
        var open = inBrackets ? 1 : 0;
        while (!IsAtEnd)
        {
            if (Now is '"' || (Now is '\'' && dialect is Dialect.Python))
            {
                SkipQuoted();
                continue;
            }

            if (open == 0 && (Now is ',' or ')' or ']' or '}' || (dialect is Dialect.Terraform && Now is '\n')))
            {
                return;
            }

            open += Now switch { '(' or '[' or '{' => 1, ')' or ']' or '}' => -1, _ => 0 };
            _at++;
            if (inBrackets && open == 0)
            {
                return;
            }
        }
    }

    private void SkipQuoted()
    {
        var quote = source[_at++];
        while (!IsAtEnd && Now != quote && Now is not '\n')
        {
            _at += Now is '\\' ? 2 : 1;
        }

        _at = Math.Min(_at + 1, source.Length);
    }

    private void SkipInline()
    {
        if (dialect is not Dialect.Terraform)
        {
            SkipSpace();
            return;
        }

        while (Now is ' ' or '\t' or '\r')
        {
            _at++;
        }
    }

    private void SkipTo(string end)
    {
        var found = source.IndexOf(end, _at, StringComparison.Ordinal);
        _at = found < 0 ? source.Length : found;
    }

    private char Peek(int ahead) => _at + ahead < source.Length ? source[_at + ahead] : '\0';

    private static string Shorten(string text)
    {
        var line = text.Trim();
        var end = line.IndexOf('\n', StringComparison.Ordinal);
        line = end < 0 ? line : $"{line[..end].TrimEnd()} …";
        return line.Length > 60 ? $"{line[..60]}…" : line;
    }
}
