using Magnum.Core.Events;
using Magnum.Core.Operations;

namespace Magnum.Core.Diagnosis;

/// <summary>Why an operation failed, with what it is concluded from.</summary>
/// <param name="Evidence">What the cloud said of it, the most telling first.</param>
public sealed record FailureDiagnosis(FailureCause Cause, IReadOnlyList<ClusterEvent> Evidence)
{
    private const int MostEvidence = 20;
    private const int MostSearched = 200;

    /// <summary>The diagnosis of a failed operation; null for others.</summary>
    /// <param name="events">Of its cluster; may be more, fewer or none.</param>
    public static FailureDiagnosis? Of(Operation operation, IEnumerable<ClusterEvent> events)
    {
        if (operation.State is not OperationState.Failed)
        {
            return null;
        }

        var evidence = events
            .Where(e => e.OperationUuid == operation.Uuid && e.Source is EventSource.Heat or EventSource.Nova && e.Level is not EventLevel.Info)
            .Take(MostSearched)
            .Select(e => (Event: e, Cause: FailureCatalogue.Match(e.Message)))
            .OrderBy(e => e.Cause?.Telling ?? Telling.Symptom).ThenBy(e => e.Event.Level is EventLevel.Error ? 0 : 1).ThenBy(e => e.Event.Sequence)
            .Take(MostEvidence)
            .ToList();

        // The reason was made from the most telling message when the operation ended; events are looked at only where it is not known.
        var cause = FailureCatalogue.Match(operation.Reason) ?? evidence.Select(e => e.Cause).FirstOrDefault(c => c is not null);
        return new FailureDiagnosis(cause ?? FailureCatalogue.Unknown, [.. evidence.Select(e => e.Event)]);
    }
}
