using System.Collections.Concurrent;
using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Support;

/// <summary>The request side of Core as it is registered, on a real database and a cloud of fakes.</summary>
internal sealed class RequestWorld : IOperationScheduler, IClusterEvents, ISecretProtector, IDisposable
{
    private readonly ServiceProvider _services;

    public RequestWorld(Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        AddTo(services);
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero));

    public SqliteTestDatabase Database { get; } = new();

    public FakeImages Images { get; } = new();

    public FakeCompute Compute { get; } = new();

    public FakeNetworking Networking { get; } = new();

    public FakeIdentity Identity { get; } = new();

    public FakeDriverRegistry Drivers { get; } = new();

    public FakeDriver Driver => Drivers.Installed[0];

    public ConcurrentQueue<Guid> Enqueued { get; } = new();

    public ConcurrentQueue<ClusterChange> Published { get; } = new();

    /// <summary>What happens right after a commit, before the request goes on.</summary>
    public Action<ClusterChange> OnPublished { get; set; } = _ => { };

    /// <summary>What is published reaches who subscribes.</summary>
    public ClusterEvents Stream { get; } = new();

    public ClusterService Clusters => Get<ClusterService>();

    public IClusterQueries ClusterQueries => Get<IClusterQueries>();

    public ClusterTemplateService Templates => Get<ClusterTemplateService>();

    public IClusterTemplateQueries TemplateQueries => Get<IClusterTemplateQueries>();

    public T Get<T>()
        where T : notnull
    {
        var scope = _services.CreateScope();
        return scope.ServiceProvider.GetRequiredService<T>();
    }

    /// <summary>Registers this world, for a host of its own.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IDbContextFactory<MagnumDbContext>>(Database);
        services.AddSingleton<IImages>(Images);
        services.AddSingleton<ICompute>(Compute);
        services.AddSingleton<INetworking>(Networking);
        services.AddSingleton<IIdentity>(Identity);
        services.AddSingleton<CloudLookups>();
        services.AddSingleton<IClusterDriverRegistry>(Drivers);
        services.AddSingleton<IOperationScheduler>(this);
        services.AddSingleton<IClusterEvents>(this);
        services.AddSingleton<ISecretProtector>(this);
        services.AddMagnumRequests();
    }

    /// <summary>A spec that passes.</summary>
    public static ClusterTemplateSpec Spec(string name = "k8s") => new()
    {
        Name = name,
        Coe = "kubernetes",
        ImageId = "ubuntu",
        FlavorId = "m1.small",
        MasterFlavorId = "m1.small",
        ExternalNetworkId = "public",
    };

    /// <summary>A stored template; of the caller's project.</summary>
    public async Task<ClusterTemplate> AddTemplateAsync(Caller? caller = null, ClusterTemplateSpec? spec = null)
    {
        var result = await Templates.CreateAsync(caller ?? TestCaller.Member(), spec ?? Spec(), Ct);
        Assert.Null(result.Error);
        return result.Value!;
    }

    /// <summary>A cluster from a template of its own, made as people make it, then put into this state with its operation done.</summary>
    public async Task<Cluster> AddClusterAsync(ClusterStatus status = ClusterStatus.CreateComplete, Caller? caller = null, NewCluster? request = null)
    {
        var template = request is null ? await AddTemplateAsync(caller) : null;
        var result = await Clusters.CreateAsync(
            caller ?? TestCaller.Member(),
            request ?? new NewCluster { Name = "blue", ClusterTemplateId = template!.Uuid.ToString(), NodeCount = 2 },
            Ct);
        Assert.Null(result.Error);
        await FinishAsync(result.Value!.Uuid, status);
        return result.Value!;
    }

    /// <summary>Changes a template's row, past what requests may.</summary>
    public async Task ChangeTemplateAsync(Guid template, Action<ClusterTemplate> change)
    {
        await using var db = Database.CreateDbContext();
        change(await db.ClusterTemplates.SingleAsync(t => t.Uuid == template, Ct));
        await db.SaveChangesAsync(Ct);
    }

    /// <summary>The cluster has an API, as one that is up.</summary>
    public async Task SetApiAddressAsync(Guid cluster)
    {
        await using var db = Database.CreateDbContext();
        await db.Clusters.Where(c => c.Uuid == cluster).ExecuteUpdateAsync(set => set.SetProperty(c => c.ApiAddress, "https://10.0.0.1:6443"), Ct);
    }

    /// <summary>Ends the running operation as the conductor would.</summary>
    public async Task FinishAsync(Guid cluster, ClusterStatus status, OperationState state = OperationState.Succeeded)
    {
        await using var db = Database.CreateDbContext();
        var row = await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == cluster, Ct);
        row.SetStatus(status, null, Time.GetUtcNow());
        row.NodeGroups.ForEach(g => g.SetStatus(status, null, Time.GetUtcNow()));
        foreach (var operation in await db.Operations.Where(o => o.ActiveClusterUuid == cluster).ToListAsync(Ct))
        {
            operation.State = state;
            operation.ActiveClusterUuid = null;
        }

        await db.SaveChangesAsync(Ct);
    }

    /// <summary>Operations of others that went well, for estimates.</summary>
    public async Task AddHistoryAsync(OperationKind kind, params int[] minutes)
    {
        await using var db = Database.CreateDbContext();
        db.Operations.AddRange(minutes.Select(length => new Operation
        {
            Uuid = Guid.NewGuid(),
            ClusterUuid = Guid.NewGuid(),
            ProjectId = "another",
            Kind = kind,
            State = OperationState.Succeeded,
            Payload = new OperationPayload { Driver = Driver.Description.Name },
            CreatedAt = Time.GetUtcNow(),
            StartedAt = Time.GetUtcNow(),
            FinishedAt = Time.GetUtcNow().AddMinutes(length),
        }));
        await db.SaveChangesAsync(Ct);
    }

    public async Task<Cluster> LoadAsync(Guid cluster)
    {
        await using var db = Database.CreateDbContext();
        return await db.Clusters.AsNoTracking().Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == cluster, Ct);
    }

    public async Task<List<Operation>> OperationsAsync(Guid cluster)
    {
        await using var db = Database.CreateDbContext();
        return await db.Operations.AsNoTracking().Include(o => o.Steps).Where(o => o.ClusterUuid == cluster).OrderBy(o => o.Id).ToListAsync(Ct);
    }

    public void Dispose()
    {
        _services.Dispose();
        Database.Dispose();
    }

    void IOperationScheduler.Enqueue(Guid operationUuid) => Enqueued.Enqueue(operationUuid);

    void IOperationScheduler.Schedule(Guid operationUuid, TimeSpan delay) => Enqueued.Enqueue(operationUuid);

    long IClusterEvents.Latest => Stream.Latest;

    ValueTask IClusterEvents.PublishAsync(ClusterChange change, CancellationToken cancellationToken)
    {
        Published.Enqueue(change);
        OnPublished(change);
        return Stream.PublishAsync(change, cancellationToken);
    }

    IAsyncEnumerable<ClusterChange> IClusterEvents.Subscribe(string? projectId, Guid? clusterUuid, CancellationToken cancellationToken) =>
        Stream.Subscribe(projectId, clusterUuid, cancellationToken);

    IAsyncEnumerable<ClusterChange> IClusterEvents.Overhear(string projectId, CancellationToken cancellationToken) => Stream.Overhear(projectId, cancellationToken);

    bool IClusterEvents.IsWatched(Guid clusterUuid, string projectId) => false;

    string ISecretProtector.Protect(string secret) => $"protected:{secret}";

    string ISecretProtector.Unprotect(string protectedSecret) => protectedSecret["protected:".Length..];
}
