using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat.Observing;

/// <summary>Why a stack failed, in one sentence: which resource, of which node, and what its service said.</summary>
internal static class FailureReason
{
    public static string Of(HeatStack stack, StackTree tree)
    {
        var failed = tree.Leaves.Where(r => r.Status.EndsWith("_FAILED", StringComparison.Ordinal)).ToList();
        var cause = failed.Where(r => !HeatSentence.IsConsequence(r.StatusReason)).OrderBy(r => r.UpdatedTime).FirstOrDefault();
        if (cause is not null)
        {
            var others = failed.Where(r => !HeatSentence.IsConsequence(r.StatusReason)).Select(r => tree.NodeOf(r) ?? r.Name).Distinct(StringComparer.Ordinal).Count() - 1;
            return Describe(cause, tree) + (others > 0 ? $" ({others} more failed.)" : "");
        }

        if (HeatSentence.IsTimeout(stack.StatusReason))
        {
            var waiting = failed.Concat(tree.Leaves.Where(r => r.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal)))
                .Select(r => tree.NodeOf(r) is { } node ? $"node {node} ({ResourceNames.Of(r.Type)})" : $"{ResourceNames.Of(r.Type)} {r.Name}")
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            var limit = stack.TimeoutMins is { } minutes ? $"within {minutes} minute{(minutes == 1 ? "" : "s")}" : "in time";
            return waiting.Count == 0
                ? $"The stack was not complete {limit}."
                : $"The stack was not complete {limit}: still waiting for {string.Join(", ", waiting.Take(3))}{(waiting.Count > 3 ? $" and {waiting.Count - 3} more" : "")}.";
        }

        return HeatSentence.Clean(stack.StatusReason);
    }

    /// <summary>One failed resource.</summary>
    public static string Describe(HeatResource resource, StackTree tree)
    {
        var node = tree.NodeOf(resource);
        var said = HeatSentence.Clean(resource.StatusReason);
        var what = ResourceNames.Of(resource.Type);
        if (resource.Type is "OS::Heat::WaitCondition")
        {
            return HeatSentence.IsTimeout(resource.StatusReason)
                ? $"Node {node ?? resource.Name} did not report itself in time; its console log may tell why."
                : $"Node {node ?? resource.Name} reported a failure: {Sentence(said)}";
        }

        var verb = resource.Status.Split('_')[0] switch
        {
            "DELETE" => "deleted",
            "UPDATE" => "changed",
            _ => "made",
        };
        return node is null
            ? $"The {what} {resource.Name} could not be {verb}: {Sentence(said)}"
            : $"The {what} of node {node} could not be {verb}: {Sentence(said)}";
    }

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
