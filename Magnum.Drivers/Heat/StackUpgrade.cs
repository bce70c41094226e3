using System.Globalization;
using Magnum.Core.Drivers;
using Magnum.Drivers.Heat.Observing;

namespace Magnum.Drivers.Heat;

/// <summary>What a stack's nodes are to be upgraded to.</summary>
/// <param name="MasterImage">Id.</param>
/// <param name="WorkerImage">Id.</param>
/// <param name="Version">Of the engine; null: the image does not say.</param>
internal sealed record UpgradeGoal(string MasterImage, string WorkerImage, string? Version);

/// <summary>A change of a stack on the way to an upgrade.</summary>
/// <param name="Workers">How many there are to be.</param>
/// <param name="WorkersToRemove">Members of the worker group.</param>
internal sealed record UpgradePart(CloudFacts Facts, int Workers, IReadOnlyList<string> WorkersToRemove);

/// <summary>
/// Replaces the nodes of a stack by such of another image, one change of the stack after the other: each master goes and comes back at its
/// address, then workers are added and as many old ones removed. What is next follows from the stack alone, so that it can be asked for at any time.
/// </summary>
/// <param name="workerCount">How many workers the stack has been told to have.</param>
internal sealed class StackUpgrade(ClusterDesign design, CloudFacts facts, StackTree tree, int workerCount)
{
    /// <summary>The parameters by which it goes on.</summary>
    public static IReadOnlySet<string> Parameters(StackWords words) =>
        new HashSet<string>(StringComparer.Ordinal) { "master_image", words.WorkerImage, words.Version };

    /// <summary>How much is left of an upgrade; null: nothing.</summary>
    public static NodeReplacement? Left(ClusterDesign design, CloudFacts facts, int workerCount)
    {
        var left = facts.FormerMasters.Count + facts.FormerWorkers.Count;
        var total = (design.IsAddedGroup ? 0 : design.Masters.NodeCount) + design.Workers.NodeCount;
        // The last old worker may have been told to go while the new one is one too many.
        return left > 0 ? new NodeReplacement(left, Math.Max(left, total)) : workerCount > design.Workers.NodeCount ? new NodeReplacement(1, Math.Max(1, total)) : null;
    }

    /// <summary>Null: all nodes are as they are to be.</summary>
    public UpgradePart? Next(UpgradeGoal goal, int batch)
    {
        var masters = design.IsAddedGroup ? [] : FormerMasters(goal);
        var workers = FormerWorkers(goal);
        if (masters.Count > 0)
        {
            // Between two servers: once the old one has gone, the new one comes.
            var away = masters.FirstOrDefault(m => m.Value.Length == 0).Key;
            if (away is not null && !HasMaster(away))
            {
                masters.Remove(away);
            }
            else
            {
                masters[away ?? masters.Keys.OrderBy(Number).First()] = "";
            }

            return Part(workerCount, [], masters, workers);
        }

        var wanted = design.Workers.NodeCount;
        var unfit = Unfit(workers);
        if (workerCount > wanted || unfit.Count > 0)
        {
            var going = unfit.Concat(workers.Keys.OrderByDescending(IsBroken).ThenBy(Number)).Take(Math.Max(workerCount - wanted, unfit.Count)).ToList();
            return Part(wanted, going, masters, workers.Where(w => !going.Contains(w.Key)).ToDictionary());
        }

        return workers.Count == 0 ? null : Part(wanted + Math.Min(batch, workers.Count), [], masters, workers);

        UpgradePart Part(int count, IReadOnlyList<string> going, IReadOnlyDictionary<string, string> formerMasters, IReadOnlyDictionary<string, string> formerWorkers) =>
            new(Towards(goal) with { FormerMasters = formerMasters, FormerWorkers = formerWorkers }, count, going);
    }

    /// <summary>All nodes are as they are to be, and the stack is only to take note.</summary>
    public UpgradePart Nothing(UpgradeGoal goal) => new(Towards(goal), workerCount, []);

    private CloudFacts Towards(UpgradeGoal goal) => facts with
    {
        MasterImage = goal.MasterImage,
        WorkerImage = goal.WorkerImage,
        Version = goal.Version,
        FormerMasters = new Dictionary<string, string>(),
        FormerWorkers = new Dictionary<string, string>(),
        SucceedsMasters = true,
    };

    /// <summary>Masters that are not of the image yet, or are broken.</summary>
    private Dictionary<string, string> FormerMasters(UpgradeGoal goal)
    {
        var former = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var index in Enumerable.Range(0, design.Masters.NodeCount).Select(i => i.ToString(CultureInfo.InvariantCulture)))
        {
            var image = facts.FormerMasters.GetValueOrDefault(index) ?? facts.MasterImage;
            if (image != goal.MasterImage)
            {
                former[index] = image;
            }
            else if (tree.BrokenMembers(design.Masters.Name).Contains(index))
            {
                former[index] = "";
            }
        }

        return former;
    }

    private Dictionary<string, string> FormerWorkers(UpgradeGoal goal) => tree.Nodes.Where(n => n.Group.Name == design.Workers.Name)
        .Select(n => (n.Member, Image: facts.FormerWorkers.GetValueOrDefault(n.Member) ?? facts.WorkerImage))
        .Where(n => n.Image != goal.WorkerImage)
        .ToDictionary(n => n.Member, n => n.Image, StringComparer.Ordinal);

    /// <summary>New workers that came to nothing.</summary>
    private List<string> Unfit(Dictionary<string, string> former) =>
    [
        .. tree.Nodes.Where(n => n.Group.Name == design.Workers.Name && !former.ContainsKey(n.Member))
            .Where(n => IsBroken(n.Member) || !n.Status.EndsWith("_COMPLETE", StringComparison.Ordinal))
            .Select(n => n.Member),
    ];

    private bool IsBroken(string worker) => tree.BrokenMembers(design.Workers.Name).Contains(worker);

    private bool HasMaster(string index) => tree.Nodes.Any(n => n.Group.Name == design.Masters.Name && n.Member == index);

    private static int Number(string member) => int.TryParse(member, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
}
