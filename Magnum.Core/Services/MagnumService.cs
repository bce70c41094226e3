namespace Magnum.Core.Services;

/// <summary>A running process of Magnum, by its heartbeat (the API's <c>mservices</c>).</summary>
public sealed class MagnumService
{
    /// <summary>The binary that the API shows.</summary>
    public const string ConductorBinary = "magnum-conductor";

    /// <summary>Row number, shown by the API.</summary>
    public long Id { get; internal set; }

    public string Host { get; internal set; } = "";

    /// <summary><c>magnum-conductor</c>, <c>magnum-api</c>, <c>magnum-web</c>; unique with the host.</summary>
    public string Binary { get; internal set; } = "";

    /// <summary>Identity of the process that beats now; operations' leases carry it.</summary>
    public string InstanceId { get; internal set; } = "";

    /// <summary>Takes no new work.</summary>
    public bool Disabled { get; internal set; }

    public string? DisabledReason { get; internal set; }

    /// <summary>When the count last grew.</summary>
    public DateTimeOffset? LastSeenUp { get; internal set; }

    /// <summary>Treated as down.</summary>
    public bool ForcedDown { get; internal set; }

    /// <summary>Heartbeats so far.</summary>
    public int ReportCount { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }

    public DateTimeOffset? UpdatedAt { get; internal set; }
}

/// <summary>A named piece of periodic work that one process does at a time.</summary>
public sealed class Lease
{
    /// <summary>Such as <c>sync</c>.</summary>
    public string Name { get; internal set; } = "";

    public string Owner { get; internal set; } = "";

    public DateTimeOffset Until { get; internal set; }
}
