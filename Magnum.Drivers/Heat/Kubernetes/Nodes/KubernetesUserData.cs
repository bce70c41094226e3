using Magnum.Drivers.Heat.Nodes;

namespace Magnum.Drivers.Heat.Kubernetes.Nodes;

/// <summary>User data of Kubernetes nodes.</summary>
internal static class KubernetesUserData
{
    private const string Shared = "Heat/Nodes/Files/";
    private const string Own = "Heat/Kubernetes/Nodes/Files/";

    // The timer is switched on by a node that is up.
    private static readonly UserData Data = new(
        [
            $"{Shared}common.sh", $"{Shared}host.sh", $"{Shared}signing.sh", $"{Own}pki.sh", $"{Own}system.sh", $"{Own}master.sh", $"{Own}worker.sh", $"{Own}node.sh",
            $"{Own}certificates.sh",
        ],
        [($"{Shared}magnum-node.service", true), ($"{Own}magnum-certificates.service", false), ($"{Own}magnum-certificates.timer", false)],
        ("etcd_volume", "__ETCD_VOLUME__"));

    public static string For(KubernetesDesign design) => Data.Write(design.UsesIgnition);
}
