using System.Text.Json.Nodes;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Nodes;

namespace Magnum.Drivers.Heat.Swarm.Nodes;

/// <summary>What a new node of a swarm is told. Secret.</summary>
internal static class SwarmSettings
{
    // Of one network; what Docker makes is cut into such pieces.
    private const int NetworkPrefix = 24;

    /// <summary>The file for the nodes of a group, in base64.</summary>
    public static string For(SwarmDesign design, CloudFacts facts, NodeGroup group, NodeEnrolment enrolment)
    {
        var node = NodeFile.Of(design, facts, group, enrolment);
        node["docker_version"] = design.Labels.Text("docker_version").TrimStart('v');
        node["init"] = design.IsFirstSwarm;
        node["overlay_cidr"] = design.OverlayCidr;
        node["overlay_prefix"] = Math.Max(NetworkPrefix, PrefixOf(design.OverlayCidr));
        node["daemon"] = Daemon(design, group);
        return NodeFile.Encode(node);
    }

    /// <summary>Docker's daemon.json; the node adds where it listens. Nothing of <c>live-restore</c>, which swarm mode does not go with.</summary>
    private static JsonObject Daemon(SwarmDesign design, NodeGroup group)
    {
        var daemon = new JsonObject
        {
            ["storage-driver"] = "overlay2",
            ["log-driver"] = "json-file",
            ["log-opts"] = new JsonObject { ["max-size"] = "10m", ["max-file"] = "3" },
            ["default-address-pools"] = new JsonArray(
                new JsonObject { ["base"] = design.BridgeCidr, ["size"] = Math.Max(NetworkPrefix, PrefixOf(design.BridgeCidr)) }),
            ["labels"] = new JsonArray([.. Labels(group).Select(l => (JsonNode)l)]),
        };
        if (design.RegistryMirrors is { Count: > 0 } mirrors)
        {
            daemon["registry-mirrors"] = new JsonArray([.. mirrors.Select(m => (JsonNode)m)]);
        }

        if (design.Cluster.Template.InsecureRegistry is { Length: > 0 } registry)
        {
            daemon["insecure-registries"] = new JsonArray(registry);
        }

        return daemon;
    }

    /// <summary>By which services choose nodes: <c>engine.labels.magnum.nodegroup == gpu</c>.</summary>
    private static IEnumerable<string> Labels(NodeGroup group) =>
        new Dictionary<string, string>(group.NodeLabels, StringComparer.Ordinal) { ["magnum.nodegroup"] = group.Name, ["magnum.role"] = group.Role }
            .OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}");

    private static int PrefixOf(string cidr) => System.Net.IPNetwork.Parse(cidr).PrefixLength;
}
