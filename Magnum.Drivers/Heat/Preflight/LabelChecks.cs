using Magnum.Drivers.Heat.Labels;

namespace Magnum.Drivers.Heat.Preflight;

/// <summary>Labels: known ones have values that can be read, unknown ones are pointed out.</summary>
internal static class LabelChecks
{
    public static void Run(CheckList checks, LabelSet labels)
    {
        var known = labels.Definitions.ToDictionary(d => d.Name, StringComparer.Ordinal);
        var faults = 0;
        foreach (var (name, value) in labels.Values.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            if (!known.TryGetValue(name, out var label))
            {
                var meant = LabelValue.Nearest(name, known.Keys);
                checks.Warn($"label.{name}", $"Label {name} is not known and has no effect{(meant is null ? "." : $"; is {meant} meant?")}", "labels");
            }
            else if (label.Ignored)
            {
                checks.Warn($"label.{name}", $"Label {name} has no effect: {label.Summary}", "labels");
            }
            else if (labels.Fault(name, value) is { } fault)
            {
                faults++;
                checks.Fail($"label.{name}", fault, "labels");
            }
        }

        if (faults == 0)
        {
            checks.Pass("labels", "The values of the labels can be read.", "labels");
        }
    }
}
