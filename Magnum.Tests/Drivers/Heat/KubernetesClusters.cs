using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Kubernetes;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>Clusters as the rows would have them.</summary>
internal static class KubernetesClusters
{
    public static readonly NodeEnrolment Enrolment = new("http://keystone.test/v3", "http://magnum.test/v1", "node-user", "se\"cret$word");

    public static readonly CloudFacts Facts = new("master-image", "worker-image", "v1.31.1", "external-id", null, null, "10.0.0.0/24");

    public static Cluster New(
        int masters = 1,
        int workers = 1,
        string? fixedNetwork = null,
        bool loadBalancer = false,
        bool floatingIps = true,
        int? dockerVolume = null,
        string networkDriver = "flannel",
        string distro = "ubuntu",
        string? keyPair = "ops",
        string flavor = "m1.large",
        string name = "Blue_one",
        Dictionary<string, string>? labels = null) => new()
        {
            Uuid = Guid.Parse("11111111-2222-3333-4444-555555555555"),
            Name = name,
            ProjectId = "demo",
            Driver = KubernetesHeatDriver.Name,
            KeyPair = keyPair,
            FlavorId = flavor,
            MasterFlavorId = flavor,
            FixedNetwork = fixedNetwork,
            FloatingIpEnabled = floatingIps,
            MasterLbEnabled = loadBalancer,
            DockerVolumeSize = dockerVolume,
            Labels = labels ?? [],
            Template = new ClusterTemplateSnapshot
            {
                Coe = "kubernetes",
                ImageId = "ubuntu",
                ClusterDistro = distro,
                NetworkDriver = networkDriver,
                ExternalNetworkId = "public",
                DnsNameserver = "8.8.8.8,8.8.4.4",
                Driver = KubernetesHeatDriver.Name,
            },
            NodeGroups =
            [
                Group(NodeGroup.DefaultMasterName, NodeGroup.MasterRole, masters),
                Group(NodeGroup.DefaultWorkerName, NodeGroup.WorkerRole, workers),
            ],
        };

    public static StackDefinition Build(Cluster cluster, CloudFacts? facts = null, string generation = "g1", NodeEnrolment? enrolment = null, params string[] remove) =>
        new KubernetesStack(new KubernetesDesign(cluster), facts ?? (cluster.FixedNetwork is null ? Facts : Facts with { FixedNetwork = "net-id", FixedSubnet = "subnet-id" }))
            .Build(generation, enrolment ?? Enrolment, TimeSpan.FromMinutes(30), remove);

    /// <summary>A group that was added later.</summary>
    public static NodeGroup Added(string name, int count) => new()
    {
        Uuid = Guid.Parse("aaaaaaaa-0000-0000-0000-000000000003"),
        Name = name,
        Role = NodeGroup.WorkerRole,
        NodeCount = count,
        FlavorId = "m1.small",
    };

    private static NodeGroup Group(string name, string role, int count) => new()
    {
        Uuid = Guid.Parse(role == NodeGroup.MasterRole ? "aaaaaaaa-0000-0000-0000-000000000001" : "aaaaaaaa-0000-0000-0000-000000000002"),
        Name = name,
        Role = role,
        IsDefault = true,
        NodeCount = count,
    };
}
