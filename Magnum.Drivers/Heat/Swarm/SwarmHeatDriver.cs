using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;

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
            | DriverCapabilities.NodeGroups | DriverCapabilities.RotateCredential,
        Labels = SwarmLabels.All,
    };

    protected override ClusterDesign Design(Cluster cluster, NodeGroup? added) => new SwarmDesign(cluster, added);

    protected override string ApiAddress(string host, string port) => $"tcp://{host}:{port}";
}
