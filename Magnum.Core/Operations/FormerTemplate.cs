using Magnum.Core.ClusterTemplates;
using Magnum.Core.Clusters;

namespace Magnum.Core.Operations;

/// <summary>What an upgrade changes in a cluster's rows, as it was before.</summary>
public sealed record FormerTemplate
{
    public required ClusterTemplateSnapshot Template { get; init; }

    /// <summary>The cluster's labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>The images of the node groups, by the groups' names.</summary>
    public required IReadOnlyDictionary<string, string?> Images { get; init; }

    public static FormerTemplate Of(Cluster cluster) => new()
    {
        Template = cluster.Template,
        Labels = new Dictionary<string, string>(cluster.Labels),
        Images = cluster.NodeGroups.ToDictionary(g => g.Name, g => g.ImageId),
    };

    internal void Restore(Cluster cluster)
    {
        cluster.ClusterTemplateId = Template.Uuid;
        cluster.Template = Template;
        cluster.Labels = new Dictionary<string, string>(Labels);
        foreach (var group in cluster.NodeGroups.Where(g => Images.ContainsKey(g.Name)))
        {
            group.ImageId = Images[group.Name];
        }
    }
}
