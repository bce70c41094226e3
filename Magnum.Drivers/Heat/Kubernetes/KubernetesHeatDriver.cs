using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>Kubernetes by kubeadm on prepared Ubuntu and Fedora CoreOS images, on servers that Heat makes.</summary>
internal sealed class KubernetesHeatDriver(HeatTools tools) : HeatDriver(tools)
{
    public const string Name = "k8s_heat";

    public const int DefaultApiPort = 6443;

    public const string DefaultNetworkDriver = "flannel";

    public override DriverDescription Description { get; } = new()
    {
        Name = Name,
        Title = "Kubernetes on Heat",
        ClusterTypes =
        [
            new("vm", "ubuntu", "kubernetes"),
            new("vm", "fedora-coreos", "kubernetes"),
            new("vm", "flatcar", "kubernetes"),
            new("vm", "debian", "kubernetes"),
            new("vm", "rockylinux", "kubernetes"),
        ],
        NetworkDrivers = [DefaultNetworkDriver, "calico", "cilium"],
        VolumeDrivers = ["cinder"],
        Capabilities = DriverCapabilities.Resize | DriverCapabilities.RemoveChosenNodes | DriverCapabilities.Rollback
            | DriverCapabilities.NodeGroups | DriverCapabilities.RotateCa | DriverCapabilities.RotateCredential,
        Labels = KubernetesLabels.All,
    };

    protected override ClusterDesign Design(Cluster cluster, NodeGroup? added) => new KubernetesDesign(cluster, added);

    protected override string ApiAddress(string address, string port) => $"https://{address}:{port}";
}
