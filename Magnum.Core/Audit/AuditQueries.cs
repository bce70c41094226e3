using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Audit;

/// <summary>Which records are wanted.</summary>
/// <param name="AllProjects">Administrators only.</param>
/// <param name="Text">Part of the user's name, the subject or the action.</param>
/// <param name="RefusedOnly">Only what was not accepted.</param>
/// <param name="Until">Exclusive.</param>
/// <param name="ActionPrefix">What the action begins with, as <c>quota</c>.</param>
public sealed record AuditFilter(
    bool AllProjects = false,
    string? Text = null,
    string? Action = null,
    bool RefusedOnly = false,
    DateTimeOffset? From = null,
    DateTimeOffset? Until = null,
    string? ActionPrefix = null);

/// <summary>Reads the records: administrators all, others those of one of their project's clusters.</summary>
public sealed class AuditQueries(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy)
{
    /// <summary>The newest first.</summary>
    public async Task<Result<(IReadOnlyList<AuditRecord> Items, int Total)>> SearchAsync(
        Caller caller, AuditFilter filter, int skip, int take, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.AuditGetAll) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var own = caller.ProjectId;
        var rows = db.AuditRecords.AsNoTracking();
        if (!filter.AllProjects)
        {
            rows = rows.Where(r => r.ProjectId == own);
        }

        if (filter.Text?.Trim().ToLowerInvariant() is { Length: > 0 } text)
        {
            rows = rows.Where(r => r.UserName.ToLower().Contains(text) || r.Subject.ToLower().Contains(text) || r.Action.Contains(text) || r.RequestId == text);
        }

        if (!string.IsNullOrEmpty(filter.Action))
        {
            rows = rows.Where(r => r.Action == filter.Action);
        }

        if (!string.IsNullOrEmpty(filter.ActionPrefix))
        {
            rows = rows.Where(r => r.Action.StartsWith(filter.ActionPrefix));
        }

        if (filter.RefusedOnly)
        {
            rows = rows.Where(r => r.Refusal != null);
        }

        if (filter.From is { } from)
        {
            rows = rows.Where(r => r.OccurredAt >= from);
        }

        if (filter.Until is { } until)
        {
            rows = rows.Where(r => r.OccurredAt < until);
        }

        var total = await rows.CountAsync(cancellationToken);
        return (await rows.OrderByDescending(r => r.Id).Skip(skip).Take(take).ToListAsync(cancellationToken), total);
    }

    /// <summary>What was asked of a cluster, the newest first: for everyone who may see it.</summary>
    public async Task<Result<IReadOnlyList<AuditRecord>>> ListOfClusterAsync(Caller caller, Guid clusterUuid, int limit, CancellationToken cancellationToken)
    {
        var admin = policy.IsAdmin(caller);
        if (policy.Check(caller, admin ? PolicyRules.ClusterGetOneAllProjects : PolicyRules.ClusterGet) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await ClusterLookup.FindAsync(db, caller, admin, clusterUuid.ToString(), tracked: false, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        return Result.Success<IReadOnlyList<AuditRecord>>(
            await db.AuditRecords.AsNoTracking().Where(r => r.ClusterUuid == clusterUuid).OrderByDescending(r => r.Id).Take(limit).ToListAsync(cancellationToken));
    }
}
