namespace Magnum.Core.Clusters;

/// <summary>What a person or script says when launching a cluster. Null: inherit from the template, or the default.</summary>
public sealed record NewCluster
{
    /// <summary>Null or empty: one is made up.</summary>
    public string? Name { get; init; }

    /// <summary>Uuid or name.</summary>
    public required string ClusterTemplateId { get; init; }

    public string? KeyPair { get; init; }

    public int MasterCount { get; init; } = 1;

    public int NodeCount { get; init; } = 1;

    /// <summary>Null or empty: the template's.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Lay the labels over the template's instead of replacing them.</summary>
    public bool MergeLabels { get; init; }

    public string? MasterFlavorId { get; init; }

    public string? FlavorId { get; init; }

    /// <summary>GiB.</summary>
    public int? DockerVolumeSize { get; init; }

    /// <summary>Minutes; null: 60.</summary>
    public int? CreateTimeout { get; init; }

    public string? DiscoveryUrl { get; init; }

    public string? FixedNetwork { get; init; }

    public string? FixedSubnet { get; init; }

    public bool? FloatingIpEnabled { get; init; }

    public bool? MasterLbEnabled { get; init; }
}

/// <summary>What a PATCH may change.</summary>
/// <param name="NodeCount">Of the default workers.</param>
public sealed record ClusterUpdate(
    int? NodeCount = null,
    HealthStatus? HealthStatus = null,
    IReadOnlyDictionary<string, string>? HealthStatusReason = null,
    bool Rollback = false);

/// <summary>A new size for one group.</summary>
/// <param name="NodeGroup">Uuid or name; null: the default workers.</param>
/// <param name="From">The count that was seen when this one was chosen: the resize is refused when it is another by now. Null: whatever it is.</param>
public sealed record ClusterResize(int NodeCount, IReadOnlyList<string> NodesToRemove, string? NodeGroup, int? From = null);
