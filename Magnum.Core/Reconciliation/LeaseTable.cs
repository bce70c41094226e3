using Magnum.Core.Persistence;
using Magnum.Core.Services;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Reconciliation;

/// <summary>Periodic work that one process does at a time: named rows, taken by compare-and-set.</summary>
internal sealed class LeaseTable(IDbContextFactory<MagnumDbContext> dbFactory, ConductorIdentity identity, TimeProvider time)
{
    /// <summary>Takes or keeps the lease; false while another living process has it.</summary>
    public async Task<bool> TryTakeAsync(string name, TimeSpan duration, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var until = now + duration;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.Leases.Where(l => l.Name == name && (l.Owner == identity.InstanceId || l.Until <= now))
                .ExecuteUpdateAsync(set => set.SetProperty(l => l.Owner, identity.InstanceId).SetProperty(l => l.Until, until), cancellationToken) == 1)
        {
            return true;
        }

        if (await db.Leases.AnyAsync(l => l.Name == name, cancellationToken))
        {
            return false;
        }

        db.Leases.Add(new Lease { Name = name, Owner = identity.InstanceId, Until = until });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException e) when (DatabaseErrors.IsUniqueViolation(e))
        {
            return false;   // another process made it in this very moment
        }
    }
}
