using Magnum.Core.Diagnosis;
using Magnum.Drivers.OpenStack.Heat;

namespace Magnum.Drivers.Heat.Observing;

/// <summary>Why a stack failed, in one sentence: which resource, of which node, and what its service said.</summary>
internal static class FailureReason
{
    /// <param name="testimonies">What Nova knows of nodes that failed.</param>
    public static string Of(HeatStack stack, StackTree tree, IReadOnlyList<NodeTestimony> testimonies)
    {
        var failed = tree.Leaves.Where(r => r.Status.EndsWith("_FAILED", StringComparison.Ordinal)).ToList();
        var causes = failed.Where(r => !HeatSentence.IsConsequence(r.StatusReason)).OrderBy(r => r.UpdatedTime).ToList();
        if (FailureCatalogue.MostTelling(causes, r => Explain(r, tree, testimonies)) is { Item: var cause })
        {
            var others = causes.Select(r => tree.NodeOf(r) ?? r.Name).Distinct(StringComparer.Ordinal).Count() - 1;
            return Explain(cause, tree, testimonies) + (others > 0 ? $" ({others} more failed.)" : "");
        }

        if (HeatSentence.IsTimeout(stack.StatusReason))
        {
            var waiting = failed.Concat(tree.Leaves.Where(r => r.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal)))
                .Select(r => tree.NodeOf(r) is { } node ? $"node {node} ({ResourceNames.Of(r.Type)})" : $"{ResourceNames.Of(r.Type)} {r.Name}")
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            var said = testimonies.Select(t => Words(t, null)).FirstOrDefault(w => w is not null);
            var limit = stack.TimeoutMins is { } minutes ? $"within {minutes} minute{(minutes == 1 ? "" : "s")}" : "in time";
            return (waiting.Count == 0
                ? $"The stack was not complete {limit}."
                : $"The stack was not complete {limit}: still waiting for {string.Join(", ", waiting.Take(3))}{(waiting.Count > 3 ? $" and {waiting.Count - 3} more" : "")}.") + said;
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
                ? $"Node {node ?? resource.Name} did not report itself in time."
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

    /// <summary>The resource's failure, and what Nova knows of its node where that tells more.</summary>
    private static string Explain(HeatResource resource, StackTree tree, IReadOnlyList<NodeTestimony> testimonies)
    {
        var described = Describe(resource, tree);
        var testimony = testimonies.FirstOrDefault(t => t.Node == tree.NodeOf(resource));
        return testimony is null ? described : described + Words(testimony, described);
    }

    /// <param name="described">What is said already; null for nothing.</param>
    private static string? Words(NodeTestimony testimony, string? described)
    {
        var known = FailureCatalogue.Match(described);
        var fault = testimony.Fault is { } text && described?.Contains(HeatSentence.Clean(text), StringComparison.Ordinal) != true ? HeatSentence.Clean(text) : null;
        return known?.Telling is Telling.Cause ? null
            : FailureCatalogue.Match(fault) is not null ? $" Nova says: {Sentence(fault!)}"
            : testimony.Console?.TellingLine is { } line ? $" The console of node {testimony.Node} says: {Sentence(line)}"
            : null;
    }

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
