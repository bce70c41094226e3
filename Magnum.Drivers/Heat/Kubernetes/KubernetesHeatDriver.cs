using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Core.Reconciliation;
using Magnum.Drivers.Heat.Kubernetes.Addons;
using Magnum.Drivers.Kubernetes;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>Kubernetes by kubeadm on prepared Ubuntu and Fedora CoreOS images, on servers that Heat makes.</summary>
internal sealed class KubernetesHeatDriver(HeatTools tools, CloudAccess cloud, ServiceBalancers balancers) : HeatDriver(tools)
{
    public const string Name = "k8s_heat";

    public const int DefaultApiPort = 6443;

    /// <summary>The label that leaves the replacement of broken nodes to somebody else.</summary>
    public const string HealerLabel = "auto_healing_controller";

    public const string DefaultNetworkDriver = "flannel";

    public override DriverDescription Description { get; } = new()
    {
        Name = Name,
        Title = "Kubernetes on Heat",
        ClusterTypes =
        [
            new("vm", "ubuntu", "kubernetes"),
            new("vm", "fedora-coreos", "kubernetes"),
            new("vm", "flatcar", "kubernetes"),
            new("vm", "debian", "kubernetes"),
            new("vm", "rockylinux", "kubernetes"),
        ],
        NetworkDrivers = [DefaultNetworkDriver, "calico", "cilium"],
        VolumeDrivers = ["cinder"],
        Capabilities = DriverCapabilities.Resize | DriverCapabilities.RemoveChosenNodes | DriverCapabilities.Rollback
            | DriverCapabilities.NodeGroups | DriverCapabilities.RotateCa | DriverCapabilities.RotateCredential
            | DriverCapabilities.Upgrade | DriverCapabilities.AutoHealing | DriverCapabilities.AutoScaling,
        VersionLabel = "kube_tag",
        VersionProperty = KubernetesDesign.KubernetesWords.Version,
        Labels = KubernetesLabels.All,
    };

    public override async Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken)
    {
        var plan = await base.PlanAsync(proposed, credential, cancellationToken);
        return await cloud.CheckAsync(new KubernetesDesign(proposed), credential, cancellationToken) is { } check ? plan with { Checks = [.. plan.Checks, check] } : plan;
    }

    public override Task<string?> AdoptAsync(Cluster cluster, string? kept, TokenInfo owner, CancellationToken cancellationToken) =>
        cloud.AdoptAsync(cluster, kept, owner, cancellationToken);

    public override Task AbandonAsync(Cluster cluster, TokenInfo owner, CancellationToken cancellationToken) => cloud.AbandonAsync(cluster, owner, cancellationToken);

    public override Task ReleaseAsync(Cluster cluster, string? kept, CancellationToken cancellationToken) => cloud.ReleaseAsync(cluster, kept, cancellationToken);

    /// <summary>What has no credential for the cloud has made nothing.</summary>
    public override async Task<IReadOnlyList<string>> RemoveOwnMakingsAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken) =>
        cluster.DriverSecret is null ? [] : await balancers.RemoveAsync(cluster, credential, cancellationToken);

    public override async Task<IReadOnlyList<ClusterResource>?> ListResourcesAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken)
    {
        var listed = await base.ListResourcesAsync(cluster, credential, cancellationToken);
        return cluster.DriverSecret is null ? listed : [.. listed ?? [], .. await balancers.ListAsync(cluster, credential, cancellationToken)];
    }

    /// <summary>Not of a cluster whose own agent reports its health.</summary>
    public override async Task<ClusterHealth?> ProbeAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken)
    {
        var labels = new KubernetesDesign(cluster).Labels;
        var reportsItself = labels.Flag(AutoHealing.Label) && labels.Text(HealerLabel) is "magnum-auto-healer";
        return !reportsItself && KubernetesApi.AddressOf(cluster) is { } server ? await KubernetesProbe.AskAsync(cluster.Name, server, access, cancellationToken) : null;
    }

    public override async Task<EngineContents?> LookInsideAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken)
    {
        using var api = KubernetesApi.Open(cluster, access);
        return api is null ? null : await KubernetesContents.LookAsync(api, cancellationToken);
    }

    public override async Task<EngineLoad?> MeasureAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken)
    {
        using var api = KubernetesApi.Open(cluster, access);
        return api is null ? null : await KubernetesLoad.MeasureAsync(api, cancellationToken);
    }

    protected override async Task<IReadOnlyDictionary<string, string>> DrainAsync(
        Cluster cluster, IReadOnlyList<ObservedNode> leaving, EngineAccess access, CancellationToken cancellationToken)
    {
        using var api = KubernetesApi.Open(cluster, access);
        return api is null ? DrainProgress.Done.Waiting : await new KubernetesNodes(api).DrainAsync(leaving, cancellationToken);
    }

    protected override async Task<IReadOnlyList<string>> RankForRemovalAsync(
        Cluster cluster, IReadOnlyList<ObservedNode> nodes, EngineAccess access, CancellationToken cancellationToken)
    {
        using var api = KubernetesApi.Open(cluster, access);
        return api is null ? [] : await new KubernetesNodes(api).RankAsync(nodes, cancellationToken);
    }

    protected override async Task ForgetAsync(Cluster cluster, IReadOnlyList<ObservedNode> present, EngineAccess access, CancellationToken cancellationToken)
    {
        using var api = KubernetesApi.Open(cluster, access);
        if (api is not null)
        {
            await new KubernetesNodes(api).ForgetAsync(present, cancellationToken);
        }
    }

    protected override ClusterDesign Design(Cluster cluster, NodeGroup? added) => new KubernetesDesign(cluster, added);

    protected override string ApiAddress(string host, string port) => $"https://{host}:{port}";
}
