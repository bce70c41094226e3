using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.ClusterApi.Management;

namespace Magnum.Drivers.ClusterApi.Observing;

/// <summary>A cluster's health as Cluster API sees it.</summary>
internal static class HealthReport
{
    private const string Ready = "Ready";
    private const int MostMachines = 1000;

    /// <summary>Null: there is no such cluster.</summary>
    public static ClusterHealth? Of(ClusterObjects objects)
    {
        if (objects.Cluster is not { } cluster)
        {
            return null;
        }

        var answers = objects.ControlPlane?.Is("Available") == true;
        var reasons = new Dictionary<string, string> { ["api"] = answers ? "ok" : "nok" };
        var isWell = answers;
        foreach (var machine in objects.Machines.Where(m => !m.IsDeleting).Take(MostMachines))
        {
            var ready = machine.Condition("NodeHealthy")?.Status ?? "Unknown";
            isWell &= ready == "True";
            reasons[$"{machine.Text("spec", "infrastructureRef", "name") ?? machine.Name}.Ready"] = ready;
        }

        reasons["capi.cluster"] = Say(cluster, "Available", "Ready");
        reasons["capi.infrastructure"] = cluster.InfrastructureIsThere() ? Ready : "Infrastructure not ready.";
        reasons["capi.controlplane"] = cluster.ControlPlaneIsThere() ? Ready : Say(objects.ControlPlane, "Available", "Ready");
        reasons["capi.nodegroup"] = objects.Deployments.Where(d => !d.Is("Available")).Select(d => d.Label(ClusterApiNames.DeploymentNameLabel) ?? d.Name).ToList() is { Count: > 0 } waiting
            ? $"Waiting on {string.Join(", ", waiting)}"
            : Ready;
        return new ClusterHealth(isWell ? HealthStatus.Healthy : HealthStatus.Unhealthy, reasons);
    }

    /// <summary>By the summary of whichever contract.</summary>
    private static string Say(ApiObject? o, params ReadOnlySpan<string> summaries)
    {
        foreach (var summary in summaries)
        {
            if (o?.Condition(summary) is { } condition)
            {
                return condition.IsTrue ? Ready : condition.Message ?? condition.Reason ?? "Not ready.";
            }
        }

        return "Not ready.";
    }
}
