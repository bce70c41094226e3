using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat.Hot;
using Magnum.Drivers.Heat.Mesos.Nodes;
using YamlDotNet.RepresentationModel;

namespace Magnum.Drivers.Heat.Mesos;

/// <summary>The Heat stack of a Mesos cluster, or of a group added to one.</summary>
internal sealed class MesosStack(MesosDesign design, CloudFacts facts) : ClusterStack(design, facts)
{
    private const string Folder = "Heat/Mesos/Templates/";

    protected override bool NodesKnowMasters => true;

    protected override string UserData() => MesosUserData.Text;

    protected override string Settings(NodeGroup group, NodeEnrolment enrolment) => MesosSettings.For(design, Facts, group, enrolment);

    protected override IEnumerable<HotDocument> SecurityParts()
    {
        yield return HotDocument.Load(Folder + "security-mesos.yaml");
        if (design.HasMarathon)
        {
            yield return HotDocument.Load(Folder + "security-marathon.yaml");
        }
    }

    protected override void AddMasterLists(YamlMappingNode outputs, IReadOnlyList<string> indices)
    {
        outputs.Set("mesos_master", Output("Addresses of the masters, outside where they have one", indices.Select(PublicAddress)));
        outputs.Set("mesos_master_private", Output("Addresses of the masters on the cluster's network", indices.Select(PrivateAddress)));
    }
}
