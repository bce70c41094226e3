using System.Collections.Concurrent;
using System.Security.Cryptography;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// Asks the engines how they are, each about once per <see cref="ConductorOptions.HealthInterval"/>, spread over that time and so many at once; it waits
/// for no other work and no other work waits for it. What was well becomes bad only when it is found so twice; what is well again is so at once.
/// </summary>
public sealed partial class HealthReconciler
{
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromMinutes(2);

    /// <summary>Clusters that are there for their tenants, whatever became of the last change.</summary>
    private static readonly ClusterStatus[] Probed =
    [
        .. Enum.GetValues<ClusterStatus>().Where(s => s.IsSettled()),
        ClusterStatus.UpdateFailed, ClusterStatus.RollbackFailed, ClusterStatus.UpdateInProgress, ClusterStatus.RollbackInProgress,
    ];

    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly WorkStore _store;
    private readonly IClusterDriverRegistry _drivers;
    private readonly ClusterCertificates _certificates;
    private readonly LeaseTable _leases;
    private readonly Upkeep _upkeep;
    private readonly ConductorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<HealthReconciler> _logger;

    /// <summary>Clusters whose last probe was bad and has not been believed yet.</summary>
    private readonly ConcurrentDictionary<Guid, byte> _doubted = new();

    internal HealthReconciler(
        IDbContextFactory<MagnumDbContext> dbFactory,
        WorkStore store,
        IClusterDriverRegistry drivers,
        ClusterCertificates certificates,
        LeaseTable leases,
        Upkeep upkeep,
        IOptions<ConductorOptions> options,
        TimeProvider time,
        ILogger<HealthReconciler> logger)
    {
        (_dbFactory, _store, _drivers, _certificates) = (dbFactory, store, drivers, certificates);
        (_leases, _upkeep, _options, _time, _logger) = (leases, upkeep, options.Value, time, logger);
    }

    /// <summary>One pass over those that are due; to be repeated every few seconds, never two at once.</summary>
    /// <returns>How many were asked.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        if (_options.HealthInterval <= TimeSpan.Zero || !await _leases.TryTakeAsync("health", LeaseDuration, cancellationToken))
        {
            return 0;
        }

        var due = await DueAsync(cancellationToken);
        var unchanged = new ConcurrentBag<Guid>();
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = _options.HealthConcurrency, CancellationToken = cancellationToken },
            async (cluster, token) =>
            {
                if (!await LookAsync(cluster, token))
                {
                    unchanged.Add(cluster.Uuid);
                }
            });

        // When it was looked at is no change of the cluster: nobody is told, and no entity tag moves.
        var now = _time.GetUtcNow();
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Clusters.Where(c => unchanged.Contains(c.Uuid)).ExecuteUpdateAsync(set => set.SetProperty(c => c.HealthCheckedAt, now), cancellationToken);
        _upkeep.Forget();
        return due.Count;
    }

    private async Task<List<Cluster>> DueAsync(CancellationToken cancellationToken)
    {
        var before = _time.GetUtcNow() - _options.HealthInterval;
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Clusters.AsNoTracking().Include(c => c.NodeGroups)
            .Where(c => c.ApiAddress != null && Probed.Contains(c.Status) && (c.HealthCheckedAt == null || c.HealthCheckedAt <= before))
            .OrderBy(c => c.HealthCheckedAt)
            .Take(_options.HealthConcurrency * 4)
            .ToListAsync(cancellationToken);
    }

    /// <returns>Whether anything was written down.</returns>
    private async Task<bool> LookAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        if (cluster.HealthStatusReason.ContainsKey(DriftReconciler.HealthKey))
        {
            return false;   // that its stack is gone is worse than anything that a probe could find
        }

        var health = await ProbeAsync(cluster, cancellationToken);
        var changed = health is not null && !IsDoubtful(cluster, health) && !IsAs(cluster, health) && await RecordAsync(cluster, health, cancellationToken);
        await _upkeep.RunAsync(cluster, health, cancellationToken);
        return changed;
    }

    private async Task<bool> RecordAsync(Cluster cluster, ClusterHealth health, CancellationToken cancellationToken)
    {
        try
        {
            var changed = false;
            await _store.ChangeClusterAsync(
                cluster.Uuid,
                (db, row) =>
                {
                    changed = row.HealthStatusReason.ContainsKey(DriftReconciler.HealthKey) is false && Probed.Contains(row.Status);
                    if (changed)
                    {
                        Record(db, row, health);
                    }

                    return Task.CompletedTask;
                },
                cancellationToken);
            return changed;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotSeen(_logger, e, cluster.Uuid, cluster.ProjectId);   // the next round asks again; others are not touched
            return false;
        }
    }

    private async Task<ClusterHealth?> ProbeAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        if (_drivers.Find(cluster.Driver) is not { } driver)
        {
            return null;
        }

        using var limit = new CancellationTokenSource(_options.HealthTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await _certificates.FindAccessAsync(cluster.Uuid, cancellationToken) is { } access ? await driver.ProbeAsync(cluster, access, both.Token) : null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ClusterHealth.Unknown($"The cluster {cluster.Name} is not accessible: no answer within {_options.HealthTimeout.TotalSeconds:0} s.");
        }
        catch (CryptographicException)
        {
            return ClusterHealth.Unknown("Magnum cannot decrypt its certificate for the cluster: an operator has to restore its key ring.");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotSeen(_logger, e, cluster.Uuid, cluster.ProjectId);
            return null;
        }
    }

    private static bool IsAs(Cluster cluster, ClusterHealth health) =>
        cluster.HealthStatus == health.Status && cluster.HealthStatusReason.Count == health.Reasons.Count
        && health.Reasons.All(r => cluster.HealthStatusReason.TryGetValue(r.Key, out var reason) && reason == r.Value);

    /// <summary>One bad probe of what was well says little: the next one decides.</summary>
    private bool IsDoubtful(Cluster cluster, ClusterHealth health)
    {
        if (cluster.HealthStatus is HealthStatus.Healthy && health.Status is not HealthStatus.Healthy)
        {
            return _doubted.TryAdd(cluster.Uuid, 0);
        }

        _doubted.TryRemove(cluster.Uuid, out _);
        return false;
    }

    private void Record(MagnumDbContext db, Cluster row, ClusterHealth health)
    {
        var now = _time.GetUtcNow();
        _doubted.TryRemove(row.Uuid, out _);
        if (row.HealthStatus != health.Status)
        {
            var (level, message) = health.Status switch
            {
                HealthStatus.Healthy => (EventLevel.Info, "The cluster is healthy."),
                HealthStatus.Unhealthy => (EventLevel.Warning, $"The cluster is unhealthy: {Say(health)}."),
                _ => (EventLevel.Warning, $"The cluster's health is unknown: {Say(health)}."),
            };
            ClusterEventWriter.Append(db, row, EventSource.Health, level, "health", message, now, null);
        }

        (row.HealthStatus, row.HealthStatusReason, row.HealthCheckedAt) = (health.Status, health.Reasons.ToDictionary(), now);
    }

    private static string Say(ClusterHealth health)
    {
        var bad = health.Reasons.Where(r => r.Value is not ("ok" or "True")).Select(r => $"{r.Key} is {r.Value}").ToList();
        return health.Status is HealthStatus.Unknown
            ? health.Reasons.GetValueOrDefault("api", "it could not be asked").TrimEnd('.')
            : string.Join(", ", bad.Take(5)) + (bad.Count > 5 ? $" and {bad.Count - 5} more" : "");
    }

    [LoggerMessage(LogLevel.Information, "The health of cluster {ClusterUuid} of project {ProjectId} could not be looked at")]
    private static partial void LogNotSeen(ILogger logger, Exception exception, Guid clusterUuid, string projectId);
}
