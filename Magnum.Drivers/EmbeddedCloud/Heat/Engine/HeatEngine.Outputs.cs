using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Heat.ResourceTypes;
using Magnum.Drivers.EmbeddedCloud.Heat.Template;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Heat.Engine;

/// <summary>What a stack tells, and what it is told.</summary>
internal sealed partial class HeatEngine
{
    /// <summary>An output's value; null when there is none (yet).</summary>
    public JsonNode? OutputOf(StackRow stack, string name)
    {
        var model = ModelOf(stack);
        return model.Template.Outputs[name] is JsonObject output && HasOutput(model, output) ? new Resolver(model).Resolve(output["value"]) : null;
    }

    /// <summary>Outputs as the API shows them; an output that cannot be worked out says why.</summary>
    public IEnumerable<JsonObject> OutputsOf(StackRow stack)
    {
        var model = ModelOf(stack);
        foreach (var (name, node) in model.Template.Outputs)
        {
            if (node is not JsonObject output || !HasOutput(model, output))
            {
                continue;
            }

            var shown = new JsonObject { ["output_key"] = name, ["description"] = output.Text("description") ?? "No description given", ["output_value"] = null };
            try
            {
                shown["output_value"] = new Resolver(model).Resolve(output["value"]);
            }
            catch (ApiFault fault)
            {
                shown["output_error"] = fault.Message;
            }

            yield return shown;
        }
    }

    /// <summary>Whether something below would change though the definition is the same: a resource that failed, or a template file that is new.</summary>
    public bool NeedsUpdate(StackRow stack) => stack.Resources.Any(r =>
        r.Obsolete || r.Status is "FAILED"
        || (ModelOf(stack).Types.GetValueOrDefault(r.Name) is StackResource type && type.NeedsUpdate(ModelOf(stack).Context(r))));

    /// <summary>Something outside reports to a resource.</summary>
    public string Signal(StackRow stack, ResourceRow row, JsonObject body)
    {
        if (row.Implementation is not "OS::Heat::WaitConditionHandle")
        {
            throw ApiFault.BadRequest($"Resource {row.Name} does not support signals", "ResourceActionNotSupported");
        }

        var said = WaitConditionHandleResource.Signal(row, body);
        stack.Events.Add(new EventRow(Ids.New(), cloud.Clock.Now, row.Name, row.Type, row.PhysicalId, "SIGNAL", "COMPLETE", "Signal: " + said));
        foreach (var member in Family(RootOf(stack)).Where(s => s.InProgress))
        {
            WakeStack(member);
        }

        return said;
    }

    private static bool HasOutput(StackModel model, JsonObject output) => output["condition"] is not { } condition || new Resolver(model).Test(condition);
}
