using System.Globalization;
using System.Text.Json.Nodes;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.ClusterApi.Management;

namespace Magnum.Drivers.ClusterApi.Objects;

/// <summary>
/// A Cluster as it is to be applied. That of one which is there begins as it is: what no operation is about stays, whatever Magnum would write by now,
/// for many a field cannot be changed and others would have every node replaced.
/// </summary>
internal sealed class TopologyDraft
{
    private readonly JsonObject _body;

    private TopologyDraft(JsonObject body) => _body = body;

    public JsonObject Body => _body;

    public JsonObject Topology => (JsonObject)_body["spec"]!["topology"]!;

    public JsonObject ControlPlane => Child(Topology, "controlPlane");

    public string Version => (string?)Topology["version"] ?? "";

    public IEnumerable<JsonObject> Groups => Deployments.OfType<JsonObject>();

    private JsonArray Deployments => Array(Child(Topology, "workers"), "machineDeployments");

    private JsonObject Annotations => Child((JsonObject)_body["metadata"]!, "annotations");

    public static TopologyDraft New(string ns, string name, JsonObject labels, JsonObject network, JsonObject topology) => new(new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["labels"] = labels, ["annotations"] = new JsonObject() },
        ["spec"] = new JsonObject { ["clusterNetwork"] = network, ["topology"] = topology },
    });

    /// <summary>Null: the Cluster is none that is made by a topology.</summary>
    /// <remarks>The version that it was read in goes with it: if somebody changes it meanwhile, it is not applied.</remarks>
    public static TopologyDraft? Of(ApiObject live)
    {
        if (live.Object("spec", "topology") is not { } topology)
        {
            return null;
        }

        var body = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = live.Name,
                ["namespace"] = live.Namespace,
                ["resourceVersion"] = live.ResourceVersion,
                ["labels"] = Ours(live.Object("metadata", "labels")),
                ["annotations"] = Ours(live.Object("metadata", "annotations")),
            },
            ["spec"] = new JsonObject { ["topology"] = topology.DeepClone() },
        };
        if (live.Object("spec", "clusterNetwork") is { } network)
        {
            body["spec"]!["clusterNetwork"] = network.DeepClone();
        }

        return new TopologyDraft(body);
    }

    public void Annotate(string key, string value) => Annotations[key] = value;

    /// <summary>Notes which operation the Cluster, or a group of it, is being worked on for.</summary>
    public void Mark(NodeGroup? group, string generation, DateTimeOffset now)
    {
        Annotate(ClusterApiNames.GenerationOf(group), generation);
        Annotate(ClusterApiNames.MomentOf(group), now.ToString("O", CultureInfo.InvariantCulture));
    }

    public void Unmark(NodeGroup group)
    {
        Annotations.Remove(ClusterApiNames.GenerationOf(group));
        Annotations.Remove(ClusterApiNames.MomentOf(group));
    }

    public JsonObject? Group(string name) => Groups.FirstOrDefault(g => (string?)g["name"] == name);

    public void Add(JsonObject group) => Deployments.Add((JsonNode)group);

    public bool Remove(string group) => Group(group) is { } found && Deployments.Remove(found);

    public static void SetVariable(JsonObject owner, string list, string name, JsonNode value)
    {
        var variables = Array(owner, list);
        if (variables.OfType<JsonObject>().FirstOrDefault(v => (string?)v["name"] == name) is { } known)
        {
            known["value"] = value;
        }
        else
        {
            variables.Add((JsonNode)new JsonObject { ["name"] = name, ["value"] = value });
        }
    }

    /// <summary>The value of a group's own variable, else of the cluster's.</summary>
    public string? VariableOf(JsonObject? group, string name) => Value(group?["variables"]?["overrides"] as JsonArray, name) ?? Value(Topology["variables"] as JsonArray, name);

    public static JsonObject Child(JsonObject owner, string name)
    {
        if (owner[name] is not JsonObject child)
        {
            owner[name] = child = [];
        }

        return child;
    }

    private static JsonArray Array(JsonObject owner, string name)
    {
        if (owner[name] is not JsonArray array)
        {
            owner[name] = array = [];
        }

        return array;
    }

    private static string? Value(JsonArray? variables, string name) =>
        variables?.OfType<JsonObject>().FirstOrDefault(v => (string?)v["name"] == name)?["value"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static JsonObject Ours(JsonObject? all) =>
        new(all?.Where(e => e.Key.Contains("magnum.openstack.org/", StringComparison.Ordinal)).Select(e => KeyValuePair.Create(e.Key, e.Value?.DeepClone())) ?? []);
}
