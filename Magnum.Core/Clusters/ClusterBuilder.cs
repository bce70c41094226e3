using System.Globalization;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.NodeGroups;
using Magnum.Core.Policies;
using Magnum.Core.Reconciliation;

namespace Magnum.Core.Clusters;

/// <summary>Makes the rows of a new cluster from what was asked for and what the template gives; for launching and for planning.</summary>
internal static class ClusterBuilder
{
    /// <summary>The label that bounds the default workers from below.</summary>
    public const string MinNodeCountLabel = "min_node_count";

    /// <param name="proposed">The same cluster as it was built before: the new rows take its uuid and name; null: they get some.</param>
    public static Cluster Build(NewCluster request, ClusterTemplate template, Caller caller, ClusterOptions options, DateTimeOffset now, Cluster? proposed = null)
    {
        var labels = ClusterLabels.Inherit(template.Labels, request.Labels, request.MergeLabels);
        var fixedNetwork = Given(request.FixedNetwork) ?? template.FixedNetwork;
        var cluster = new Cluster
        {
            Uuid = proposed?.Uuid ?? Guid.NewGuid(),
            Name = proposed?.Name ?? Given(request.Name) ?? NameGenerator.Next("cluster"),
            ProjectId = caller.ProjectId,
            UserId = caller.UserId,
            ClusterTemplateId = template.Uuid,
            Template = template.ToSnapshot(),
            Driver = template.Driver,
            KeyPair = Given(request.KeyPair) ?? template.KeyPairId,
            DockerVolumeSize = request.DockerVolumeSize ?? template.DockerVolumeSize,
            Labels = labels,
            MasterFlavorId = Given(request.MasterFlavorId) ?? template.MasterFlavorId,
            FlavorId = Given(request.FlavorId) ?? template.FlavorId,
            FixedNetwork = fixedNetwork,

            // The template's subnet belongs to the template's network: with another network it would never fit.
            FixedSubnet = Given(request.FixedSubnet) ?? (fixedNetwork == template.FixedNetwork ? template.FixedSubnet : null),
            FloatingIpEnabled = request.FloatingIpEnabled ?? template.FloatingIpEnabled,
            MasterLbEnabled = request.MasterLbEnabled ?? template.MasterLbEnabled,
            CreateTimeout = request.CreateTimeout ?? options.CreateTimeout,
            DiscoveryUrl = request.DiscoveryUrl,
            Status = ClusterStatus.CreateInProgress,
            StatusChangedAt = now,
            Progress = 0,
            CreatedAt = now,
        };
        cluster.NodeGroups.Add(Group(cluster, NodeGroup.DefaultMasterName, NodeGroup.MasterRole, request.MasterCount, cluster.MasterFlavorId));
        var worker = Group(cluster, NodeGroup.DefaultWorkerName, NodeGroup.WorkerRole, request.NodeCount, cluster.FlavorId);
        worker.MinNodeCount = labels.TryGetValue(MinNodeCountLabel, out var minimum)
            && int.TryParse(minimum, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : 0;
        cluster.NodeGroups.Add(worker);
        if (AutoScaling.IsAskedFor(labels) && AutoScaling.Bounds(worker).Maximum is null)
        {
            worker.MaxNodeCount = Math.Max(worker.MinNodeCount, worker.NodeCount) + 1;   // without a bound it could not grow, or without end
        }

        return cluster;
    }

    private static NodeGroup Group(Cluster cluster, string name, string role, int count, string? flavor) => new()
    {
        Uuid = Guid.NewGuid(),
        Name = name,
        ClusterId = cluster.Uuid,
        ProjectId = cluster.ProjectId,
        Role = role,
        IsDefault = true,
        NodeCount = count,
        FlavorId = flavor,
        ImageId = cluster.Template.ImageId,
        DockerVolumeSize = cluster.DockerVolumeSize,
        Labels = new Dictionary<string, string>(cluster.Labels),
        Status = ClusterStatus.CreateInProgress,
        CreatedAt = cluster.CreatedAt,
    };

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
