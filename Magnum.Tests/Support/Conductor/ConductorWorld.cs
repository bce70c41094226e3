using System.Collections.Concurrent;
using Magnum.Core;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Reconciliation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Support.Conductor;

/// <summary>Conductors as they are registered, on one real database, one cloud of fakes, and a clock that the test moves.</summary>
internal sealed class ConductorWorld : IOperationScheduler, ISecretProtector, IDisposable
{
    private readonly List<ServiceProvider> _conductors = [];
    private ServiceProvider? _first;

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero));

    public SqliteTestDatabase Database { get; } = new();

    public FakeCloudState Cloud { get; } = new();

    public ClusterEvents Events { get; } = new();

    public CollectedLog Log { get; } = new();

    public ConcurrentQueue<Guid> Enqueued { get; } = new();

    public OperationRunner Runner => First.GetRequiredService<OperationRunner>();

    public ServiceProvider First => _first ??= StartConductor();

    /// <summary>A process with an identity of its own, which may be killed.</summary>
    public ServiceProvider StartConductor(LifeLine? life = null, string host = "conductor")
    {
        life ??= new LifeLine();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(Database.Watched(life));
        services.AddSingleton<IIdentity>(new FakeKeystone(Cloud, life));
        services.AddSingleton<IClusterDriverRegistry>(new FakeEngine(Cloud, life, Time));
        services.AddSingleton<IOperationScheduler>(this);
        services.AddSingleton<IClusterEvents>(Events);
        services.AddSingleton<ISecretProtector>(this);
        services.AddLogging(logging => logging.AddProvider(Log));
        services.AddMagnumConductor();
        services.Configure<ConductorOptions>(o => o.Host = host);
        services.RemoveAll<IValidateOptions<CertificateOptions>>();
        services.Configure<CertificateOptions>(o => o.RsaKeySize = 1024);   // fast; how keys come out is tested elsewhere
        var provider = services.BuildServiceProvider(validateScopes: true);
        _conductors.Add(provider);
        return provider;
    }

    /// <summary>A cluster in this state with an operation that nobody has begun.</summary>
    public async Task<(Guid Cluster, Guid Operation)> AddAsync(
        OperationKind kind = OperationKind.Create, ClusterStatus status = ClusterStatus.CreateInProgress, Action<Cluster>? change = null, Func<OperationPayload>? payload = null)
    {
        var cluster = NewCluster(status);
        Cloud.Trusts.Add("trust");
        if (kind != OperationKind.Create)
        {
            cluster.StackId = "stack-0";
            Cloud.Stacks[cluster.Uuid] = new FakeStack("stack-0", null) { State = ObservedState.Ready, Generation = "older" };
        }

        change?.Invoke(cluster);
        await using var db = Database.CreateDbContext();
        db.Add(cluster);
        var operation = OperationFactory.Create(cluster, kind, payload?.Invoke() ?? new OperationPayload(), null, "user", "req-1", Time.GetUtcNow(), new OperationLimits());
        db.Add(operation);
        await db.SaveChangesAsync(Ct);
        return (cluster.Uuid, operation.Uuid);
    }

    /// <summary>A cluster that nobody works on.</summary>
    public async Task<Guid> AddSettledAsync(ClusterStatus status = ClusterStatus.CreateComplete, Action<Cluster>? change = null)
    {
        var cluster = NewCluster(status);
        cluster.StackId = "stack-0";
        Cloud.Trusts.Add("trust");
        Cloud.Stacks[cluster.Uuid] = new FakeStack("stack-0", null) { State = ObservedState.Ready };
        change?.Invoke(cluster);
        await using var db = Database.CreateDbContext();
        db.Add(cluster);
        await db.SaveChangesAsync(Ct);
        return cluster.Uuid;
    }

    /// <summary>What a delete request does.</summary>
    public async Task<Guid> RequestDeleteAsync(Guid clusterUuid)
    {
        await using var db = Database.CreateDbContext();
        var cluster = await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == clusterUuid, Ct);
        if (await db.Operations.SingleOrDefaultAsync(o => o.ActiveClusterUuid == clusterUuid, Ct) is { } active)
        {
            OperationFactory.Cancel(active, "Pre-empted.", Time.GetUtcNow());
            await db.SaveChangesAsync(Ct);
        }

        var operation = OperationFactory.Create(cluster, OperationKind.Delete, new OperationPayload(), null, "user", "req-2", Time.GetUtcNow(), new OperationLimits());
        db.Add(operation);
        await db.SaveChangesAsync(Ct);
        return operation.Uuid;
    }

    /// <summary>What a resize of the workers does.</summary>
    public async Task<Guid> RequestResizeAsync(Guid clusterUuid, int count)
    {
        await using var db = Database.CreateDbContext();
        var cluster = await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == clusterUuid, Ct);
        var payload = new OperationPayload { PreviousNodeCount = cluster.DefaultWorker.NodeCount, NodeCount = count };
        cluster.DefaultWorker.NodeCount = count;
        var operation = OperationFactory.Create(
            cluster, OperationKind.Resize, payload, cluster.DefaultWorker.Uuid, "user", "req-3", Time.GetUtcNow(), new OperationLimits());
        db.Add(operation);
        await db.SaveChangesAsync(Ct);
        return operation.Uuid;
    }

    /// <summary>What a request for another node group does.</summary>
    public async Task<(Guid Group, Guid Operation)> RequestNodeGroupAsync(Guid clusterUuid, string name = "gpu", int count = 2)
    {
        await using var db = Database.CreateDbContext();
        var cluster = await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == clusterUuid, Ct);
        var group = Group(clusterUuid, name, NodeGroup.WorkerRole, count, ClusterStatus.CreateInProgress, Time.GetUtcNow());
        group.IsDefault = false;
        cluster.NodeGroups.Add(group);
        db.Add(group);
        return (group.Uuid, await RecordAsync(db, cluster, OperationKind.NodeGroupCreate, group));
    }

    /// <summary>What a request about a node group that is there does.</summary>
    public async Task<Guid> RequestAsync(Guid clusterUuid, OperationKind kind, Guid groupUuid, int? count = null)
    {
        await using var db = Database.CreateDbContext();
        var cluster = await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == clusterUuid, Ct);
        var group = cluster.NodeGroups.Single(g => g.Uuid == groupUuid);
        var before = group.NodeCount;
        group.NodeCount = count ?? before;
        return await RecordAsync(db, cluster, kind, group, new OperationPayload { PreviousNodeCount = before, NodeCount = group.NodeCount });
    }

    /// <summary>Runs an operation again and again, moving the clock to when it is due, as alarms and sweep do; fails when it never ends.</summary>
    public async Task<Operation> DriveAsync(Guid operation, ServiceProvider? conductor = null)
    {
        var runner = (conductor ?? First).GetRequiredService<OperationRunner>();
        for (var run = 0; run < 200; run++)
        {
            await runner.RunAsync(operation, Ct);
            var row = await OperationAsync(operation);
            if (!row.IsActive)
            {
                return row;
            }

            Advance(row);
        }

        throw new InvalidOperationException("The operation never ends.");
    }

    /// <summary>Moves the clock to when the operation can be taken.</summary>
    public void Advance(Operation row)
    {
        var due = row.LeaseUntil > row.NotBefore ? row.LeaseUntil.Value : row.NotBefore;
        var left = due - Time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            Time.Advance(left);
        }
    }

    public async Task<Operation> OperationAsync(Guid uuid)
    {
        await using var db = Database.CreateDbContext();
        return await db.Operations.AsNoTracking().Include(o => o.Steps.OrderBy(s => s.Ordinal)).SingleAsync(o => o.Uuid == uuid, Ct);
    }

    public async Task<Cluster> ClusterAsync(Guid uuid) => await FindClusterAsync(uuid) ?? throw new InvalidOperationException("The cluster is gone.");

    public async Task<Cluster?> FindClusterAsync(Guid uuid)
    {
        await using var db = Database.CreateDbContext();
        return await db.Clusters.AsNoTracking().Include(c => c.NodeGroups).SingleOrDefaultAsync(c => c.Uuid == uuid, Ct);
    }

    public async Task<List<ClusterEvent>> EventsAsync(Guid cluster)
    {
        await using var db = Database.CreateDbContext();
        return await db.ClusterEvents.AsNoTracking().Where(e => e.ClusterUuid == cluster).OrderBy(e => e.Sequence).ToListAsync(Ct);
    }

    public async Task ChangeAsync(Func<MagnumDbContext, Task> change)
    {
        await using var db = Database.CreateDbContext();
        await change(db);
        await db.SaveChangesAsync(Ct);
    }

    public void Dispose()
    {
        _conductors.ForEach(c => c.Dispose());
        Database.Dispose();
    }

    void IOperationScheduler.Enqueue(Guid operationUuid) => Enqueued.Enqueue(operationUuid);

    void IOperationScheduler.Schedule(Guid operationUuid, TimeSpan delay) => Enqueued.Enqueue(operationUuid);

    string ISecretProtector.Protect(string secret) => $"protected:{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(secret))}";

    string ISecretProtector.Unprotect(string protectedSecret) =>
        System.Text.Encoding.UTF8.GetString(Convert.FromHexString(protectedSecret["protected:".Length..]));

    private async Task<Guid> RecordAsync(MagnumDbContext db, Cluster cluster, OperationKind kind, NodeGroup group, OperationPayload? payload = null)
    {
        var operation = OperationFactory.Create(cluster, kind, payload ?? new OperationPayload(), group.Uuid, "user", "req-4", Time.GetUtcNow(), new OperationLimits());
        db.Add(operation);
        await db.SaveChangesAsync(Ct);
        return operation.Uuid;
    }

    private Cluster NewCluster(ClusterStatus status)
    {
        var uuid = Guid.NewGuid();
        var now = Time.GetUtcNow();
        return new Cluster
        {
            Uuid = uuid,
            Name = "blue",
            ProjectId = "demo",
            UserId = "user",
            Template = new ClusterTemplateSnapshot { Name = "k8s", Coe = "kubernetes", Driver = "fake" },
            Driver = "fake",
            Status = status,
            StatusChangedAt = now,
            TrustId = ((ISecretProtector)this).Protect("trust"),
            CreateTimeout = 60,
            CreatedAt = now,
            NodeGroups =
            [
                Group(uuid, NodeGroup.DefaultMasterName, NodeGroup.MasterRole, 1, status, now),
                Group(uuid, NodeGroup.DefaultWorkerName, NodeGroup.WorkerRole, 2, status, now),
            ],
        };
    }

    private static NodeGroup Group(Guid cluster, string name, string role, int count, ClusterStatus status, DateTimeOffset now) => new()
    {
        Uuid = Guid.NewGuid(),
        Name = name,
        ClusterId = cluster,
        ProjectId = "demo",
        Role = role,
        IsDefault = true,
        NodeCount = count,
        Status = status,
        CreatedAt = now,
    };
}
