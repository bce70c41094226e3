using Magnum.Core.Clusters;

namespace Magnum.Core.Operations;

/// <summary>What an operation does to a cluster.</summary>
public enum OperationKind
{
    Create,

    /// <summary>PATCH of the default workers' count.</summary>
    Update,

    /// <summary>A new count for one node group.</summary>
    Resize,
    Upgrade,

    /// <summary>Pre-empts everything else.</summary>
    Delete,
    RotateCa,
    NodeGroupCreate,
    NodeGroupUpdate,
    NodeGroupDelete,
}

/// <summary>How far an operation is.</summary>
public enum OperationState
{
    /// <summary>Recorded, not started.</summary>
    Queued,

    /// <summary>A conductor holds the lease.</summary>
    Running,

    /// <summary>Waiting for the cloud, or to try again.</summary>
    Waiting,
    Succeeded,

    /// <summary>Given up, with a reason.</summary>
    Failed,

    /// <summary>Pre-empted by a delete, of the cluster or of the group.</summary>
    Cancelled,
}

/// <summary>The record of one piece of work. It is the truth; the scheduler is only the alarm clock.</summary>
public sealed class Operation
{
    public long Id { get; internal set; }

    public Guid Uuid { get; internal set; }

    /// <summary>The cluster; the record outlives it.</summary>
    public Guid ClusterUuid { get; internal set; }

    /// <summary>Equal to <see cref="ClusterUuid"/> while active, else null. Unique: one operation at a time changes a cluster.</summary>
    public Guid? ActiveClusterUuid { get; internal set; }

    /// <summary>The group concerned, if one is.</summary>
    public Guid? NodeGroupUuid { get; internal set; }

    public string ProjectId { get; internal set; } = "";

    /// <summary>Who asked.</summary>
    public string UserId { get; internal set; } = "";

    /// <summary>The request that asked.</summary>
    public string RequestId { get; internal set; } = "";

    public OperationKind Kind { get; internal set; }

    public OperationState State { get; internal set; }

    /// <summary>What was asked for.</summary>
    public OperationPayload Payload { get; internal set; } = new();

    /// <summary>The step at work; null before the first.</summary>
    public string? Step { get; internal set; }

    /// <summary>Tries of the present step that met trouble, for backing off; 0 while all goes well.</summary>
    public int Attempt { get; internal set; }

    /// <summary>0-100.</summary>
    public int Progress { get; internal set; }

    /// <summary>Which conductor works on it.</summary>
    public string? LeaseOwner { get; internal set; }

    /// <summary>Until when that conductor may be taken for alive.</summary>
    public DateTimeOffset? LeaseUntil { get; internal set; }

    /// <summary>Not to be run before.</summary>
    public DateTimeOffset NotBefore { get; internal set; }

    /// <summary>Given up after; null: no limit.</summary>
    public DateTimeOffset? Deadline { get; internal set; }

    /// <summary>Why it failed, or what it waits for.</summary>
    public string? Reason { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }

    public DateTimeOffset? StartedAt { get; internal set; }

    public DateTimeOffset? FinishedAt { get; internal set; }

    /// <summary>Password of the cluster's node user while the operation runs; protected by <see cref="Credentials.ISecretProtector"/>, dropped at the end.</summary>
    public string? NodeSecret { get; internal set; }

    /// <summary>Raised by every change: compare-and-set.</summary>
    public long Generation { get; internal set; } = 1;

    /// <summary>The named, weighted steps in order.</summary>
    public List<OperationStep> Steps { get; internal set; } = [];

    /// <summary>Whether it still has something to do.</summary>
    public bool IsActive => State is OperationState.Queued or OperationState.Running or OperationState.Waiting;
}

/// <summary>What was asked for; only what the kind needs is set. Stored as JSON.</summary>
public sealed record OperationPayload
{
    /// <summary>The cluster's driver, which is asked for when the cluster is gone; null in records of before.</summary>
    public string? Driver { get; init; }

    /// <summary>The status to go back to when refused before anything was touched.</summary>
    public ClusterStatus? PreviousStatus { get; init; }

    /// <summary>The same for the node groups, by name.</summary>
    public IReadOnlyDictionary<string, ClusterStatus> PreviousGroupStatuses { get; init; } = new Dictionary<string, ClusterStatus>();

    /// <summary>The count before, restored on failure.</summary>
    public int? PreviousNodeCount { get; init; }

    /// <summary>The count wanted.</summary>
    public int? NodeCount { get; init; }

    /// <summary>Server ids to be removed first.</summary>
    public IReadOnlyList<string> NodesToRemove { get; init; } = [];

    /// <summary>Ask the back end to roll back when it fails.</summary>
    public bool Rollback { get; init; }

    /// <summary>Upgrade: the new template.</summary>
    public Guid? ClusterTemplateId { get; init; }

    /// <summary>Upgrade: nodes at a time.</summary>
    public int? MaxBatchSize { get; init; }

    /// <summary>Upgrade: what is restored when it is refused before anything was touched.</summary>
    public FormerTemplate? Former { get; init; }
}

/// <summary>How far a step is.</summary>
public enum StepState
{
    Pending,

    /// <summary>Begun; may have been cut off.</summary>
    Running,
    Succeeded,
    Failed,

    /// <summary>Not needed.</summary>
    Skipped,
}

/// <summary>A named step, stored before and after each outside call.</summary>
public sealed class OperationStep
{
    public long Id { get; internal set; }

    /// <summary>The operation's row.</summary>
    public long OperationId { get; internal set; }

    /// <summary>Order, from 0.</summary>
    public int Ordinal { get; internal set; }

    /// <summary>Stable key such as <c>certificates</c>; the dashboard translates it.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>Share of the percentage.</summary>
    public int Weight { get; internal set; }

    public StepState State { get; internal set; }

    /// <summary>0-100 within the step.</summary>
    public int Progress { get; internal set; }

    /// <summary>What it does, waits for, or failed of.</summary>
    public string? Message { get; internal set; }

    public DateTimeOffset? StartedAt { get; internal set; }

    public DateTimeOffset? FinishedAt { get; internal set; }
}
