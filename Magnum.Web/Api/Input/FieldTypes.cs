using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Magnum.Core.Errors;

namespace Magnum.Web.Api.Input;

/// <summary>What a field takes, and what it makes of it. Null always means: not given.</summary>
internal abstract record FieldType
{
    /// <summary>What a field holds for which nothing was given and no default is declared.</summary>
    public virtual object? Empty => null;

    /// <summary>Reads one value of <see cref="JsonValues"/>, never null.</summary>
    /// <returns>The refusal, or null.</returns>
    public abstract MagnumError? Read(string field, object value, out object? result);
}

/// <summary>Text of bounded length.</summary>
internal sealed record TextType(int Minimum = 1, int Maximum = 255, Regex? Pattern = null) : FieldType
{
    /// <summary>Take an empty text as not given: some clients send it for what nobody filled in.</summary>
    public bool EmptyIsNull { get; init; }

    public override MagnumError? Read(string field, object value, out object? result)
    {
        result = value;
        if (value is not string text)
        {
            return InputError.Field(field, value, "Value should be string");
        }

        if (text.Length == 0 && EmptyIsNull)
        {
            result = null;
            return null;
        }

        if (text.Length < Minimum)
        {
            return InputError.Field(field, value, $"Value should have a minimum character requirement of {Minimum}");
        }

        if (text.Length > Maximum)
        {
            return InputError.Field(field, value, $"Value should have a maximum character requirement of {Maximum}");
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return InputError.Field(field, "…", "Value should have no null character");   // databases refuse it
        }

        return Pattern is null || Pattern.IsMatch(text) ? null : InputError.Field(field, value, $"Value should match the pattern {Pattern}");
    }
}

/// <summary>An integer within bounds; numeric text counts.</summary>
internal sealed record IntegerType(int Minimum, int Maximum = int.MaxValue) : FieldType
{
    public override MagnumError? Read(string field, object value, out object? result)
    {
        result = null;
        BigInteger number;
        switch (value)
        {
            case long l:
                number = l;
                break;
            case BigInteger b:
                number = b;
                break;
            case bool b:
                number = b ? 1 : 0;
                break;
            case string text when text.Length <= 32
                && BigInteger.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number):
                break;
            case string:
                return InputError.Field(field, value, $"invalid literal for int() with base 10: {PythonText.Repr(value)}");
            default:
                return InputError.Field(field, value, $"Wrong type. Expected 'int', got '{InputError.TypeOf(value)}'");
        }

        if (number < Minimum)
        {
            return InputError.Field(field, value, $"Value should be greater or equal to {Minimum}");
        }

        if (number > Maximum)
        {
            return InputError.Field(field, value, $"Value should be lower or equal to {Maximum}");
        }

        result = (int)number;
        return null;
    }
}

/// <summary>A boolean; the words that Python's tools take for one count.</summary>
internal sealed record BooleanType : FieldType
{
    public override MagnumError? Read(string field, object value, out object? result)
    {
        result = value switch
        {
            bool b => b,
            long and (0 or 1) => value is 1L,
            string text => Of(text),
            _ => null,
        };
        return result is null ? InputError.Field(field, value, "Value should be a boolean: one of 1, t, true, on, y, yes, 0, f, false, off, n, no") : null;
    }

    /// <summary>The word's meaning, or null.</summary>
    public static bool? Of(string text) => text.Trim().ToUpperInvariant() switch
    {
        "1" or "T" or "TRUE" or "ON" or "Y" or "YES" => true,
        "0" or "F" or "FALSE" or "OFF" or "N" or "NO" => false,
        _ => null,
    };
}

/// <summary>One of some words.</summary>
internal sealed record EnumType(params IReadOnlyList<string> Choices) : FieldType
{
    public override MagnumError? Read(string field, object value, out object? result)
    {
        result = value;
        return value is string text && Choices.Contains(text, StringComparer.Ordinal)
            ? null
            : InputError.Field(field, value, $"Value should be one of: {string.Join(", ", Choices)}");
    }
}

/// <summary>Text that looks like a uuid.</summary>
internal sealed record UuidType : FieldType
{
    public override MagnumError? Read(string field, object value, out object? result)
    {
        result = null;
        if (value is not string text || !(Guid.TryParseExact(text, "D", out var uuid) || Guid.TryParseExact(text, "N", out uuid)))
        {
            return InputError.Field(field, value, $"Expected a uuid but received {PythonText.Str(value)}.");
        }

        result = uuid;
        return null;
    }
}

/// <summary>A map to text. For labels other scalars become text as Python writes them; strict maps take text alone.</summary>
internal sealed record MapType(bool Strict = false) : FieldType
{
    private const int LongestKey = 255;

    public override object? Empty => new Dictionary<string, string>();

    public override MagnumError? Read(string field, object value, out object? result)
    {
        result = null;
        if (value is not OrderedDictionary<string, object?> members)
        {
            return InputError.Field(field, value, $"Value not a valid dict: {PythonText.Str(value)}");
        }

        var map = new Dictionary<string, string>(members.Count, StringComparer.Ordinal);
        foreach (var (key, member) in members)
        {
            if (key.Length > LongestKey || key.Contains('\0', StringComparison.Ordinal))
            {
                return InputError.Field(field, value, $"Key should have a maximum character requirement of {LongestKey}");
            }

            if (member is not (string or bool or long or BigInteger or double) || (Strict && member is not string))
            {
                var expected = Strict ? "str" : "str, int, bool, float";
                return InputError.Field(field, value, $"Wrong type. Expected '{expected}', got '{InputError.TypeOf(member)}'");
            }

            var text = PythonText.Scalar(member);
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                return InputError.Field(field, "…", "Value should have no null character");
            }

            map[key] = text;
        }

        result = map;
        return null;
    }
}

/// <summary>A list of text.</summary>
internal sealed record TextListType : FieldType
{
    public override object? Empty => Array.Empty<string>();

    public override MagnumError? Read(string field, object value, out object? result)
    {
        result = null;
        if (value is not List<object?> items)
        {
            return InputError.Field(field, value, $"Value not a valid list: {PythonText.Str(value)}");
        }

        if (items.Find(i => i is not string) is { } wrong || items.Contains(null))
        {
            return InputError.Field(field, value, "Wrong type. Every item should be a string");
        }

        result = items.Cast<string>().ToList();
        return null;
    }
}

/// <summary>Anything: fields that the server assigns and ignores in what is sent.</summary>
internal sealed record AnyType : FieldType
{
    public override MagnumError? Read(string field, object value, out object? result)
    {
        result = value;
        return null;
    }
}
