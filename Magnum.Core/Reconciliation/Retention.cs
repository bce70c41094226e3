using Magnum.Core.Audit;
using Magnum.Core.Idempotency;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.UserStates;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// Deletes what has been kept long enough, some at a time: events (<see cref="ConductorOptions.EventRetention"/>), records of the audit
/// (<see cref="AuditOptions.Retention"/>), answers that are kept for nobody any more (<see cref="IdempotencyKeys.Lifetime"/>) and what people
/// left lying (<see cref="UserStateStore.Lifetime"/>).
/// </summary>
internal sealed class Retention(
    IDbContextFactory<MagnumDbContext> dbFactory, IOptions<ConductorOptions> options, IOptions<AuditOptions> audit, TimeProvider time)
{
    private const int Batch = 5000;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private DateTimeOffset _last = DateTimeOffset.MinValue;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _last < Pause)
        {
            return;
        }

        _last = now;
        var before = now - options.Value.EventRetention;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        while (await db.ClusterEvents.Where(e => e.OccurredAt < before).OrderBy(e => e.Id).Take(Batch).ExecuteDeleteAsync(cancellationToken) == Batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        var forgotten = now - IdempotencyKeys.Lifetime;
        await db.IdempotencyRecords.Where(r => r.CreatedAt <= forgotten).ExecuteDeleteAsync(cancellationToken);

        var recorded = now - audit.Value.Retention;
        while (await db.AuditRecords.Where(r => r.OccurredAt < recorded).OrderBy(r => r.Id).Take(Batch).ExecuteDeleteAsync(cancellationToken) == Batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        var untouched = now - UserStateStore.Lifetime;
        await db.UserStates.Where(s => s.UpdatedAt < untouched).ExecuteDeleteAsync(cancellationToken);
    }
}
