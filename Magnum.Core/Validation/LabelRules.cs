using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;

namespace Magnum.Core.Validation;

/// <summary>Labels against what the driver understands. Unknown ones pass: they may be meant for something else.</summary>
internal static partial class LabelRules
{
    private static readonly string[] Booleans = ["1", "t", "true", "on", "y", "yes", "0", "f", "false", "off", "n", "no"];

    /// <summary>Every known label whose value is not of its type.</summary>
    public static IEnumerable<MagnumError> Check(DriverDescription driver, IReadOnlyDictionary<string, string> labels)
    {
        foreach (var definition in driver.Labels.Where(d => !d.Ignored))
        {
            if (labels.TryGetValue(definition.Name, out var value) && Problem(definition, value) is { } problem)
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

    private static string? Problem(LabelDefinition definition, string value) => definition.Type switch
    {
        LabelType.Boolean => Booleans.Contains(value, StringComparer.OrdinalIgnoreCase) ? null : "Value should be true or false",
        LabelType.Number => Number(definition, value),
        LabelType.Version => Version().IsMatch(value) ? null : "Value should be a version such as v1.31.1",
        LabelType.Cidr => value.Contains('/', StringComparison.Ordinal) && IPNetwork.TryParse(value, out _) ? null : "Value should be a network such as 10.100.0.0/16",
        LabelType.Choice => definition.Choices.Contains(value) ? null : $"Value should be one of: {string.Join(", ", definition.Choices)}",
        _ => null,
    };

    private static string? Number(LabelDefinition definition, string value)
    {
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return "Value should be a whole number";
        }

        if (number < definition.Minimum)
        {
            return string.Create(CultureInfo.InvariantCulture, $"Value should be greater or equal to {definition.Minimum}");
        }

        return number > definition.Maximum ? string.Create(CultureInfo.InvariantCulture, $"Value should be lower or equal to {definition.Maximum}") : null;
    }

    [GeneratedRegex(@"^v?\d+(\.\d+){0,3}([-+.][0-9A-Za-z.+_-]+)?$")]
    private static partial Regex Version();
}
