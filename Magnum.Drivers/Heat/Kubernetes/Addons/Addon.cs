using Magnum.Drivers.Heat.Hot;
using Magnum.Drivers.Heat.Labels;

namespace Magnum.Drivers.Heat.Kubernetes.Addons;

/// <summary>What a cluster gets beside Kubernetes' own programs: a manifest that its masters apply.</summary>
/// <param name="Name">As the masters call it.</param>
/// <param name="Manifest">YAML, of several documents.</param>
internal sealed record Addon(string Name, string Manifest)
{
    /// <summary>Without it no node is ready: the nodes wait for it to say who they are in the cloud.</summary>
    public const string CloudController = "cloud-controller";

    private const string OwnImages = "registry.k8s.io/provider-os/";
    private const string SidecarImages = "registry.k8s.io/sig-storage/";
    private const string MetricsImages = "registry.k8s.io/metrics-server/";

    /// <summary>A cluster's, in the order in which they are applied.</summary>
    /// <param name="version">Of Kubernetes; null when nobody says.</param>
    public static IReadOnlyList<Addon> Of(KubernetesDesign design, string? version)
    {
        var addons = new List<Addon>();
        if (design.HasCloudProvider)
        {
            addons.Add(Read(CloudController, design, version));
        }

        if (design.HasCinderCsi)
        {
            addons.Add(Read("cinder-csi", design, version));
        }

        if (design.HasMetricsServer)
        {
            addons.Add(Read("metrics-server", design, version));
        }

        return addons;
    }

    private static Addon Read(string name, KubernetesDesign design, string? version) => new(
        name,
        Values(design, version).Aggregate(
            EmbeddedText.Read($"Heat/Kubernetes/Addons/{name}.yaml"),
            (text, value) => text.Replace($"%{value.Key}%", value.Value, StringComparison.Ordinal)));

    private static Dictionary<string, string> Values(KubernetesDesign design, string? version)
    {
        return new()
        {
            ["cluster_uuid"] = design.Cluster.Uuid.ToString(),
            ["pod_cidr"] = design.PodCidr,
            ["cloud_controller_image"] = Image(OwnImages, "openstack-cloud-controller-manager", "cloud_provider_tag", CloudProviderTag(version, oldest: 29)),
            // From 1.32 on what runs on workers needs no credential.
            ["cinder_csi_image"] = Image(OwnImages, "cinder-csi-plugin", "cinder_csi_plugin_tag", CloudProviderTag(version, oldest: 32)),
            ["csi_attacher_image"] = Image(SidecarImages, "csi-attacher", "csi_attacher_tag"),
            ["csi_provisioner_image"] = Image(SidecarImages, "csi-provisioner", "csi_provisioner_tag"),
            ["csi_resizer_image"] = Image(SidecarImages, "csi-resizer", "csi_resizer_tag"),
            ["csi_registrar_image"] = Image(SidecarImages, "csi-node-driver-registrar", "csi_node_driver_registrar_tag"),
            ["csi_liveness_image"] = Image(SidecarImages, "livenessprobe", "csi_liveness_probe_tag"),
            ["metrics_server_image"] = Image(MetricsImages, "metrics-server", "metrics_server_tag"),
        };

        string Image(string registry, string name, string tagLabel, string? tag = null) =>
            $"{design.Labels.TextOrNull("container_infra_prefix") ?? registry}{name}:{design.Labels.TextOrNull(tagLabel) ?? tag}";
    }

    /// <summary>cloud-provider-openstack goes by Kubernetes' minor versions.</summary>
    private static string CloudProviderTag(string? version, int oldest) => $"v1.{Math.Clamp(EngineVersion.MinorsBehind("v1.0", version) ?? oldest, oldest, 35)}.0";
}
