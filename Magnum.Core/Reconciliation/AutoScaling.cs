using System.Globalization;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// How many workers a group should have, by what the engine says of them: more as soon as work finds no room that a new node would give it, one less
/// when a node has been used so little for a while that the others can take what is on it. Bounds are the group's, at least one node stays.
/// </summary>
public static class AutoScaling
{
    /// <summary>The label that asks for it.</summary>
    public const string Label = "auto_scaling_enabled";

    /// <summary>The label that bounds the default workers from above, where the group has no bound of its own.</summary>
    public const string MaxNodeCountLabel = "max_node_count";

    /// <summary>A node of which less is set aside is used little.</summary>
    private const double LittleUse = 0.5;

    /// <summary>An engine that has just got nodes needs a moment to use them.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(30);

    public static bool IsOn(DriverDescription driver, NodeGroup group) =>
        !group.IsMaster && driver.Capabilities.HasFlag(DriverCapabilities.AutoScaling) && driver.IsOn(group.Labels, Label);

    /// <param name="labels">A new cluster's, whatever its driver makes of them.</param>
    public static bool IsAskedFor(IReadOnlyDictionary<string, string> labels) => labels.TryGetValue(Label, out var value) && LabelDefinition.ReadFlag(value) == true;

    /// <summary>How far a group may be scaled; no maximum: it does not grow.</summary>
    public static (int Minimum, int? Maximum) Bounds(NodeGroup group) => (
        Math.Max(1, group.MinNodeCount),
        group.MaxNodeCount is > 0 and var own ? own
            : group.Labels.TryGetValue(MaxNodeCountLabel, out var text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? most
            : null);

    /// <summary>Room for what waits; null: nothing does that a new node would help.</summary>
    /// <param name="groups">Those that are scaled, the preferred one first.</param>
    internal static Growth? Grow(IReadOnlyList<NodeGroup> groups, EngineLoad load, DateTimeOffset now)
    {
        // What fits somewhere and waits all the same lacks something else than room: another node would not help.
        var waiting = load.Waiting.Where(w => w.Since <= now - Moment && !load.Nodes.Any(n => n is { IsReady: true, TakesWork: true } && w.Needs.FitsIn(n.Room - n.Taken) && w.Suits(n.Name))).ToList();
        Growth? bounded = null;
        foreach (var group in groups)
        {
            // A new node is like those that there are; where there is none nobody knows what it would be like.
            if (Members(group, load).FirstOrDefault(n => n.IsReady) is not { } like)
            {
                continue;
            }

            var room = like.Room - like.OnEveryNode;
            List<TaskNeeds> wanted = [.. waiting.Where(w => w.Needs.FitsIn(room) && w.Suits(like.Name)).Select(w => w.Needs)];
            var nodes = Pack(wanted, room);
            if (nodes == 0)
            {
                continue;
            }

            var most = Math.Max(0, (Bounds(group).Maximum ?? group.NodeCount) - group.NodeCount);
            var growth = new Growth(group, Math.Min(nodes, most), wanted.Count);
            if (most > 0)
            {
                return growth;
            }

            bounded ??= growth;
        }

        return bounded;
    }

    /// <summary>Nodes whose work the others could take, those that are used least first.</summary>
    internal static IReadOnlyList<(NodeGroup Group, ObservedNode Node)> Idle(IReadOnlyList<NodeGroup> groups, EngineLoad load)
    {
        if (load.Waiting.Count > 0)
        {
            return [];
        }

        var all = load.Nodes.Where(n => n is { IsReady: true, TakesWork: true }).ToList();
        return
        [
            .. from g in groups
               where g.NodeCount > Bounds(g).Minimum
               from n in all
               let node = g.Nodes.Find(o => o.ServerId is not null && o.Name == n.Name)
               where node is not null && n.MustStay is null
               let use = n.Taken.ShareOf(n.Room)
               where use < LittleUse && CanTake(all.Where(o => o != n), n.Movable)
               orderby use, g.IsDefault descending, g.Name, n.Name descending
               select (g, node),
        ];
    }

    private static IEnumerable<NodeLoad> Members(NodeGroup group, EngineLoad load)
    {
        var names = group.Nodes.Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
        return load.Nodes.Where(n => names.Contains(n.Name));
    }

    /// <summary>Nodes that take it all: the largest first, each where it fits.</summary>
    private static int Pack(List<TaskNeeds> wanted, TaskNeeds room)
    {
        var nodes = new List<TaskNeeds>();
        foreach (var needs in wanted.OrderByDescending(n => n.ShareOf(room)))
        {
            var place = nodes.FindIndex(needs.FitsIn);
            if (place < 0)
            {
                place = nodes.Count;
                nodes.Add(room);
            }

            nodes[place] -= needs;
        }

        return nodes.Count;
    }

    private static bool CanTake(IEnumerable<NodeLoad> others, IReadOnlyList<MovableTask> tasks)
    {
        var free = others.Select(o => (o.Name, Room: o.Room - o.Taken)).ToList();
        foreach (var task in tasks.OrderByDescending(t => t.Needs.MemoryMib))
        {
            var place = free.FindIndex(f => task.Needs.FitsIn(f.Room) && task.Suits(f.Name));
            if (place < 0)
            {
                return false;
            }

            free[place] = (free[place].Name, free[place].Room - task.Needs);
        }

        return true;
    }
}

/// <summary>More nodes for what waits.</summary>
/// <param name="Nodes">How many more; 0: it is at its upper bound.</param>
/// <param name="Waiting">How many tasks they would take.</param>
internal sealed record Growth(NodeGroup Group, int Nodes, int Waiting);
