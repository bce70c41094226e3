using System.Globalization;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;

namespace Magnum.Core.Validation;

/// <summary>Labels against what the driver understands. Unknown ones pass: they may be meant for something else.</summary>
internal static class LabelRules
{
    /// <summary>Every known label whose value is not of its type.</summary>
    public static IEnumerable<MagnumError> Check(DriverDescription driver, IReadOnlyDictionary<string, string> labels)
    {
        foreach (var definition in driver.Labels.Where(d => !d.Ignored))
        {
            if (labels.TryGetValue(definition.Name, out var value) && definition.Problem(value) is { } problem)
            {
                yield return FieldError.Invalid($"labels.{definition.Name}", definition.Secret ? "***" : value, problem);
            }
        }
    }

    /// <summary>Names that the driver does not know.</summary>
    public static IReadOnlyList<string> Unknown(DriverDescription driver, IReadOnlyDictionary<string, string> labels) =>
        [.. labels.Keys.Where(name => !driver.Labels.Any(d => d.Name == name)).Order(StringComparer.Ordinal)];

    /// <summary>GiB of the nodes' root volume; 0: none.</summary>
    public static Result<int> BootVolumeSize(IReadOnlyDictionary<string, string> labels, int otherwise)
    {
        if (!labels.TryGetValue("boot_volume_size", out var text))
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size)
            ? size
            : new MagnumError.Invalid("boot_volume_size must be an integer") { Field = "labels.boot_volume_size" };
    }
}
