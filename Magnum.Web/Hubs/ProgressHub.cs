using System.Runtime.CompilerServices;
using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.Policies;
using Microsoft.AspNetCore.SignalR;

namespace Magnum.Web.Hubs;

/// <summary>What the hub tells about one change.</summary>
/// <param name="Kinds">Which of <c>cluster</c>, <c>progress</c>, <c>event</c>, <c>removed</c>, comma separated.</param>
/// <param name="Status">In the API's spelling.</param>
/// <param name="Progress">0-100 of the running operation.</param>
public sealed record ProgressMessage(Guid ClusterUuid, string ProjectId, string Kinds, long Sequence, string? Status, int? Progress);

/// <summary>One line of a cluster's history.</summary>
public sealed record EventMessage(
    Guid ClusterUuid, long Sequence, DateTimeOffset OccurredAt, string Source, string Level, string Kind, string Message,
    string? ResourceName, string? ResourceType, string? ResourceStatus);

/// <summary>The stream of changes for scripts and other pages; <c>/hubs/progress</c>. Callers stream from it, and the connection's end ends it.</summary>
internal sealed class ProgressHub(HubCallers callers, IClusterEvents events, IClusterQueries clusters) : Hub
{
    private const int EventsPerRead = 200;

    /// <inheritdoc />
    public override async Task OnConnectedAsync()
    {
        if (await callers.FindAsync(Context.GetHttpContext(), Context.ConnectionAborted) is not { } caller)
        {
            Context.Abort();
            return;
        }

        Context.Items[typeof(Caller)] = caller;
        await base.OnConnectedAsync();
    }

    /// <summary>Changes of all clusters of the caller's project; administrators may ask for all projects.</summary>
    public async IAsyncEnumerable<ProgressMessage> WatchProject(bool allProjects, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var caller = Caller();
        if (allProjects && !caller.IsAdmin)
        {
            throw new HubException("Only administrators may watch all projects.");
        }

        await foreach (var change in events.Subscribe(allProjects ? null : caller.ProjectId, null, cancellationToken))
        {
            yield return new ProgressMessage(
                change.ClusterUuid, change.ProjectId, change.Kinds.ToString().ToLowerInvariant(), change.Sequence, change.Status, change.Progress);
        }
    }

    /// <summary>A cluster's events after a sequence number, then the new ones as they come, without gaps.</summary>
    public async IAsyncEnumerable<EventMessage> WatchCluster(string ident, long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var caller = Caller();
        var found = await clusters.GetAsync(caller, ident, cancellationToken);
        if (!found.IsSuccess)
        {
            throw new HubException(found.Error.Detail);
        }

        var cluster = found.Value;
        await using var changes = events.Subscribe(cluster.ProjectId, cluster.Uuid, cancellationToken)   // before reading, so that no event falls between
            .GetAsyncEnumerator(cancellationToken);
        var removed = false;
        do
        {
            while (await clusters.ListEventsAsync(caller, cluster.Uuid, afterSequence, EventsPerRead, cancellationToken) is { IsSuccess: true, Value: { Count: > 0 } page })
            {
                foreach (var e in page)
                {
                    afterSequence = e.Sequence;
                    yield return Message(e);
                }
            }

            if (removed)
            {
                break;
            }

            removed = !await changes.MoveNextAsync() || changes.Current.Kinds.HasFlag(ClusterChangeKinds.Removed);
        }
        while (true);
    }

    private static EventMessage Message(ClusterEvent e) => new(
        e.ClusterUuid, e.Sequence, e.OccurredAt, e.Source.ToString().ToLowerInvariant(), e.Level.ToString().ToLowerInvariant(), e.Kind, e.Message,
        e.ResourceName, e.ResourceType, e.ResourceStatus);

    private Caller Caller() => Context.Items[typeof(Caller)] as Caller ?? throw new HubException("Not signed in.");
}
