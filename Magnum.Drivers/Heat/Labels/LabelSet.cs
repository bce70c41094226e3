using System.Globalization;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.Heat.Labels;

/// <summary>A cluster's labels read by what a driver says about them.</summary>
internal sealed class LabelSet(IReadOnlyList<LabelDefinition> definitions, IReadOnlyDictionary<string, string> values)
{
    private readonly Dictionary<string, LabelDefinition> _definitions = definitions.ToDictionary(d => d.Name, StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Values => values;

    public IReadOnlyList<LabelDefinition> Definitions => definitions;

    /// <summary>The label's value, else its default, else nothing; blank counts as not given.</summary>
    public string Text(string name)
    {
        var definition = _definitions[name];
        return values.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : definition.Default ?? "";
    }

    public string? TextOrNull(string name) => Text(name) is { Length: > 0 } text ? text : null;

    /// <summary>A value that cannot be read is false, for the plan has refused it.</summary>
    public bool Flag(string name) => LabelDefinition.ReadFlag(Text(name)) ?? false;

    public bool? FlagOrNull(string name) => LabelDefinition.ReadFlag(Text(name));

    public int Number(string name) => int.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>What is wrong with a label's value, as a sentence; null when nothing is, or nobody knows the label.</summary>
    public string? Fault(string name, string value) =>
        _definitions.TryGetValue(name, out var label) && !label.Ignored && !string.IsNullOrWhiteSpace(value) && label.Problem(value.Trim()) is { } problem
            ? $"Label {name}{(label.Secret ? "" : $" is \"{value}\"")}: {problem}."
            : null;

    public IReadOnlyList<string> List(string name) => Text(name).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>How the values of labels are read.</summary>
internal static class LabelValue
{
    /// <summary>The known name that is most like a mistyped one; null when none is.</summary>
    public static string? Nearest(string name, IEnumerable<string> known)
    {
        var best = known.Select(k => (Name: k, Distance: Distance(name, k))).MinBy(k => k.Distance);
        return best.Name is not null && best.Distance <= Math.Max(2, name.Length / 4) ? best.Name : null;
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
