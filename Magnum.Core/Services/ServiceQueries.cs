using Magnum.Core.Diagnosis;
using Magnum.Core.Errors;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Services;

/// <summary>Reads who beats, and what there is to do. Administrators only.</summary>
public sealed class ServiceQueries(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policies, TimeProvider time)
{
    /// <summary>How long after its last beat a service counts as up.</summary>
    public static readonly TimeSpan DownAfter = TimeSpan.FromSeconds(180);

    /// <summary>All services; the API shows only conductors.</summary>
    public async Task<Result<IReadOnlyList<MagnumService>>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (policies.Check(caller, PolicyRules.ServiceGetAll) is { } refusal)
        {
            return refusal;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return Result.Success<IReadOnlyList<MagnumService>>(await db.Services.AsNoTracking().OrderBy(s => s.Id).ToListAsync(cancellationToken));
    }

    /// <summary>The operations that are still to be done. Administrators only.</summary>
    public async Task<Result<Backlog>> GetBacklogAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (policies.Check(caller, PolicyRules.ServiceGetAll) is { } refusal)
        {
            return refusal;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var counts = await db.Operations.Where(o => o.ActiveClusterUuid != null)
            .GroupBy(o => new { o.State, BackingOff = o.Attempt > 0 })
            .Select(g => new { g.Key.State, g.Key.BackingOff, Count = g.Count() })
            .ToListAsync(cancellationToken);
        var oldest = await db.Operations.Where(o => o.State == OperationState.Queued).OrderBy(o => o.Id)
            .Select(o => (DateTimeOffset?)o.CreatedAt)
            .FirstOrDefaultAsync(cancellationToken);
        return new Backlog(
            Count(OperationState.Queued, null),
            Count(OperationState.Running, null),
            Count(OperationState.Waiting, false),
            Count(OperationState.Waiting, true),
            oldest);

        int Count(OperationState state, bool? backingOff) => counts.Where(c => c.State == state && (backingOff ?? c.BackingOff) == c.BackingOff).Sum(c => c.Count);
    }

    /// <summary>Why operations failed lately, the most frequent cause first. Administrators only.</summary>
    public async Task<Result<IReadOnlyList<FailureCount>>> ListFailuresAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (policies.Check(caller, PolicyRules.ServiceGetAll) is { } refusal)
        {
            return refusal;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var failures = await RecentFailures.ListAsync(db, db.Operations, time.GetUtcNow(), cancellationToken);
        return Result.Success<IReadOnlyList<FailureCount>>([.. failures
            .GroupBy(f => f.Cause, f => f.Operation)
            .Select(g => new FailureCount(g.Key, g.Count(), g.Max(o => o.FinishedAt!.Value), g.First().ClusterUuid))
            .OrderByDescending(f => f.Count).ThenBy(f => f.Cause.Code, StringComparer.Ordinal)]);
    }

    /// <summary>Whether it is up now.</summary>
    public bool IsUp(MagnumService service) =>
        !service.ForcedDown && time.GetUtcNow() - (service.LastSeenUp ?? service.UpdatedAt ?? service.CreatedAt) <= DownAfter;
}
