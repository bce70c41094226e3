using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;

namespace Magnum.Drivers.Heat;

/// <summary>A design that Heat carries out.</summary>
internal abstract class ClusterDesign(Cluster cluster, NodeGroup? added, IReadOnlyList<LabelDefinition> labels, IReadOnlyCollection<string> labelsOfNodes)
    : PlannedDesign(cluster, added, labels, labelsOfNodes)
{
    /// <summary>The stack, of which the names in the design are known.</summary>
    public abstract ClusterStack Stack(CloudFacts facts);

    public sealed override IReadOnlyList<StackPart> Parts(CloudFacts facts) => Stack(facts).Parts();
}
