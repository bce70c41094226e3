using Magnum.Core.Errors;
using Magnum.Core.Policies;

namespace Magnum.Core.Clusters;

/// <summary>What an upgrade asks for.</summary>
/// <param name="ClusterTemplate">Uuid or name of the template to move to.</param>
/// <param name="MaxBatchSize">Nodes replaced at once; null: the driver decides.</param>
/// <param name="NodeGroup">Uuid or name; null: the default workers.</param>
public sealed record ClusterUpgrade(string ClusterTemplate, int? MaxBatchSize, string? NodeGroup);

/// <summary>Moves clusters to another template's version.</summary>
public sealed class ClusterUpgradeService
{
    /// <summary>Unsupported unless the driver can.</summary>
    public Task<Result<Cluster>> UpgradeAsync(Caller caller, string ident, ClusterUpgrade upgrade, CancellationToken cancellationToken) =>
        throw new InvalidOperationException();
}
