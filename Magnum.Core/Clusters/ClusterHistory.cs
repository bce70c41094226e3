using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Core.Paging;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Clusters;

/// <summary>Whose history it is.</summary>
/// <param name="Exists">False when the cluster is gone and the record alone is left.</param>
public sealed record HistoryOwner(Guid ClusterUuid, string ProjectId, bool Exists);

/// <summary>What is left of a cluster that was deleted.</summary>
/// <param name="Name">Null: nothing says how it was called.</param>
/// <param name="DeletedBy">Who asked for it, as he was called then; null: nothing says who.</param>
public sealed record DeletedCluster(Guid Uuid, string? Name, DateTimeOffset DeletedAt, string? DeletedBy);

/// <summary>Which events. Empty lists: all.</summary>
public sealed record EventFilter(IReadOnlyList<EventLevel> Levels, IReadOnlyList<EventSource> Sources);

/// <summary>
/// Reads what happened to a cluster, for who may read the cluster. The record outlives it: a cluster that is gone is found by its uuid.
/// </summary>
public sealed class ClusterHistory(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy)
{
    /// <summary>The one sort key of events.</summary>
    public const string Sequence = "sequence";

    /// <summary>The one sort key of operations.</summary>
    public const string CreatedAt = "created_at";

    /// <summary>Finds the cluster, or what is left of it, and checks that the caller may read it.</summary>
    public async Task<Result<HistoryOwner>> FindAsync(Caller caller, string ident, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, caller, ident, cancellationToken);
    }

    /// <summary>When a cluster that is gone was deleted, and by whom, for who might have read it.</summary>
    public async Task<Result<DeletedCluster>> FindDeletedAsync(Caller caller, Guid uuid, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await FindAsync(db, caller, uuid.ToString(), cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var deletion = found.Value.Exists ? null : await db.Operations.AsNoTracking()
            .Where(o => o.ClusterUuid == uuid && o.Kind == OperationKind.Delete && o.FinishedAt != null)
            .OrderByDescending(o => o.Id)
            .Select(o => new { o.FinishedAt, o.RequestId })
            .FirstOrDefaultAsync(cancellationToken);
        if (deletion is null)
        {
            return new MagnumError.NotFound($"Cluster {uuid} could not be found.");
        }

        var requests = await db.AuditRecords.AsNoTracking()
            .Where(r => r.ClusterUuid == uuid && r.Refusal == null && (r.Action == PolicyRules.ClusterCreate || r.Action == PolicyRules.ClusterDelete))
            .OrderBy(r => r.Id)
            .Select(r => new { r.Action, r.RequestId, r.UserName, r.Subject })
            .ToListAsync(cancellationToken);
        return new DeletedCluster(
            uuid,
            requests.Select(r => r.Subject).LastOrDefault(s => s.Length > 0 && !Identifier.TryUuid(s, out _)),
            deletion.FinishedAt!.Value,
            requests.LastOrDefault(r => r.Action == PolicyRules.ClusterDelete && r.RequestId == deletion.RequestId)?.UserName);
    }

    /// <summary>A page of events; the marker is a sequence number and need not exist any more.</summary>
    public async Task<Result<(HistoryOwner Owner, Page<ClusterEvent> Page)>> ListEventsAsync(
        Caller caller, string ident, EventFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        if (page.SortKey is not Sequence)
        {
            return SortKeyUnknown(page.SortKey);
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await FindAsync(db, caller, ident, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var uuid = found.Value.ClusterUuid;
        var rows = Matching(db.ClusterEvents.AsNoTracking().Where(e => e.ClusterUuid == uuid), filter);
        if (page.Marker is not null)
        {
            var marker = long.Parse(page.Marker, System.Globalization.CultureInfo.InvariantCulture);
            rows = page.Descending ? rows.Where(e => e.Sequence < marker) : rows.Where(e => e.Sequence > marker);
        }

        rows = page.Descending ? rows.OrderByDescending(e => e.Sequence) : rows.OrderBy(e => e.Sequence);
        return (found.Value, new Page<ClusterEvent>(await rows.Take(page.Limit).ToListAsync(cancellationToken)));
    }

    /// <summary>Events after a sequence number, the oldest first, of a cluster that <see cref="FindAsync(Caller, string, CancellationToken)"/> let the caller read.</summary>
    /// <returns>The events that match, and the number of the last one looked at.</returns>
    public async Task<(IReadOnlyList<ClusterEvent> Events, long Last)> ReadOnAsync(
        HistoryOwner owner, EventFilter filter, long after, int limit, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await db.ClusterEvents.AsNoTracking()
            .Where(e => e.ClusterUuid == owner.ClusterUuid && e.Sequence > after)
            .OrderBy(e => e.Sequence)
            .Take(limit)
            .ToListAsync(cancellationToken);
        return ([.. Matching(rows.AsQueryable(), filter)], rows.Count > 0 ? rows[^1].Sequence : after);
    }

    /// <summary>A page of operations with their steps; the marker is an operation's uuid.</summary>
    public async Task<Result<(HistoryOwner Owner, Page<Operation> Page)>> ListOperationsAsync(
        Caller caller, string ident, PageRequest page, CancellationToken cancellationToken)
    {
        if (page.SortKey is not CreatedAt)
        {
            return SortKeyUnknown(page.SortKey);
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await FindAsync(db, caller, ident, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var uuid = found.Value.ClusterUuid;
        var rows = db.Operations.AsNoTracking().Where(o => o.ClusterUuid == uuid);
        if (page.Marker is not null)
        {
            var marker = Guid.Parse(page.Marker);
            var last = await rows.Where(o => o.Uuid == marker).Select(o => o.Id).FirstOrDefaultAsync(cancellationToken);
            if (last == 0)
            {
                return new MagnumError.NotFound($"Operation {marker} could not be found.");
            }

            rows = page.Descending ? rows.Where(o => o.Id < last) : rows.Where(o => o.Id > last);
        }

        rows = page.Descending ? rows.OrderByDescending(o => o.Id) : rows.OrderBy(o => o.Id);   // the row number: times may be equal
        return (found.Value, new Page<Operation>(
            await rows.Take(page.Limit).Include(o => o.Steps.OrderBy(s => s.Ordinal)).ToListAsync(cancellationToken)));
    }

    /// <summary>The latest events of an operation, oldest first, of a cluster that the caller was let read.</summary>
    public async Task<IReadOnlyList<ClusterEvent>> ReadLatestAsync(HistoryOwner owner, Operation operation, int limit, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await db.ClusterEvents.AsNoTracking()
            .Where(e => e.ClusterUuid == owner.ClusterUuid && e.OperationUuid == operation.Uuid)
            .OrderByDescending(e => e.Sequence)
            .Take(limit)
            .ToListAsync(cancellationToken);
        rows.Reverse();
        return rows;
    }

    private static IQueryable<ClusterEvent> Matching(IQueryable<ClusterEvent> rows, EventFilter filter)
    {
        var (levels, sources) = (filter.Levels, filter.Sources);
        rows = levels.Count > 0 ? rows.Where(e => levels.Contains(e.Level)) : rows;
        return sources.Count > 0 ? rows.Where(e => sources.Contains(e.Source)) : rows;
    }

    private static MagnumError SortKeyUnknown(string key) =>
        new MagnumError.Invalid($"The sort_key value \"{key}\" is an invalid field for sorting") { Field = "sort_key" };

    private async Task<Result<HistoryOwner>> FindAsync(MagnumDbContext db, Caller caller, string ident, CancellationToken cancellationToken)
    {
        var admin = policy.IsAdmin(caller);
        if (admin && policy.Check(caller, PolicyRules.ClusterGetOneAllProjects) is { } refusedAll)
        {
            return refusedAll;
        }

        var found = await ClusterLookup.FindAsync(db, caller, admin, ident, tracked: false, cancellationToken);
        if (found.Value is { } cluster)
        {
            return policy.Check(caller, PolicyRules.ClusterGet, new PolicyTarget(cluster.ProjectId, cluster.UserId)) is { } refused
                ? refused
                : new HistoryOwner(cluster.Uuid, cluster.ProjectId, Exists: true);
        }

        var last = found.Error is MagnumError.NotFound && Identifier.TryUuid(ident, out var uuid)
            ? await db.Operations.AsNoTracking()
                .Where(o => o.ClusterUuid == uuid && !db.Clusters.Any(c => c.Uuid == uuid))   // one that exists was refused above
                .OrderByDescending(o => o.Id)
                .Select(o => new { o.ClusterUuid, o.ProjectId, o.UserId })
                .FirstOrDefaultAsync(cancellationToken)
            : null;
        if (last is null || (last.ProjectId != caller.ProjectId && !admin))
        {
            return found.Error!;
        }

        return policy.Check(caller, PolicyRules.ClusterGet, new PolicyTarget(last.ProjectId, last.UserId)) is { } refusedHistory
            ? refusedHistory
            : new HistoryOwner(last.ClusterUuid, last.ProjectId, Exists: false);
    }
}
