using Magnum.Core.Errors;

namespace Magnum.Web.Api.Input;

/// <summary>Refusals of what a request says, in Magnum's words.</summary>
internal static class InputError
{
    /// <summary>A field's value cannot be taken.</summary>
    public static MagnumError Field(string field, object? value, string why) =>
        new MagnumError.Invalid($"Invalid input for field/attribute {field}. Value: '{PythonText.Str(value)}'. {why}") { Field = field };

    /// <summary>A mandatory field is not there.</summary>
    public static MagnumError Missing(string field) => Field(field, null, "Mandatory field missing.");

    /// <summary>Python's name of a value's type.</summary>
    public static string TypeOf(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        string => "str",
        double => "float",
        long or System.Numerics.BigInteger => "int",
        List<object?> => "list",
        _ => "dict",
    };
}
