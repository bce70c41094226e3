namespace Magnum.Core.Events;

/// <summary>Who tells.</summary>
public enum EventSource
{
    /// <summary>A request of a person or script.</summary>
    Request,

    /// <summary>Magnum's conductor.</summary>
    Conductor,

    /// <summary>Heat: a resource of the stack.</summary>
    Heat,

    /// <summary>Nova: a fault of a server.</summary>
    Nova,

    /// <summary>A health probe.</summary>
    Health,

    /// <summary>Cluster API: a condition of one of its objects.</summary>
    ClusterApi,
}

/// <summary>How bad.</summary>
public enum EventLevel
{
    Info,
    Warning,
    Error,
}

/// <summary>One line of a cluster's history. Append only; it outlives the cluster for the record.</summary>
public sealed class ClusterEvent
{
    public long Id { get; internal set; }

    public Guid ClusterUuid { get; internal set; }

    public string ProjectId { get; internal set; } = "";

    /// <summary>1, 2, 3 ... within the cluster, without gaps, in order of commit.</summary>
    public long Sequence { get; internal set; }

    /// <summary>When it happened, by the source's clock.</summary>
    public DateTimeOffset OccurredAt { get; internal set; }

    public EventSource Source { get; internal set; }

    public EventLevel Level { get; internal set; }

    /// <summary>Stable key: <c>operation.started</c>, <c>operation.step</c>, <c>operation.failed</c>, <c>resource</c>, <c>console</c>, <c>status</c> ...</summary>
    public string Kind { get; internal set; } = "";

    /// <summary>A sentence.</summary>
    public string Message { get; internal set; } = "";

    /// <summary>The resource's name in the back end.</summary>
    public string? ResourceName { get; internal set; }

    /// <summary>Such as <c>OS::Nova::Server</c>.</summary>
    public string? ResourceType { get; internal set; }

    /// <summary>Such as <c>CREATE_COMPLETE</c>.</summary>
    public string? ResourceStatus { get; internal set; }

    /// <summary>Id of the thing in the cloud.</summary>
    public string? PhysicalId { get; internal set; }

    /// <summary>The source's own id of the event; unique within the cluster, so that nothing is recorded twice.</summary>
    public string? ExternalId { get; internal set; }

    public Guid? OperationUuid { get; internal set; }

    public string? RequestId { get; internal set; }
}
