using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Docker;

namespace Magnum.Drivers.Heat.Swarm;

/// <summary>Docker in swarm mode on servers that Heat makes.</summary>
internal sealed class SwarmHeatDriver(HeatTools tools) : HeatDriver(tools)
{
    public const string Name = "swarm_heat";

    /// <summary>Where Docker serves its API with TLS.</summary>
    public const int DefaultApiPort = 2376;

    public const string NetworkDriver = "docker";

    public override DriverDescription Description { get; } = new()
    {
        Name = Name,
        Title = "Docker Swarm on Heat",
        ClusterTypes =
        [
            .. from coe in new[] { "swarm", "swarm-mode" }
               from distro in new[] { "ubuntu", "debian", "rockylinux" }
               select new ClusterType("vm", distro, coe),
        ],
        NetworkDrivers = [NetworkDriver],
        Capabilities = DriverCapabilities.Resize | DriverCapabilities.RemoveChosenNodes | DriverCapabilities.Rollback
            | DriverCapabilities.NodeGroups | DriverCapabilities.RotateCredential | DriverCapabilities.AutoHealing,
        Labels = SwarmLabels.All,
    };

    public override async Task<ClusterHealth?> ProbeAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken) =>
        Open(cluster, access) is { } swarm ? await swarm.AskAsync(cancellationToken) : null;

    public override async Task<EngineContents?> LookInsideAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken) =>
        Open(cluster, access) is { } swarm ? await swarm.LookInsideAsync(cancellationToken) : null;

    protected override async Task<IReadOnlyDictionary<string, string>> DrainAsync(
        Cluster cluster, IReadOnlyList<ObservedNode> leaving, EngineAccess access, CancellationToken cancellationToken) =>
        Open(cluster, access) is { } swarm ? await swarm.DrainAsync(leaving, cancellationToken) : DrainProgress.Done.Waiting;

    protected override async Task<IReadOnlyList<string>> RankForRemovalAsync(
        Cluster cluster, IReadOnlyList<ObservedNode> nodes, EngineAccess access, CancellationToken cancellationToken) =>
        Open(cluster, access) is { } swarm ? await swarm.RankAsync(nodes, cancellationToken) : [];

    protected override async Task ForgetAsync(Cluster cluster, IReadOnlyList<ObservedNode> present, EngineAccess access, CancellationToken cancellationToken)
    {
        if (Open(cluster, access) is { } swarm)
        {
            await swarm.ForgetAsync(present, cancellationToken);
        }
    }

    protected override ClusterDesign Design(Cluster cluster, NodeGroup? added) => new SwarmDesign(cluster, added);

    protected override string ApiAddress(string host, string port) => $"tcp://{host}:{port}";

    private static SwarmApi? Open(Cluster cluster, EngineAccess access) =>
        SwarmApi.ServerOf(cluster.ApiAddress) is { } server ? new SwarmApi(cluster.Name, server, access) : null;
}
