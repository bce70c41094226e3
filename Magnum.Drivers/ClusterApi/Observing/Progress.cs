using System.Text.Json.Nodes;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.ClusterApi.Management;
using Magnum.Drivers.ClusterApi.Objects;

namespace Magnum.Drivers.ClusterApi.Observing;

/// <summary>Whether what is there is what a Cluster's topology says.</summary>
internal static class Progress
{
    /// <summary>Whether controllers have seen what the Cluster is to be, and have handed it on.</summary>
    public static bool IsHandedOn(ApiObject cluster) => cluster.IsObserved && cluster.TopologyIsHandedOn();

    /// <summary>Whether the network, the API's address and all masters are there, as many and of such a version as the topology says.</summary>
    public static bool IsControlPlaneDone(ApiObject cluster, ApiObject? controlPlane)
    {
        if (controlPlane is null || !controlPlane.IsObserved || controlPlane.IsDeleting || !cluster.InfrastructureIsThere() || !cluster.ControlPlaneIsThere())
        {
            return false;
        }

        var version = cluster.Text("spec", "topology", "version");
        var wanted = cluster.Number("spec", "topology", "controlPlane", "replicas") ?? 1;
        return controlPlane.WantedNodes() == wanted && AreDone(controlPlane)
            && controlPlane.Text("spec", "version") == version && controlPlane.Text("status", "version") is var present && (present is null || present == version);
    }

    /// <summary>The same of a group's nodes.</summary>
    /// <param name="piece">The group in the topology.</param>
    public static bool IsGroupDone(ApiObject cluster, JsonObject piece, ApiObject? deployment)
    {
        if (deployment is null || !deployment.IsObserved || deployment.IsDeleting)
        {
            return false;
        }

        var group = new ApiObject(piece);
        return (group.Number("replicas") is not { } wanted || deployment.WantedNodes() == wanted) && AreDone(deployment)
            && (IsDeferred(piece) || deployment.Text("spec", "template", "spec", "version") == cluster.Text("spec", "topology", "version"));
    }

    /// <summary>Machines that are still of another version or image than they are to be.</summary>
    public static int Left(ClusterObjects objects, IReadOnlyList<ApiObject> machines, string? version, string? image) =>
        machines.Count(m => (version is not null && m.Text("spec", "version") is { } own && own != version) || HasOtherImage(objects, m, image));

    public static bool IsDeferred(JsonObject piece) => (piece["metadata"]?["annotations"] as JsonObject)?.ContainsKey(ClusterApiNames.DeferUpgrade) == true;

    /// <summary>What a group's nodes are to be made of, as far as the topology says.</summary>
    public static string? ImageOf(ApiObject cluster, JsonObject? piece) => TopologyDraft.Of(cluster)?.VariableOf(piece, ClusterVariables.Image);

    // A class may choose images by other means than their ids; then there is nothing to compare.
    private static bool HasOtherImage(ClusterObjects objects, ApiObject machine, string? image) =>
        image is not null && objects.ServerOf(machine)?.Text("spec", "image", "id") is { } own && own != image;

    private static bool AreDone(ApiObject nodes) =>
        nodes.Nodes() == nodes.WantedNodes() && nodes.ReadyNodes() == nodes.WantedNodes() && nodes.UpToDateNodes() == nodes.WantedNodes();
}
