using Magnum.Core.Clusters;

namespace Magnum.Core.Drivers;

/// <summary>What a probe of the engine found.</summary>
/// <param name="Status"><see cref="HealthStatus.Unknown"/>: it could not be asked. <see cref="HealthStatus.Unhealthy"/>: it was asked, and is not well.</param>
/// <param name="Reasons">Flat map, such as <c>api: ok</c> and <c>blue-worker-0.Ready: True</c>.</param>
public sealed record ClusterHealth(HealthStatus Status, IReadOnlyDictionary<string, string> Reasons)
{
    /// <summary>Nodes that do no work although the engine itself is well, by their servers' names.</summary>
    public IReadOnlyList<string> BrokenNodes { get; init; } = [];

    /// <summary>It could not be asked, and why.</summary>
    public static ClusterHealth Unknown(string why) => new(HealthStatus.Unknown, new Dictionary<string, string> { ["api"] = why });
}

/// <summary>How Magnum shows itself to a cluster's API. Secret.</summary>
/// <param name="Authorities">PEM of the CAs that sign the API's certificate.</param>
/// <param name="Certificate">PEM of Magnum's own, of the cluster's administrators.</param>
/// <param name="Key">PEM.</param>
public sealed record EngineAccess(string Authorities, string Certificate, string Key)
{
    /// <inheritdoc />
    public override string ToString() => "EngineAccess";
}
