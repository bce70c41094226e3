using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat.Observing;

/// <summary>Heat's events in people's words.</summary>
internal static class StackEvents
{
    /// <summary>Null for what tells people nothing: words of the template, and nested stacks, whose resource says the same.</summary>
    public static ObservedEvent? Map(HeatEvent happened, HeatStack root, StackTree tree)
    {
        var (action, state) = Split(happened.Status);
        var isStack = happened.PhysicalId.Length > 0 && happened.PhysicalId == happened.Stack?.Id;
        var resource = isStack ? null : tree.Find(happened.Stack?.Id, happened.ResourceName);
        if (isStack ? happened.Stack?.Id != root.Id : resource?.Type is "OS::Heat::Value" or "OS::Heat::WaitConditionHandle")
        {
            return null;
        }

        var type = isStack ? "OS::Heat::Stack" : resource?.Type;
        var node = isStack ? null : resource is null ? tree.NodeOfStack(happened.Stack?.Id) : tree.NodeOf(resource);
        var subject = Subject(happened, root, isStack, type, node, resource is not null && IsNode(resource));
        var level = state == "FAILED" ? HeatSentence.IsConsequence(happened.StatusReason) ? EventLevel.Warning : EventLevel.Error : EventLevel.Info;
        var message = state switch
        {
            "IN_PROGRESS" => $"{subject} is being {Verb(action)}",
            "COMPLETE" when type is "OS::Heat::WaitCondition" && action == "CREATE" => $"Node {node ?? happened.ResourceName} reported itself ready",
            "COMPLETE" => $"{subject} was {Verb(action)}",
            "FAILED" => $"{subject} could not be {Verb(action)}: {HeatSentence.Clean(happened.StatusReason)}",
            _ => $"{subject}: {happened.Status}",
        };
        return new ObservedEvent(
            happened.Id, happened.Time, EventSource.Heat, level, isStack ? root.Name : resource is not null && IsNode(resource) ? node! : node is null ? happened.ResourceName : $"{node}/{happened.ResourceName}",
            type, happened.Status, happened.PhysicalId.Length == 0 ? null : happened.PhysicalId, message);
    }

    private static string Subject(HeatEvent happened, HeatStack root, bool isStack, string? type, string? node, bool isNode)
    {
        if (isStack)
        {
            return $"Stack {root.Name}";
        }

        if (isNode)
        {
            return $"Node {node ?? happened.ResourceName}";
        }

        var what = ResourceNames.Of(type);
        what = char.ToUpperInvariant(what[0]) + what[1..];
        return node is null ? $"{what} {happened.ResourceName}" : $"{what} of node {node}";
    }

    private static bool IsNode(HeatResource resource) => resource.Type.EndsWith(".yaml", StringComparison.Ordinal);

    private static (string Action, string State) Split(string status)
    {
        var cut = status.IndexOf('_', StringComparison.Ordinal);
        return cut < 0 ? (status, "") : (status[..cut], status[(cut + 1)..]);
    }

    private static string Verb(string action) => action switch
    {
        "CREATE" => "made",
        "UPDATE" => "changed",
        "DELETE" => "deleted",
        "ROLLBACK" => "rolled back",
        "CHECK" => "checked",
        "SUSPEND" => "suspended",
        "RESUME" => "resumed",
        "SIGNAL" => "signalled",
        _ => $"{action.ToLowerInvariant()}d",
    };
}
