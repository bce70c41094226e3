using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Diagnosis;

/// <summary>Why operations failed lately.</summary>
internal static class RecentFailures
{
    /// <summary>How far back.</summary>
    public static readonly TimeSpan Lately = TimeSpan.FromDays(7);

    private const int MostFailures = 1000;
    private const int MostEvents = 5000;

    /// <summary>The failed ones among some operations with their causes, the newest first.</summary>
    public static async Task<IReadOnlyList<(Operation Operation, FailureCause Cause)>> ListAsync(
        MagnumDbContext db, IQueryable<Operation> operations, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now - Lately;
        var failed = await operations.AsNoTracking()
            .Where(o => o.State == OperationState.Failed && o.FinishedAt >= since)
            .OrderByDescending(o => o.Id)
            .Take(MostFailures)
            .ToListAsync(cancellationToken);

        // As a cluster's page does: what the cloud said is looked at where the reason is not known by itself.
        var unclear = failed.Where(o => FailureCatalogue.Match(o.Reason) is null).Select(o => (Guid?)o.Uuid).ToList();
        var events = unclear.Count == 0 ? [] : await db.ClusterEvents.AsNoTracking()
            .Where(e => unclear.Contains(e.OperationUuid) && e.Level != EventLevel.Info)
            .OrderBy(e => e.Id)
            .Take(MostEvents)
            .ToListAsync(cancellationToken);
        var byOperation = events.ToLookup(e => e.OperationUuid);
        return [.. failed.Select(o => (o, FailureDiagnosis.Of(o, byOperation[o.Uuid])!.Cause))];
    }
}
