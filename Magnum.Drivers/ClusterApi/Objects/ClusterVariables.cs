using System.Text.Json.Nodes;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat;

namespace Magnum.Drivers.ClusterApi.Objects;

/// <summary>What a cluster's design says in the class' variables. The names are those of Magnum's own class in <c>deploy/cluster-api</c>.</summary>
internal static class ClusterVariables
{
    public const string Image = "imageUUID";

    private const string Labels = "labels";

    /// <summary>Of the cluster as a whole, which are the masters' too.</summary>
    /// <param name="flavors">Names by which the infrastructure provider knows them.</param>
    public static IEnumerable<ClusterVariable> Of(ClusterApiDesign design, CloudFacts facts, NodeFlavors flavors, ClusterApiOptions options, string name)
    {
        yield return new("clusterIdentityRefName", ClusterApiNames.CloudSecretOf(name), "the cloud's credential");
        yield return new(Image, facts.MasterImage, "image_id");
        yield return new("controlPlaneFlavor", flavors.Masters, "master_flavor_id");
        yield return new("flavor", flavors.Workers, "flavor_id");
        yield return new("operatingSystem", design.Cluster.Template.ClusterDistro ?? "ubuntu", design.UsesIgnition ? "cluster_distro" : null);
        if (design.KeyPair is { } key)
        {
            yield return new("sshKeyName", key, "keypair");
        }

        foreach (var variable in OfNetwork(design, facts))
        {
            yield return variable;
        }

        yield return new("apiServerLoadBalancer", LoadBalancer(design, facts, options), "master_lb_enabled");
        yield return new("disableAPIServerFloatingIP", !design.HasApiFloatingIp, design.HasApiFloatingIp ? null : "floating_ip_enabled");
        yield return new("apiServerPort", design.ApiPort, design.ApiPort == design.DefaultApiPort ? null : "apiserver_port");
        if (design.Labels.List("admission_control_list") is { Count: > 0 } plugins)
        {
            yield return new("admissionControlList", string.Join(',', plugins.Append("NodeRestriction").Distinct(StringComparer.Ordinal)), Labels);
        }

        if (design.AvailabilityZone(design.Masters) is { } zone)
        {
            yield return new("controlPlaneAvailabilityZones", new JsonArray(zone), Labels);
        }

        if (design.EtcdVolumeSize > 0)
        {
            yield return new("enableEtcdVolume", true, Labels);
            yield return new("etcdVolumeSize", design.EtcdVolumeSize, Labels);
            yield return new("etcdVolumeType", design.Labels.Text("etcd_volume_type"), design.Labels.TextOrNull("etcd_volume_type") is null ? null : Labels);
        }

        foreach (var (variable, value, field) in new[]
                 {
                     ("httpProxy", design.Cluster.Template.HttpProxy, "http_proxy"),
                     ("httpsProxy", design.Cluster.Template.HttpsProxy, "https_proxy"),
                     ("noProxy", design.Cluster.Template.NoProxy, "no_proxy"),
                 })
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                yield return new(variable, value, field);
            }
        }

        foreach (var variable in Disks(design, design.Masters))
        {
            yield return variable;
        }
    }

    /// <summary>Of a group of workers, laid over the cluster's.</summary>
    public static IEnumerable<ClusterVariable> Of(ClusterApiDesign design, NodeGroup group, string image, string flavor) =>
    [
        new(Image, image, "image_id"),
        new("flavor", flavor, "flavor_id"),
        .. Disks(design, group),
        .. group.NodeLabels.Count == 0
            ? Array.Empty<ClusterVariable>()
            : [new("nodeLabels", string.Join(',', group.NodeLabels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}")), "node_labels")],
        .. group.NodeTaints.Count == 0
            ? Array.Empty<ClusterVariable>()
            : [new("nodeTaints", new JsonArray([.. group.NodeTaints.Select(t => (JsonNode)new JsonObject { ["key"] = t.Key, ["value"] = t.Value ?? "", ["effect"] = t.Effect })]), "node_taints")],
    ];

    private static IEnumerable<ClusterVariable> OfNetwork(ClusterApiDesign design, CloudFacts facts)
    {
        if (facts.ExternalNetwork is { } external)
        {
            yield return new("externalNetworkId", external, "external_network_id");
        }

        if (facts is { FixedNetwork: { } network, FixedSubnet: { } subnet })
        {
            yield return new("fixedNetworkId", network, "fixed_network");
            yield return new("fixedSubnetId", subnet, "fixed_subnet");
        }
        else
        {
            yield return new("nodeCidr", facts.SubnetCidr, Labels);
            yield return new("dnsNameservers", new JsonArray([.. design.DnsNameservers.Select(s => (JsonNode)s)]), "dns_nameserver");
        }
    }

    private static JsonObject LoadBalancer(ClusterApiDesign design, CloudFacts facts, ClusterApiOptions options)
    {
        var balancer = new JsonObject { ["enabled"] = design.HasLoadBalancer };
        if (design.HasLoadBalancer && design.Labels.Values.ContainsKey("octavia_provider"))
        {
            balancer["provider"] = design.Labels.Text("octavia_provider");
        }

        if (design.HasLoadBalancer && design.Labels.List("master_lb_allowed_cidrs") is { Count: > 0 } allowed)
        {
            // The nodes reach the API by it as everybody else, and so does Cluster API.
            balancer["allowedCIDRs"] = new JsonArray(
                [.. allowed.Append(facts.SubnetCidr).Concat(options.ManagementCidrs).Distinct(StringComparer.Ordinal).Select(c => (JsonNode)c)]);
        }

        return balancer;
    }

    private static IEnumerable<ClusterVariable> Disks(ClusterApiDesign design, NodeGroup group)
    {
        if (design.BootVolumeSize > 0)
        {
            yield return new("bootVolume", new JsonObject { ["size"] = design.BootVolumeSize, ["type"] = design.Labels.Text("boot_volume_type") }, Labels);
        }

        if (design.DockerVolumeSize(group) is > 0 and var size)
        {
            yield return new("enableDockerVolume", true, "docker_volume_size");
            yield return new("dockerVolumeSize", size, "docker_volume_size");
            yield return new("dockerVolumeType", design.Labels.Text("docker_volume_type"), design.Labels.TextOrNull("docker_volume_type") is null ? null : Labels);
        }
    }
}

/// <summary>Flavors by name.</summary>
internal sealed record NodeFlavors(string Masters, string Workers);
