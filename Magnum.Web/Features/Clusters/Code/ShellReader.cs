using System.Text;

namespace Magnum.Web.Features.Clusters.Code;

/// <summary>A word of a command.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Expansion">The first thing in it that a shell would put something else for; null: none.</param>
internal sealed record ShellWord(string Text, int Line, string? Expansion);

/// <summary>Cuts text into commands and their words as a POSIX shell does, with <c>$'…'</c> besides. It runs and replaces nothing.</summary>
internal sealed class ShellReader(string source, int firstLine = 1)
{
    private readonly List<CodeProblem> _problems = [];
    private readonly StringBuilder _word = new();
    private string? _expansion;
    private int _at;

    /// <summary>What was not understood.</summary>
    public IReadOnlyList<CodeProblem> Problems => _problems;

    private char Now => Peek(0);

    /// <summary>The next command's words; null when there are no more.</summary>
    public List<ShellWord>? ReadCommand()
    {
        List<ShellWord> words = [];
        while (_at < source.Length)
        {
            if (Now is ' ' or '\t' or '\r')
            {
                _at++;
            }
            else if (Now is '\\' && (Peek(1) is '\n' || (Peek(1) is '\r' && Peek(2) is '\n')))
            {
                _at += Peek(1) is '\n' ? 2 : 3;
            }
            else if (Now is '#')
            {
                while (_at < source.Length && Now is not '\n')
                {
                    _at++;
                }
            }
            else if (Now is '\n' or ';' or '|' or '&' or '(' or ')' or '<' or '>')
            {
                _at++;
                if (words.Count > 0)
                {
                    return words;
                }
            }
            else
            {
                words.Add(ReadWord());
            }
        }

        return words.Count > 0 ? words : null;
    }

    private ShellWord ReadWord()
    {
        _word.Clear();
        _expansion = null;
        var line = Line;
        while (_at < source.Length && !(Now is ' ' or '\t' or '\r' or '\n' or ';' or '|' or '&' or '(' or ')' or '<' or '>'))
        {
            switch (Now)
            {
                case '\'':
                    ReadSingle();
                    break;
                case '"':
                    ReadDouble();
                    break;
                case '$' when Peek(1) is '\'':
                    ReadEscaped();
                    break;
                case '$' or '`':
                    ReadExpansion();
                    break;
                case '\\' when Peek(1) is '\n':
                    _at += 2;
                    break;
                case '\\':
                    _at++;
                    Add();
                    break;
                default:
                    Add();
                    break;
            }
        }

        return new(_word.ToString(), line, _expansion);
    }

    private int Line => firstLine + source.AsSpan(0, Math.Min(_at, source.Length)).Count('\n');

    private void Add()
    {
        if (_at < source.Length)
        {
            _word.Append(source[_at++]);
        }
    }

    private void ReadSingle()
    {
        var line = Line;
        var end = source.IndexOf('\'', _at + 1);
        if (end < 0)
        {
            Unfinished(line, "'");
            end = source.Length;
        }

        _word.Append(source, _at + 1, end - _at - 1);
        _at = end + 1;
    }

    private void ReadDouble()
    {
        var line = Line;
        _at++;
        while (_at < source.Length && Now is not '"')
        {
            if (Now is '\\' && Peek(1) is '\n')
            {
                _at += 2;
            }
            else if (Now is '\\' && Peek(1) is '$' or '`' or '"' or '\\')
            {
                _at++;
                Add();
            }
            else if (Now is '$' or '`')
            {
                ReadExpansion();
            }
            else
            {
                Add();
            }
        }

        if (_at >= source.Length)
        {
            Unfinished(line, "\"");
        }

        _at++;
    }

    private void ReadEscaped()
    {
        var line = Line;
        _at += 2;
        while (_at < source.Length && Now is not '\'')
        {
            if (Now is not '\\')
            {
                Add();
                continue;
            }

            var kind = Peek(1);
            _at = Math.Min(_at + 2, source.Length);
            var known = kind switch
            {
                'n' => Plain('\n'),
                'r' => Plain('\r'),
                't' => Plain('\t'),
                'a' => Plain('\a'),
                'b' => Plain('\b'),
                'e' or 'E' => Plain('\e'),
                'f' => Plain('\f'),
                'v' => Plain('\v'),
                '\\' or '\'' or '"' or '?' => Plain(kind),
                'x' => ReadCode(2, 16),
                'u' => ReadCode(4, 16),
                'U' => ReadCode(8, 16),
                >= '0' and <= '7' => ReadOctal(),
                _ => false,
            };
            if (!known)
            {
                _word.Append('\\').Append(kind);
            }
        }

        if (_at >= source.Length)
        {
            Unfinished(line, "'");
        }

        _at++;
    }

    private bool Plain(char c)
    {
        _word.Append(c);
        return true;
    }

    private bool ReadOctal()
    {
        _at--;
        return ReadCode(3, 8);
    }

    private bool ReadCode(int most, int numberBase)
    {
        var start = _at;
        while (_at - start < most && (numberBase == 16 ? char.IsAsciiHexDigit(Now) : Now is >= '0' and <= '7'))
        {
            _at++;
        }

        return _at > start && CodePoints.Append(_word, Convert.ToInt64(source[start.._at], numberBase));
    }

    /// <summary><c>$NAME</c>, <c>${…}</c>, <c>$(…)</c> or a command in backquotes: kept as it stands.</summary>
    private void ReadExpansion()
    {
        var start = _at;
        var (opening, closing) = (Now, Peek(1)) switch
        {
            ('`', _) => ('`', '`'),
            (_, '{') => ('{', '}'),
            (_, '(') => ('(', ')'),
            _ => ('\0', '\0'),
        };
        if (opening is '\0')
        {
            _at++;
            while (char.IsAsciiLetterOrDigit(Now) || Now is '_')
            {
                _at++;
            }

            // "$" alone, such as before a space, is itself.
            if (_at - start > 1)
            {
                _expansion ??= source[start.._at];
            }
        }
        else
        {
            _at += opening is '`' ? 1 : 2;
            for (var open = 1; _at < source.Length && open > 0; _at++)
            {
                open += Now == closing ? -1 : Now == opening ? 1 : 0;
            }

            _expansion ??= source[start.._at];
        }

        _word.Append(source, start, _at - start);
    }

    private void Unfinished(int line, string quote) => _problems.Add(new(line, "Paste.Unfinished", quote));

    private char Peek(int ahead) => _at + ahead < source.Length ? source[_at + ahead] : '\0';
}
