using System.Text.Json.Nodes;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Nodes;

namespace Magnum.Drivers.Heat.Kubernetes.Nodes;

/// <summary>Kubernetes' own configuration files, as far as they are known before there is a node; the node adds names and addresses.</summary>
internal static class KubeadmConfiguration
{
    public static JsonObject Cluster(KubernetesDesign design, CloudFacts facts)
    {
        var prefix = design.Labels.Text("container_infra_prefix");
        // Arguments are a map here; the node turns them into a list when its kubeadm wants that (v1beta4).
        var cluster = new JsonObject
        {
            ["apiVersion"] = "kubeadm.k8s.io/v1beta3",
            ["kind"] = "ClusterConfiguration",
            ["clusterName"] = design.Cluster.Uuid.ToString(),
            ["kubernetesVersion"] = facts.Version ?? "",
            ["certificatesDir"] = "/etc/kubernetes/pki",
            ["networking"] = new JsonObject
            {
                ["podSubnet"] = design.PodCidr,
                ["serviceSubnet"] = design.ServiceCidr,
                ["dnsDomain"] = design.Labels.Text("dns_cluster_domain"),
            },
            ["apiServer"] = new JsonObject { ["extraArgs"] = ApiServer(design) },
            ["controllerManager"] = new JsonObject { ["extraArgs"] = Object(KubeOptions.Parse(design.Labels.Text("kubecontroller_options"))) },
            ["scheduler"] = new JsonObject { ["extraArgs"] = Object(KubeOptions.Parse(design.Labels.Text("kubescheduler_options"))) },
        };
        if (prefix.Length > 0)
        {
            cluster["imageRepository"] = prefix.TrimEnd('/');
        }

        return cluster;
    }

    public static JsonObject Kubelet(KubernetesDesign design) => new()
    {
        ["apiVersion"] = "kubelet.config.k8s.io/v1beta1",
        ["kind"] = "KubeletConfiguration",
        ["cgroupDriver"] = "systemd",
        ["clusterDNS"] = new JsonArray(Addresses.At(design.ServiceCidr, 10)),
        ["clusterDomain"] = design.Labels.Text("dns_cluster_domain"),
        ["staticPodPath"] = "/etc/kubernetes/manifests",
        ["rotateCertificates"] = false,
        ["tlsCertFile"] = "/var/lib/kubelet/pki/kubelet.crt",
        ["tlsPrivateKeyFile"] = "/var/lib/kubelet/pki/kubelet.key",
        ["authentication"] = new JsonObject
        {
            ["anonymous"] = new JsonObject { ["enabled"] = false },
            ["webhook"] = new JsonObject { ["enabled"] = true },
            ["x509"] = new JsonObject { ["clientCAFile"] = "/etc/kubernetes/pki/ca.crt" },
        },
        ["authorization"] = new JsonObject { ["mode"] = "Webhook" },
    };

    public static JsonObject KubeProxy(KubernetesDesign design)
    {
        var options = KubeOptions.Parse(design.Labels.Text("kubeproxy_options"));
        return new JsonObject
        {
            ["apiVersion"] = "kubeproxy.config.k8s.io/v1alpha1",
            ["kind"] = "KubeProxyConfiguration",
            ["clusterCIDR"] = design.PodCidr,
            ["mode"] = options.GetValueOrDefault("proxy-mode", ""),
        };
    }

    public static JsonObject KubeletArguments(KubernetesDesign design, NodeGroup group)
    {
        var labels = new Dictionary<string, string>(group.NodeLabels, StringComparer.Ordinal)
        {
            ["magnum.openstack.org/role"] = LabelValue(group.Role),
            ["magnum.openstack.org/nodegroup"] = LabelValue(group.Name),
        };
        var arguments = Object(KubeOptions.Parse(design.Labels.Text("kubelet_options")));
        if (design.HasCloudProvider)
        {
            // The node waits, tainted, for the cloud controller to say who it is in the cloud.
            arguments["cloud-provider"] = "external";
        }

        arguments["node-labels"] = string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}"));
        return arguments;
    }

    /// <summary>What Kubernetes takes as a label's value: names and roles may be any text.</summary>
    private static string LabelValue(string text)
    {
        var value = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));
        return value[..Math.Min(value.Length, 63)].Trim('-', '_', '.');
    }

    private static JsonObject ApiServer(KubernetesDesign design)
    {
        var arguments = Object(KubeOptions.Parse(design.Labels.Text("kubeapi_options")));
        arguments["enable-admission-plugins"] = string.Join(',', design.Labels.List("admission_control_list").Prepend("NodeRestriction").Distinct(StringComparer.Ordinal));
        return arguments;
    }

    private static JsonObject Object(IReadOnlyDictionary<string, string> options) =>
        new(options.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => KeyValuePair.Create<string, JsonNode?>(o.Key, o.Value)));
}
