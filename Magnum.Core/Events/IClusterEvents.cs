namespace Magnum.Core.Events;

/// <summary>What about a cluster has changed.</summary>
[Flags]
public enum ClusterChangeKinds
{
    None = 0,

    /// <summary>The row: status, addresses, counts.</summary>
    Cluster = 1,

    /// <summary>An operation's step or percentage.</summary>
    Progress = 2,

    /// <summary>New events up to <see cref="ClusterChange.Sequence"/>.</summary>
    Event = 4,

    /// <summary>The cluster is gone.</summary>
    Removed = 8,
}

/// <summary>A hint that something committed: small, so that who cares reads what it needs.</summary>
/// <param name="Sequence">The last event's number at that moment.</param>
/// <param name="Status">The cluster's status in the API's spelling.</param>
/// <param name="Progress">0-100 of the running operation.</param>
public sealed record ClusterChange(Guid ClusterUuid, string ProjectId, ClusterChangeKinds Kinds, long Sequence, string? Status, int? Progress)
{
    /// <summary>The stream's own count, given when it is told: what is read from then on shows it.</summary>
    public long Number { get; init; }

    /// <summary>Both as one. Two publishers may overtake each other between commit and publishing: the higher sequence is the newer.</summary>
    public ClusterChange With(ClusterChange later) => (later.Sequence >= Sequence ? later : this) with
    {
        Kinds = Kinds | later.Kinds,
        Number = Math.Max(Number, later.Number),
    };
}

/// <summary>The one stream of changes: published after commit, read by pages, the hub and the API's event stream.</summary>
public interface IClusterEvents
{
    /// <summary>The <see cref="ClusterChange.Number"/> of the change told last; 0 before the first.</summary>
    long Latest { get; }

    /// <summary>Tells everybody who listens; never waits for a slow listener.</summary>
    ValueTask PublishAsync(ClusterChange change, CancellationToken cancellationToken);

    /// <summary>Changes from the moment of the call on. A null project means all projects (administrators). A slow listener gets merged changes, never unbounded memory.</summary>
    IAsyncEnumerable<ClusterChange> Subscribe(string? projectId, Guid? clusterUuid, CancellationToken cancellationToken);

    /// <summary>The same of one project, for who only wants to know: it does not count as watching.</summary>
    IAsyncEnumerable<ClusterChange> Overhear(string projectId, CancellationToken cancellationToken);

    /// <summary>Whether anybody watches this cluster now: its resource events are then fetched eagerly.</summary>
    bool IsWatched(Guid clusterUuid, string projectId);
}
