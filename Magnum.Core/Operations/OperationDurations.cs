using System.Collections.Concurrent;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Operations;

/// <summary>How long such an operation takes, by those that went well before.</summary>
/// <param name="Samples">How many there were.</param>
/// <param name="Usual">Half took no longer.</param>
/// <param name="Slow">95 of 100 took no longer.</param>
public sealed record OperationEstimate(int Samples, TimeSpan Usual, TimeSpan Slow);

/// <summary>
/// Estimates from the record of work. All projects count, since a cloud is as fast for one as for another; what comes out are two durations
/// and a number, which tell nobody whose they were.
/// </summary>
public sealed class OperationDurations(IDbContextFactory<MagnumDbContext> dbFactory, TimeProvider time)
{
    /// <summary>With fewer samples nothing is said.</summary>
    public const int Fewest = 5;

    /// <summary>Older ones tell of a cloud that was.</summary>
    public const int Most = 50;

    // Enough to find Most of each driver where several are in use.
    private const int Looked = 200;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Driver, OperationKind Kind), (DateTimeOffset Until, OperationEstimate? Estimate)> _kept = new();

    /// <summary>The estimate for an operation of a driver; null: too few to tell.</summary>
    public async Task<OperationEstimate?> FindAsync(string driver, OperationKind kind, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_kept.TryGetValue((driver, kind), out var kept) && kept.Until > now)
        {
            return kept.Estimate;
        }

        var estimate = Estimate(await ReadAsync(driver, kind, cancellationToken));
        _kept[(driver, kind)] = (now + Fresh, estimate);
        return estimate;
    }

    private async Task<List<TimeSpan>> ReadAsync(string driver, OperationKind kind, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await db.Operations.AsNoTracking()
            .Where(o => o.Kind == kind && o.State == OperationState.Succeeded && o.StartedAt != null && o.FinishedAt != null)
            .OrderByDescending(o => o.Id)
            .Take(Looked)
            .Select(o => new { o.Payload, o.StartedAt, o.FinishedAt, Driver = db.Clusters.Where(c => c.Uuid == o.ClusterUuid).Select(c => c.Driver).FirstOrDefault() })
            .ToListAsync(cancellationToken);

        // Operations of before have no driver of their own; then the cluster's tells, while there is one.
        return [.. rows.Where(r => (r.Payload.Driver ?? r.Driver) == driver).Take(Most).Select(r => r.FinishedAt!.Value - r.StartedAt!.Value).Order()];
    }

    private static OperationEstimate? Estimate(List<TimeSpan> sorted) => sorted.Count < Fewest ? null : new(sorted.Count, At(sorted, 50), At(sorted, 95));

    /// <summary>The smallest duration that this share of all do not exceed.</summary>
    private static TimeSpan At(List<TimeSpan> sorted, int percent) => sorted[((sorted.Count * percent) + 99) / 100 - 1];
}
