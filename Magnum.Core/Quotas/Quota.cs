namespace Magnum.Core.Quotas;

/// <summary>A project's limit, where it differs from the configured default.</summary>
public sealed class Quota
{
    /// <summary>The only resource there is.</summary>
    public const string ClusterResource = "Cluster";

    /// <summary>Row number, shown by the API and used as paging marker.</summary>
    public long Id { get; internal set; }

    public string ProjectId { get; internal set; } = "";

    public string Resource { get; internal set; } = ClusterResource;

    /// <summary>0 forbids creation.</summary>
    public int HardLimit { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }

    public DateTimeOffset? UpdatedAt { get; internal set; }
}

/// <summary>One row per project, locked while a create counts the project's clusters: two creates at once cannot both take the last place.</summary>
public sealed class ProjectLock
{
    public string ProjectId { get; internal set; } = "";

    /// <summary>Raised to take the row's lock.</summary>
    public long Version { get; internal set; }
}
