using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// Reads and changes an operation with its cluster. A change is a function of the rows as they are: when somebody else was faster it runs
/// again on what he left. What was committed is told to everybody who listens.
/// </summary>
internal sealed class WorkStore(IDbContextFactory<MagnumDbContext> dbFactory, IClusterEvents events, TimeProvider time)
{
    private const int Tries = 20;

    /// <summary>What of a row moves along with an operation: it is told as progress or events, for which nobody has to read the row.</summary>
    private static readonly string[] Moving =
        [nameof(Cluster.Progress), nameof(Cluster.Stages), nameof(Cluster.EventSequence), nameof(Cluster.EventMarker), nameof(Cluster.Generation)];

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
                var kinds = Kinds(db, null, cluster, before);
                await db.SaveChangesAsync(cancellationToken);
                await PublishAsync(cluster, kinds, cancellationToken);
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
        var kinds = Kinds(db, rows.Operation, rows.Cluster, before);
        await db.SaveChangesAsync(cancellationToken);
        await PublishAsync(rows.Cluster, kinds, cancellationToken);
    }

    /// <summary>What the save that follows changes, for those who are told of it.</summary>
    private static ClusterChangeKinds Kinds(MagnumDbContext db, Operation? operation, Cluster? cluster, Snapshot before)
    {
        if (cluster is null)
        {
            return ClusterChangeKinds.None;
        }

        var row = db.Entry(cluster);
        var progressed = (operation is not null && db.Entry(operation).State is EntityState.Modified)
            || row.Property(c => c.Progress).IsModified || row.Property(c => c.Stages).IsModified;
        return (progressed ? ClusterChangeKinds.Progress : ClusterChangeKinds.None)
            | (row.State is EntityState.Deleted ? ClusterChangeKinds.Removed : ClusterChangeKinds.None)
            | (cluster.EventSequence > before.Sequence ? ClusterChangeKinds.Event : ClusterChangeKinds.None)
            | (IsChanged(row) || db.ChangeTracker.Entries<NodeGroup>().Any(IsChanged) ? ClusterChangeKinds.Cluster : ClusterChangeKinds.None);
    }

    private static bool IsChanged(EntityEntry row) =>
        row.State is EntityState.Added or EntityState.Deleted || row.Properties.Any(p => p.IsModified && !Moving.Contains(p.Metadata.Name));

    private async Task PublishAsync(Cluster? cluster, ClusterChangeKinds kinds, CancellationToken cancellationToken)
    {
        if (cluster is not null && kinds != ClusterChangeKinds.None)
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
