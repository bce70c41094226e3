using System.Globalization;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Hot;
using Magnum.Drivers.Heat.Swarm.Nodes;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat.Swarm;

/// <summary>The Heat stack of a Docker Swarm cluster, or of a group added to one.</summary>
internal sealed class SwarmStack(SwarmDesign design, CloudFacts facts) : ClusterStack(design, facts)
{
    private const string Folder = "Heat/Swarm/Templates/";

    protected override string UserData() => SwarmUserData.Text;

    protected override string Settings(NodeGroup group, NodeEnrolment enrolment) => SwarmSettings.For(design, Facts, group, enrolment);

    protected override IEnumerable<HotDocument> SecurityParts() => design.PublishedPorts.Select(Published).Prepend(Own("security-swarm.yaml"));

    protected override bool NodesKnowMasters => true;

    /// <summary>The first master is the primary one, as in Magnum's older drivers.</summary>
    protected override void AddMasterLists(YamlMappingNode outputs, IReadOnlyList<string> indices)
    {
        outputs.Set("swarm_primary_master", Output("Address of the first manager, outside where it has one", indices.Take(1).Select(PublicAddress)));
        outputs.Set("swarm_primary_master_private", Output("Address of the first manager on the cluster's network", indices.Take(1).Select(PrivateAddress)));
        outputs.Set("swarm_secondary_masters", Output("Addresses of the other managers, outside where they have one", indices.Skip(1).Select(PublicAddress)));
        outputs.Set("swarm_secondary_masters_private", Output("Addresses of the other managers on the cluster's network", indices.Skip(1).Select(PrivateAddress)));
    }

    private static HotDocument Published(PublishedPort port) => HotDocument.Parse(
        EmbeddedText.Read(Folder + "security-published.yaml")
            .Replace("%protocol%", port.Protocol, StringComparison.Ordinal)
            .Replace("%from%", port.From.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("%to%", port.To.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
        "security-published.yaml");

    private static HotDocument Own(string file) => HotDocument.Load(Folder + file);
}
