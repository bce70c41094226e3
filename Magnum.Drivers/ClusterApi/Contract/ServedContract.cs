using Magnum.Core.OpenStack;
using Magnum.Drivers.ClusterApi.Management;

namespace Magnum.Drivers.ClusterApi.Contract;

/// <summary>The versions of Cluster API's kinds that a management cluster serves, and how the topology is written in its version.</summary>
internal sealed class ServedContract
{
    private const string Core = "cluster.x-k8s.io";
    private const string ControlPlaneGroup = $"controlplane.{Core}";
    private const string InfrastructureGroup = $"infrastructure.{Core}";
    private const string AddonsGroup = $"addons.{Core}";

    private ServedContract(TopologyFormat format, string core, string controlPlane, string infrastructure, string? addons)
    {
        Format = format;
        Cluster = new(Core, core, "Cluster", "clusters");
        ClusterClass = new(Core, core, "ClusterClass", "clusterclasses");
        MachineDeployment = new(Core, core, "MachineDeployment", "machinedeployments");
        Machine = new(Core, core, "Machine", "machines");
        ControlPlane = new(ControlPlaneGroup, controlPlane, "KubeadmControlPlane", "kubeadmcontrolplanes");
        OpenStackCluster = new(InfrastructureGroup, infrastructure, "OpenStackCluster", "openstackclusters");
        OpenStackMachine = new(InfrastructureGroup, infrastructure, "OpenStackMachine", "openstackmachines");
        ResourceSet = addons is null ? null : new(AddonsGroup, addons, "ClusterResourceSet", "clusterresourcesets");
    }

    public TopologyFormat Format { get; }

    public ApiResource Cluster { get; }

    public ApiResource ClusterClass { get; }

    public ApiResource MachineDeployment { get; }

    public ApiResource Machine { get; }

    public ApiResource ControlPlane { get; }

    public ApiResource OpenStackCluster { get; }

    public ApiResource OpenStackMachine { get; }

    /// <summary>Null: resource sets are not installed.</summary>
    public ApiResource? ResourceSet { get; }

    /// <param name="groups">Versions by API group, the preferred one first.</param>
    public static ServedContract Of(IReadOnlyDictionary<string, IReadOnlyList<string>> groups)
    {
        var core = groups.GetValueOrDefault(Core) ?? [];
        TopologyFormat format = core.Contains(TopologyFormatV1Beta2.Version) ? new TopologyFormatV1Beta2()
            : core.Contains(TopologyFormatV1Beta1.Version) ? new TopologyFormatV1Beta1()
            : throw Missing(core.Count == 0 ? "no Cluster API" : $"Cluster API in {string.Join(", ", core.Distinct())} only, and Magnum knows v1beta1 and v1beta2");
        return new ServedContract(
            format,
            format.Name,
            Newest(ControlPlaneGroup, "no control plane provider of kubeadm") ?? "",
            Newest(InfrastructureGroup, "no infrastructure provider") ?? "",
            Newest(AddonsGroup, null));

        string? Newest(string group, string? missing) =>
            groups.GetValueOrDefault(group) is { Count: > 0 } versions ? versions.Contains(format.Name) ? format.Name : versions[0]
            : missing is null ? null
            : throw Missing(missing);
    }

    private static CloudException Missing(string what) =>
        new(ManagementFaults.Service, CloudFault.NoEndpoint, $"The management cluster has {what}.");
}
