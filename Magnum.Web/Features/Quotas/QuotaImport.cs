using System.Globalization;
using System.Numerics;
using Magnum.Core.Quotas;
using Magnum.Web.Components.Parts;

namespace Magnum.Web.Features.Quotas;

/// <summary>What a line of a file of limits would do, or what is wrong with it.</summary>
public enum QuotaLineKind
{
    New,
    Changed,
    Unchanged,
    NoProject,
    UnknownProject,
    AmbiguousProject,
    NotANumber,
    Negative,
    Twice,
}

/// <summary>A line of a file of limits.</summary>
/// <param name="Number">Among the lines that are not empty; the header is 1.</param>
/// <param name="Project">Name, or what the line says where there is none.</param>
/// <param name="IsStored">Whether the project has a limit of its own now.</param>
/// <param name="Before">The limit that holds now.</param>
public sealed record QuotaImportLine(int Number, string Project, QuotaLineKind Kind, string? ProjectId = null, bool IsStored = false, int? Before = null, int? Limit = null)
{
    /// <summary>Whether it is left alone because something is wrong with it.</summary>
    public bool IsWrong => Kind > QuotaLineKind.Unchanged;

    /// <summary>Whether it would store something.</summary>
    public bool Stores => Kind is QuotaLineKind.New or QuotaLineKind.Changed;
}

/// <summary>Reads limits from comma-separated values with a header: <c>limit</c>, and <c>project_id</c> or <c>project_name</c>.</summary>
internal static class QuotaImport
{
    /// <summary>Null: there is no such header.</summary>
    /// <param name="names">Names of projects by id.</param>
    /// <param name="present">Projects that have clusters or a limit.</param>
    public static IReadOnlyList<QuotaImportLine>? Read(
        string text, IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<string, QuotaUsage> present, int defaultLimit)
    {
        var rows = Csv.Read(text.TrimStart('\uFEFF'));
        var header = rows.Count == 0 ? [] : rows[0].ConvertAll(h => h.ToLowerInvariant());
        var (ids, titles, limits) = (header.IndexOf("project_id"), header.IndexOf("project_name"), header.IndexOf("limit"));
        if (limits < 0 || (ids < 0 && titles < 0))
        {
            return null;
        }

        var byName = names.ToLookup(n => n.Value, n => n.Key);
        var seen = new HashSet<string>();
        return [.. rows.Skip(1).Select((row, i) => Line(i + 2, At(row, ids), At(row, titles), At(row, limits)))];

        static string At(List<string> row, int column) => column >= 0 && column < row.Count ? row[column] : "";

        QuotaImportLine Line(int number, string id, string title, string limit)
        {
            var found = id.Length > 0 ? (names.ContainsKey(id) || present.ContainsKey(id) ? [id] : []) : byName[Unescaped(title)].ToArray();
            var shown = found is [var one] ? names.GetValueOrDefault(one, one) : id.Length > 0 ? id : title;
            var line = new QuotaImportLine(number, shown, QuotaLineKind.NoProject);
            if (id.Length == 0 && title.Length == 0)
            {
                return line;
            }

            if (found is not [var project])
            {
                return line with { Kind = found.Length == 0 ? QuotaLineKind.UnknownProject : QuotaLineKind.AmbiguousProject };
            }

            var now = present.GetValueOrDefault(project);
            line = line with { ProjectId = project, IsStored = now?.Stored is not null, Before = now?.Limit ?? defaultLimit };
            if (!seen.Add(project))
            {
                return line with { Kind = QuotaLineKind.Twice };
            }

            if (!BigInteger.TryParse(limit, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var wanted) || wanted > int.MaxValue)
            {
                return line with { Kind = QuotaLineKind.NotANumber };
            }

            if (wanted.Sign < 0)
            {
                return line with { Kind = QuotaLineKind.Negative };
            }

            // A default that is written down stays the default: what is exported and read again changes nothing.
            var kind = (int)wanted == line.Before ? QuotaLineKind.Unchanged : line.IsStored ? QuotaLineKind.Changed : QuotaLineKind.New;
            return line with { Kind = kind, Limit = (int)wanted };
        }
    }

    // Csv.Write sets an apostrophe before what a spreadsheet would take for a formula.
    private static string Unescaped(string title) => title is ['\'', '=' or '+' or '-' or '@', ..] ? title[1..] : title;
}
