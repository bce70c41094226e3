using System.Globalization;
using System.Text.RegularExpressions;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Magnum.Core.Validation;
using Microsoft.Extensions.Options;

namespace Magnum.Core.NodeGroups;

/// <summary>What a node group has to be, for both doors. Every refusal names its field.</summary>
internal sealed partial class NodeGroupValidator(
    ClusterValidator clusters, CloudLookups cloudLookups, IImages images, IClusterDriverRegistry drivers, IOptions<ClusterOptions> options)
{
    private static readonly string[] RestrictedDomains = ["kubernetes.io", "k8s.io"];
    private static readonly string[] AllowedPrefixes = ["kubelet.kubernetes.io", "node.kubernetes.io"];

    private static readonly HashSet<string> AllowedKeys = new(StringComparer.Ordinal)
    {
        "beta.kubernetes.io/arch", "beta.kubernetes.io/instance-type", "beta.kubernetes.io/os",
        "failure-domain.beta.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
        "kubernetes.io/arch", "kubernetes.io/hostname", "kubernetes.io/os",
        "node.kubernetes.io/instance-type", "node.kubernetes.io/windows-build",
        "topology.kubernetes.io/region", "topology.kubernetes.io/zone",
    };

    /// <summary>Lengths and numbers: what can be said without asking anybody.</summary>
    public MagnumError? CheckBounds(NewNodeGroup request) =>
        FieldError.Length("name", request.Name, 1, 255)
            ?? FieldError.Length("role", request.Role, 1, 255)
            ?? FieldError.Length("flavor_id", request.FlavorId, 1, 255)
            ?? FieldError.Length("image_id", request.ImageId, 1, 255)
            ?? clusters.CheckNodeCount(request.NodeCount)
            ?? FieldError.Range("docker_volume_size", request.DockerVolumeSize, 1);

    /// <summary>What the driver and the cloud have to say to a new group, the latter asked in the caller's name.</summary>
    /// <param name="group">As it would be stored.</param>
    public async Task<MagnumError?> CheckCloudAsync(Caller caller, Cluster cluster, NodeGroup group, CancellationToken cancellationToken)
    {
        var cloud = new RequestLookups(cloudLookups, images, caller.Credential, cancellationToken);

        // The disk of a root volume is the cluster's to say.
        if (await RootVolumeRule.CheckAsync(cloud, group.FlavorId, "flavor_id", cluster.Labels, options.Value.BootVolumeSize) is { } noRoot)
        {
            return noRoot;
        }

        var image = await cloud.ImageAsync(group.ImageId!);
        if (!image.IsSuccess)
        {
            return image.Error;
        }

        if (image.Value.OsDistro != cluster.Template.ClusterDistro)
        {
            return new MagnumError.Invalid(
                $"Image {image.Value.Name} is {image.Value.OsDistro}, and the cluster's nodes are {cluster.Template.ClusterDistro}: one cluster has one distribution.")
            {
                Field = "image_id",
            };
        }

        return drivers.Find(cluster.Driver) is { } driver ? LabelRules.Check(driver.Description, group.Labels).FirstOrDefault() : null;
    }

    /// <summary>The counts against each other; a maximum of 0 is none.</summary>
    public static MagnumError? CheckCounts(string name, int count, int minimum, int? maximum)
    {
        if (maximum is > 0 and var most)
        {
            if (most < minimum)
            {
                return Wrong("max_node_count", name, $"min_node_count ({minimum}) should be less or equal to max_node_count ({most})");
            }

            if (count > most)
            {
                return Wrong("max_node_count", name, $"node_count ({count}) should be less or equal to max_node_count ({most})");
            }
        }

        return minimum > count ? Wrong("min_node_count", name, $"min_node_count ({minimum}) should be less or equal to node_count ({count})") : null;
    }

    /// <summary>Kubernetes labels and taints of the nodes.</summary>
    public static MagnumError? CheckMarks(string name, string role, IReadOnlyDictionary<string, string> labels, IReadOnlyList<NodeTaint> taints)
    {
        if (role == NodeGroup.MasterRole && labels.Count > 0)
        {
            return Wrong("node_labels", name, $"node_labels may not be set on master nodegroups");
        }

        if (role == NodeGroup.MasterRole && taints.Count > 0)
        {
            return Wrong("node_taints", name, $"node_taints may not be set on master nodegroups");
        }

        if (labels.Keys.FirstOrDefault(IsRestricted) is { } restricted)
        {
            return Wrong("node_labels", name, $"node label '{restricted}' is in a restricted Kubernetes namespace; use a prefix of your own, kubelet.kubernetes.io or node.kubernetes.io");
        }

        // What Kubernetes does not take would keep the nodes from ever joining.
        if (labels.Keys.FirstOrDefault(k => !Key().IsMatch(k)) is { } key)
        {
            return Wrong("node_labels", name, $"'{key}' is no label key of Kubernetes: up to 63 letters, digits, '-', '_' and '.', after a DNS name and '/' if one is given");
        }

        if (labels.FirstOrDefault(l => !Value().IsMatch(l.Value)) is { Key: not null } label)
        {
            return Wrong("node_labels", name, $"'{label.Value}' is no value of a Kubernetes label: up to 63 letters, digits, '-', '_' and '.'");
        }

        return taints.FirstOrDefault(t => !Key().IsMatch(t.Key) || !Value().IsMatch(t.Value ?? "")) is { } taint
            ? Wrong("node_taints", name, $"'{taint.Key}={taint.Value}' is no key and value of a Kubernetes taint")
            : null;
    }

    private static bool IsRestricted(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || AllowedKeys.Contains(key))
        {
            return false;
        }

        var prefix = key[..slash];
        return !AllowedPrefixes.Contains(prefix)
            && RestrictedDomains.Any(d => prefix == d || prefix.EndsWith("." + d, StringComparison.Ordinal));
    }

    // \z and not $: a label must not end in a line break.
    [GeneratedRegex(@"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\z")]
    private static partial Regex Value();

    private static MagnumError Wrong(string field, string name, FormattableString why) =>
        new MagnumError.Conflict($"{field} for {name} is invalid ({why.ToString(CultureInfo.InvariantCulture)}).") { Field = field };
}
