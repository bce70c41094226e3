using System.Text.Json.Nodes;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Kubernetes.Addons;
using Magnum.Drivers.Heat.Nodes;

namespace Magnum.Drivers.Heat.Kubernetes.Nodes;

/// <summary>What a new node is told: <c>/etc/magnum/node.json</c>, which only root reads and which is removed when the node is up. Secret.</summary>
internal sealed class NodeSettings(KubernetesDesign design, CloudFacts facts)
{
    /// <summary>The file for the nodes of a group, in base64.</summary>
    public string For(NodeGroup group, NodeEnrolment enrolment)
    {
        var node = NodeFile.Of(
            design, facts, group, enrolment, design.PodCidr, design.ServiceCidr, ".svc", $".{design.Labels.Text("dns_cluster_domain")}");
        node["pod_cidr"] = design.PodCidr;
        node["service_cidr"] = design.ServiceCidr;
        node["service_address"] = Addresses.At(design.ServiceCidr, 1);
        node["dns_domain"] = design.Labels.Text("dns_cluster_domain");
        node["network_driver"] = design.NetworkDriver;
        node["manifest_url"] = ManifestUrl() ?? "";
        node["post_install_manifest_url"] = design.Labels.Text("post_install_manifest_url");
        node["image_prefix"] = design.Labels.Text("container_infra_prefix");
        node["selinux_mode"] = design.Labels.Text("selinux_mode");
        node["flannel"] = new JsonObject
        {
            ["Network"] = design.PodCidr,
            ["SubnetLen"] = design.Labels.Number("flannel_network_subnetlen"),
            ["Backend"] = new JsonObject { ["Type"] = design.Labels.Text("flannel_backend") },
        };
        node["calico_ipip"] = design.Labels.Text("calico_ipv4pool_ipip") is "Off" ? "Never" : design.Labels.Text("calico_ipv4pool_ipip");
        node["succeeds_master"] = facts.SucceedsMasters ? "true" : "";
        node["kubeadm"] = KubeadmConfiguration.Cluster(design, facts);
        node["kubelet"] = KubeadmConfiguration.Kubelet(design);
        node["kube_proxy"] = KubeadmConfiguration.KubeProxy(design);
        node["kubelet_args"] = KubeadmConfiguration.KubeletArguments(design, group);
        node["taints"] = new JsonArray([.. group.NodeTaints.Select(t => (JsonNode)new JsonObject { ["key"] = t.Key, ["value"] = t.Value ?? "", ["effect"] = t.Effect })]);
        if (group.IsMaster)
        {
            node["addons"] = new JsonObject(Addon.Of(design, facts.Version).Select(a => KeyValuePair.Create<string, JsonNode?>(a.Name, Gzip.Pack(a.Manifest))));
            if (design.HasCloudProvider)
            {
                node["cloud_config"] = CloudConfig.For(design, facts, enrolment);
            }
        }

        return NodeFile.Encode(node);
    }

    /// <summary>Where the network driver's manifest comes from when the image has none.</summary>
    private string? ManifestUrl() => design.NetworkDriver switch
    {
        "calico" => $"https://raw.githubusercontent.com/projectcalico/calico/{design.Labels.Text("calico_tag")}/manifests/calico.yaml",
        "flannel" => $"https://github.com/flannel-io/flannel/releases/download/{design.Labels.Text("flannel_tag")}/kube-flannel.yml",
        _ => null,
    };
}
