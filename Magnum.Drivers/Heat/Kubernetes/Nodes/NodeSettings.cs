using System.Text;
using System.Text.Json.Nodes;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;

namespace Magnum.Drivers.Heat.Kubernetes.Nodes;

/// <summary>What a new node is told: <c>/etc/magnum/node.json</c>, which only root reads and which is removed when the node is up. Secret.</summary>
internal sealed class NodeSettings(KubernetesDesign design, CloudFacts facts)
{
    /// <summary>The file for the nodes of a group, in base64.</summary>
    public string For(NodeGroup group, NodeEnrolment enrolment)
    {
        var template = design.Cluster.Template;
        var node = new JsonObject
        {
            ["cluster_uuid"] = design.Cluster.Uuid.ToString(),
            ["cluster_name"] = design.Cluster.Name,
            ["role"] = group.Role,
            ["nodegroup"] = group.Name,
            ["auth_url"] = enrolment.AuthUrl,
            ["magnum_url"] = enrolment.MagnumUrl,
            ["user_id"] = enrolment.UserId,
            ["password"] = enrolment.Password,
            ["ca_bundle"] = enrolment.CaBundle ?? "",
            ["masters"] = design.Masters.NodeCount,
            ["api_port"] = design.ApiPort,
            ["pod_cidr"] = design.PodCidr,
            ["service_cidr"] = design.ServiceCidr,
            ["service_address"] = Addresses.At(design.ServiceCidr, 1),
            ["subnet_cidr"] = facts.SubnetCidr,
            ["dns_domain"] = design.Labels.Text("dns_cluster_domain"),
            ["network_driver"] = design.NetworkDriver,
            ["manifest_url"] = ManifestUrl() ?? "",
            ["post_install_manifest_url"] = design.Labels.Text("post_install_manifest_url"),
            ["image_prefix"] = design.Labels.Text("container_infra_prefix"),
            ["insecure_registry"] = template.InsecureRegistry ?? "",
            ["selinux_mode"] = design.Labels.Text("selinux_mode"),
            ["flannel"] = new JsonObject
            {
                ["Network"] = design.PodCidr,
                ["SubnetLen"] = design.Labels.Number("flannel_network_subnetlen"),
                ["Backend"] = new JsonObject { ["Type"] = design.Labels.Text("flannel_backend") },
            },
            ["calico_ipip"] = design.Labels.Text("calico_ipv4pool_ipip") is "Off" ? "Never" : design.Labels.Text("calico_ipv4pool_ipip"),
            ["http_proxy"] = template.HttpProxy ?? "",
            ["https_proxy"] = template.HttpsProxy ?? "",
            ["no_proxy"] = NoProxy(),
            ["kubeadm"] = KubeadmConfiguration.Cluster(design, facts),
            ["kubelet"] = KubeadmConfiguration.Kubelet(design),
            ["kube_proxy"] = KubeadmConfiguration.KubeProxy(design),
            ["kubelet_args"] = KubeadmConfiguration.KubeletArguments(design, group),
            ["taints"] = new JsonArray([.. group.NodeTaints.Select(t => (JsonNode)new JsonObject { ["key"] = t.Key, ["value"] = t.Value ?? "", ["effect"] = t.Effect })]),
        };
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(node.ToJsonString()));
    }

    /// <summary>Where the network driver's manifest comes from when the image has none.</summary>
    private string? ManifestUrl() => design.NetworkDriver switch
    {
        "calico" => $"https://raw.githubusercontent.com/projectcalico/calico/{design.Labels.Text("calico_tag")}/manifests/calico.yaml",
        "flannel" => $"https://github.com/flannel-io/flannel/releases/download/{design.Labels.Text("flannel_tag")}/kube-flannel.yml",
        _ => null,
    };

    private string NoProxy() => string.Join(',', new[]
    {
        design.Cluster.Template.NoProxy ?? "", "localhost", "127.0.0.1", "169.254.169.254", facts.SubnetCidr, design.PodCidr, design.ServiceCidr,
        ".svc", $".{design.Labels.Text("dns_cluster_domain")}",
    }.Where(p => p.Length > 0));
}
