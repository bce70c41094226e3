using System.Text.Json.Nodes;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Drivers;
using Magnum.Drivers.ClusterApi;
using Magnum.Drivers.ClusterApi.Management;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.OpenStack;
using Magnum.Tests.Drivers.Heat;
using Magnum.Tests.Support;
using Magnum.Tests.Support.ClusterApi;
using Magnum.Web.Startup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Drivers.ClusterApi;

/// <summary>The driver with the embedded cloud's Keystone and a management cluster, and a cluster of it.</summary>
internal sealed class ClusterApiWorld : IAsyncDisposable
{
    public const string Name = "blue-one-111111112222";
    public const string OldImage = "ubuntu-22.04-kube-v1.31.1";
    public const string NewImage = "ubuntu-22.04-kube-v1.32.1";

    private readonly ServiceProvider _services;

    private ClusterApiWorld(ServiceProvider services, EmbeddedCloudServer cloud, PlayedManagement? management, PlayedControllers controllers, FakeTimeProvider time)
    {
        (_services, Cloud, Controllers, Time) = (services, cloud, controllers, time);
        Management = management!;
    }

    public static CancellationToken Ct => TestContext.Current.CancellationToken;

    public EmbeddedCloudServer Cloud { get; }

    /// <summary>Not where a real server stands in its place.</summary>
    public PlayedManagement Management { get; }

    public PlayedControllers Controllers { get; }

    public FakeTimeProvider Time { get; }

    public Cluster Cluster { get; private set; } = null!;

    /// <summary>The owner, signed in.</summary>
    public TokenInfo Owner { get; private set; } = null!;

    public CloudCredential Credential { get; private set; } = null!;

    /// <summary>Raised by each new operation.</summary>
    public int Operation { get; set; } = 1;

    public IClusterDriver Driver => _services.GetRequiredService<IClusterDriverRegistry>().Find(ClusterApiDriver.Name)!;

    public ManagementCluster Server => _services.GetRequiredService<ManagementCluster>();

    public DriverRequest Request => new(Cluster, Credential, $"generation-{Operation}") { Authorities = Authorities };

    private static ClusterAuthorities Authorities { get; } = new(
        Pair(TestAuthorities.Kubernetes), Pair(TestAuthorities.Etcd), Pair(TestAuthorities.FrontProxy), Pair(TestAuthorities.ServiceAccount));

    /// <param name="kubeconfig">Of a real server, which the test has started; null: one is played.</param>
    /// <param name="ofControllers">The controllers' kubeconfig, when it is another.</param>
    public static async Task<ClusterApiWorld> StartAsync(
        string version = "v1beta2", Action<ClusterApiOptions>? configure = null, string? kubeconfig = null, string? ofControllers = null, CollectedLog? log = null, bool adopt = true)
    {
        // A real server's clock cannot be moved.
        var time = new FakeTimeProvider(kubeconfig is null ? new DateTimeOffset(2026, 3, 1, 9, 30, 0, TimeSpan.Zero) : TimeProvider.System.GetUtcNow());
        var cloud = await EmbeddedCloudServer.StartAsync(new EmbeddedCloudOptions { Port = 0, Time = time }, NullLoggerFactory.Instance, Ct);
        var management = kubeconfig is null ? await PlayedManagement.StartAsync(version, time, Ct) : null;
        management?.Put("cluster.x-k8s.io", "clusterclasses", "magnum-system", Class());
        var options = new ClusterApiOptions { Kubeconfig = kubeconfig ?? management!.Kubeconfig };
        configure?.Invoke(options);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddLogging(logging => logging.AddProvider(log ?? new CollectedLog()));
        services.AddMagnumOpenStack(EmbeddedCloudStartup.Credentials(cloud));
        services.AddMagnumDrivers(new DriverOptions { Default = ClusterApiDriver.Name }, options);
        var world = new ClusterApiWorld(
            services.BuildServiceProvider(), cloud, management, new PlayedControllers(ofControllers ?? options.Kubeconfig!, time, version), time);
        world.Owner = await world.SignInAsync("demo");
        world.Credential = new CloudCredential.Trust(await world.Get<IIdentity>().CreateTrustAsync(world.Owner, Ct), world.Owner.ProjectId!);
        world.Cluster = await world.NewClusterAsync();
        if (adopt)
        {
            await world.Driver.AdoptAsync(world.Cluster, null, world.Owner, Ct);
        }

        return world;
    }

    /// <summary>A class that knows all variables, as the one in <c>deploy/cluster-api</c> does.</summary>
    public static JsonObject Class(params string[] without) => new()
    {
        ["apiVersion"] = "cluster.x-k8s.io/v1beta1",
        ["kind"] = "ClusterClass",
        ["metadata"] = new JsonObject { ["name"] = "magnum-openstack", ["namespace"] = "magnum-system" },
        ["spec"] = new JsonObject
        {
            ["variables"] = new JsonArray([.. ShippedClass.Variables.Except(without).Select(v => (JsonNode)new JsonObject { ["name"] = v })]),
            ["workers"] = new JsonObject { ["machineDeployments"] = new JsonArray(new JsonObject { ["class"] = "default-worker" }) },
        },
    };

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<TokenInfo> SignInAsync(string user) => Get<IIdentity>().SignInAsync(new SignIn.Password(user, user, "Default", user is "admin" ? "demo" : user, "Default"), Ct);

    /// <summary>Asks for what the rows say, as an operation of its own.</summary>
    public Task<string> ConvergeAsync(Func<DriverRequest, DriverRequest>? change = null)
    {
        Operation++;
        return Driver.ConvergeAsync(change?.Invoke(Request) ?? Request, Ct);
    }

    public Task<ObservedCluster> ObserveAsync(NodeGroup? group = null, string? marker = null) =>
        Driver.ObserveAsync(Request with { NodeGroup = group }, new ObserveOptions(true, marker), Ct);

    /// <summary>Controllers make it so, and that is seen.</summary>
    public async Task<ObservedCluster> SettleAsync(NodeGroup? group = null)
    {
        await Controllers.RunAsync(Ct);
        return await ObserveAsync(group);
    }

    /// <summary>A cluster that is there.</summary>
    public async Task CreatedAsync()
    {
        await ConvergeAsync(r => r with { MayCreate = true });
        var seen = await SettleAsync();
        Assert.Equal(ObservedState.Ready, seen.State);
        (Cluster.StackId, Cluster.CoeVersion, Cluster.ApiAddress) = (seen.BackendId, seen.CoeVersion, seen.ApiAddress);
    }

    /// <summary>A group that is there.</summary>
    public async Task<NodeGroup> AddedAsync(string name, int count)
    {
        var group = new NodeGroup
        {
            Uuid = Guid.Parse("aaaaaaaa-0000-0000-0000-000000000003"),
            Name = name,
            NodeCount = count,
            FlavorId = "m1.small",
            ImageId = Cluster.Template.ImageId,
            Labels = new(Cluster.Labels),
        };
        Cluster.NodeGroups.Add(group);
        group.StackId = await ConvergeAsync(r => r with { NodeGroup = group });
        Assert.Equal(ObservedState.Ready, (await SettleAsync(group)).State);
        group.Version = Cluster.CoeVersion;
        return group;
    }

    /// <summary>Names another image for groups, as an upgrade to another template does.</summary>
    public async Task NameImageAsync(string name, params NodeGroup[] groups)
    {
        var image = (await Get<IImages>().ListImagesAsync(new CloudCredential.Service(), Ct)).First(i => i.Name == name).Id;
        Cluster.Template = Cluster.Template with { ImageId = image };
        foreach (var group in groups)
        {
            group.ImageId = image;
        }
    }

    public JsonObject Topology() => (JsonObject)Management.Find("clusters", Name)!["spec"]!["topology"]!;

    public JsonObject Piece(string name) => ((JsonArray)Topology()["workers"]!["machineDeployments"]!).OfType<JsonObject>().Single(p => (string?)p["name"] == name);

    public JsonNode? Variable(string name) =>
        ((JsonArray)Topology()["variables"]!).OfType<JsonObject>().FirstOrDefault(v => (string?)v["name"] == name)?["value"];

    /// <summary>Application credentials in Keystone, by the name of their owner.</summary>
    public IReadOnlyList<string> Credentials()
    {
        lock (Cloud.Cloud.Gate)
        {
            var identity = Cloud.Cloud.State.Identity;
            return [.. identity.ApplicationCredentials.Values.Where(c => c.Name.StartsWith("magnum-", StringComparison.Ordinal)).Select(c => identity.Users[c.UserId].Name).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Somebody else gets a role in the owner's project.</summary>
    public async Task<TokenInfo> ColleagueAsync(string role = "member")
    {
        lock (Cloud.Cloud.Gate)
        {
            Cloud.Cloud.State.Identity.Assignments.Add(new(CloudSeed.RoleId(role), CloudSeed.UserId("alt_demo"), CloudSeed.ProjectId("demo"), null));
        }

        return await Get<IIdentity>().SignInAsync(new SignIn.Password("alt_demo", "alt_demo", "Default", "demo", "Default"), Ct);
    }

    public async ValueTask DisposeAsync()
    {
        Controllers.Dispose();
        await _services.DisposeAsync();
        await Cloud.DisposeAsync();
        if (Management is not null)
        {
            await Management.DisposeAsync();
        }
    }

    private async Task<Cluster> NewClusterAsync()
    {
        var images = await Get<IImages>().ListImagesAsync(new CloudCredential.Service(), Ct);
        var cluster = KubernetesClusters.New(masters: 1, workers: 2, loadBalancer: true, networkDriver: "calico", keyPair: null, flavor: "m1.small");
        cluster.Driver = ClusterApiDriver.Name;
        cluster.UserId = Owner.UserId;
        cluster.Status = ClusterStatus.CreateInProgress;
        cluster.Template = cluster.Template with { ImageId = images.First(i => i.Name == OldImage).Id, Driver = ClusterApiDriver.Name };
        return cluster;
    }

    private static PemPair Pair(Magnum.Core.Certificates.KeyMaterial key) => new(key.Certificate, key.PrivateKey);
}
