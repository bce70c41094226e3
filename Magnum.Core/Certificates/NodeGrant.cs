using Magnum.Core.ClusterTemplates;

namespace Magnum.Core.Certificates;

/// <summary>A certificate that a node may have.</summary>
/// <param name="Life">How long it lasts; null: as long as any.</param>
/// <param name="IsRenewable">Whether whoever holds it may have it renewed.</param>
internal sealed record NodeGrant(TimeSpan? Life, bool IsRenewable)
{
    /// <summary>What a node gets that asks for this; null: nothing.</summary>
    public static NodeGrant? For(string coe, SigningRequest request, CaType ca) =>
        Engines.IsSwarm(coe) ? SwarmSubjects.Grant(request, ca)
        : Engines.IsMesos(coe) ? null
        : NodeSubjects.Allows(request.Subject, ca) ? new(null, IsRenewable: true)
        : null;
}
