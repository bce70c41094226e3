using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Events;

/// <summary>
/// Appends to a cluster's history within the caller's transaction. The number comes from the cluster's row, whose generation is raised:
/// of two writers at once one has to begin anew, so numbers have no gaps and follow the order of commit.
/// </summary>
public static class ClusterEventWriter
{
    /// <summary>Longest message that is stored.</summary>
    private const int MaxMessage = 4000;

    /// <summary>Appends one event.</summary>
    /// <param name="cluster">Tracked by <paramref name="db"/>.</param>
    /// <param name="kind">Stable key such as <c>operation.started</c>.</param>
    /// <param name="operation">What it belongs to, if anything.</param>
    public static ClusterEvent Append(
        MagnumDbContext db, Cluster cluster, EventSource source, EventLevel level, string kind, string message, DateTimeOffset occurredAt, Operation? operation)
    {
        cluster.Generation++;
        var entry = new ClusterEvent
        {
            ClusterUuid = cluster.Uuid,
            ProjectId = cluster.ProjectId,
            Sequence = ++cluster.EventSequence,
            OccurredAt = occurredAt,
            Source = source,
            Level = level,
            Kind = kind,
            Message = Cut(message, MaxMessage)!,
            OperationUuid = operation?.Uuid,
            RequestId = operation?.RequestId,
        };
        db.Add(entry);
        return entry;
    }

    /// <summary>Appends the back end's events that are not recorded yet.</summary>
    public static async Task AppendAsync(
        MagnumDbContext db, Cluster cluster, IReadOnlyList<ObservedEvent> events, Operation? operation, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        var ids = events.Select(e => e.ExternalId).ToList();
        var known = await db.ClusterEvents
            .Where(e => e.ClusterUuid == cluster.Uuid && e.ExternalId != null && ids.Contains(e.ExternalId))
            .Select(e => e.ExternalId!)
            .ToHashSetAsync(cancellationToken);
        foreach (var seen in events.Where(e => known.Add(e.ExternalId)))
        {
            var entry = Append(db, cluster, seen.Source, seen.Level, seen.Kind, seen.Message, seen.OccurredAt, operation);
            entry.ExternalId = seen.ExternalId;
            entry.ResourceName = Cut(seen.ResourceName, 255);
            entry.ResourceType = Cut(seen.ResourceType, 255);
            entry.ResourceStatus = Cut(seen.ResourceStatus, 64);
            entry.PhysicalId = Cut(seen.PhysicalId, 255);
        }
    }

    private static string? Cut(string? text, int length) => text?.Length > length ? text[..length] : text;
}
