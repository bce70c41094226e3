using System.Globalization;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Quotas;

/// <summary>How many clusters a project may have and has. Every row counts, whatever its state.</summary>
internal sealed class ClusterQuota(IOptions<QuotaOptions> options)
{
    /// <summary>The limit where none is stored.</summary>
    public int DefaultLimit => options.Value.MaxClustersPerProject;

    public static MagnumError Exceeded(int limit) => new MagnumError.OverQuota(string.Create(
        CultureInfo.InvariantCulture,
        $"Resource limit exceeded: You have reached the maximum clusters per project, {limit}. You may delete a cluster to make room for a new one."));

    public async Task<int> ReadLimitAsync(MagnumDbContext db, string projectId, CancellationToken cancellationToken) =>
        await db.Quotas
            .Where(q => q.ProjectId == projectId && q.Resource == Quota.ClusterResource)
            .Select(q => (int?)q.HardLimit)
            .FirstOrDefaultAsync(cancellationToken) ?? DefaultLimit;

    public async Task<(int Limit, int Used)> ReadAsync(MagnumDbContext db, string projectId, CancellationToken cancellationToken)
    {
        var limit = await ReadLimitAsync(db, projectId, cancellationToken);
        return (limit, await db.Clusters.CountAsync(c => c.ProjectId == projectId, cancellationToken));
    }

    /// <summary>Null when one more fits. The project stays locked until the transaction ends, so the answer holds that long.</summary>
    public async Task<MagnumError?> TakeAsync(MagnumDbContext db, string projectId, CancellationToken cancellationToken)
    {
        var locked = await db.ProjectLocks.Where(l => l.ProjectId == projectId)
            .ExecuteUpdateAsync(s => s.SetProperty(l => l.Version, l => l.Version + 1), cancellationToken);
        if (locked == 0)
        {
            // Two first clusters at once: one insert wins, the other's transaction begins anew and finds the row.
            db.Add(new ProjectLock { ProjectId = projectId, Version = 1 });
            await db.SaveChangesAsync(cancellationToken);
        }

        var (limit, used) = await ReadAsync(db, projectId, cancellationToken);
        return used >= limit ? Exceeded(limit) : null;
    }
}
