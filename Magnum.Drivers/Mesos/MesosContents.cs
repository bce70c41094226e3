using Magnum.Core.Drivers;

namespace Magnum.Drivers.Mesos;

/// <summary>What is in a Mesos cluster, for people.</summary>
internal static class MesosContents
{
    /// <summary>Most of each kind that are shown.</summary>
    private const int Most = 1000;

    private const int LongestName = 255;

    private const double MostMib = 1L << 40;

    /// <param name="nodes">By which agents have names.</param>
    /// <param name="marathons">Where Marathon answers; empty: there is none.</param>
    public static async Task<EngineContents> LookAsync(MesosApi api, IReadOnlyList<ObservedNode> nodes, IReadOnlyList<Uri> marathons, CancellationToken cancellationToken)
    {
        var (leader, state) = await api.LeaderAsync(cancellationToken);
        var apps = marathons.Count == 0 ? [] : await api.AppsAsync(marathons, cancellationToken);
        var tasks = state.Tasks.CountBy(t => t.SlaveId ?? "", StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

        // An agent that was made anew is listed twice for a while.
        List<EngineNode> agents =
        [
            .. state.Agents.OrderByDescending(a => a.Active).Select(a => Agent(a, nodes, tasks)).Where(n => n.Name.Length > 0)
                .DistinctBy(n => n.Name, StringComparer.Ordinal).OrderBy(n => n.Name, StringComparer.Ordinal),
        ];
        List<EngineWorkload> workloads =
        [
            .. state.Present.Where(f => f.Active && f.Name is { Length: > 0 }).GroupBy(f => Cut(f.Name!), StringComparer.Ordinal)
                .Select(g => new EngineWorkload("", "Framework", g.Key, g.Sum(f => f.Alive.Count(t => t.IsRunning)), g.Sum(f => f.Alive.Count()))),
            .. (apps ?? []).Where(a => a.Id is { Length: > 0 }).DistinctBy(a => a.Id, StringComparer.Ordinal)
                .Select(a => new EngineWorkload("marathon", "App", Cut(a.Id!), a.TasksRunning, a.Instances) { Image = a.Container?.Docker?.Image is { } image ? Cut(image) : null }),
        ];
        return new EngineContents(
            state.Version,
            [new EngineNode(leader.Name, "master", "leads", Takes: false) { Version = state.Version }, .. agents.Take(Most)],
            [.. workloads.OrderBy(w => w.Scope, StringComparer.Ordinal).ThenBy(w => w.Name, StringComparer.Ordinal).Take(Most)])
        {
            IsCut = apps is null || agents.Count > Most || workloads.Count > Most,
        };
    }

    private static EngineNode Agent(MesosAgent agent, IReadOnlyList<ObservedNode> nodes, Dictionary<string, int> tasks) => new(
        nodes.FirstOrDefault(n => n.Address is { } address && agent.IsAt(address))?.Name ?? Cut(agent.Hostname ?? ""),
        "agent",
        agent.IsLeaving ? "draining" : agent.Deactivated ? "deactivated" : agent.Active ? "active" : "inactive",
        agent is { Active: true, Deactivated: false, IsLeaving: false })
    {
        Version = agent.Version,
        Cpus = agent.Resources?.Cpus,
        MemoryMib = agent.Resources?.Mem is >= 0 and < MostMib and var mib ? (long)mib : null,
        Tasks = tasks.GetValueOrDefault(agent.Id ?? ""),
    };

    private static string Cut(string text) => text.Length > LongestName ? text[..LongestName] : text;
}
