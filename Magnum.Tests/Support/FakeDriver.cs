using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;

namespace Magnum.Tests.Support;

/// <summary>An engine that a test describes and that remembers what it was asked to plan.</summary>
internal sealed class FakeDriver(DriverDescription description) : IClusterDriver
{
    public DriverDescription Description { get; set; } = description;

    public List<Cluster> Planned { get; } = [];

    public List<DriverRequest> Observed { get; } = [];

    /// <summary>What observing meets.</summary>
    public CloudException? Trouble { get; set; }

    /// <summary>Why no cluster can be upgraded; null: each can.</summary>
    public Exception? UpgradeTrouble { get; set; }

    /// <summary>What is found inside; a <see cref="CloudException"/>: the engine does not answer.</summary>
    public Func<EngineContents?> Inside { get; set; } = () => null;

    public Func<Cluster, ClusterPlan> Plan { get; set; } = _ => new ClusterPlan(
        [new PlannedResource("OS::Nova::Server", "master", 1, "m1.small")],
        [new PreflightCheck("driver.ok", CheckOutcome.Pass, "All is well.")],
        [new QuotaProjection("instances", 0, 2, 10)]);

    /// <summary>What Magnum is asked to keep.</summary>
    public string? ToKeep { get; set; }

    /// <summary>What Magnum had kept each time that somebody took a cluster over.</summary>
    public List<string?> Adopted { get; } = [];

    public Task<string?> AdoptAsync(Cluster cluster, string? kept, TokenInfo owner, CancellationToken cancellationToken)
    {
        Adopted.Add(kept);
        return Task.FromResult(ToKeep);
    }

    public static DriverDescription Kubernetes(string name = "k8s_heat") => new()
    {
        Name = name,
        Title = "Kubernetes",
        ClusterTypes = [new("vm", "ubuntu", "kubernetes")],
        NetworkDrivers = ["calico", "flannel"],
        VolumeDrivers = ["cinder"],
        Capabilities = DriverCapabilities.Resize,
        VersionLabel = "kube_tag",
        VersionProperty = "kube_version",
        Labels =
        [
            new("kube_tag", LabelType.Version, "versions", null, "Version of Kubernetes"),
            new("auto_healing_enabled", LabelType.Boolean, "features", "false", "Replace broken nodes"),
            new("boot_volume_size", LabelType.Number, "storage", "0", "GiB") { Minimum = 0, Maximum = 1000 },
            new("pods_network_cidr", LabelType.Cidr, "network", null, "Pods"),
            new("tiller", LabelType.Boolean, "features", null, "Gone") { Ignored = true },
            new("strategy", LabelType.Choice, "features", "spread", "Where") { Choices = ["spread", "pack"] },
            new("registry_password", LabelType.Number, "features", null, "Secret") { Secret = true },
        ],
    };

    public Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken)
    {
        Planned.Add(proposed);
        return Task.FromResult(Plan(proposed));
    }

    public Task CheckUpgradeAsync(Cluster upgraded, NodeGroup? group, CloudCredential credential, CancellationToken cancellationToken) =>
        UpgradeTrouble is { } trouble ? Task.FromException(trouble) : Task.CompletedTask;

    public Task<string> ConvergeAsync(DriverRequest request, CancellationToken cancellationToken) => Task.FromResult("stack");

    public Task<ObservedCluster> ObserveAsync(DriverRequest request, ObserveOptions options, CancellationToken cancellationToken)
    {
        Observed.Add(request);
        return Trouble is null ? Task.FromResult(new ObservedCluster(ObservedState.Ready)) : Task.FromException<ObservedCluster>(Trouble);
    }

    /// <summary>Null: the driver has no list.</summary>
    public IReadOnlyList<ClusterResource>? Resources { get; set; }

    public Task<IReadOnlyList<ClusterResource>?> ListResourcesAsync(Cluster cluster, CloudCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult(Resources);

    public Task<EngineContents?> LookInsideAsync(Cluster cluster, EngineAccess access, CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult(Inside());
        }
        catch (CloudException e)
        {
            return Task.FromException<EngineContents?>(e);
        }
    }

    public Task DeleteAsync(DriverRequest request, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<IReadOnlySet<string>?> ListInProgressAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlySet<string>?>(null);
}

/// <summary>The drivers of a test.</summary>
internal sealed class FakeDriverRegistry : IClusterDriverRegistry
{
    public List<FakeDriver> Installed { get; } = [new(FakeDriver.Kubernetes())];

    public IReadOnlyList<DriverDescription> Drivers => [.. Installed.Select(d => d.Description).OrderBy(d => d.Name, StringComparer.Ordinal)];

    public IClusterDriver? Find(string name) => Installed.Find(d => d.Description.Name == name);

    public IReadOnlyList<DriverDescription> FindByType(string serverType, string distro, string coe) =>
        [.. Drivers.Where(d => d.ClusterTypes.Contains(new ClusterType(serverType, distro, coe)))];
}
