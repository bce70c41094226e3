using System.Globalization;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.Mesos;

/// <summary>Chooses agents that go, and frees them of their tasks.</summary>
internal sealed class MesosAgents(MesosApi api)
{
    /// <returns>By node, what is left.</returns>
    public async Task<IReadOnlyDictionary<string, string>> DrainAsync(IReadOnlyList<ObservedNode> leaving, CancellationToken cancellationToken)
    {
        var left = new Dictionary<string, string>(StringComparer.Ordinal);
        var (leader, state) = await api.LeaderAsync(cancellationToken);
        foreach (var (node, agent) in leaving.Select(n => (Node: n, Agent: Find(state, n))))
        {
            // Of one that the master does not hear of, the tasks are started elsewhere already, or will be.
            if (agent is not { Id: { Length: > 0 } id } || !(agent.Active || agent.IsLeaving)
                || (!agent.IsLeaving && !await api.DrainAsync(leader, id, cancellationToken)))
            {
                continue;
            }

            if (state.Tasks.Count(t => t.SlaveId == id) is > 0 and var tasks)
            {
                left[node.Name] = string.Create(CultureInfo.InvariantCulture, $"{tasks} task(s)");
            }
        }

        return left;
    }

    /// <summary>Those first that are being freed, then those that are of no use, then those with the fewest tasks.</summary>
    public async Task<IReadOnlyList<string>> RankAsync(IReadOnlyList<ObservedNode> nodes, CancellationToken cancellationToken)
    {
        var (_, state) = await api.LeaderAsync(cancellationToken);
        var tasks = state.Tasks.CountBy(t => t.SlaveId ?? "", StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return
        [
            .. nodes.Select((node, order) => (node.Name, Order: order, Agent: Find(state, node)))
                .OrderByDescending(n => n.Agent?.IsLeaving == true)
                .ThenBy(n => n.Agent?.Active == true)
                .ThenBy(n => tasks.GetValueOrDefault(n.Agent?.Id ?? ""))
                .ThenBy(n => n.Agent?.UsedResources?.Cpus ?? 0)
                .ThenByDescending(n => n.Order)
                .Select(n => n.Name),
        ];
    }

    /// <summary>An agent that was made anew is listed twice for a while: the one that is heard of counts.</summary>
    private static MesosAgent? Find(MesosState state, ObservedNode node) =>
        node.Address is { } address ? state.Agents.Where(a => a.IsAt(address)).MaxBy(a => a.Active) : null;
}
