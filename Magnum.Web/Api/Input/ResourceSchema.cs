using Magnum.Core.Errors;

namespace Magnum.Web.Api.Input;

/// <summary>One field of a resource.</summary>
internal sealed record Field(string Name, FieldType Type)
{
    /// <summary>Has to be in a new resource.</summary>
    public bool Mandatory { get; init; }

    /// <summary>Refused in what is sent.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>What holds when nothing, or null, is given.</summary>
    public object? Default { get; init; }

    /// <summary>The value in place of none.</summary>
    public object? Fallback => Default ?? Type.Empty;
}

/// <summary>The fields of a resource in the reference's order, which decides which of several errors is told.</summary>
internal sealed class ResourceSchema
{
    private readonly string _argument;
    private readonly Dictionary<string, Field> _byName;

    /// <param name="argument">The body's name in messages.</param>
    public ResourceSchema(string argument, params IReadOnlyList<Field> fields)
    {
        _argument = argument;
        Fields = fields;
        _byName = fields.ToDictionary(f => f.Name, StringComparer.Ordinal);
    }

    /// <summary>The body's name in messages.</summary>
    public string Name => _argument;

    /// <summary>All fields.</summary>
    public IReadOnlyList<Field> Fields { get; }

    /// <summary>The field of this name, or null.</summary>
    public Field? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Reads the body of a request that makes something.</summary>
    public Result<FieldValues> Read(object? body)
    {
        if (body is not OrderedDictionary<string, object?> members)
        {
            return InputError.Field(_argument, body, $"Value not a valid dict: {PythonText.Str(body)}");
        }

        foreach (var name in members.Keys)
        {
            if (!_byName.ContainsKey(name))
            {
                return new MagnumError.Invalid($"Unknown attribute for argument {_argument}: {PythonText.Str(name)}");
            }
        }

        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in Fields)
        {
            if (!members.TryGetValue(field.Name, out var given))
            {
                if (field.Mandatory)
                {
                    return InputError.Missing(field.Name);
                }

                values[field.Name] = field.Fallback;
                continue;
            }

            if (field.ReadOnly)
            {
                return InputError.Field(field.Name, given, "Cannot set read only field.");
            }

            if (ReadOne(field, given, out var value) is { } error)
            {
                return error;
            }

            values[field.Name] = value;
        }

        return new FieldValues(values, members.ContainsKey);
    }

    /// <summary>Reads a whole resource after a patch.</summary>
    public Result<FieldValues> ReadPatched(IReadOnlyDictionary<string, object?> document)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in Fields)
        {
            if (ReadOne(field, document.GetValueOrDefault(field.Name), out var value) is { } error)
            {
                return error;
            }

            values[field.Name] = value;
        }

        return new FieldValues(values, _ => true);
    }

    private static MagnumError? ReadOne(Field field, object? given, out object? value)
    {
        value = null;
        if (given is not null && field.Type.Read(field.Name, given, out value) is { } error)
        {
            return error;
        }

        value ??= field.Fallback;
        return value is null && field.Mandatory ? InputError.Missing(field.Name) : null;
    }
}

/// <summary>A resource's values as read: text, <see cref="int"/>, <see cref="bool"/>, maps and lists, or null.</summary>
internal sealed class FieldValues(IReadOnlyDictionary<string, object?> values, Func<string, bool> given)
{
    /// <summary>Whether the request says anything of the field, be it null.</summary>
    public bool Has(string field) => given(field);

    /// <summary>The value as it is.</summary>
    public object? this[string field] => values[field];

    public string? Text(string field) => (string?)values[field];

    public int? Integer(string field) => (int?)values[field];

    public bool? Boolean(string field) => (bool?)values[field];

    public Guid? Uuid(string field) => (Guid?)values[field];

    public IReadOnlyDictionary<string, string> Map(string field) => (IReadOnlyDictionary<string, string>)values[field]!;

    public IReadOnlyList<string> List(string field) => (IReadOnlyList<string>)values[field]!;
}
