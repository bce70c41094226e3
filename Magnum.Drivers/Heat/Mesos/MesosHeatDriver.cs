using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Mesos;

namespace Magnum.Drivers.Heat.Mesos;

/// <summary>Apache Mesos with ZooKeeper and Marathon on servers that Heat makes.</summary>
internal sealed class MesosHeatDriver(HeatTools tools) : HeatDriver(tools)
{
    public const string Name = "mesos_heat";

    public const string NetworkDriver = "docker";

    public override DriverDescription Description { get; } = new()
    {
        Name = Name,
        Title = "Apache Mesos on Heat",
        ClusterTypes = [new("vm", "ubuntu", "mesos"), new("vm", "debian", "mesos")],
        NetworkDrivers = [NetworkDriver],
        Capabilities = DriverCapabilities.Resize | DriverCapabilities.RemoveChosenNodes | DriverCapabilities.Rollback
            | DriverCapabilities.NodeGroups | DriverCapabilities.RotateCredential | DriverCapabilities.AutoHealing,
        Labels = MesosLabels.All,
    };

    /// <summary>Nobody is shown anything by Mesos or shows it anything: the cluster's certificates are not used.</summary>
    public override async Task<ClusterHealth?> ProbeAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken)
    {
        using var api = Open(cluster);
        return api is null ? null : await MesosProbe.AskAsync(cluster.Name, api, Agents(cluster), cancellationToken);
    }

    public override async Task<EngineContents?> LookInsideAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken)
    {
        using var api = Open(cluster);
        var design = new MesosDesign(cluster);
        return api is null ? null : await MesosContents.LookAsync(
            api, [.. cluster.NodeGroups.SelectMany(g => g.Nodes)], design.HasMarathon ? [.. Servers(cluster, design.ApiPort).Select(s => s.Server)] : [], cancellationToken);
    }

    protected override async Task<IReadOnlyDictionary<string, string>> DrainAsync(
        Cluster cluster, IReadOnlyList<ObservedNode> leaving, EngineAccess access, CancellationToken cancellationToken)
    {
        using var api = Open(cluster);
        return api is null ? DrainProgress.Done.Waiting : await new MesosAgents(api).DrainAsync(leaving, cancellationToken);
    }

    protected override async Task<IReadOnlyList<string>> RankForRemovalAsync(
        Cluster cluster, IReadOnlyList<ObservedNode> nodes, EngineAccess access, CancellationToken cancellationToken)
    {
        using var api = Open(cluster);
        return api is null ? [] : await new MesosAgents(api).RankAsync(nodes, cancellationToken);
    }

    protected override ClusterDesign Design(Cluster cluster, NodeGroup? added) => new MesosDesign(cluster, added);

    /// <summary>Neither scheme nor port: there are two APIs, Marathon's and that of Mesos.</summary>
    protected override string ApiAddress(string host, string port) => host;

    /// <summary>Null: there is no master that may be asked.</summary>
    private static MesosApi? Open(Cluster cluster) =>
        Servers(cluster, new MesosDesign(cluster).MasterPort).ToList() is { Count: > 0 } masters ? new MesosApi(cluster.Name, masters) : null;

    /// <summary>Masters are asked one by one, for only the one that leads knows all, and a load balancer would hide which that is.</summary>
    private static IEnumerable<MesosMaster> Servers(Cluster cluster, int port) =>
        from node in cluster.DefaultMaster.Nodes
        let host = Host(node.PublicAddress ?? node.Address)
        where host is not null
        let server = new Uri($"http://{host}:{port}")
        where EngineHttp.MayBeAsked(server)
        select new MesosMaster(node.Name, server);

    /// <summary>Those that are made, and so have registered themselves.</summary>
    private static IEnumerable<ObservedNode> Agents(Cluster cluster) => cluster.NodeGroups.Where(g => !g.IsMaster).SelectMany(g => g.Nodes)
        .Where(n => n.Address is not null && n.Status?.EndsWith("_COMPLETE", StringComparison.Ordinal) == true);
}
