using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Reconciliation;

/// <summary>Frees what processes held that are no more.</summary>
internal static class Takeover
{
    /// <summary>Ends the leases of these instances. The generation is raised: one of them that lives after all finds out when it saves.</summary>
    public static async Task ReleaseAsync(MagnumDbContext db, IReadOnlyCollection<string> instances, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await db.Operations.Where(o => o.LeaseOwner != null && instances.Contains(o.LeaseOwner)).ExecuteUpdateAsync(
            set => set
                .SetProperty(o => o.LeaseOwner, (string?)null)
                .SetProperty(o => o.LeaseUntil, (DateTimeOffset?)null)
                .SetProperty(o => o.Generation, o => o.Generation + 1),
            cancellationToken);
        await db.Leases.Where(l => instances.Contains(l.Owner) && l.Until > now)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.Until, now), cancellationToken);
    }
}
