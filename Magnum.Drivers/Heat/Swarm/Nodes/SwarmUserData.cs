using Magnum.Drivers.Heat.Nodes;

namespace Magnum.Drivers.Heat.Swarm.Nodes;

/// <summary>User data of the nodes of swarms, the same for all.</summary>
internal static class SwarmUserData
{
    private const string Shared = "Heat/Nodes/Files/";
    private const string Own = "Heat/Swarm/Nodes/Files/";

    public static string Text { get; } = new UserData(
        [$"{Shared}common.sh", $"{Shared}host.sh", $"{Shared}signing.sh", $"{Shared}docker-engine.sh", $"{Own}docker.sh", $"{Own}swarm.sh", $"{Own}node.sh"],
        [($"{Shared}magnum-node.service", true)],
        ("managers", "__MANAGERS__")).Write(ignition: false);
}
