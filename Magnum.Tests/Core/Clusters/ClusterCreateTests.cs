using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Policies;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Clusters;

public sealed class ClusterCreateTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("true", null, 3, 4)]
    [InlineData("true", null, 1, 3)]   // the lower bound is two
    [InlineData("true", "9", 3, null)]
    [InlineData("false", null, 3, null)]
    [InlineData("perhaps", null, 3, null)]
    public async Task AClusterThatIsScaledByLoad_MayHaveOneWorkerMore_UnlessALabelSays(string scaled, string? most, int nodes, int? bound)
    {
        var labels = new Dictionary<string, string> { ["auto_scaling_enabled"] = scaled, ["min_node_count"] = "2" };
        if (most is not null)
        {
            labels["max_node_count"] = most;
        }

        await _world.AddTemplateAsync(spec: RequestWorld.Spec() with { Labels = labels });

        var result = await _world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = "k8s", NodeCount = nodes, KeyPair = "ops" }, Ct);

        Assert.Equal(bound, (await _world.LoadAsync(result.Value!.Uuid)).DefaultWorker.MaxNodeCount);
    }

    [Fact]
    public async Task Create_StoresClusterGroupsOperationAndEvent_BeforeItAnswers()
    {
        var template = await _world.AddTemplateAsync(spec: RequestWorld.Spec() with { Labels = new Dictionary<string, string> { ["min_node_count"] = "2" } });

        var result = await _world.Clusters.CreateAsync(
            TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = "k8s", NodeCount = 3, KeyPair = "ops" }, Ct);

        Assert.Null(result.Error);
        var cluster = await _world.LoadAsync(result.Value!.Uuid);
        Assert.Equal(("blue", "demo", "demo-user"), (cluster.Name, cluster.ProjectId, cluster.UserId));
        Assert.Equal(template.Uuid, cluster.ClusterTemplateId);
        Assert.Equal(ClusterStatus.CreateInProgress, cluster.Status);
        Assert.Equal("protected:trust-1", cluster.TrustId);
        Assert.Equal(60, cluster.CreateTimeout);
        Assert.Equal(
            [(NodeGroup.DefaultMasterName, 1, 0), (NodeGroup.DefaultWorkerName, 3, 2)],
            cluster.NodeGroups.Select(g => (g.Name, g.NodeCount, g.MinNodeCount)));
        Assert.All(cluster.NodeGroups, g => Assert.True(g.IsDefault));

        var operation = Assert.Single(await _world.OperationsAsync(cluster.Uuid));
        Assert.Equal((OperationKind.Create, OperationState.Queued, (Guid?)cluster.Uuid), (operation.Kind, operation.State, operation.ActiveClusterUuid));
        Assert.Equal([operation.Uuid], _world.Enqueued);

        var change = Assert.Single(_world.Published);
        Assert.Equal((cluster.Uuid, "CREATE_IN_PROGRESS", 1L), (change.ClusterUuid, change.Status, change.Sequence));
        await using var db = _world.Database.CreateDbContext();
        var line = Assert.Single(await db.ClusterEvents.ToListAsync(Ct));
        Assert.Equal((EventSource.Request, "request", (Guid?)operation.Uuid), (line.Source, line.Kind, line.OperationUuid));
    }

    [Fact]
    public async Task Create_TwentyAtOnceAgainstALimitOfFive_ExactlyFive()
    {
        await _world.AddTemplateAsync();
        await using (var db = _world.Database.CreateDbContext())
        {
            db.Add(new Quota { ProjectId = "demo", HardLimit = 5 });
            await db.SaveChangesAsync(Ct);
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => _world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = $"c{i}", ClusterTemplateId = "k8s" }, Ct), Ct)));

        Assert.Equal(5, results.Count(r => r.IsSuccess));
        Assert.All(results.Where(r => !r.IsSuccess), r => Assert.Equal(
            "Resource limit exceeded: You have reached the maximum clusters per project, 5. You may delete a cluster to make room for a new one.",
            Assert.IsType<MagnumError.OverQuota>(r.Error).Detail));
        await using var check = _world.Database.CreateDbContext();
        Assert.Equal(5, await check.Clusters.CountAsync(Ct));
        Assert.Equal(5, await check.Operations.CountAsync(Ct));
        Assert.Equal(5, _world.Identity.Trusts.Count);   // those of the refused are ended
    }

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "name digit", "name", "Invalid input for field/attribute name. Value: '1cluster'. Value should match the pattern ^[a-zA-Z][a-zA-Z0-9_.-]*$" },
        { "name not ascii", "name", "Invalid input for field/attribute name. Value: 'größe'. Value should match the pattern ^[a-zA-Z][a-zA-Z0-9_.-]*$" },
        { "name line break", "name", "Value should match the pattern ^[a-zA-Z][a-zA-Z0-9_.-]*$" },
        { "name long", "name", "Value should have a maximum character requirement of 242" },
        { "keypair long", "keypair", "Value should have a maximum character requirement of 255" },
        { "negative", "node_count", "Invalid input for field/attribute node_count. Value: '-1'. Value should be greater or equal to 0" },
        { "huge", "node_count", "Invalid input for field/attribute node_count. Value: '1001'. Value should be lower or equal to 1000" },
        { "no master", "master_count", "Invalid input for field/attribute master_count. Value: '0'. Value should be greater or equal to 1" },
        { "huge masters", "master_count", "Invalid input for field/attribute master_count. Value: '1001'. Value should be lower or equal to 1000" },
        { "two masters", "master_count", "master nodegroup size of 2 is invalid, size cannot be an even number." },
        { "three masters", "master_count", "master_count must be 1 when master_lb_enabled is False" },
        { "timeout", "create_timeout", "Invalid input for field/attribute create_timeout. Value: '-1'. Value should be greater or equal to 0" },
        { "volume", "docker_volume_size", "Invalid input for field/attribute docker_volume_size. Value: '0'. Value should be greater or equal to 1" },
        { "template", "cluster_template_id", "ClusterTemplate nothing could not be found." },
        { "flavor", "flavor_id", "Unable to find flavor nothing." },
        { "master flavor", "master_flavor_id", "Unable to find flavor nothing." },
        { "diskless", "flavor_id", "Flavor with zero root volume size is not supported when boot_volume_size is zero." },
        { "keypair", "keypair", "Unable to find keypair nothing." },
        { "network", "fixed_network", "Unable to find fixed network nothing." },
        { "subnet", "fixed_subnet", "Unable to find fixed subnet nothing." },
        { "label", "labels.kube_tag", "Value should be a version such as v1.31.1" },
        { "min label", "labels.min_node_count", "Invalid input for field/attribute labels.min_node_count. Value: 'some'. Value should be a whole number" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Create_BadInput_NamesTheFieldAndLeavesNothing(string what, string field, string text)
    {
        await _world.AddTemplateAsync();

        var result = await _world.Clusters.CreateAsync(TestCaller.Member(), Wrong(what), Ct);

        Assert.Equal(field, result.Error?.Field);
        Assert.Contains(text, result.Error!.Detail, StringComparison.Ordinal);
        await using var db = _world.Database.CreateDbContext();
        Assert.False(await db.Clusters.AnyAsync(Ct));
        Assert.Empty(_world.Identity.Trusts);
        Assert.Empty(_world.Enqueued);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Plan_TheSameBadInput_IsAFailedCheckOfTheSameField(string what, string field, string text)
    {
        await _world.AddTemplateAsync();

        var plan = await _world.Clusters.PlanAsync(TestCaller.Member(), Wrong(what), Ct);

        if (what == "template")
        {
            Assert.Equal(field, plan.Error?.Field);   // there is nothing to plan with
            return;
        }

        Assert.False(plan.Value!.CanLaunch);
        Assert.Contains(plan.Value.Checks, c => c.Outcome == CheckOutcome.Fail && c.Field == field && c.Message.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Create_KeypairUnknown_Is404_TemplateUnknown_Is400()
    {
        await _world.AddTemplateAsync();

        Assert.IsType<MagnumError.NotFound>((await _world.Clusters.CreateAsync(TestCaller.Member(), Wrong("keypair"), Ct)).Error);
        Assert.IsType<MagnumError.Invalid>((await _world.Clusters.CreateAsync(TestCaller.Member(), Wrong("template"), Ct)).Error);
    }

    [Fact]
    public async Task Create_TemplateWithoutFlavors_NeedsThemFromTheRequest()
    {
        await _world.AddTemplateAsync(spec: RequestWorld.Spec() with { FlavorId = null, MasterFlavorId = null });

        var without = await _world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s" }, Ct);
        var with = await _world.Clusters.CreateAsync(
            TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s", FlavorId = "m1.small", MasterFlavorId = "m1.small" }, Ct);

        Assert.Equal(("Unable to find flavor None.", "flavor_id"), (without.Error?.Detail, without.Error?.Field));
        Assert.Null(with.Error);
    }

    [Fact]
    public async Task Create_SaysNothing_InheritsFromTheTemplate()
    {
        await _world.AddTemplateAsync(spec: RequestWorld.Spec() with
        {
            KeyPairId = "ops",
            FloatingIpEnabled = false,
            MasterLbEnabled = true,
            DockerVolumeSize = 7,
            FlavorId = "m1.large",
            FixedNetwork = "private",
            FixedSubnet = "private-subnet",
            Labels = new Dictionary<string, string> { ["kube_tag"] = "v1.31.1" },
        });

        var cluster = (await _world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s", KeyPair = "", FlavorId = "", MasterCount = 3 }, Ct)).Value!;

        Assert.Matches("^[a-z]+-[0-9]+-cluster$", cluster.Name);
        Assert.Equal(("ops", false, true, 7), (cluster.KeyPair, cluster.FloatingIpEnabled, cluster.MasterLbEnabled, cluster.DockerVolumeSize));
        Assert.Equal(("m1.large", "m1.small"), (cluster.FlavorId, cluster.MasterFlavorId));
        Assert.Equal(("private", "private-subnet"), (cluster.FixedNetwork, cluster.FixedSubnet));
        Assert.Equal("v1.31.1", cluster.Labels["kube_tag"]);
        Assert.Equal("m1.large", cluster.DefaultWorker.FlavorId);
    }

    [Fact]
    public async Task Create_SaysOtherwise_TheRequestWins()
    {
        _world.Networking.Networks.Add(new("other-id", "other", false, false, "demo", []));
        await _world.AddTemplateAsync(spec: RequestWorld.Spec() with { MasterLbEnabled = true, FixedNetwork = "private", FixedSubnet = "private-subnet" });

        var cluster = (await _world.Clusters.CreateAsync(
            TestCaller.Member(),
            new NewCluster { ClusterTemplateId = "k8s", MasterLbEnabled = false, FixedNetwork = "other", CreateTimeout = 0, NodeCount = 0 },
            Ct)).Value!;

        Assert.Equal((false, "other", null, 0, 0), (cluster.MasterLbEnabled, cluster.FixedNetwork, cluster.FixedSubnet, cluster.CreateTimeout, cluster.NodeCount));
    }

    [Fact]
    public async Task Create_TemplatesOfOthers_OnlyPublicOnes()
    {
        var closed = await _world.AddTemplateAsync(TestCaller.Member("alt", "other"), RequestWorld.Spec("closed"));
        await _world.AddTemplateAsync(TestCaller.Admin(), RequestWorld.Spec("open") with { Public = true });
        await _world.AddTemplateAsync(TestCaller.Admin(), RequestWorld.Spec("retired") with { Public = true, Hidden = true });
        var own = await _world.AddTemplateAsync(spec: RequestWorld.Spec("mine"));
        await _world.Templates.UpdateAsync(TestCaller.Admin(), own.Uuid.ToString(), s => s with { Hidden = true }, Ct);

        Assert.Equal($"ClusterTemplate {closed.Uuid} could not be found.", (await Launch(TestCaller.Member(), closed.Uuid.ToString())).Error?.Detail);
        Assert.IsType<MagnumError.Invalid>((await Launch(TestCaller.Admin(), "closed")).Error);   // not even for administrators
        Assert.Null((await Launch(TestCaller.Member(), "open")).Error);
        Assert.IsType<MagnumError.Invalid>((await Launch(TestCaller.Member(), "retired")).Error);
        Assert.Null((await Launch(TestCaller.Admin(), "retired")).Error);
        Assert.Equal("Not authorized.", Assert.IsType<MagnumError.Forbidden>((await Launch(TestCaller.Member(), "mine")).Error).Detail);

        Task<Result<Cluster>> Launch(Caller caller, string template) =>
            _world.Clusters.CreateAsync(caller, new NewCluster { ClusterTemplateId = template }, Ct);
    }

    [Fact]
    public async Task Create_LimitZero_IsRefusedBeforeTheCloudIsAsked()
    {
        await _world.AddTemplateAsync();
        await using (var db = _world.Database.CreateDbContext())
        {
            db.Add(new Quota { ProjectId = "demo", HardLimit = 0 });
            await db.SaveChangesAsync(Ct);
        }

        var result = await _world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s", KeyPair = "nothing" }, Ct);

        Assert.Contains("maximum clusters per project, 0.", Assert.IsType<MagnumError.OverQuota>(result.Error).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CloudFault.NotFound, typeof(MagnumError.Unsupported), "offers no trusts")]
    [InlineData(CloudFault.Forbidden, typeof(MagnumError.Forbidden), "unrestricted")]
    [InlineData(CloudFault.Unreachable, typeof(MagnumError.Unavailable), "identity service (Keystone) does not answer")]
    public async Task Create_NoTrust_SaysWhatToDo_AndStoresNothing(CloudFault fault, Type kind, string text)
    {
        await _world.AddTemplateAsync();
        _world.Identity.TrustTrouble = new CloudException("identity", fault, "No.");

        var result = await _world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s" }, Ct);

        Assert.IsType(kind, result.Error);
        Assert.Contains(text, result.Error!.Detail, StringComparison.Ordinal);
        await using var db = _world.Database.CreateDbContext();
        Assert.False(await db.Clusters.AnyAsync(Ct));
    }

    [Fact]
    public async Task Create_SchedulerNotThere_TheClusterIsAcceptedAllTheSame()
    {
        using var world = new RequestWorld(s => s.AddSingleton<IOperationScheduler>(new BrokenScheduler()));
        await world.AddTemplateAsync();

        var result = await world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s" }, Ct);

        Assert.Null(result.Error);
        Assert.Single(await world.OperationsAsync(result.Value!.Uuid));
    }

    [Fact]
    public async Task Plan_AllWell_TellsChecksResourcesAndQuotas_AndStoresNothing()
    {
        await _world.AddTemplateAsync(spec: RequestWorld.Spec() with { Labels = new Dictionary<string, string> { ["team"] = "ml" } });

        var plan = (await _world.Clusters.PlanAsync(TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s", KeyPair = "ops", NodeCount = 3 }, Ct)).Value!;

        Assert.True(plan.CanLaunch);
        Assert.Equal(new QuotaProjection("clusters", 0, 1, 20), plan.Quotas[0]);
        Assert.Equal("instances", plan.Quotas[1].Resource);
        Assert.Equal("OS::Nova::Server", Assert.Single(plan.Resources).Type);
        Assert.Contains(plan.Checks, c => c is { Id: "keypair", Outcome: CheckOutcome.Pass });
        Assert.Contains(plan.Checks, c => c is { Id: "labels.unknown", Outcome: CheckOutcome.Warning } && c.Message.Contains("team", StringComparison.Ordinal));
        Assert.Equal(3, Assert.Single(_world.Driver.Planned).DefaultWorker.NodeCount);
        await using var db = _world.Database.CreateDbContext();
        Assert.False(await db.Clusters.AnyAsync(Ct));
        Assert.Empty(_world.Identity.Trusts);
    }

    [Fact]
    public async Task Plan_SeveralProblems_TellsThemAll()
    {
        await _world.AddTemplateAsync();

        var plan = (await _world.Clusters.PlanAsync(
            TestCaller.Member(), new NewCluster { Name = "1", ClusterTemplateId = "k8s", KeyPair = "nothing", FlavorId = "nothing", MasterCount = 3 }, Ct)).Value!;

        Assert.Equal(
            ["flavor_id", "keypair", "master_count", "name"],
            plan.Checks.Where(c => c.Outcome == CheckOutcome.Fail).Select(c => c.Field).Order(StringComparer.Ordinal));
        Assert.Empty(_world.Driver.Planned);   // with such a flavor it could only guess
    }

    [Fact]
    public async Task Plan_DriverInTrouble_IsACheck()
    {
        await _world.AddTemplateAsync();
        _world.Driver.Plan = _ => throw new CloudException("orchestration", CloudFault.Unreachable, "x");
        var unreachable = (await _world.Clusters.PlanAsync(TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s" }, Ct)).Value!;
        _world.Driver.Plan = _ => throw new DriverRefusedException("The template does not fit.", nothingChanged: true);
        var refused = (await _world.Clusters.PlanAsync(TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s" }, Ct)).Value!;

        Assert.Contains(unreachable.Checks, c => c.Outcome == CheckOutcome.Fail && c.Message == "The cloud's orchestration service (Heat) does not answer. Try again in a moment.");
        Assert.Contains(refused.Checks, c => c.Outcome == CheckOutcome.Fail && c.Message == "The template does not fit.");
    }

    [Fact]
    public async Task Plan_AtTheLimit_SaysTheSameAsTheLaunch()
    {
        using var world = new RequestWorld(s => s.Configure<QuotaOptions>(o => o.MaxClustersPerProject = 1));
        await world.AddClusterAsync();

        var plan = (await world.Clusters.PlanAsync(TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s" }, Ct)).Value!;
        var launch = await world.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { ClusterTemplateId = "k8s" }, Ct);

        Assert.False(plan.Quotas[0].Fits);
        Assert.Equal(launch.Error!.Detail, Assert.Single(plan.Checks, c => c.Outcome == CheckOutcome.Fail).Message);
    }

    private static NewCluster Wrong(string what)
    {
        var request = new NewCluster { Name = "blue", ClusterTemplateId = "k8s" };
        return what switch
        {
            "name digit" => request with { Name = "1cluster" },
            "name not ascii" => request with { Name = "größe" },
            "name line break" => request with { Name = "blue\n" },
            "name long" => request with { Name = new string('x', 243) },
            "keypair long" => request with { KeyPair = new string('x', 256) },
            "negative" => request with { NodeCount = -1 },
            "huge" => request with { NodeCount = 1001 },
            "no master" => request with { MasterCount = 0 },
            "huge masters" => request with { MasterCount = 1001 },
            "two masters" => request with { MasterCount = 2 },
            "three masters" => request with { MasterCount = 3 },
            "timeout" => request with { CreateTimeout = -1 },
            "volume" => request with { DockerVolumeSize = 0 },
            "template" => request with { ClusterTemplateId = "nothing" },
            "flavor" => request with { FlavorId = "nothing" },
            "master flavor" => request with { MasterFlavorId = "nothing" },
            "diskless" => request with { FlavorId = "diskless" },
            "keypair" => request with { KeyPair = "nothing" },
            "network" => request with { FixedNetwork = "nothing" },
            "subnet" => request with { FixedSubnet = "nothing" },
            "label" => request with { Labels = new Dictionary<string, string> { ["kube_tag"] = "newest" } },
            _ => request with { Labels = new Dictionary<string, string> { ["min_node_count"] = "some" } },
        };
    }

    private sealed class BrokenScheduler : IOperationScheduler
    {
        public void Enqueue(Guid operationUuid) => throw new InvalidOperationException("The scheduler's storage is down.");

        public void Schedule(Guid operationUuid, TimeSpan delay) => throw new InvalidOperationException("The scheduler's storage is down.");
    }
}
