using System.Text.Json.Nodes;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.ClusterApi.Objects;

/// <summary>A variable of the cluster class.</summary>
/// <param name="AskedBy">The field or label that asks for it; null: it only says what holds anyway, and a class that does not know it does well without.</param>
internal sealed record ClusterVariable(string Name, JsonNode Value, string? AskedBy)
{
    public JsonObject ToJson() => new() { ["name"] = Name, ["value"] = Value.DeepClone() };

    /// <summary>Those that the class knows; a refusal when it does not know one that somebody asks for, for then the cluster would not be as it was asked for.</summary>
    public static JsonArray Fit(IEnumerable<ClusterVariable> wanted, ClusterClassView of)
    {
        var array = new JsonArray();
        foreach (var variable in wanted)
        {
            if (of.Variables.Contains(variable.Name))
            {
                array.Add((JsonNode)variable.ToJson());
            }
            else if (variable.AskedBy is { } field)
            {
                throw new DriverRefusedException($"The cluster class {of.Name} has no variable {variable.Name}, which {field} needs.", nothingChanged: true);
            }
        }

        return array;
    }
}

/// <summary>What has to be known of a ClusterClass.</summary>
internal sealed record ClusterClassView(string Name, IReadOnlySet<string> Variables, IReadOnlySet<string> WorkerClasses);
