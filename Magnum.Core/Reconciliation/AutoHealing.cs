using System.Globalization;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;

namespace Magnum.Core.Reconciliation;

/// <summary>
/// Which broken nodes make way for new ones, as Cluster API's health checks decide it: those that have been broken for a while, and none while
/// so many are that something else than nodes must be wrong. Masters stay: what is on them is more than a new one could bring.
/// </summary>
public static class AutoHealing
{
    /// <summary>The label that asks for it.</summary>
    public const string Label = "auto_healing_enabled";

    /// <summary>The label with the seconds for which a node may be broken.</summary>
    public const string TimeoutLabel = "health_check_timeout";

    /// <summary>The label with the count or percentage of nodes that may be broken at once. One always may.</summary>
    public const string MostLabel = "max_unhealthy";

    /// <param name="labels">The cluster's.</param>
    public static bool IsOn(DriverDescription driver, IReadOnlyDictionary<string, string> labels) =>
        driver.Capabilities.HasFlag(DriverCapabilities.AutoHealing) && driver.IsOn(labels, Label);

    /// <param name="brokenSince">By node. Those that are no workers of Magnum's do not count.</param>
    internal static HealingDecision Decide(Cluster cluster, DriverDescription driver, IReadOnlyDictionary<string, DateTimeOffset> brokenSince, DateTimeOffset now)
    {
        List<(NodeGroup Group, ObservedNode Node)> workers =
        [
            .. from g in cluster.NodeGroups
               where !g.IsMaster
               orderby g.IsDefault descending, g.Name
               from n in g.Nodes
               where n.ServerId is not null
               select (g, n),
        ];
        var broken = workers.Where(w => brokenSince.ContainsKey(w.Node.Name)).ToList();
        var before = now - TimeSpan.FromSeconds(Number(driver.LabelValue(cluster.Labels, TimeoutLabel), 300));
        var due = broken.Where(b => brokenSince[b.Node.Name] <= before).ToList();
        if (due.Count == 0)
        {
            return new HealingDecision(broken.Count > 0, null, [], null);
        }

        var most = Most(driver.LabelValue(cluster.Labels, MostLabel), workers.Count);
        if (broken.Count > most)
        {
            return new HealingDecision(true, null, [], string.Create(
                CultureInfo.InvariantCulture,
                $"No node is replaced: {broken.Count} of {workers.Count} workers are broken, more than the {most} that {MostLabel} allows. Something else than nodes may be wrong, such as the network."));
        }

        var group = due[0].Group;
        return new HealingDecision(true, group, [.. due.Where(d => d.Group == group).Select(d => d.Node)], null);
    }

    private static int Most(string? allowed, int workers)
    {
        var most = allowed?.EndsWith('%') == true
            ? (int)((long)workers * Number(allowed[..^1], 40) / 100)
            : Number(allowed, workers);
        return Math.Max(1, most);
    }

    private static int Number(string? text, int otherwise) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

/// <summary>What is to be done about broken nodes.</summary>
/// <param name="IsAny">Whether a worker is broken at all.</param>
/// <param name="Group">The group of which nodes are to be replaced; null: none is.</param>
/// <param name="HeldBack">Why none is replaced although some should be, as a sentence.</param>
internal sealed record HealingDecision(bool IsAny, NodeGroup? Group, IReadOnlyList<ObservedNode> Nodes, string? HeldBack);
