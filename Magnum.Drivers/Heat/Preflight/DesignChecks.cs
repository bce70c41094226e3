using Magnum.Core.Drivers;

namespace Magnum.Drivers.Heat.Preflight;

/// <summary>What can be said without asking the cloud.</summary>
internal static class DesignChecks
{
    public static void Run(CheckList checks, PlannedDesign design, DriverDescription description)
    {
        foreach (var (field, fault) in design.UnsupportedFields())
        {
            checks.Fail($"unsupported.{field}", fault, field);
        }

        var masters = design.Masters.NodeCount;
        checks.Judge(
            "masters.count",
            masters >= 1 && masters % 2 == 1 ? [] : [$"The number of masters has to be odd, {design.WhyOddMasters}; it is {masters}."],
            masters == 1 ? "One master." : $"{masters} masters.",
            "master_count");

        if (!description.NetworkDrivers.Contains(design.NetworkDriver))
        {
            checks.Fail("network.driver", $"Network driver {design.NetworkDriver} is not one of {string.Join(", ", description.NetworkDrivers)}.", "network_driver");
        }

        foreach (var (id, warning, field) in design.Doubts())
        {
            checks.Warn(id, warning, field);
        }

        foreach (var (name, fault) in design.LabelFaults())
        {
            checks.Fail($"label.{name}", fault, "labels");
        }
    }
}
