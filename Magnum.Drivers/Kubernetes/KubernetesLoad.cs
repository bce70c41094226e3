using k8s.Models;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.Kubernetes;

/// <summary>
/// What a Kubernetes cluster's nodes have and what its pods ask for. Where a pod may run is judged by its node selector, its required node affinity,
/// resources beyond processors and memory, and the nodes' taints; not by other pods (affinity to them, spreading) nor by where its volumes are.
/// </summary>
internal static class KubernetesLoad
{
    // As the autoscaler of the Kubernetes project has them, so that what people have marked for that one holds here.
    private const string SafeToEvict = "cluster-autoscaler.kubernetes.io/safe-to-evict";
    private const string ScaleDownDisabled = "cluster-autoscaler.kubernetes.io/scale-down-disabled";

    /// <summary>Taints of Kubernetes' own that say how a node is, not what it is for.</summary>
    private const string StateTaint = "node.kubernetes.io/";

    private const double Mib = 1024 * 1024;

    private static readonly HashSet<string> Counted = ["cpu", "memory", "pods", "ephemeral-storage"];

    public static async Task<EngineLoad?> MeasureAsync(KubernetesApi api, CancellationToken cancellationToken)
    {
        var nodes = await api.NodesAsync(cancellationToken);
        var pods = await api.PodsAsync(null, cancellationToken);
        // With a part of it only, nodes would seem to have room that they do not have.
        return nodes.IsCut || pods.IsCut ? null : Measure(nodes.Items, pods.Items);
    }

    public static EngineLoad Measure(IReadOnlyList<V1Node> nodes, IReadOnlyList<V1Pod> pods)
    {
        var known = nodes.DistinctBy(n => n.Metadata.Name, StringComparer.Ordinal).ToDictionary(n => n.Metadata.Name, StringComparer.Ordinal);
        var there = pods.Where(p => p.Spec?.NodeName is { Length: > 0 } && p.Status?.Phase is not ("Succeeded" or "Failed")).ToLookup(p => p.Spec.NodeName, StringComparer.Ordinal);
        return new EngineLoad(
            [.. known.Values.Select(n => Load(n, [.. there[n.Metadata.Name]], known))],
            [
                .. from p in pods
                   where p.Spec is not null && string.IsNullOrEmpty(p.Spec.NodeName) && p.Metadata.DeletionTimestamp is null
                   let lacks = p.Status?.Conditions?.FirstOrDefault(c => c is { Type: "PodScheduled", Status: "False", Reason: "Unschedulable" })
                   // Of pods that could not be placed for other reasons another node would help none.
                   where lacks?.Message?.Contains("Insufficient ", StringComparison.Ordinal) == true
                   select new WaitingTask(Needs(p), Time(lacks.LastTransitionTime ?? p.Metadata.CreationTimestamp), name => known.TryGetValue(name, out var n) && MayRun(p, n)),
            ]);
    }

    private static NodeLoad Load(V1Node node, List<V1Pod> pods, Dictionary<string, V1Node> known)
    {
        List<V1Pod> moving = [.. pods.Where(KubernetesNodes.HasToMove)];
        return new NodeLoad(node.Metadata.Name, KubernetesNodes.IsReady(node), node.Spec?.Unschedulable != true, Amounts(node.Status?.Allocatable) with { Tasks = (int)Amount(node.Status?.Allocatable, "pods") })
        {
            Taken = Sum(pods),
            OnEveryNode = Sum(pods.Except(moving)),
            Movable = [.. moving.Select(p => new MovableTask(Needs(p), name => known.TryGetValue(name, out var n) && MayRun(p, n)))],
            MustStay = WhyItStays(node, moving),
        };
    }

    private static string? WhyItStays(V1Node node, List<V1Pod> moving)
    {
        if (node.Metadata.Annotations?.TryGetValue(ScaleDownDisabled, out var disabled) == true && disabled == "true")
        {
            return $"it is marked {ScaleDownDisabled}";
        }

        foreach (var pod in moving)
        {
            if (pod.Metadata.Annotations?.TryGetValue(SafeToEvict, out var safe) == true)
            {
                if (safe == "false")
                {
                    return $"its pod {pod.Metadata.Name} is marked {SafeToEvict}: false";
                }
            }
            else if (pod.Metadata.OwnerReferences?.Any(o => o.Controller == true) != true)
            {
                return $"its pod {pod.Metadata.Name} belongs to nothing that would make it again";
            }
        }

        return null;
    }

    /// <summary>What the scheduler sets aside: all containers together, or the largest of those that run before them.</summary>
    private static TaskNeeds Needs(V1Pod pod)
    {
        var spec = pod.Spec;
        var beside = new TaskNeeds(0, 0, 0);
        var most = new TaskNeeds(0, 0, 0);
        foreach (var container in spec.InitContainers ?? [])
        {
            var needs = Amounts(container.Resources?.Requests);
            // One that is restarted always stays beside all that come after it.
            beside = container.RestartPolicy == "Always" ? beside + needs : beside;
            most = Larger(most, container.RestartPolicy == "Always" ? beside : beside + needs);
        }

        var all = (spec.Containers ?? []).Aggregate(beside, (sum, c) => sum + Amounts(c.Resources?.Requests));
        return Larger(most, all) + Amounts(spec.Overhead) + new TaskNeeds(0, 0, 1);
    }

    private static TaskNeeds Sum(IEnumerable<V1Pod> pods) => pods.Aggregate(new TaskNeeds(0, 0, 0), (sum, p) => sum + Needs(p));

    private static TaskNeeds Larger(TaskNeeds a, TaskNeeds b) => new(Math.Max(a.Cpus, b.Cpus), Math.Max(a.MemoryMib, b.MemoryMib), 0);

    private static TaskNeeds Amounts(IDictionary<string, ResourceQuantity>? of) => new(Amount(of, "cpu"), Amount(of, "memory") / Mib, 0);

    private static double Amount(IDictionary<string, ResourceQuantity>? of, string resource) => of is not null && of.TryGetValue(resource, out var quantity) ? quantity.ToDouble() : 0;

    private static bool MayRun(V1Pod pod, V1Node node)
    {
        var labels = node.Metadata.Labels ?? new Dictionary<string, string>();
        return (pod.Spec.NodeSelector?.All(s => labels.TryGetValue(s.Key, out var value) && value == s.Value) ?? true)
            && IsAttracted(pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution, node, labels)
            && (node.Spec?.Taints ?? []).All(t => t.Effect == "PreferNoSchedule" || t.Key.StartsWith(StateTaint, StringComparison.Ordinal) || pod.Spec.Tolerations?.Any(o => Tolerates(o, t)) == true)
            && (pod.Spec.Containers ?? []).SelectMany(c => c.Resources?.Requests?.Keys ?? []).All(r => Counted.Contains(r) || Amount(node.Status?.Allocatable, r) > 0);
    }

    private static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
        && (string.IsNullOrEmpty(toleration.Key) ? toleration.OperatorProperty == "Exists" : toleration.Key == taint.Key)
        && (toleration.OperatorProperty == "Exists" || (toleration.Value ?? "") == (taint.Value ?? ""));

    private static bool IsAttracted(V1NodeSelector? selector, V1Node node, IDictionary<string, string> labels) =>
        selector?.NodeSelectorTerms is not { Count: > 0 } terms || terms.Any(t =>
            (t.MatchExpressions is { Count: > 0 } || t.MatchFields is { Count: > 0 })
            && (t.MatchExpressions ?? []).All(r => Holds(r, labels))
            && (t.MatchFields ?? []).All(r => r.Key == "metadata.name" && Holds(r, new Dictionary<string, string> { ["metadata.name"] = node.Metadata.Name })));

    private static bool Holds(V1NodeSelectorRequirement requirement, IDictionary<string, string> labels)
    {
        var has = labels.TryGetValue(requirement.Key, out var value);
        return requirement.OperatorProperty switch
        {
            "In" => has && requirement.Values?.Contains(value!) == true,
            "NotIn" => !has || requirement.Values?.Contains(value!) != true,
            "Exists" => has,
            "DoesNotExist" => !has,
            "Gt" => long.TryParse(value, out var more) && long.TryParse(requirement.Values?.FirstOrDefault(), out var bound) && more > bound,
            "Lt" => long.TryParse(value, out var less) && long.TryParse(requirement.Values?.FirstOrDefault(), out var limit) && less < limit,
            _ => false,
        };
    }

    private static DateTimeOffset Time(DateTime? time) => time is { } given ? new DateTimeOffset(DateTime.SpecifyKind(given, DateTimeKind.Utc)) : DateTimeOffset.MinValue;
}
