using k8s.Models;
using Magnum.Core.Drivers;

namespace Magnum.Drivers.Kubernetes;

/// <summary>What is in a Kubernetes cluster, for people.</summary>
internal static class KubernetesContents
{
    private const string RolePrefix = "node-role.kubernetes.io/";

    /// <summary>Most of each kind that are shown.</summary>
    private const int Most = 1000;

    public static async Task<EngineContents> LookAsync(KubernetesApi api, CancellationToken cancellationToken)
    {
        var version = await api.VersionAsync(cancellationToken);
        var nodes = await api.NodesAsync(cancellationToken);
        var pods = await api.PodsAsync(null, cancellationToken);
        var deployments = await api.DeploymentsAsync(cancellationToken);
        var stateful = await api.StatefulSetsAsync(cancellationToken);
        var daemons = await api.DaemonSetsAsync(cancellationToken);

        var perNode = pods.Items.Where(p => p.Status?.Phase is not ("Succeeded" or "Failed"))
            .CountBy(p => p.Spec?.NodeName ?? "", StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        List<EngineWorkload> workloads =
        [
            .. deployments.Items.Select(d => Workload("Deployment", d.Metadata, d.Status?.ReadyReplicas, d.Spec?.Replicas, d.Spec?.Template)),
            .. stateful.Items.Select(s => Workload("StatefulSet", s.Metadata, s.Status?.ReadyReplicas, s.Spec?.Replicas, s.Spec?.Template)),
            .. daemons.Items.Select(d => Workload("DaemonSet", d.Metadata, d.Status?.NumberReady, d.Status?.DesiredNumberScheduled, d.Spec?.Template)),
        ];
        return new EngineContents(
            version,
            [.. nodes.Items.OrderBy(n => n.Metadata.Name, StringComparer.Ordinal).Take(Most).Select(n => Node(n, perNode, pods.IsCut))],
            [.. workloads.OrderBy(w => w.Scope, StringComparer.Ordinal).ThenBy(w => w.Name, StringComparer.Ordinal).Take(Most)])
        {
            IsCut = nodes.IsCut || deployments.IsCut || stateful.IsCut || daemons.IsCut || nodes.Items.Count > Most || workloads.Count > Most,
        };
    }

    private static EngineNode Node(V1Node node, Dictionary<string, int> pods, bool podsAreCut) => new(
        node.Metadata.Name,
        node.Metadata.Labels?.Keys.Where(k => k.StartsWith(RolePrefix, StringComparison.Ordinal)).Select(k => k[RolePrefix.Length..]).Order(StringComparer.Ordinal).FirstOrDefault(r => r.Length > 0) ?? "worker",
        node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status switch { "True" => "Ready", "False" => "NotReady", _ => "Unknown" },
        node.Spec?.Unschedulable != true)
    {
        Version = node.Status?.NodeInfo?.KubeletVersion,
        Cpus = Amount(node, "cpu"),
        MemoryMib = Amount(node, "memory") is { } bytes ? (long)(bytes / (1024 * 1024)) : null,
        Tasks = podsAreCut ? null : pods.GetValueOrDefault(node.Metadata.Name),
    };

    private static double? Amount(V1Node node, string resource) =>
        node.Status?.Allocatable is { } all && all.TryGetValue(resource, out var quantity) ? quantity.ToDouble() : null;

    private static EngineWorkload Workload(string kind, V1ObjectMeta about, int? running, int? wanted, V1PodTemplateSpec? template) =>
        new(about.NamespaceProperty ?? "", kind, about.Name, running ?? 0, wanted ?? 0) { Image = template?.Spec?.Containers?.FirstOrDefault()?.Image };
}
