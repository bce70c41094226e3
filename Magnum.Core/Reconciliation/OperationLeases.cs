using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>Whether this conductor still holds an operation.</summary>
internal enum LeaseState
{
    Held,

    /// <summary>Held, and pre-empted by a delete: let go soon.</summary>
    Cancelled,

    /// <summary>Another has it, or nobody.</summary>
    Lost,
}

/// <summary>Who works on which operation: compare-and-set in the operation's row.</summary>
internal sealed class OperationLeases(
    IDbContextFactory<MagnumDbContext> dbFactory, ConductorIdentity identity, IOptions<ConductorOptions> options, TimeProvider time)
{
    /// <summary>Takes a due operation that nobody works on. A live lease counts whoever holds it: one run at a time, also within this process.</summary>
    public async Task<bool> TakeAsync(Guid operationUuid, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var until = now + options.Value.LeaseDuration;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Operations
            .Where(o => o.Uuid == operationUuid && o.ActiveClusterUuid != null && o.NotBefore <= now && (o.LeaseUntil == null || o.LeaseUntil <= now))
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(o => o.LeaseOwner, identity.InstanceId)
                    .SetProperty(o => o.LeaseUntil, until)
                    .SetProperty(o => o.State, OperationState.Running)
                    .SetProperty(o => o.StartedAt, o => o.StartedAt ?? now)
                    .SetProperty(o => o.Generation, o => o.Generation + 1),
                cancellationToken) == 1;
    }

    /// <summary>Keeps the lease. The generation stays: renewing is no change of the work.</summary>
    public async Task<LeaseState> RenewAsync(Guid operationUuid, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + options.Value.LeaseDuration;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await Mine(db, operationUuid).Where(o => o.ActiveClusterUuid != null)
                .ExecuteUpdateAsync(set => set.SetProperty(o => o.LeaseUntil, until), cancellationToken) == 1)
        {
            return LeaseState.Held;
        }

        return await Mine(db, operationUuid).AnyAsync(cancellationToken) ? LeaseState.Cancelled : LeaseState.Lost;
    }

    /// <summary>Lets go, so that whoever is next need not wait.</summary>
    public async Task ReleaseAsync(Guid operationUuid, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await Mine(db, operationUuid).ExecuteUpdateAsync(
            set => set.SetProperty(o => o.LeaseOwner, (string?)null).SetProperty(o => o.LeaseUntil, (DateTimeOffset?)null),
            cancellationToken);
    }

    private IQueryable<Operation> Mine(MagnumDbContext db, Guid operationUuid) =>
        db.Operations.Where(o => o.Uuid == operationUuid && o.LeaseOwner == identity.InstanceId);
}
