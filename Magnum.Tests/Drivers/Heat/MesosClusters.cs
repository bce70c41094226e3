using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Mesos;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>Clusters as the rows would have them.</summary>
internal static class MesosClusters
{
    public static readonly CloudFacts Facts = KubernetesClusters.Facts with { Version = "1.11.0" };

    public static Cluster New(
        int masters = 1,
        int workers = 1,
        string? fixedNetwork = null,
        bool loadBalancer = false,
        bool floatingIps = true,
        int? dockerVolume = null,
        string? keyPair = "ops",
        string flavor = "m1.large",
        Dictionary<string, string>? labels = null)
    {
        var cluster = KubernetesClusters.New(masters, workers, fixedNetwork, loadBalancer, floatingIps, dockerVolume, keyPair: keyPair, flavor: flavor, labels: labels);
        cluster.Driver = MesosHeatDriver.Name;
        cluster.Template = cluster.Template with { Coe = "mesos", NetworkDriver = "docker", Driver = MesosHeatDriver.Name };
        return cluster;
    }

    public static StackDefinition Build(Cluster cluster, string generation = "g1", NodeEnrolment? enrolment = null, params string[] remove) =>
        new MesosStack(new MesosDesign(cluster), cluster.FixedNetwork is null ? Facts : Facts with { FixedNetwork = "net-id", FixedSubnet = "subnet-id" })
            .Build(generation, enrolment ?? KubernetesClusters.Enrolment, TimeSpan.FromMinutes(30), remove);
}
