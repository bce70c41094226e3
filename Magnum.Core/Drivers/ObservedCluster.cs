using Magnum.Core.Events;

namespace Magnum.Core.Drivers;

/// <summary>What the back end is at, as a fact; Core alone makes a status of it.</summary>
public enum ObservedState
{
    /// <summary>Nothing there (any more).</summary>
    Absent,
    InProgress,

    /// <summary>Everything asked for exists.</summary>
    Ready,
    Failed,

    /// <summary>A failed change was taken back by the back end.</summary>
    RolledBack,
}

/// <summary>The facts about a cluster in the back end at one moment.</summary>
public sealed record ObservedCluster(ObservedState State)
{
    /// <summary>Why it failed, naming the resource; or the back end's own words.</summary>
    public string? Reason { get; init; }

    /// <summary>False when the back end still shows the result of an earlier operation than the one asked about.</summary>
    public bool IsCurrent { get; init; } = true;

    /// <summary>Whether what goes on is a deletion. A deletion that is <see cref="ObservedState.Ready"/> is done with a part, and to be asked for the next.</summary>
    public bool IsDeleting { get; init; }

    /// <summary>Whether the back end takes a failed change back, or failed to.</summary>
    public bool IsRollingBack { get; init; }

    /// <summary>The back end's identifier.</summary>
    public string? BackendId { get; init; }

    public string? ApiAddress { get; init; }

    public string? CoeVersion { get; init; }

    public IReadOnlyList<ObservedNodeGroup> NodeGroups { get; init; } = [];

    /// <summary>How far each named part is; empty when not asked for.</summary>
    public IReadOnlyList<ObservedStage> Stages { get; init; } = [];

    /// <summary>How far an upgrade is; null when no nodes are left over from before one.</summary>
    public NodeReplacement? Replacement { get; init; }

    /// <summary>New events after the marker that was given, oldest first.</summary>
    public IReadOnlyList<ObservedEvent> Events { get; init; } = [];

    /// <summary>To be given at the next observation.</summary>
    public string? EventMarker { get; init; }
}

/// <summary>Nodes that make way for others.</summary>
/// <param name="Left">Those that have still to go or to come back.</param>
/// <param name="Total">All that there are to be.</param>
public sealed record NodeReplacement(int Left, int Total);

/// <summary>A part of the cluster being made.</summary>
/// <param name="Name">Stable key: <c>network</c>, <c>security</c>, <c>load-balancer</c>, <c>control-plane</c>, <c>workers</c>.</param>
public sealed record ObservedStage(string Name, int Done, int Total, bool Failed);

/// <summary>A node group in the back end.</summary>
/// <param name="NodeCount">Nodes that there are; null when the back end does not say.</param>
public sealed record ObservedNodeGroup(string Name, int? NodeCount, IReadOnlyList<ObservedNode> Nodes)
{
    public ObservedState State { get; init; } = ObservedState.Ready;

    /// <summary>Of the engine on its nodes; null: the cluster's.</summary>
    public string? Version { get; init; }

    public string? Reason { get; init; }
}

/// <summary>A node. Stored with its group for the dashboard.</summary>
/// <param name="Address">On the cluster's network.</param>
/// <param name="PublicAddress">Floating IP, if any.</param>
/// <param name="Status">The back end's word, such as <c>CREATE_COMPLETE</c>.</param>
public sealed record ObservedNode(string Name, string? ServerId, string? Address, string? PublicAddress, string? Status);

/// <summary>An event of the back end.</summary>
public sealed record ObservedEvent(
    string ExternalId,
    DateTimeOffset OccurredAt,
    EventSource Source,
    EventLevel Level,
    string ResourceName,
    string? ResourceType,
    string? ResourceStatus,
    string? PhysicalId,
    string Message)
{
    /// <summary>The event's kind: <c>resource</c>, or <c>console</c> for the end of a server's console.</summary>
    public string Kind { get; init; } = "resource";
}
