using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;

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
            | DriverCapabilities.NodeGroups | DriverCapabilities.RotateCredential,
        Labels = MesosLabels.All,
    };

    protected override ClusterDesign Design(Cluster cluster, NodeGroup? added) => new MesosDesign(cluster, added);

    /// <summary>Neither scheme nor port: there are two APIs, Marathon's and that of Mesos.</summary>
    protected override string ApiAddress(string host, string port) => host;
}
