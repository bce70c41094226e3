using System.Numerics;
using System.Text.RegularExpressions;
using Magnum.Core.Errors;
using Magnum.Web.Api.Input;

namespace Magnum.Web.Api.Patch;

/// <summary>One operation of a JSON Patch, as far as Magnum knows them.</summary>
/// <param name="Op"><c>add</c>, <c>replace</c> or <c>remove</c>.</param>
/// <param name="Path">The whole path, such as <c>/labels/key</c>.</param>
/// <param name="Value">A value of <see cref="JsonValues"/>; null for <c>remove</c>.</param>
internal sealed partial record PatchOperation(string Op, string Path, object? Value)
{
    /// <summary>The path's parts.</summary>
    public string[] Parts { get; } = Path[1..].Split('/');

    /// <summary>Reads a body; the rules of the resource are looked at before it is loaded.</summary>
    public static Result<IReadOnlyList<PatchOperation>> ReadAll(object? body, PatchRules rules)
    {
        if (body is not List<object?> items)
        {
            return InputError.Field("patch", body, $"Value not a valid list: {PythonText.Str(body)}");
        }

        if (items.Count > rules.MostOperations)
        {
            return InputError.Field("patch", "…", $"Value should have at most {rules.MostOperations} operations");
        }

        var operations = new List<PatchOperation>(items.Count);
        foreach (var item in items)
        {
            if (ReadOne(item, rules, out var operation) is { } error)
            {
                return error;
            }

            operations.Add(operation!);
        }

        foreach (var operation in operations)
        {
            if (Refusal(operation, rules) is { } error)
            {
                return error;
            }
        }

        return Result.Success<IReadOnlyList<PatchOperation>>(operations);
    }

    private static MagnumError? ReadOne(object? item, PatchRules rules, out PatchOperation? operation)
    {
        operation = null;
        if (item is not OrderedDictionary<string, object?> members)
        {
            return InputError.Field("patch", item, $"Value not a valid dict: {PythonText.Str(item)}");
        }

        foreach (var name in members.Keys)
        {
            if (name is not ("op" or "path" or "value"))
            {
                return new MagnumError.Invalid($"Unknown attribute for argument patch: {PythonText.Str(name)}");
            }
        }

        if (!members.TryGetValue("path", out var path) || path is null)
        {
            return InputError.Missing("path");
        }

        if (path is not string pathText || !PathPattern().IsMatch(pathText))
        {
            return InputError.Field("path", path, $"Value should match the pattern {PathText}");
        }

        if (!members.TryGetValue("op", out var op) || op is null)
        {
            return InputError.Missing("op");
        }

        if (op is not ("add" or "replace" or "remove"))
        {
            return InputError.Field("op", op, "Value should be one of: add, replace, remove");
        }

        // The reference takes text and integers alone; maps and lists are taken where clients else have to send them as Python's text.
        if (members.TryGetValue("value", out var value)
            && value is not (string or long or BigInteger or bool)
            && !(value is OrderedDictionary<string, object?> or List<object?> && rules.Literals.Contains(pathText)))
        {
            return InputError.Field("value", value, $"Wrong type. Expected 'str, int', got '{InputError.TypeOf(value)}'");
        }

        operation = new PatchOperation((string)op, pathText, value);
        return null;
    }

    private static MagnumError? Refusal(PatchOperation operation, PatchRules rules)
    {
        var root = "/" + operation.Parts[0];
        if (rules.Internal.Contains(root))
        {
            return new MagnumError.Invalid($"'{operation.Path}' is an internal attribute and can not be updated") { Field = operation.Parts[0] };
        }

        if (operation.Op == "remove" && rules.Mandatory.Contains(operation.Path))
        {
            return new MagnumError.Invalid($"'{operation.Path}' is a mandatory attribute and can not be removed") { Field = operation.Parts[0] };
        }

        return operation is { Op: "add" or "replace", Value: null }
            ? new MagnumError.Invalid("'add' and 'replace' operations needs value") { Field = operation.Parts[0] }
            : null;
    }

    private const string PathText = @"^(/[\w-]+)+$";

    [GeneratedRegex(@"^(/[\w-]+)+\z")]
    private static partial Regex PathPattern();
}

/// <summary>What a patch of a resource may not touch, and where its values are literals.</summary>
internal sealed record PatchRules
{
    private static readonly string[] AlwaysInternal = ["/created_at", "/updated_at", "/id", "/uuid", "/links", "/project_id", "/user_id"];

    /// <summary>Paths that nobody may change.</summary>
    public IReadOnlySet<string> Internal { get; private init; } = AlwaysInternal.ToHashSet(StringComparer.Ordinal);

    /// <summary>Paths that cannot be removed.</summary>
    public IReadOnlySet<string> Mandatory { get; init; } = new HashSet<string>();

    /// <summary>Paths whose replacement is a map or list, usually as Python's text.</summary>
    public IReadOnlySet<string> Literals { get; } = new HashSet<string>(StringComparer.Ordinal) { "/labels", "/health_status_reason", "/node_labels", "/node_taints" };

    /// <summary>More make no sense.</summary>
    public int MostOperations { get; init; } = 1000;

    /// <summary>The rules with more internal paths.</summary>
    public PatchRules WithInternal(params IReadOnlyList<string> paths) => this with { Internal = Internal.Concat(paths).ToHashSet(StringComparer.Ordinal) };
}
