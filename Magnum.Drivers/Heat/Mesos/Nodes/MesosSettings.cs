using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Nodes;

namespace Magnum.Drivers.Heat.Mesos.Nodes;

/// <summary>What a new node of a Mesos cluster is told. It asks Magnum for nothing, and so has nothing to show itself by.</summary>
internal static partial class MesosSettings
{
    /// <summary>The file for the nodes of a group, in base64.</summary>
    public static string For(MesosDesign design, CloudFacts facts, NodeGroup group, NodeEnrolment enrolment)
    {
        var node = NodeFile.WithoutIdentity(design, facts, group, enrolment);
        node["mesos_version"] = design.Labels.Text("mesos_version").TrimStart('v');
        node["marathon_version"] = design.Labels.Text("marathon_version").TrimStart('v');
        node["package_source"] = design.PackageSource;
        node["package_key"] = design.Labels.Text("mesos_package_key");
        node["marathon"] = design.HasMarathon;
        node["mesos_port"] = design.MasterPort;
        if (!group.IsMaster)
        {
            node["daemon"] = DockerDaemon.Of(design);
            node["work_dir"] = design.WorkDirectory;
            node["isolation"] = List(design.OfAgents("isolation"));
            node["image_providers"] = List(design.OfAgents("image_providers"));
            node["executor_variables"] = new JsonObject(design.ExecutorVariables().Select(v => KeyValuePair.Create(v.Key, (JsonNode?)v.Value)));
            node["attributes"] = string.Join(';', Attributes(group));
        }

        return NodeFile.Encode(node);
    }

    /// <summary>By which apps choose agents; labels that Mesos cannot write as attributes are left out.</summary>
    private static IEnumerable<string> Attributes(NodeGroup group) =>
        new Dictionary<string, string>(group.NodeLabels, StringComparer.Ordinal) { ["nodegroup"] = group.Name, ["role"] = group.Role }
            .Where(l => Attribute().IsMatch(l.Key) && Attribute().IsMatch(l.Value))
            .OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}:{l.Value}");

    private static string List(string text) => string.Join(',', text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"\A[A-Za-z0-9_./-]+\z")]
    private static partial Regex Attribute();
}
