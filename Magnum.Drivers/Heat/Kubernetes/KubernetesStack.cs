using System.Globalization;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Hot;
using Magnum.Drivers.Heat.Kubernetes.Nodes;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>The Heat stack of a Kubernetes cluster, or of a group added to one.</summary>
internal sealed class KubernetesStack(KubernetesDesign design, CloudFacts facts) : ClusterStack(design, facts)
{
    private readonly NodeSettings _settings = new(design, facts);

    protected override string UserData() => KubernetesUserData.For(design);

    protected override string Settings(NodeGroup group, NodeEnrolment enrolment) => _settings.For(group, enrolment);

    protected override IEnumerable<HotDocument> SecurityParts()
    {
        yield return Own("security-kubernetes.yaml");
        switch (design.NetworkDriver)
        {
            case "calico":
                yield return Own("security-calico.yaml");
                if (design.Labels.Text("calico_ipv4pool_ipip") is "Always" or "CrossSubnet")
                {
                    yield return Own("security-calico-ipip.yaml");
                }

                break;
            case "cilium":
                yield return Own("security-cilium.yaml");
                break;
            case "flannel" when design.Labels.Text("flannel_backend") is "udp":
                yield return Own("security-flannel-udp.yaml");
                break;
            case "flannel" when design.Labels.Text("flannel_backend") is not "host-gw":
                yield return Own("security-flannel-vxlan.yaml");
                break;
        }

        if (design.PodsAreRouted)
        {
            yield return Own("security-pods.yaml");
        }
    }

    protected override HotDocument NodePart() => Own("node.yaml");

    protected override HotDocument VolumePart(NodeVolume volume) => volume.Name is "etcd_volume" ? Own("node-etcd-volume.yaml") : base.VolumePart(volume);

    protected override HotDocument LastingVolumePart(NodeVolume volume) => Own("master-etcd-volume.yaml");

    protected override void AddMasterLists(YamlMappingNode outputs, IReadOnlyList<string> indices)
    {
        outputs.Set("kube_masters", Output("Addresses of the masters, outside where they have one", indices.Select(PublicAddress)));
        outputs.Set("kube_masters_private", Output("Addresses of the masters on the cluster's network", indices.Select(PrivateAddress)));
    }

    /// <summary>Pods' packets that travel as they are have to pass the nodes' ports.</summary>
    protected override void AddToPort(YamlMappingNode properties)
    {
        if (design.PodsAreRouted)
        {
            properties.Set("allowed_address_pairs", new YamlSequenceNode(new YamlMappingNode("ip_address", HotNodes.Text(design.PodCidr))));
        }
    }

    protected override IEnumerable<KeyValuePair<string, string?>> OwnParameters() =>
    [
        new("pods_network_cidr", design.PodCidr),
        new("etcd_volume_size", design.EtcdVolumeSize.ToString(CultureInfo.InvariantCulture)),
        new("etcd_volume_type", design.Labels.TextOrNull("etcd_volume_type")),
    ];

    private static HotDocument Own(string file) => HotDocument.Load($"Heat/Kubernetes/Templates/{file}");
}
