using Magnum.Core.Drivers;
using Magnum.Drivers.Heat.Preflight;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>What can be said without asking the cloud.</summary>
internal static class DesignChecks
{
    public static void Run(CheckList checks, KubernetesDesign design, DriverDescription description)
    {
        var template = design.Cluster.Template;
        foreach (var (field, fault) in design.UnsupportedFields())
        {
            checks.Fail($"unsupported.{field}", fault, field);
        }

        var masters = design.Masters.NodeCount;
        checks.Judge(
            "masters.count",
            masters >= 1 && masters % 2 == 1 ? [] : [$"The number of masters has to be odd, for etcd to have majorities; it is {masters}."],
            masters == 1 ? "One master." : $"{masters} masters.",
            "master_count");

        if (!description.NetworkDrivers.Contains(design.NetworkDriver))
        {
            checks.Fail("network.driver", $"Network driver {design.NetworkDriver} is not one of {string.Join(", ", description.NetworkDrivers)}.", "network_driver");
        }

        if (template.VolumeDriver is "cinder")
        {
            checks.Warn(
                "volume.driver", "Pods get no Cinder volumes by themselves: that needs a credential for the cloud in the cluster, which this driver does not put there.", "volume_driver");
        }

        foreach (var (name, fault) in design.LabelFaults())
        {
            checks.Fail($"label.{name}", fault, "labels");
        }
    }
}
