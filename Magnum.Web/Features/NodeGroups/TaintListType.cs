using Magnum.Core.Errors;
using Magnum.Core.NodeGroups;
using Magnum.Web.Api.Input;

namespace Magnum.Web.Features.NodeGroups;

/// <summary>A list of taints. What is no object of texts is refused as input, what is no taint as Magnum refuses it.</summary>
internal sealed record TaintListType : FieldType
{
    /// <summary>What a taint does to pods.</summary>
    public static readonly string[] Effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

    public override object? Empty => Array.Empty<NodeTaint>();

    public override MagnumError? Read(string field, object value, out object? result)
    {
        result = null;
        if (value is not List<object?> items)
        {
            return InputError.Field(field, value, $"Value not a valid list: {PythonText.Str(value)}");
        }

        var taints = new List<NodeTaint>(items.Count);
        foreach (var item in items)
        {
            if (item is not OrderedDictionary<string, object?> members || members.Values.Any(v => v is not (string or null)))
            {
                return InputError.Field(field, value, "Every taint should be a dict of strings");
            }

            var where = $"{field}[{taints.Count}]";
            if (members.Keys.Except(["key", "value", "effect"]).ToList() is { Count: > 0 } unknown)
            {
                return new MagnumError.Conflict($"{where} contains unrecognised field(s) {string.Join(", ", unknown)}") { Field = field };
            }

            var key = members.GetValueOrDefault("key") as string;
            var effect = members.GetValueOrDefault("effect") as string;
            if (string.IsNullOrEmpty(key))
            {
                return new MagnumError.Conflict($"{where}.key is required") { Field = field };
            }

            if (effect is null || !Effects.Contains(effect))
            {
                return new MagnumError.Conflict($"{where}.effect must be one of {string.Join(", ", Effects)}") { Field = field };
            }

            taints.Add(new NodeTaint(key, members.GetValueOrDefault("value") as string, effect));
        }

        result = taints;
        return null;
    }
}
