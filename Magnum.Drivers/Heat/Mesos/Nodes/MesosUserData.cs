using Magnum.Drivers.Heat.Nodes;

namespace Magnum.Drivers.Heat.Mesos.Nodes;

/// <summary>User data of the nodes of Mesos clusters, the same for all.</summary>
internal static class MesosUserData
{
    private const string Shared = "Heat/Nodes/Files/";
    private const string Own = "Heat/Mesos/Nodes/Files/";

    public static string Text { get; } = new UserData(
        [$"{Shared}common.sh", $"{Shared}host.sh", $"{Shared}docker-engine.sh", $"{Own}packages.sh", $"{Own}zookeeper.sh", $"{Own}mesos.sh", $"{Own}node.sh"],
        [
            ($"{Shared}magnum-node.service", true),
            ($"{Own}magnum-zookeeper.service", false),
            ($"{Own}magnum-mesos-master.service", false),
            ($"{Own}magnum-mesos-agent.service", false),
            ($"{Own}magnum-marathon.service", false),
        ],
        ("managers", "__MANAGERS__")).Write(ignition: false);
}
