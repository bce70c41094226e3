using Magnum.Core.Diagnosis.Known;

namespace Magnum.Core.Diagnosis;

/// <summary>All failures that are known, and which of them a message tells of.</summary>
public static class FailureCatalogue
{
    private static readonly FailureCause[] ByMessage =
    [
        .. ComputeFailures.All,
        .. StorageFailures.All,
        .. NetworkFailures.All,
        .. LoadBalancerFailures.All,
        .. IdentityFailures.All,
        .. OrchestrationFailures.All,
        .. NodeFailures.All,
        .. ConductorFailures.All,
        .. ClusterApiFailures.All,
    ];

    /// <summary>All, those that are found by their message first.</summary>
    public static IReadOnlyList<FailureCause> All { get; } = [.. ByMessage, .. Waits.All];

    /// <summary>A failure that no entry knows.</summary>
    public static FailureCause Unknown => Waits.Unknown;

    // As a search goes: of two that match, the one that tells more; of equals, the earlier in the catalogue.
    private static FailureCause[] InOrder { get; } = [.. ByMessage.OrderBy(c => c.Telling)];

    /// <summary>The failure that a message tells of; null when none is known.</summary>
    public static FailureCause? Match(string? text) => string.IsNullOrWhiteSpace(text) ? null : Array.Find(InOrder, c => c.Matches(text));

    /// <summary>The one of several messages that tells most, the first of equals; null when there is none.</summary>
    public static (T Item, FailureCause? Cause)? MostTelling<T>(IEnumerable<T> items, Func<T, string?> text)
    {
        (T Item, FailureCause? Cause)? best = null;
        foreach (var item in items)
        {
            var cause = Match(text(item));
            if (best is null || Rank(cause) < Rank(best.Value.Cause))
            {
                best = (item, cause);
            }
        }

        return best;
    }

    // A message that is not known may well be a cause, and says more than that the time is up.
    private static int Rank(FailureCause? cause) => cause?.Telling switch
    {
        Telling.Cause => 0,
        Telling.Symptom => 1,
        null => 2,
        _ => 3,
    };
}
