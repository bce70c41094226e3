using System.Globalization;
using k8s.Models;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.Kubernetes;

/// <summary>Frees nodes that go of pods, as <c>kubectl drain</c> does, and tidies up behind them.</summary>
internal sealed class KubernetesNodes(KubernetesApi api)
{
    /// <summary>Marks a node that Magnum has closed to new pods, to know it from those that people have closed.</summary>
    public const string Leaving = "magnum.openstack.org/leaving";

    /// <summary>The label of nodes that Magnum has made.</summary>
    private const string NodeGroup = "magnum.openstack.org/nodegroup";

    /// <returns>By node, what is left.</returns>
    public async Task<IReadOnlyDictionary<string, string>> DrainAsync(IReadOnlyList<ObservedNode> leaving, CancellationToken cancellationToken)
    {
        var left = new Dictionary<string, string>(StringComparer.Ordinal);
        var known = await KnownAsync(cancellationToken);
        // All are closed before any pod goes: none shall move to the next that goes. Those that people have closed stay theirs.
        List<V1Node> alive = [.. leaving.Select(n => known.GetValueOrDefault(n.Name)).OfType<V1Node>().Where(IsReady)];
        foreach (var node in alive.Where(n => n.Spec?.Unschedulable != true))
        {
            await api.PatchNodeAsync(
                Name(node),
                new { metadata = new { annotations = new Dictionary<string, string> { [Leaving] = "true" } }, spec = new { unschedulable = true } },
                cancellationToken);
        }

        foreach (var name in alive.Select(Name))
        {
            var pods = (await api.PodsAsync(name, cancellationToken)).Items.Where(HasToMove).ToList();
            foreach (var pod in pods.Where(p => p.Metadata.DeletionTimestamp is null))
            {
                await api.EvictAsync(pod, cancellationToken);
            }

            if (pods.Count > 0)
            {
                left[name] = string.Create(CultureInfo.InvariantCulture, $"{pods.Count} pod(s)");
            }
        }

        return left;
    }

    /// <summary>Those first that are being freed, then those that are of no use, then those with the fewest pods.</summary>
    public async Task<IReadOnlyList<string>> RankAsync(IReadOnlyList<ObservedNode> nodes, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(cancellationToken);
        var pods = (await api.PodsAsync(null, cancellationToken)).Items.Where(HasToMove).CountBy(p => p.Spec?.NodeName ?? "", StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return
        [
            .. nodes.Select((node, order) => (node.Name, Order: order))
                .OrderByDescending(n => known.TryGetValue(n.Name, out var node) && IsLeaving(node))
                .ThenBy(n => known.TryGetValue(n.Name, out var node) && IsReady(node))
                .ThenByDescending(n => known.GetValueOrDefault(n.Name)?.Spec?.Unschedulable == true)
                .ThenBy(n => pods.GetValueOrDefault(n.Name))
                .ThenByDescending(n => n.Order)
                .Select(n => n.Name),
        ];
    }

    /// <summary>Removes nodes that Magnum made, of which nothing is heard and which are not there any more, and opens again those that have stayed.</summary>
    public async Task ForgetAsync(IReadOnlyList<ObservedNode> present, CancellationToken cancellationToken)
    {
        var names = present.Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in (await api.NodesAsync(cancellationToken)).Items.Where(n => n.Metadata.Labels?.ContainsKey(NodeGroup) == true))
        {
            if (!names.Contains(Name(node)))
            {
                if (!IsReady(node) || IsLeaving(node))
                {
                    await api.DeleteNodeAsync(Name(node), cancellationToken);
                }
            }
            else if (IsLeaving(node))
            {
                await api.PatchNodeAsync(
                    Name(node), new { metadata = new { annotations = new Dictionary<string, string?> { [Leaving] = null } }, spec = new { unschedulable = (bool?)null } }, cancellationToken);
            }
        }
    }

    private async Task<Dictionary<string, V1Node>> KnownAsync(CancellationToken cancellationToken) =>
        (await api.NodesAsync(cancellationToken)).Items.DistinctBy(Name, StringComparer.Ordinal).ToDictionary(Name, StringComparer.Ordinal);

    /// <summary>Not those that end by themselves, that the node itself runs, or that belong to every node.</summary>
    public static bool HasToMove(V1Pod pod) => pod.Status?.Phase is not ("Succeeded" or "Failed")
        && pod.Metadata.Annotations?.ContainsKey("kubernetes.io/config.mirror") != true
        && pod.Metadata.OwnerReferences?.Any(o => o.Kind == "DaemonSet" && o.Controller == true) != true;

    public static bool IsReady(V1Node node) => node.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;

    private static bool IsLeaving(V1Node node) => node.Metadata.Annotations?.ContainsKey(Leaving) == true;

    private static string Name(V1Node node) => node.Metadata.Name;
}
