namespace Magnum.Core.Audit;

/// <summary>Who asked for a change, when, from where, and what became of the request. Written once, never changed.</summary>
public sealed class AuditRecord
{
    /// <summary>Row number; newer ones are higher.</summary>
    public long Id { get; internal set; }

    public DateTimeOffset OccurredAt { get; internal set; }

    /// <summary><c>req-&lt;uuid&gt;</c>, as in operations, events and logs.</summary>
    public string RequestId { get; internal set; } = "";

    public string UserId { get; internal set; } = "";

    /// <summary>As the user was called then.</summary>
    public string UserName { get; internal set; } = "";

    /// <summary>The project of the user's token; empty for one without.</summary>
    public string UserProjectId { get; internal set; } = "";

    /// <summary>Where the request came in: <c>api</c> or <c>dashboard</c>.</summary>
    public string Door { get; internal set; } = "";

    /// <summary>The client's address, as far as the door knows it.</summary>
    public string? Address { get; internal set; }

    /// <summary>The policy rule that is asked for, as <c>cluster:create</c>; what has none is spelled alike.</summary>
    public string Action { get; internal set; } = "";

    /// <summary>The project that owns the thing, where it was found; else the user's.</summary>
    public string ProjectId { get; internal set; } = "";

    /// <summary>Uuid of the cluster, for everything that concerns one.</summary>
    public Guid? ClusterUuid { get; internal set; }

    /// <summary>What the request named: name or uuid, at most 255 characters.</summary>
    public string Subject { get; internal set; } = "";

    /// <summary>What was asked for, without labels' values and other things that may be secret; at most 1,000 characters.</summary>
    public string? Detail { get; internal set; }

    /// <summary>Null: it was accepted; otherwise why not, at most 1,000 characters.</summary>
    public string? Refusal { get; internal set; }
}
