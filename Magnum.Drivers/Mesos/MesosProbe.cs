using Magnum.Core.Clusters;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.Mesos;

/// <summary>Asks the masters how they and the agents are.</summary>
internal static class MesosProbe
{
    // What is written into the database has bounds, whatever a cluster is said to have.
    private const int MostNodes = 1000;

    /// <param name="agents">Those that there should be.</param>
    public static async Task<ClusterHealth> AskAsync(string clusterName, MesosApi api, IEnumerable<ObservedNode> agents, CancellationToken cancellationToken)
    {
        var answers = await api.AskAsync(cancellationToken);
        if (answers.All(a => a.Trouble is not null))
        {
            return ClusterHealth.Unknown($"The cluster {clusterName} is not accessible: {answers[0].Trouble}.");
        }

        var leader = answers.FirstOrDefault(a => a.State is { IsLeading: true })?.State;
        var reasons = new Dictionary<string, string> { ["api"] = leader is null ? "no master that answers leads" : "ok" };
        foreach (var answer in answers)
        {
            reasons[$"{answer.Master.Name}.Answers"] = answer.Trouble is null ? "True" : "False";
        }

        var broken = new List<string>();
        if (leader is not null)
        {
            foreach (var node in agents.Take(MostNodes))
            {
                var isActive = leader.Agents.Any(a => a.IsAt(node.Address!) && (a.Active || a.Deactivated));
                reasons[$"{node.Name}.Active"] = isActive ? "True" : "False";
                if (!isActive)
                {
                    broken.Add(node.Name);
                }
            }
        }

        return new ClusterHealth(reasons.Values.All(r => r is "ok" or "True") ? HealthStatus.Healthy : HealthStatus.Unhealthy, reasons) { BrokenNodes = broken };
    }
}
