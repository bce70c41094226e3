namespace Magnum.Drivers.Heat.Kubernetes.Nodes;

/// <summary>Options as people write them into labels: <c>--name=value --other=value</c>.</summary>
internal static class KubeOptions
{
    /// <summary>The options that can be read; the plan has refused the others.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string text) =>
        Split(text).Where(o => Fault(o) is null).Select(Pair).GroupBy(p => p.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal);

    /// <summary>What is wrong with the text; null when nothing is.</summary>
    public static string? FaultIn(string text) => Split(text).Select(Fault).FirstOrDefault(f => f is not null);

    private static string? Fault(string option)
    {
        if (!option.StartsWith("--", StringComparison.Ordinal) || option.Length < 3)
        {
            return $"\"{option}\" is not of the form --name=value";
        }

        var (name, value) = Pair(option);
        return name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.') ? $"\"{option}\" has no proper name"
            : value.Any(c => char.IsControl(c) || "`$;&|<>\\\"'(){}!*?#".Contains(c, StringComparison.Ordinal)) ? $"\"--{name}\" has characters that mean something to a shell"
            : null;
    }

    // A name without a value is a switch.
    private static (string Name, string Value) Pair(string option)
    {
        var parts = option[2..].Split('=', 2);
        return (parts[0], parts.Length == 2 ? parts[1] : "true");
    }

    private static string[] Split(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
