using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// Reads and changes an operation with its cluster. A change is a function of the rows as they are: when somebody else was faster it runs
/// again on what he left. What was committed is told to everybody who listens.
/// </summary>
internal sealed class WorkStore(IDbContextFactory<MagnumDbContext> dbFactory, IClusterEvents events, TimeProvider time)
{
    private const int Tries = 20;

    /// <summary>The rows for reading; null when there is no such operation.</summary>
    public async Task<WorkRows?> ReadAsync(Guid operationUuid, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;
        return await LoadAsync(db, operationUuid, cancellationToken);
    }

    /// <summary>Changes the rows and commits; returns them as committed.</summary>
    public Task<WorkRows?> ChangeAsync(Guid operationUuid, Action<WorkRows> change, CancellationToken cancellationToken) =>
        ChangeAsync(
            operationUuid,
            rows =>
            {
                change(rows);
                return Task.CompletedTask;
            },
            cancellationToken);

    /// <summary>Changes the rows and commits; returns them as committed.</summary>
    public async Task<WorkRows?> ChangeAsync(Guid operationUuid, Func<WorkRows, Task> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            if (await LoadAsync(db, operationUuid, cancellationToken) is not { } rows)
            {
                return null;
            }

            try
            {
                await SaveAsync(db, rows, change, cancellationToken);
                return rows;
            }
            catch (DbUpdateException) when (attempt < Tries)
            {
                // Somebody else was faster, with the row or with the next event's number: once more on what is there now.
            }
        }
    }

    /// <summary>Changes a cluster that no operation works on; null when it is gone.</summary>
    public async Task<Cluster?> ChangeClusterAsync(Guid clusterUuid, Func<MagnumDbContext, Cluster, Task> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            var cluster = await db.Clusters.Include(c => c.NodeGroups).SingleOrDefaultAsync(c => c.Uuid == clusterUuid, cancellationToken);
            if (cluster is null)
            {
                return null;
            }

            try
            {
                var before = Snapshot.Of(cluster);
                await change(db, cluster);
                RaiseGeneration(db, null, cluster, before);
                await db.SaveChangesAsync(cancellationToken);
                await PublishAsync(before, cluster, false, false, cancellationToken);
                return cluster;
            }
            catch (DbUpdateException) when (attempt < Tries)
            {
                // As above.
            }
        }
    }

    private static void RaiseGeneration(MagnumDbContext db, Operation? operation, Cluster? cluster, Snapshot before)
    {
        db.ChangeTracker.DetectChanges();
        if (operation is not null && (db.Entry(operation).State is EntityState.Modified || operation.Steps.Exists(s => db.Entry(s).State is EntityState.Modified)))
        {
            operation.Generation++;
        }

        if (cluster is not null && cluster.Generation == before.Generation
            && (db.Entry(cluster).State is EntityState.Modified || cluster.NodeGroups.Exists(g => db.Entry(g).State is not EntityState.Unchanged)))
        {
            cluster.Generation++;
        }
    }

    private async Task<WorkRows?> LoadAsync(MagnumDbContext db, Guid operationUuid, CancellationToken cancellationToken)
    {
        var operation = await db.Operations
            .Include(o => o.Steps.OrderBy(s => s.Ordinal))
            .SingleOrDefaultAsync(o => o.Uuid == operationUuid, cancellationToken);
        if (operation is null)
        {
            return null;
        }

        var cluster = await db.Clusters.Include(c => c.NodeGroups).SingleOrDefaultAsync(c => c.Uuid == operation.ClusterUuid, cancellationToken);
        return new WorkRows(db, operation, cluster, time.GetUtcNow());
    }

    private async Task SaveAsync(MagnumDbContext db, WorkRows rows, Func<WorkRows, Task> change, CancellationToken cancellationToken)
    {
        var before = Snapshot.Of(rows.Cluster);
        await change(rows);
        RaiseGeneration(db, rows.Operation, rows.Cluster, before);
        var progressed = db.Entry(rows.Operation).State is EntityState.Modified;
        var removed = rows.Cluster is not null && db.Entry(rows.Cluster).State is EntityState.Deleted;
        await db.SaveChangesAsync(cancellationToken);
        await PublishAsync(before, rows.Cluster, progressed, removed, cancellationToken);
    }

    private async Task PublishAsync(Snapshot before, Cluster? cluster, bool progressed, bool removed, CancellationToken cancellationToken)
    {
        if (cluster is null)
        {
            return;
        }

        var kinds = (progressed ? ClusterChangeKinds.Progress : ClusterChangeKinds.None)
            | (removed ? ClusterChangeKinds.Removed : ClusterChangeKinds.None)
            | (cluster.EventSequence > before.Sequence ? ClusterChangeKinds.Event : ClusterChangeKinds.None)
            | (cluster.Generation > before.Generation ? ClusterChangeKinds.Cluster : ClusterChangeKinds.None);
        if (kinds != ClusterChangeKinds.None)
        {
            await events.PublishAsync(
                new ClusterChange(cluster.Uuid, cluster.ProjectId, kinds, cluster.EventSequence, cluster.Status.ToWire(), cluster.Progress), cancellationToken);
        }
    }

    private readonly record struct Snapshot(long Generation, long Sequence)
    {
        public static Snapshot Of(Cluster? cluster) => cluster is null ? default : new(cluster.Generation, cluster.EventSequence);
    }
}
