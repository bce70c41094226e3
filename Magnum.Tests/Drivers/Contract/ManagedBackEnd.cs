using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Tests.Drivers.ClusterApi;
using Magnum.Tests.Support.ClusterApi;

namespace Magnum.Tests.Drivers.Contract;

/// <summary>The driver for Cluster API on a played management cluster, asked by somebody who does what requests and the conductor do.</summary>
internal sealed class ManagedBackEnd : DriverBackEnd
{
    private readonly ClusterApiWorld _world;

    private ManagedBackEnd(ClusterApiWorld world, WantedCluster wanted) => (_world, Wanted, Driver) = (world, wanted, new Asked(world));

    public override IClusterDriver Driver { get; }

    public override WantedCluster Wanted { get; }

    public override CloudCredential Credential => _world.Credential;

    public static async Task<DriverBackEnd> StartAsync()
    {
        var world = await ClusterApiWorld.StartAsync(adopt: false);
        var images = await world.Get<IImages>().ListImagesAsync(world.Credential, ClusterApiWorld.Ct);
        string Id(string name) => images.Single(i => i.Name == name).Id;
        return new ManagedBackEnd(
            world, new WantedCluster("kubernetes", "ubuntu", Id(ClusterApiWorld.OldImage), "m1.small", "public", Id(ClusterApiWorld.NewImage)) { MasterLbEnabled = true });
    }

    public override Task SetReachableAsync(bool reachable, CancellationToken cancellationToken)
    {
        _world.Management.Before = reachable ? null : _ => new ManagementFault(0);
        return Task.CompletedTask;
    }

    public override Task BreakNodesAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        _world.Controllers.Trouble = _ => "error creating Openstack instance: No valid host was found";
        return Task.CompletedTask;
    }

    public override Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>(
    [
        .. ((string[])["clusters", "machines", "openstackmachines", "machinedeployments", "secrets", "clusterresourcesets"])
            .SelectMany(kind => _world.Management.Names(kind).Select(name => $"{kind} {name}"))
            .Concat(_world.Credentials().Select(c => $"credential of {c}")),
    ]);

    public override async Task PassTimeAsync(CancellationToken cancellationToken)
    {
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        await _world.Controllers.RunAsync(cancellationToken);
    }

    public override ValueTask DisposeAsync() => _world.DisposeAsync();

    /// <summary>The owner brings his token before a cluster is made, its CAs are there by then, and its row says when it is being deleted.</summary>
    private sealed class Asked(ClusterApiWorld world) : IClusterDriver
    {
        public DriverDescription Description => world.Driver.Description;

        public Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken) =>
            world.Driver.PlanAsync(proposed, credential, cancellationToken);

        public Task CheckUpgradeAsync(Cluster upgraded, NodeGroup? group, CloudCredential credential, CancellationToken cancellationToken) =>
            world.Driver.CheckUpgradeAsync(upgraded, group, credential, cancellationToken);

        public async Task<string> ConvergeAsync(DriverRequest request, CancellationToken cancellationToken)
        {
            // By the secret: a call that was cut off may have left a credential that nobody has the secret of.
            if (request is { NodeGroup: null, MayCreate: true } && !world.Management.Names("secrets").Any(s => s.EndsWith("-cloud-config", StringComparison.Ordinal)))
            {
                await world.Driver.AdoptAsync(request.Cluster, null, world.Owner, cancellationToken);
                request.Cluster.Status = ClusterStatus.CreateInProgress;
            }

            return await world.Driver.ConvergeAsync(request with { Authorities = world.Request.Authorities }, cancellationToken);
        }

        public Task<ObservedCluster> ObserveAsync(DriverRequest request, ObserveOptions options, CancellationToken cancellationToken) =>
            world.Driver.ObserveAsync(request, options, cancellationToken);

        public Task DeleteAsync(DriverRequest request, CancellationToken cancellationToken)
        {
            request.Cluster.Status = request.NodeGroup is null ? ClusterStatus.DeleteInProgress : request.Cluster.Status;
            return world.Driver.DeleteAsync(request, cancellationToken);
        }

        public Task<IReadOnlySet<string>?> ListInProgressAsync(CancellationToken cancellationToken) => world.Driver.ListInProgressAsync(cancellationToken);
    }
}
