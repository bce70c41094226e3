using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Mesos;
using Magnum.Drivers.Heat.Preflight;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>What a Mesos cluster's plan says otherwise than a Kubernetes cluster's.</summary>
public sealed class MesosPlanTests
{
    private readonly PlanCloud _cloud = new();

    public MesosPlanTests() => _cloud.Images[0] = _cloud.Images[0] with
    {
        Properties = new Dictionary<string, string>(_cloud.Images[0].Properties) { ["mesos_version"] = "1.11.0" },
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClusterThatFits_PassesEveryCheckAndListsWhatIsMade()
    {
        var plan = await PlanAsync(MesosClusters.New(masters: 1, workers: 2));

        Assert.True(plan.CanLaunch);
        Assert.All(plan.Checks, c => Assert.Equal(CheckOutcome.Pass, c.Outcome));
        Assert.Contains(plan.Checks, c => c.Message == "Image ubuntu has Mesos 1.11.0.");
        Assert.Contains(plan.Checks, c => c.Message == "Addresses: nodes 10.0.0.0/24, nodes' own networks 10.101.0.0/16.");
        Assert.Equal(
            ["blue-one-111111112222-master-* 1", "blue-one-111111112222-worker-* 2"],
            plan.Resources.Where(r => r.Type == "OS::Nova::Server").Select(r => $"{r.Name} {r.Count}"));
        Assert.Equal(3, plan.Quotas.Single(q => q.Resource == "instances").Adds);
    }

    [Theory]
    [InlineData("docker over nodes", "network.overlap", "labels")]
    [InlineData("other mesos", "image.mesos_version", "labels")]
    [InlineData("isolation", "label.mesos_slave_isolation", "labels")]
    [InlineData("mirror", "label.registry_mirrors", "labels")]
    [InlineData("even masters", "masters.count", "master_count")]
    [InlineData("storage driver", "unsupported.docker_storage_driver", "docker_storage_driver")]
    [InlineData("port", "unsupported.apiserver_port", "apiserver_port")]
    [InlineData("registry", "unsupported.registry_enabled", "registry_enabled")]
    [InlineData("flannel", "network.driver", "network_driver")]
    [InlineData("flavor tiny", "flavor.master.ram", "master_flavor_id")]
    public async Task OneFault_FailsItsCheckAndNoOther(string fault, string id, string? field)
    {
        var plan = await PlanAsync(With(fault));

        var failed = Assert.Single(plan.Checks, c => c.Outcome is CheckOutcome.Fail);
        Assert.Equal((id, field), (failed.Id, failed.Field));
        Assert.EndsWith(".", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenToEverybody_IsWarnedOf()
    {
        var plan = await PlanAsync(Labelled("master_lb_allowed_cidrs", "0.0.0.0/0"));

        Assert.True(plan.CanLaunch);
        Assert.Contains(plan.Checks, c => c is { Id: "api.open", Outcome: CheckOutcome.Warning });
    }

    private Task<ClusterPlan> PlanAsync(Cluster cluster)
    {
        var driver = new MesosHeatDriver(new HeatTools(null!, null!, null!, new StackPlanner(_cloud, _cloud, _cloud, _cloud)));
        return driver.PlanAsync(cluster, new CloudCredential.UserToken("token", "demo"), Ct);
    }

    private Cluster With(string fault)
    {
        switch (fault)
        {
            case "docker over nodes": return Labelled("docker_network_cidr", "10.0.0.0/16");
            case "other mesos": return Labelled("mesos_version", "1.9.0");
            case "isolation": return Labelled("mesos_slave_isolation", "posix/sky");
            case "mirror": return Labelled("registry_mirrors", "mirror.test");
            case "even masters": return MesosClusters.New(masters: 2, loadBalancer: true);
            case "storage driver": return Templated(c => c.Template with { DockerStorageDriver = "devicemapper" });
            case "port": return Templated(c => c.Template with { ApiserverPort = 5050 });
            case "registry": return Templated(c => c.Template with { RegistryEnabled = true });
            case "flannel": return Templated(c => c.Template with { NetworkDriver = "flannel" });
            case "flavor tiny":
                var cluster = MesosClusters.New();
                cluster.MasterFlavorId = "m1.tiny";
                _cloud.Flavors[0] = _cloud.Flavors[0] with { Disk = 20, Vcpus = 2 };
                return cluster;
            default: throw new ArgumentOutOfRangeException(nameof(fault));
        }
    }

    private static Cluster Labelled(string name, string value) => MesosClusters.New(labels: new() { [name] = value });

    private static Cluster Templated(Func<Cluster, Magnum.Core.ClusterTemplates.ClusterTemplateSnapshot> change)
    {
        var cluster = MesosClusters.New();
        cluster.Template = change(cluster);
        return cluster;
    }
}
