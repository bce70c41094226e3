namespace Magnum.Core.Clusters;

/// <summary>How the labels of a cluster differ from its template's (of a node group: from its cluster's).</summary>
/// <param name="Overridden">In both with different values: the parent's value.</param>
/// <param name="Added">Only here: the value.</param>
/// <param name="Skipped">Only in the parent: the parent's value.</param>
public sealed record LabelDifferences(
    IReadOnlyDictionary<string, string> Overridden,
    IReadOnlyDictionary<string, string> Added,
    IReadOnlyDictionary<string, string> Skipped);

/// <summary>Inheritance of labels.</summary>
public static class ClusterLabels
{
    /// <summary>The parent's when none are given; the given ones alone, or laid over the parent's.</summary>
    public static Dictionary<string, string> Inherit(IReadOnlyDictionary<string, string> parent, IReadOnlyDictionary<string, string>? given, bool merge)
    {
        if (given is null || given.Count == 0)
        {
            return new Dictionary<string, string>(parent);
        }

        var labels = merge ? new Dictionary<string, string>(parent) : [];
        foreach (var (name, value) in given)
        {
            labels[name] = value;
        }

        return labels;
    }

    /// <summary>What became of the parent's labels.</summary>
    public static LabelDifferences Compare(IReadOnlyDictionary<string, string> parent, IReadOnlyDictionary<string, string> labels) => new(
        parent.Where(p => labels.TryGetValue(p.Key, out var value) && value != p.Value).ToDictionary(),
        labels.Where(p => !parent.ContainsKey(p.Key)).ToDictionary(),
        parent.Where(p => !labels.ContainsKey(p.Key)).ToDictionary());
}
