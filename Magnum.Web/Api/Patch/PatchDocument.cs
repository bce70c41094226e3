using System.Globalization;
using Magnum.Core.Errors;
using Magnum.Web.Api.Input;

namespace Magnum.Web.Api.Patch;

/// <summary>A resource as its patch sees it: the fields by name, maps below some of them.</summary>
internal sealed class PatchDocument(IReadOnlyDictionary<string, object?> fields)
{
    private readonly Dictionary<string, object?> _fields = fields.ToDictionary(f => f.Key, f => Thaw(f.Value), StringComparer.Ordinal);
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);

    /// <summary>Applies the operations in order, to a copy of the resource's fields.</summary>
    public static Result<IReadOnlyDictionary<string, object?>> Apply(
        IReadOnlyDictionary<string, object?> fields, IReadOnlyList<PatchOperation> operations, PatchRules rules)
    {
        var document = new PatchDocument(fields);
        foreach (var operation in operations)
        {
            if (document.Apply(operation, rules) is { } error)
            {
                return error;
            }
        }

        return Result.Success<IReadOnlyDictionary<string, object?>>(document._fields);
    }

    private MagnumError? Apply(PatchOperation operation, PatchRules rules)
    {
        if (operation.Parts is [var root])
        {
            return operation.Op switch
            {
                "add" => AddRoot(operation, root, rules),
                "replace" => ReplaceRoot(operation, root, rules),
                _ => RemoveRoot(operation, root),
            };
        }

        object? target = _fields.GetValueOrDefault(operation.Parts[0]);
        foreach (var part in operation.Parts[1..^1])
        {
            target = target is OrderedDictionary<string, object?> map ? map.GetValueOrDefault(part) : null;
        }

        return target switch
        {
            OrderedDictionary<string, object?> map => ApplyToMap(operation, map, operation.Parts[^1]),
            List<object?> list => ApplyToList(operation, list, operation.Parts[^1]),
            _ => Failed(operation, $"member '{operation.Parts[^1]}' not found in {PythonText.Repr(target)}"),
        };
    }

    private MagnumError? AddRoot(PatchOperation operation, string root, PatchRules rules)
    {
        if (!_fields.TryGetValue(root, out var current))
        {
            return new MagnumError.Invalid($"Adding a new attribute /{root} to the root of the resource is not allowed.") { Field = root };
        }

        return current is not null && !_removed.Contains(root)
            ? new MagnumError.Invalid($"The attribute /{root} has existed, please use 'replace' operation instead.") { Field = root }
            : Set(operation, root, rules);
    }

    private MagnumError? ReplaceRoot(PatchOperation operation, string root, PatchRules rules) =>
        _fields.ContainsKey(root) && !_removed.Contains(root)
            ? Set(operation, root, rules)
            : Failed(operation, $"can't replace a non-existent object '{root}'");

    private MagnumError? RemoveRoot(PatchOperation operation, string root)
    {
        if (!_fields.ContainsKey(root) || !_removed.Add(root))
        {
            return Failed(operation, $"can't remove a non-existent object '{root}'");
        }

        _fields[root] = null;   // its default takes this place when the fields are read again
        return null;
    }

    private MagnumError? Set(PatchOperation operation, string root, PatchRules rules)
    {
        var value = operation.Value;
        if (value is string text && rules.Literals.Contains(operation.Path))
        {
            if (!PythonLiteral.TryParse(text, out value))
            {
                return Failed(operation, $"malformed node or string: {PythonText.Repr(text)}");
            }
        }

        _removed.Remove(root);
        _fields[root] = Thaw(value);
        return null;
    }

    private static MagnumError? ApplyToMap(PatchOperation operation, OrderedDictionary<string, object?> map, string key)
    {
        if (operation.Op != "add" && !map.ContainsKey(key))
        {
            return Failed(operation, $"can't {operation.Op} a non-existent object '{key}'");
        }

        if (operation.Op == "remove")
        {
            map.Remove(key);
        }
        else
        {
            map[key] = operation.Value;
        }

        return null;
    }

    private static MagnumError? ApplyToList(PatchOperation operation, List<object?> list, string key)
    {
        if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index >= list.Count)
        {
            return Failed(operation, $"can't {operation.Op} outside of list");
        }

        switch (operation.Op)
        {
            case "remove":
                list.RemoveAt(index);
                break;
            case "add":
                list.Insert(index, operation.Value);
                break;
            default:
                list[index] = operation.Value;
                break;
        }

        return null;
    }

    private static MagnumError Failed(PatchOperation operation, string why)
    {
        var told = new OrderedDictionary<string, object?>(StringComparer.Ordinal) { ["path"] = operation.Path, ["op"] = operation.Op };
        if (operation.Op != "remove")
        {
            told["value"] = operation.Value;
        }

        return new MagnumError.Invalid($"Couldn't apply patch '{PythonText.Repr(new List<object?> { told })}'. Reason: {why}") { Field = operation.Parts[0] };
    }

    /// <summary>Maps and lists become ones that this patch alone changes.</summary>
    private static object? Thaw(object? value)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, string> map:
                var members = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
                foreach (var (key, member) in map)
                {
                    members[key] = member;
                }

                return members;
            case OrderedDictionary<string, object?> map:
                return new OrderedDictionary<string, object?>(map, StringComparer.Ordinal);
            case IEnumerable<string> list:
                return list.Cast<object?>().ToList();
            case IEnumerable<object?> list:
                return list.ToList();
            case int number:
                return (long)number;
            case Guid uuid:
                return uuid.ToString();
            default:
                return value;
        }
    }
}
