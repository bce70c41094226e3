using Magnum.Core;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Credentials;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Policies;
using Magnum.Core.Reconciliation;
using Magnum.Drivers;
using Magnum.Drivers.ClusterApi;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.EmbeddedCloud.Neutron;
using Magnum.Drivers.EmbeddedCloud.Nova;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Drivers.OpenStack;
using Magnum.Drivers.OpenStack.Transport;
using Magnum.Tests.Drivers.ClusterApi;
using Magnum.Tests.Support.ClusterApi;
using Magnum.Tests.Support.Conductor;
using Magnum.Web.Startup;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Support.Days;

/// <summary>
/// Magnum as it is composed - requests, conductors, the Heat driver, the OpenStack clients - on a real database and the embedded cloud over
/// HTTP. There is one clock, which the test moves from one thing that is due to the next.
/// </summary>
internal sealed class CloudWorld : IOperationScheduler, ISecretProtector, IAsyncDisposable
{
    private readonly List<ServiceProvider> _processes = [];
    private ServiceProvider? _first;

    private CloudWorld()
    {
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero));

    public SqliteTestDatabase Database { get; } = new();

    public CollectedLog Log { get; } = new();

    public ClusterEvents Events { get; } = new();

    /// <summary>Between the first process and the cloud.</summary>
    public CloudTap Tap { get; } = new();

    public EmbeddedCloudServer Cloud { get; private set; } = null!;

    /// <summary>What the nodes have their certificates signed by; Magnum's API is not part of this world.</summary>
    private SigningService Signing { get; set; } = null!;

    public ServiceProvider First => _first ??= StartProcess(Tap);

    /// <summary>Cluster API's; null: this world has none.</summary>
    public PlayedManagement? Management { get; private set; }

    /// <summary>A world with a template <c>k8s</c> of the project demo.</summary>
    /// <param name="managed">With a management cluster, and a template <c>capi</c> whose clusters are made by it.</param>
    public static async Task<CloudWorld> StartAsync(bool managed = false)
    {
        var world = new CloudWorld { Signing = await SigningService.StartAsync(Ct) };
        world.Cloud = await EmbeddedCloudServer.StartAsync(new EmbeddedCloudOptions { Port = 0, Time = world.Time }, NullLoggerFactory.Instance, Ct);
        if (managed)
        {
            world.Management = await PlayedManagement.StartAsync("v1beta2", world.Time, Ct);
            world.Management.Put("cluster.x-k8s.io", "clusterclasses", "magnum-system", ClusterApiWorld.Class());
        }

        await world.AddTemplateAsync("k8s", KubernetesHeatDriver.Name);
        if (managed)
        {
            await world.AddTemplateAsync("capi", ClusterApiDriver.Name);
        }

        return world;
    }

    /// <summary>A process with an identity of its own.</summary>
    public ServiceProvider StartProcess(CloudTap? tap = null, string host = "first", LifeLine? life = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new PassingTime(Time));
        services.AddLogging(logging => logging.AddProvider(Log));
        services.AddSingleton(Database.Watched(life ?? new LifeLine()));
        services.AddSingleton<IOperationScheduler>(this);
        services.AddSingleton<IClusterEvents>(Events);
        services.AddSingleton<ISecretProtector>(this);
        services.AddSingleton<CloudLookups>();
        services.AddMagnumRequests();
        services.AddMagnumConductor();
        services.AddMagnumOpenStack(EmbeddedCloudStartup.Credentials(Cloud));
        services.AddMagnumDrivers(
            new DriverOptions { Default = KubernetesHeatDriver.Name }, Management is null ? null : new ClusterApiOptions { Kubeconfig = Management.Kubeconfig });
        if (tap is not null)
        {
            services.AddHttpClient(CloudTransport.ClientName).AddHttpMessageHandler(tap.CreateHandler);
        }

        services.Configure<ConductorOptions>(o => (o.Host, o.MagnumUrl) = (host, Signing.Url));
        services.RemoveAll<IValidateOptions<CertificateOptions>>();
        services.Configure<CertificateOptions>(o => o.RsaKeySize = 1024);   // fast; how keys come out is tested elsewhere
        var process = services.BuildServiceProvider();
        _processes.Add(process);
        return process;
    }

    /// <summary>Somebody of the project demo, with a token of their own.</summary>
    public async Task<Caller> SignInAsync(string user = "demo") => new(
        await First.GetRequiredService<IIdentity>().SignInAsync(new SignIn.Password(user, user, "Default", user, "Default"), Ct), $"req-{Guid.NewGuid()}");

    /// <summary>What both doors call.</summary>
    public async Task<T> AskAsync<T>(Func<ClusterService, Caller, Task<T>> ask, Caller? caller = null)
    {
        using var scope = First.CreateScope();
        return await ask(scope.ServiceProvider.GetRequiredService<ClusterService>(), caller ?? await SignInAsync());
    }

    /// <summary>Ends all tokens: Keystone is needed for the next call.</summary>
    public void EndTokens()
    {
        Cloud.SwitchOn("expired-tokens");
        Time.Advance(TimeSpan.FromMilliseconds(2));   // tokens of the same moment are ended too
    }

    /// <summary>A network of the project demo with a subnet; its id.</summary>
    public string AddNetwork(string name)
    {
        lock (Cloud.Cloud.Gate)
        {
            var network = Cloud.Cloud.Network.AddNetwork(new NetworkRow { Id = Guid.NewGuid().ToString(), Name = name, ProjectId = CloudSeed.ProjectId("demo") });
            Cloud.Cloud.Network.AddSubnet(
                new SubnetRow { Id = Guid.NewGuid().ToString(), Name = $"{name}-subnet", ProjectId = network.ProjectId, NetworkId = network.Id, Cidr = "10.77.0.0/24" });
            return network.Id;
        }
    }

    /// <summary>Somebody deletes the network.</summary>
    public void RemoveNetwork(string id)
    {
        lock (Cloud.Cloud.Gate)
        {
            Cloud.Cloud.Network.RemoveNetwork(id);
        }
    }

    /// <summary>Takes away Heat's own end of waiting; false, so that waiting goes on.</summary>
    public bool ForgetDeadlines()
    {
        lock (Cloud.Cloud.Gate)
        {
            foreach (var stack in Cloud.Cloud.State.Stacks.Values)
            {
                stack.DeadlineAt = null;
                stack.Resources.ForEach(r => r.DeadlineAt = null);
            }
        }

        return false;
    }

    /// <summary>Users in Keystone that were made for the cluster's nodes.</summary>
    public int CountTrustees(Guid cluster)
    {
        lock (Cloud.Cloud.Gate)
        {
            return Cloud.Cloud.State.Identity.Users.Values.Count(u => u.Name.StartsWith(cluster.ToString(), StringComparison.Ordinal));
        }
    }

    public async Task<(Guid Cluster, Guid Operation)> CreateAsync(Func<NewCluster, NewCluster>? change = null)
    {
        var request = new NewCluster { Name = "blue", ClusterTemplateId = "k8s" };
        var created = await AskAsync((clusters, caller) => clusters.CreateAsync(caller, change?.Invoke(request) ?? request, Ct));
        Assert.Null(created.Error);
        return (created.Value!.Uuid, (await ActiveAsync(created.Value.Uuid))!.Uuid);
    }

    /// <summary>A cluster that is there.</summary>
    public async Task<Guid> CreatedAsync()
    {
        var (cluster, operation) = await CreateAsync();
        Assert.Equal(OperationState.Succeeded, (await DriveAsync(operation)).State);
        return cluster;
    }

    public async Task<Guid> ResizeAsync(Guid cluster, int count)
    {
        var resized = await AskAsync((clusters, caller) => clusters.ResizeAsync(caller, cluster.ToString(), new ClusterResize(count, [], null), Ct));
        Assert.Null(resized.Error);
        return (await ActiveAsync(cluster))!.Uuid;
    }

    public async Task<Guid> DeleteAsync(Guid cluster)
    {
        Assert.Null((await AskAsync((clusters, caller) => clusters.DeleteAsync(caller, cluster.ToString(), Ct))).Error);
        return (await ActiveAsync(cluster))!.Uuid;
    }

    /// <summary>Lets a conductor work and time pass until the operation has ended; fails when it never does.</summary>
    /// <param name="meanwhile">What others do after each of its turns.</param>
    public async Task<Operation> DriveAsync(Guid operation, ServiceProvider? process = null, Func<Operation, bool>? until = null, Func<Operation, Task>? meanwhile = null)
    {
        for (var round = 0; round < 3000; round++)
        {
            await RunAsync(operation, process);
            var row = await OperationAsync(operation);
            if (!row.IsActive || until?.Invoke(row) == true)
            {
                return row;
            }

            if (meanwhile is not null)
            {
                await meanwhile(row);
            }

            await PassAsync(row);
        }

        throw new InvalidOperationException("The operation never ends.");
    }

    /// <summary>What a conductor does at this moment: it reads the list of stacks in progress, and runs the operation if that is due.</summary>
    public async Task RunAsync(Guid operation, ServiceProvider? process = null)
    {
        process ??= First;
        await process.GetRequiredService<SyncReconciler>().RunOnceAsync(Ct);
        await process.GetRequiredService<OperationRunner>().RunAsync(operation, Ct);
    }

    /// <summary>The pass that finds drift.</summary>
    public Task SweepAsync() => First.GetRequiredService<SweepReconciler>().RunOnceAsync(Ct);

    /// <summary>Lets this much time pass in the cloud.</summary>
    public async Task PassAsync(TimeSpan span)
    {
        var end = Time.GetUtcNow() + span;
        while (await NextInCloudAsync() is { } next && next < end)
        {
            MoveTo(next);
        }

        MoveTo(end);
        await NextInCloudAsync();
    }

    public async Task<Operation> OperationAsync(Guid uuid)
    {
        await using var db = Database.CreateDbContext();
        return await db.Operations.AsNoTracking().Include(o => o.Steps.OrderBy(s => s.Ordinal)).SingleAsync(o => o.Uuid == uuid, Ct);
    }

    public async Task<Operation?> ActiveAsync(Guid cluster)
    {
        await using var db = Database.CreateDbContext();
        return await db.Operations.AsNoTracking().Include(o => o.Steps.OrderBy(s => s.Ordinal)).SingleOrDefaultAsync(o => o.ActiveClusterUuid == cluster, Ct);
    }

    public async Task<Cluster?> FindAsync(Guid cluster)
    {
        await using var db = Database.CreateDbContext();
        return await db.Clusters.AsNoTracking().Include(c => c.NodeGroups).SingleOrDefaultAsync(c => c.Uuid == cluster, Ct);
    }

    public async Task<Cluster> ClusterAsync(Guid cluster) => await FindAsync(cluster) ?? throw new InvalidOperationException("The cluster is gone.");

    /// <summary>That nothing of the cluster is left, in the database and in the cloud.</summary>
    public async Task AssertNothingLeftAsync(Guid cluster)
    {
        Assert.Null(await FindAsync(cluster));
        Assert.Empty(Cloud.ListStacks());
        Assert.Empty(Cloud.ListServers());
        Assert.Equal(0, CountTrustees(cluster));
        lock (Cloud.Cloud.Gate)
        {
            Assert.Empty(Cloud.Cloud.State.Identity.Trusts);
        }

        await using var db = Database.CreateDbContext();
        Assert.Empty(await db.Certificates.Where(c => c.ClusterUuid == cluster).ToListAsync(Ct));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        await Cloud.DisposeAsync();
        if (Management is not null)
        {
            await Management.DisposeAsync();
        }

        await Signing.DisposeAsync();
        Database.Dispose();
    }

    void IOperationScheduler.Enqueue(Guid operationUuid)
    {
        // Tests run operations themselves.
    }

    void IOperationScheduler.Schedule(Guid operationUuid, TimeSpan delay)
    {
        // As above.
    }

    string ISecretProtector.Protect(string secret) => $"protected:{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(secret))}";

    string ISecretProtector.Unprotect(string protectedSecret) =>
        System.Text.Encoding.UTF8.GetString(Convert.FromHexString(protectedSecret["protected:".Length..]));

    private async Task AddTemplateAsync(string name, string driver)
    {
        using var scope = First.CreateScope();
        var template = await scope.ServiceProvider.GetRequiredService<ClusterTemplateService>().CreateAsync(
            await SignInAsync(),
            new ClusterTemplateSpec
            {
                Name = name,
                Driver = driver,
                Coe = "kubernetes",
                ImageId = "ubuntu-22.04-kube-v1.31.1",
                FlavorId = "m1.small",
                MasterFlavorId = "m1.small",
                ExternalNetworkId = "public",
            },
            Ct);
        Assert.Null(template.Error);
    }

    /// <summary>To when the operation is due, or a little while on: the conductor's list may tell that its stack has moved.</summary>
    private async Task PassAsync(Operation row)
    {
        var now = Time.GetUtcNow();
        var due = row.LeaseUntil > row.NotBefore ? row.LeaseUntil.Value : row.NotBefore;
        var soon = now + (now - row.CreatedAt < TimeSpan.FromMinutes(4) ? TimeSpan.FromSeconds(5) : TimeSpan.FromMinutes(1));
        await PassAsync((due < soon ? due : soon) - now);
    }

    private void MoveTo(DateTimeOffset moment)
    {
        if (moment > Time.GetUtcNow())
        {
            Time.SetUtcNow(moment);
        }
    }

    /// <summary>Brings the cloud up to the present, reports of its nodes included, and says when the next thing is due there.</summary>
    private async Task<DateTimeOffset?> NextInCloudAsync()
    {
        while (true)
        {
            Ct.ThrowIfCancellationRequested();
            var next = Cloud.Cloud.Advance();
            lock (Cloud.Cloud.Gate)
            {
                var now = Time.GetUtcNow();
                if (!(next <= now) && !Cloud.Cloud.Compute.State.Servers.Values.Any(s => s is { Boot: BootState.Reporting, DueAt: null }))
                {
                    return next;
                }
            }

            await Task.Yield();   // a node is on its way to report itself
        }
    }
}
