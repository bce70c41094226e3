using System.Globalization;
using Magnum.Core.Errors;

namespace Magnum.Core.NodeGroups;

/// <summary>What has to hold within one node group, whatever the driver.</summary>
internal static class NodeGroupRules
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

        return labels.Keys.FirstOrDefault(IsRestricted) is { } key
            ? Wrong("node_labels", name, $"node label '{key}' is in a restricted Kubernetes namespace; use a prefix of your own, kubelet.kubernetes.io or node.kubernetes.io")
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

    private static MagnumError Wrong(string field, string name, FormattableString why) =>
        new MagnumError.Conflict($"{field} for {name} is invalid ({why.ToString(CultureInfo.InvariantCulture)}).") { Field = field };
}
