using System.Text.RegularExpressions;
using Magnum.Core.OpenStack;

namespace Magnum.Core.Diagnosis;

/// <summary>The end of a server's console, fit to be stored and shown.</summary>
/// <param name="Text">Without control characters and secrets; empty when the console is.</param>
/// <param name="TellingLine">The line that tells most of why a node failed; null when none is known.</param>
public sealed partial record ConsoleTail(string Text, string? TellingLine)
{
    /// <summary>Lines that are asked for and kept.</summary>
    public const int Lines = 50;

    private const int MaxLine = 300;
    private const int MaxText = 3500;

    /// <summary>Of what the hypervisor gave.</summary>
    public static ConsoleTail Of(string output)
    {
        // Before it is cut into lines: keys take several.
        var end = output.Length > MaxText * 4 ? output[^(MaxText * 4)..] : output;
        var lines = Control().Replace(PublicText.WithoutKeys(Escape().Replace(end.ReplaceLineEndings("\n"), "")), "")
            .Split('\n', StringSplitOptions.TrimEntries)
            .Select(l => PublicText.Clean(l.Length > MaxLine ? l[..MaxLine] : l))
            .Where(l => l.Length > 0 && !Frame().IsMatch(l))
            .TakeLast(Lines)
            .ToList();
        while (lines.Sum(l => l.Length + 1) > MaxText)
        {
            lines.RemoveAt(0);
        }

        // The newest first: what was tried again and went well later is no cause.
        var told = FailureCatalogue.MostTelling(Enumerable.Reverse(lines), l => l);
        return new ConsoleTail(string.Join('\n', lines), told is { Cause: not null } best ? Stamp().Replace(best.Item, "") : null);
    }

    [GeneratedRegex(@"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\a]*\a|[()][0-9A-B])")]
    private static partial Regex Escape();

    [GeneratedRegex(@"[^\P{C}\n\t]")]
    private static partial Regex Control();

    [GeneratedRegex(@"File "".*"", line \d+")]
    private static partial Regex Frame();

    // "[   12.345678] magnum-node.sh[812]: "
    [GeneratedRegex(@"^\[\s*\d+\.\d+\]\s*([\w.@-]+\[\d+\]:\s*)?")]
    private static partial Regex Stamp();
}
