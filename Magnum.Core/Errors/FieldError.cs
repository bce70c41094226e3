using System.Globalization;

namespace Magnum.Core.Errors;

/// <summary>Refusals of one field's value, in the words of Magnum's API.</summary>
public static class FieldError
{
    /// <summary>The value of this field is not acceptable.</summary>
    /// <param name="field">In the API's spelling.</param>
    /// <param name="value">As given; never a secret.</param>
    /// <param name="why">A sentence without full stop, as Magnum says it.</param>
    public static MagnumError Invalid(string field, object? value, string why) =>
        new MagnumError.Invalid(string.Create(CultureInfo.InvariantCulture, $"Invalid input for field/attribute {field}. Value: '{value ?? "None"}'. {why}")) { Field = field };

    /// <summary>Null when the number is within the bounds, both included.</summary>
    public static MagnumError? Range(string field, int? value, int minimum, int maximum = int.MaxValue) => value switch
    {
        null => null,
        var v when v < minimum => Invalid(field, v, string.Create(CultureInfo.InvariantCulture, $"Value should be greater or equal to {minimum}")),
        var v when v > maximum => Invalid(field, v, string.Create(CultureInfo.InvariantCulture, $"Value should be lower or equal to {maximum}")),
        _ => null,
    };

    /// <summary>Null when the text's length is within the bounds, both included.</summary>
    public static MagnumError? Length(string field, string? value, int minimum, int maximum) => value switch
    {
        null => null,
        var v when v.Length < minimum => Invalid(field, v, string.Create(CultureInfo.InvariantCulture, $"Value should have a minimum character requirement of {minimum}")),
        var v when v.Length > maximum => Invalid(field, v, string.Create(CultureInfo.InvariantCulture, $"Value should have a maximum character requirement of {maximum}")),
        _ => null,
    };

    /// <summary>One of several values was expected.</summary>
    public static MagnumError OneOf(string field, string value, IEnumerable<string> choices) =>
        Invalid(field, value, $"Value should be one of: {string.Join(", ", choices)}");
}
