using System.Globalization;

namespace Magnum.Bench;

/// <summary>Prints a line per figure, as a Markdown table row.</summary>
internal static class Figures
{
    public static void Head(string title) => Console.WriteLine($"\n## {title}\n\n| what | figure |\n| --- | --- |");

    public static void Row(string what, FormattableString figure) =>
        Console.WriteLine($"| {what} | {figure.ToString(CultureInfo.InvariantCulture)} |");

    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(share * sorted.Length) - 1)];
    }
}
