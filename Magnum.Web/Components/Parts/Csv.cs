using System.Text;

namespace Magnum.Web.Components.Parts;

/// <summary>Comma-separated values (RFC 4180), for spreadsheets and scripts.</summary>
internal static class Csv
{
    // A spreadsheet would take these for formulas, and run them.
    private const string FormulaStarts = "=+-@\t\r";

    public static string Write(IEnumerable<string> header, IEnumerable<IEnumerable<string?>> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows.Prepend(header))
        {
            text.AppendJoin(',', row.Select(Field)).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>The rows; fields may be quoted, quotes in them doubled. Empty lines are left out.</summary>
    public static List<List<string>> Read(string text)
    {
        List<List<string>> rows = [];
        List<string> row = [];
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    field.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"')
            {
                quoted = true;
            }
            else if (c == ',')
            {
                EndField();
            }
            else if (c == '\n')
            {
                EndRow();
            }
            else if (c != '\r')
            {
                field.Append(c);
            }
        }

        EndRow();
        return rows;

        void EndField()
        {
            row.Add(field.ToString().Trim());
            field.Clear();
        }

        void EndRow()
        {
            EndField();
            if (row.Any(f => f.Length > 0))
            {
                rows.Add(row);
            }

            row = [];
        }
    }

    private static string Field(string? value)
    {
        var text = value ?? "";
        if (text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal))
        {
            text = "'" + text;
        }

        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
