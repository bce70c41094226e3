using System.Text.Json.Nodes;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Nodes;

namespace Magnum.Drivers.Heat.Swarm.Nodes;

/// <summary>What a new node of a swarm is told. Secret.</summary>
internal static class SwarmSettings
{
    /// <summary>The file for the nodes of a group, in base64.</summary>
    public static string For(SwarmDesign design, CloudFacts facts, NodeGroup group, NodeEnrolment enrolment)
    {
        var node = NodeFile.Of(design, facts, group, enrolment);
        node["docker_version"] = design.Labels.Text("docker_version").TrimStart('v');
        node["init"] = design.IsFirstSwarm;
        node["overlay_cidr"] = design.OverlayCidr;
        node["overlay_prefix"] = DockerDaemon.PrefixIn(design.OverlayCidr);
        node["daemon"] = Daemon(design, group);
        return NodeFile.Encode(node);
    }

    private static JsonObject Daemon(SwarmDesign design, NodeGroup group)
    {
        var daemon = DockerDaemon.Of(design);
        daemon["labels"] = new JsonArray([.. Labels(group).Select(l => (JsonNode)l)]);
        return daemon;
    }

    /// <summary>By which services choose nodes: <c>engine.labels.magnum.nodegroup == gpu</c>.</summary>
    private static IEnumerable<string> Labels(NodeGroup group) =>
        new Dictionary<string, string>(group.NodeLabels, StringComparer.Ordinal) { ["magnum.nodegroup"] = group.Name, ["magnum.role"] = group.Role }
            .OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}={l.Value}");
}
