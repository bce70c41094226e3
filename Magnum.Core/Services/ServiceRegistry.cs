using Magnum.Core.Persistence;
using Magnum.Core.Reconciliation;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Services;

/// <summary>Says that this process lives: one row per host and binary.</summary>
public sealed class ServiceRegistry(IDbContextFactory<MagnumDbContext> dbFactory, TimeProvider time)
{
    /// <summary>One beat. The row is made at the first one, or taken over from the process that ran here before.</summary>
    public async Task BeatAsync(string host, string binary, string instanceId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (binary == MagnumService.ConductorBinary)
        {
            await TakeOverAsync(db, host, instanceId, now, cancellationToken);
        }

        if (await UpdateAsync(db, host, binary, instanceId, now, cancellationToken) > 0)
        {
            return;
        }

        db.Services.Add(new MagnumService
        {
            Host = host,
            Binary = binary,
            InstanceId = instanceId,
            LastSeenUp = now,
            ReportCount = 1,
            CreatedAt = now,
        });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another process of this host was first.
            await UpdateAsync(db, host, binary, instanceId, now, cancellationToken);
        }
    }

    /// <summary>What the process before held is free at once: under this name there is only one, and it is we.</summary>
    private static async Task TakeOverAsync(MagnumDbContext db, string host, string instanceId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var former = await db.Services
            .Where(s => s.Host == host && s.Binary == MagnumService.ConductorBinary && s.InstanceId != instanceId)
            .Select(s => s.InstanceId)
            .ToListAsync(cancellationToken);
        if (former.Count > 0)
        {
            await Takeover.ReleaseAsync(db, former, now, cancellationToken);
        }
    }

    private static Task<int> UpdateAsync(MagnumDbContext db, string host, string binary, string instanceId, DateTimeOffset now, CancellationToken cancellationToken) =>
        db.Services.Where(s => s.Host == host && s.Binary == binary).ExecuteUpdateAsync(
            row => row.SetProperty(s => s.InstanceId, instanceId)
                .SetProperty(s => s.ReportCount, s => s.ReportCount + 1)
                .SetProperty(s => s.LastSeenUp, now)
                .SetProperty(s => s.UpdatedAt, now),
            cancellationToken);
}
