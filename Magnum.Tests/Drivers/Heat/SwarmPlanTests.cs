using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Preflight;
using Magnum.Drivers.Heat.Swarm;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>What a swarm's plan says otherwise than a Kubernetes cluster's.</summary>
public sealed class SwarmPlanTests
{
    private readonly PlanCloud _cloud = new();

    public SwarmPlanTests() => _cloud.Images[0] = WithDocker(_cloud.Images[0], "27.3.1");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClusterThatFits_PassesEveryCheckAndListsWhatIsMade()
    {
        var plan = await PlanAsync(SwarmClusters.New(masters: 1, workers: 2));

        Assert.True(plan.CanLaunch);
        Assert.All(plan.Checks, c => Assert.Equal(CheckOutcome.Pass, c.Outcome));
        Assert.Contains(plan.Checks, c => c.Message == "Image ubuntu has Docker 27.3.1.");
        Assert.Contains(plan.Checks, c => c.Message == "Addresses: nodes 10.0.0.0/24, overlay networks 10.100.0.0/16, nodes' own networks 10.101.0.0/16.");
        Assert.Equal(
            ["blue-one-111111112222-master-* 1", "blue-one-111111112222-worker-* 2"],
            plan.Resources.Where(r => r.Type == "OS::Nova::Server").Select(r => $"{r.Name} {r.Count}"));
        Assert.Equal(3, plan.Quotas.Single(q => q.Resource == "instances").Adds);
    }

    [Theory]
    [InlineData("overlay over nodes", "network.overlap", "labels")]
    [InlineData("other docker", "image.docker_version", "labels")]
    [InlineData("ports", "label.swarm_published_ports", "labels")]
    [InlineData("cidrs", "label.swarm_published_cidrs", "labels")]
    [InlineData("mirror", "label.registry_mirrors", "labels")]
    [InlineData("even masters", "masters.count", "master_count")]
    [InlineData("storage driver", "unsupported.docker_storage_driver", "docker_storage_driver")]
    [InlineData("no tls", "unsupported.tls_disabled", "tls_disabled")]
    [InlineData("flannel", "network.driver", "network_driver")]
    [InlineData("flavor tiny", "flavor.master.ram", "master_flavor_id")]
    public async Task OneFault_FailsItsCheckAndNoOther(string fault, string id, string? field)
    {
        var plan = await PlanAsync(With(fault));

        var failed = Assert.Single(plan.Checks, c => c.Outcome is CheckOutcome.Fail);
        Assert.Equal((id, field), (failed.Id, failed.Field));
        Assert.EndsWith(".", failed.Message, StringComparison.Ordinal);
    }

    private Task<ClusterPlan> PlanAsync(Cluster cluster)
    {
        var driver = new SwarmHeatDriver(new HeatTools(null!, null!, null!, new StackPlanner(_cloud, _cloud, _cloud, _cloud)));
        return driver.PlanAsync(cluster, new CloudCredential.UserToken("token", "demo"), Ct);
    }

    private Cluster With(string fault)
    {
        switch (fault)
        {
            case "overlay over nodes": return Labelled("swarm_network_cidr", "10.0.0.0/16");
            case "other docker": return Labelled("docker_version", "26.1.0");
            case "ports": return Labelled("swarm_published_ports", "80/tcp,http");
            case "cidrs": return Labelled("swarm_published_cidrs", "home");
            case "mirror": return Labelled("registry_mirrors", "mirror.test");
            case "even masters": return SwarmClusters.New(masters: 2, loadBalancer: true);
            case "storage driver": return Templated(c => c.Template with { DockerStorageDriver = "devicemapper" });
            case "no tls": return Templated(c => c.Template with { TlsDisabled = true });
            case "flannel": return Templated(c => c.Template with { NetworkDriver = "flannel" });
            case "flavor tiny":
                var cluster = SwarmClusters.New();
                cluster.MasterFlavorId = "m1.tiny";
                _cloud.Flavors[0] = _cloud.Flavors[0] with { Disk = 20 };
                return cluster;
            default: throw new ArgumentOutOfRangeException(nameof(fault));
        }
    }

    private static Image WithDocker(Image image, string version) =>
        image with { Properties = new Dictionary<string, string>(image.Properties) { ["docker_version"] = version } };

    private static Cluster Labelled(string name, string value) => SwarmClusters.New(labels: new() { [name] = value });

    private static Cluster Templated(Func<Cluster, Magnum.Core.ClusterTemplates.ClusterTemplateSnapshot> change)
    {
        var cluster = SwarmClusters.New();
        cluster.Template = change(cluster);
        return cluster;
    }
}
