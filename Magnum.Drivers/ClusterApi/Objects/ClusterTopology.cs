using System.Globalization;
using System.Text.Json.Nodes;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.Heat;

namespace Magnum.Drivers.ClusterApi.Objects;

/// <summary>Writes clusters and their groups of nodes as Cluster API's topologies.</summary>
internal sealed class ClusterTopology(TopologyFormat format, ClusterApiOptions options, ClusterClassView of)
{
    private static readonly TimeSpan Drain = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Volumes = TimeSpan.FromMinutes(5);

    public TopologyDraft New(ClusterApiDesign design, CloudFacts facts, NodeFlavors flavors, string version)
    {
        var cluster = design.Cluster;
        var name = ClusterApiNames.NameOf(cluster);
        var topology = new JsonObject { ["version"] = VersionOf(version) };
        format.SetClass(topology, options.ClusterClass, options.ClassNamespace.Length == 0 ? null : options.ClassNamespace);
        var masters = new JsonObject { ["replicas"] = design.Masters.NodeCount };
        format.SetHealthCheck(masters, design.HealthCheck);
        format.SetTimeouts(masters, Drain, Volumes);
        topology["controlPlane"] = masters;
        topology["workers"] = new JsonObject { ["machineDeployments"] = new JsonArray() };
        topology["variables"] = ClusterVariable.Fit(ClusterVariables.Of(design, facts, flavors, options, name), of);
        var draft = TopologyDraft.New(
            ClusterApiNames.NamespaceOf(options, cluster.ProjectId),
            name,
            new JsonObject
            {
                [ClusterApiNames.ClusterUuidLabel] = cluster.Uuid.ToString(),
                [ClusterApiNames.ProjectLabel] = cluster.ProjectId,
                [ClusterApiNames.NetworkDriverLabel] = design.NetworkDriver,
            },
            new JsonObject
            {
                ["pods"] = new JsonObject { ["cidrBlocks"] = new JsonArray(design.PodCidr) },
                ["services"] = new JsonObject { ["cidrBlocks"] = new JsonArray(design.ServiceCidr) },
                ["serviceDomain"] = design.Labels.Text("dns_cluster_domain"),
            },
            topology);
        draft.Annotate(ClusterApiNames.NameAnnotation, cluster.Name);
        draft.Add(Group(design, facts.WorkerImage, flavors.Workers));
        return draft;
    }

    /// <summary>The design's workers.</summary>
    public JsonObject Group(ClusterApiDesign design, string image, string flavor)
    {
        var group = design.Workers;
        var name = ClusterApiNames.NameOf(group);
        var labels = new JsonObject { ["node.cluster.x-k8s.io/nodegroup"] = name };
        if (ClusterApiNames.IsLabelName(group.Role))
        {
            labels[$"node-role.kubernetes.io/{group.Role}"] = "";
        }

        var piece = new JsonObject
        {
            ["class"] = options.WorkerClass,
            ["name"] = name,
            ["metadata"] = new JsonObject { ["labels"] = labels },
        };
        if (ClusterVariable.Fit(ClusterVariables.Of(design, group, image, flavor), of) is { Count: > 0 } overrides)
        {
            piece["variables"] = new JsonObject { ["overrides"] = overrides };
        }

        if (design.AvailabilityZone(group) is { } zone)
        {
            piece["failureDomain"] = zone;
        }

        format.SetHealthCheck(piece, design.HealthCheck);
        format.SetTimeouts(piece, Drain, Volumes);
        SetCount(piece, design);
        return piece;
    }

    /// <summary>How many workers there are to be, or between which numbers the autoscaler chooses.</summary>
    public static void SetCount(JsonObject piece, ClusterApiDesign design)
    {
        if (!design.IsScaledByLoad)
        {
            piece["replicas"] = design.Workers.NodeCount;
            return;
        }

        piece.Remove("replicas");
        var (minimum, maximum) = design.Range;
        var annotations = TopologyDraft.Child(TopologyDraft.Child(piece, "metadata"), "annotations");
        annotations[ClusterApiNames.AutoscalerMinimum] = minimum.ToString(CultureInfo.InvariantCulture);
        annotations[ClusterApiNames.AutoscalerMaximum] = maximum.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Another version and image for the masters and the cluster's own workers. Groups that were added wait until they are asked for themselves.</summary>
    /// <param name="batch">How many workers are made at a time before others go.</param>
    public void Upgrade(TopologyDraft draft, NodeGroup workers, UpgradeGoal goal, int batch)
    {
        var own = ClusterApiNames.NameOf(workers);
        draft.Topology["version"] = VersionOf(goal.Version!);
        TopologyDraft.SetVariable(draft.Topology, "variables", ClusterVariables.Image, goal.MasterImage);
        foreach (var group in draft.Groups)
        {
            if ((string?)group["name"] == own)
            {
                SetImage(group, goal.WorkerImage, batch);
            }
            else
            {
                // Its image has the version before, and a node of the new one cannot be made of that.
                TopologyDraft.Child(TopologyDraft.Child(group, "metadata"), "annotations")[ClusterApiNames.DeferUpgrade] = "";
            }
        }
    }

    /// <summary>Another image for one group, which goes to the cluster's version by it.</summary>
    public void Upgrade(JsonObject group, string image, int batch)
    {
        SetImage(group, image, batch);
        if (group["metadata"] is JsonObject metadata && metadata["annotations"] is JsonObject annotations && annotations.Remove(ClusterApiNames.DeferUpgrade) && annotations.Count == 0)
        {
            metadata.Remove("annotations");   // applied empty it would be none, which is no map
        }
    }

    /// <summary>As Cluster API writes versions.</summary>
    private static string VersionOf(string version) => $"v{version.TrimStart('v')}";

    private void SetImage(JsonObject group, string image, int batch)
    {
        TopologyDraft.SetVariable(TopologyDraft.Child(group, "variables"), "overrides", ClusterVariables.Image, image);
        format.SetSurge(group, batch);
    }
}
