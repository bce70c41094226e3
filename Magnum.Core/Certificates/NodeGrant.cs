namespace Magnum.Core.Certificates;

/// <summary>A certificate that a node may have.</summary>
/// <param name="Life">How long it lasts; null: as long as any.</param>
/// <param name="IsRenewable">Whether whoever holds it may have it renewed.</param>
internal sealed record NodeGrant(TimeSpan? Life, bool IsRenewable)
{
    /// <summary>What a node gets that asks for this; null: nothing.</summary>
    public static NodeGrant? For(bool isSwarm, SigningRequest request, CaType ca) =>
        isSwarm ? SwarmSubjects.Grant(request, ca)
        : NodeSubjects.Allows(request.Subject, ca) ? new(null, IsRenewable: true)
        : null;
}
