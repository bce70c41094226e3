using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.ClusterTemplates;

public sealed class ClusterTemplateServiceTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "no image", "image_id", "Invalid input for field/attribute image_id. Value: 'None'. Mandatory field missing." },
        { "empty name", "name", "Invalid input for field/attribute name. Value: ''. Value should have a minimum character requirement of 1" },
        { "long name", "name", "Value should have a maximum character requirement of 255" },
        { "long tags", "tags", "Value should have a maximum character requirement of 255" },
        { "port low", "apiserver_port", "Invalid input for field/attribute apiserver_port. Value: '80'. Value should be greater or equal to 1024" },
        { "port high", "apiserver_port", "Invalid input for field/attribute apiserver_port. Value: '70000'. Value should be lower or equal to 65535" },
        { "volume 0", "docker_volume_size", "Invalid input for field/attribute docker_volume_size. Value: '0'. Value should be greater or equal to 1" },
        { "dns", "dns_nameserver", "Expected a single dns address or comma separated dns list, but received 8.8.8.8,nine." },
        { "no coe", "coe", "Requested COE type None is not supported." },
        { "mesos", "coe", "Requested COE type mesos is not supported." },
        { "nomad", "coe", "Invalid input for field/attribute coe. Value: 'nomad'. Value should be one of: kubernetes" },
        { "server type", "server_type", "Invalid input for field/attribute server_type. Value: 'lxc'. Value should be one of: vm, bm" },
        { "network driver", "network_driver", "Network driver type weave is not supported, expecting a calico/flannel/unspecified network driver." },
        { "volume driver", "volume_driver", "Volume driver type rexray is not supported, expecting a cinder/unspecified volume driver." },
        { "devicemapper", "docker_volume_size", "docker volume size None GB is not valid, expecting minimum value 3GB for devicemapper storage driver." },
        { "devicemapper 2", "docker_volume_size", "docker volume size 2 GB is not valid, expecting minimum value 3GB for devicemapper storage driver." },
        { "image", "image_id", "Image nothing could not be found." },
        { "two images", "image_id", "Multiple images exist with same name 'twin'. Please use the image ID instead." },
        { "no distro", "image_id", "Image plain doesn't contain os_distro field." },
        { "other distro", "image_id", "Cluster type (vm, gentoo, kubernetes) not supported." },
        { "bare metal", "image_id", "Cluster type (bm, ubuntu, kubernetes) not supported." },
        { "driver", "driver", "Cluster driver (k9s) not supported." },
        { "flavor", "flavor_id", "Unable to find flavor nothing." },
        { "master flavor", "master_flavor_id", "Unable to find flavor nothing." },
        { "diskless", "flavor_id", "Flavor with zero root volume size is not supported when boot_volume_size is zero." },
        { "boot volume", "labels.boot_volume_size", "Invalid input for field/attribute labels.boot_volume_size. Value: 'big'. Value should be a whole number" },
        { "external network", "external_network_id", "Unable to find external network private." },
        { "two networks", "fixed_network", "Multiple networks exist with same name 'twin'. Please use the network ID instead." },
        { "network", "fixed_network", "Unable to find fixed network nothing." },
        { "subnet", "fixed_subnet", "Unable to find fixed subnet nothing." },
        { "boolean label", "labels.auto_healing_enabled", "Invalid input for field/attribute labels.auto_healing_enabled. Value: 'maybe'. Value should be true or false" },
        { "version label", "labels.kube_tag", "Invalid input for field/attribute labels.kube_tag. Value: 'newest'. Value should be a version such as v1.31.1" },
        { "cidr label", "labels.pods_network_cidr", "Invalid input for field/attribute labels.pods_network_cidr. Value: '10.0.0.0'. Value should be a network such as 10.100.0.0/16" },
        { "choice label", "labels.strategy", "Invalid input for field/attribute labels.strategy. Value: 'x'. Value should be one of: spread, pack" },
        { "secret label", "labels.registry_password", "Invalid input for field/attribute labels.registry_password. Value: '***'. Value should be a whole number" },
    };

    public void Dispose() => _world.Dispose();

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Create_BadInput_NamesTheField(string what, string field, string text)
    {
        _world.Images.Images.AddRange([FakeImages.New("twin", "ubuntu"), FakeImages.New("twin", "ubuntu"), FakeImages.New("plain", null), FakeImages.New("gentoo", "gentoo")]);
        _world.Networking.Networks.AddRange([new("t1", "twin", false, false, "demo", []), new("t2", "twin", false, false, "demo", [])]);

        var result = await _world.Templates.CreateAsync(TestCaller.Member(), Wrong(what), Ct);

        Assert.Equal(field, result.Error?.Field);
        Assert.Contains(text, result.Error!.Detail, StringComparison.Ordinal);
        await using var db = _world.Database.CreateDbContext();
        Assert.False(await db.ClusterTemplates.AnyAsync(Ct));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Plan_BadInput_SaysTheSameAsStoring_OrIsACheck(string what, string field, string text)
    {
        _world.Images.Images.AddRange([FakeImages.New("twin", "ubuntu"), FakeImages.New("twin", "ubuntu"), FakeImages.New("plain", null), FakeImages.New("gentoo", "gentoo")]);
        _world.Networking.Networks.AddRange([new("t1", "twin", false, false, "demo", []), new("t2", "twin", false, false, "demo", [])]);

        var result = await _world.Templates.PlanAsync(TestCaller.Member(), null, Wrong(what), 1, 1, Ct);

        var told = result.Error is { } error
            ? [(error.Field, error.Detail)]
            : result.Value!.Checks.Where(c => c.Outcome == CheckOutcome.Fail).Select(c => (c.Field, Detail: c.Message)).ToArray();
        Assert.Contains(told, t => t.Field == field && t.Detail.Contains(text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Plan_ANewTemplate_AsksTheDriverForAClusterOfIt_AndStoresNothing()
    {
        var plan = await _world.Templates.PlanAsync(TestCaller.Member(), null, RequestWorld.Spec() with { MasterLbEnabled = true, DockerVolumeSize = 20 }, 3, 5, Ct);

        Assert.True(plan.Value!.CanLaunch);
        Assert.Equal(("instances", 2), (plan.Value.Needs[0].Resource, plan.Value.Needs[0].Amount));
        var planned = Assert.Single(_world.Driver.Planned);
        Assert.Equal((3, 5, 20, "calico", "ubuntu"), (planned.MasterCount, planned.NodeCount, planned.DockerVolumeSize, planned.Template.NetworkDriver, planned.Template.ClusterDistro));
        await using var db = _world.Database.CreateDbContext();
        Assert.False(await db.ClusterTemplates.AnyAsync(Ct));
        Assert.False(await db.Clusters.AnyAsync(Ct));
    }

    [Fact]
    public async Task Plan_AStoredTemplateWithAnotherImage_FindsTheDriverThatItWouldGet()
    {
        _world.Drivers.Installed.Add(new FakeDriver(FakeDriver.Kubernetes("on_coreos") with { ClusterTypes = [new("vm", "fedora-coreos", "kubernetes")] }));
        _world.Images.Images.Add(FakeImages.New("coreos", "fedora-coreos"));
        var template = await _world.AddTemplateAsync();

        var plan = await _world.Templates.PlanAsync(TestCaller.Member(), template.Uuid.ToString(), template.ToSpec() with { ImageId = "coreos" }, 1, 1, Ct);

        Assert.Null(plan.Error);
        Assert.Equal("on_coreos", Assert.Single(_world.Drivers.Installed[1].Planned).Driver);
    }

    [Fact]
    public async Task Plan_AnothersTemplateOrNoRightToIt_IsRefused()
    {
        var template = await _world.AddTemplateAsync();

        var foreign = await _world.Templates.PlanAsync(TestCaller.Member("other"), template.Uuid.ToString(), template.ToSpec(), 1, 1, Ct);
        var reader = await _world.Templates.PlanAsync(TestCaller.Reader(), null, RequestWorld.Spec(), 1, 1, Ct);

        Assert.IsType<MagnumError.NotFound>(foreign.Error);
        Assert.IsType<MagnumError.Forbidden>(reader.Error);
        Assert.Empty(_world.Driver.Planned);
    }

    [Fact]
    public async Task Create_FillsWhatWasNotSaid()
    {
        var template = await _world.AddTemplateAsync(spec: RequestWorld.Spec() with { Name = null, ClusterDistro = "windows" });

        Assert.Matches("^[a-z]+-[0-9]+-template$", template.Name);
        Assert.Equal(("k8s_heat", "ubuntu", "calico"), (template.Driver, template.ClusterDistro, template.NetworkDriver));
        Assert.Equal(("demo", "demo-user", _world.Time.GetUtcNow()), (template.ProjectId, template.UserId, template.CreatedAt));
        Assert.Null(template.UpdatedAt);
    }

    [Fact]
    public async Task Create_WithoutFlavors_LeavesThemToTheClusters()
    {
        var template = await _world.AddTemplateAsync(spec: RequestWorld.Spec() with { FlavorId = null, MasterFlavorId = null });

        Assert.Null(template.FlavorId);
    }

    [Fact]
    public async Task Create_DisklessFlavorWithBootVolume_IsFine() => await _world.AddTemplateAsync(
        spec: RequestWorld.Spec() with { FlavorId = "diskless", Labels = new Dictionary<string, string> { ["boot_volume_size"] = "10", ["unknown"] = "x", ["tiller"] = "?" } });

    [Fact]
    public async Task Create_TwoDriversOfTheType_TheImageOrTheConfigurationDecides()
    {
        using var world = new RequestWorld(s => s.Configure<ClusterTemplateOptions>(o => o.DefaultDriver = "k8s_other"));
        world.Drivers.Installed.Add(new FakeDriver(FakeDriver.Kubernetes("a_first")));
        world.Drivers.Installed.Add(new FakeDriver(FakeDriver.Kubernetes("k8s_other")));
        world.Images.Images.Add(FakeImages.New("special", "ubuntu", ("magnum_driver", "k8s_heat")));

        Assert.Equal("k8s_other", (await world.AddTemplateAsync()).Driver);
        Assert.Equal("k8s_heat", (await world.AddTemplateAsync(spec: RequestWorld.Spec() with { ImageId = "special" })).Driver);
        Assert.Equal("a_first", (await world.AddTemplateAsync(spec: RequestWorld.Spec() with { Driver = "a_first" })).Driver);
    }

    [Fact]
    public async Task Create_NetworkDriverNotOnTheCloudsList_IsRefused()
    {
        using var world = new RequestWorld(s => s.Configure<ClusterTemplateOptions>(o => o.AllowedNetworkDrivers["kubernetes"] = ["calico"]));

        var result = await world.Templates.CreateAsync(TestCaller.Member(), RequestWorld.Spec() with { NetworkDriver = "flannel" }, Ct);

        Assert.Equal("Network driver type flannel is not allowed, expecting a calico/unspecified network driver.", result.Error?.Detail);
    }

    [Fact]
    public async Task Create_TakenUuid_IsAConflict()
    {
        var template = await _world.AddTemplateAsync();

        var result = await _world.Templates.CreateAsync(TestCaller.Member(), RequestWorld.Spec() with { Uuid = template.Uuid }, Ct);

        Assert.Equal($"A ClusterTemplate with UUID {template.Uuid} already exists.", Assert.IsType<MagnumError.Conflict>(result.Error).Detail);
    }

    [Theory]
    [InlineData(CloudFault.Unreachable, "The cloud's image service (Glance) does not answer. Try again in a moment.")]
    [InlineData(CloudFault.ServerError, "The cloud's image service (Glance) failed to answer the request. Try again in a moment.")]
    public async Task Create_CloudInTrouble_SaysWhichService(CloudFault fault, string text)
    {
        _world.Images.Trouble = new CloudException("image", fault, "x");

        var result = await _world.Templates.CreateAsync(TestCaller.Member(), RequestWorld.Spec(), Ct);

        Assert.Equal(text, Assert.IsType<MagnumError.Unavailable>(result.Error).Detail);
    }

    [Fact]
    public async Task Create_ImageNotReadable_IsForbidden()
    {
        _world.Images.Trouble = new CloudException("image", CloudFault.Forbidden, "x");

        var result = await _world.Templates.CreateAsync(TestCaller.Member(), RequestWorld.Spec(), Ct);

        Assert.Equal("Not authorized for image ubuntu.", Assert.IsType<MagnumError.Forbidden>(result.Error).Detail);
    }

    [Fact]
    public async Task Create_TokenNotValidAnyMore_ReachesTheDoor()
    {
        _world.Compute.Trouble = new CloudException("compute", CloudFault.Unauthorized, "x");

        var thrown = await Assert.ThrowsAsync<CloudException>(() => _world.Templates.CreateAsync(TestCaller.Member(), RequestWorld.Spec(), Ct));

        Assert.Equal(CloudFault.Unauthorized, thrown.Fault);
    }

    [Fact]
    public async Task CreateOrUpdate_PublicOrHiddenByAMember_IsForbidden()
    {
        const string text = "Not authorized to set public or hidden flag for cluster template.";
        var template = await _world.AddTemplateAsync();

        var created = await _world.Templates.CreateAsync(TestCaller.Member(), RequestWorld.Spec() with { Hidden = true }, Ct);
        var updated = await Update(TestCaller.Member(), template, s => s with { Public = true });

        Assert.Equal(text, Assert.IsType<MagnumError.Forbidden>(created.Error).Detail);
        Assert.Equal(text, Assert.IsType<MagnumError.Forbidden>(updated.Error).Detail);
        Assert.Null((await _world.Templates.CreateAsync(TestCaller.Admin(), RequestWorld.Spec() with { Public = true }, Ct)).Error);
    }

    [Fact]
    public async Task Update_ChangesAndRaisesTheGeneration_ButNotForNothing()
    {
        var template = await _world.AddTemplateAsync();
        _world.Time.Advance(TimeSpan.FromMinutes(1));

        var nothing = await Update(TestCaller.Member(), template, s => s with { Labels = new Dictionary<string, string>() });
        var changed = await Update(TestCaller.Member(), template, s => s with { Labels = new Dictionary<string, string> { ["kube_tag"] = "v1.31.1" } });

        Assert.Equal((1L, null), (nothing.Value!.Generation, nothing.Value.UpdatedAt));
        Assert.Equal((2L, _world.Time.GetUtcNow()), (changed.Value!.Generation, changed.Value.UpdatedAt));
        Assert.Equal("v1.31.1", (await _world.TemplateQueries.GetAsync(TestCaller.Member(), template.Uuid.ToString(), Ct)).Value!.Labels["kube_tag"]);
    }

    [Fact]
    public async Task Update_OtherImage_TakesItsDistroAndFindsADriverForIt()
    {
        _world.Drivers.Installed.Add(new FakeDriver(FakeDriver.Kubernetes("k8s_fcos") with { ClusterTypes = [new("vm", "fedora-coreos", "kubernetes")] }));
        _world.Images.Images.AddRange([FakeImages.New("fcos", "fedora-coreos"), FakeImages.New("gentoo", "gentoo")]);
        var template = await _world.AddTemplateAsync();

        var changed = await Update(TestCaller.Member(), template, s => s with { ImageId = "fcos" });
        var refused = await Update(TestCaller.Member(), template, s => s with { ImageId = "gentoo" });

        Assert.Equal(("fedora-coreos", "k8s_fcos"), (changed.Value!.ClusterDistro, changed.Value.Driver));
        Assert.Equal("Cluster type (vm, gentoo, kubernetes) not supported.", refused.Error?.Detail);
    }

    [Fact]
    public async Task Update_RenamingAfterTheFlavorIsGone_Works()
    {
        var template = await _world.AddTemplateAsync();
        _world.Compute.Flavors.Clear();
        _world.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("other", (await Update(TestCaller.Member(), template, s => s with { Name = "other" })).Value?.Name);
        Assert.Equal("Unable to find flavor m1.small.", (await Update(TestCaller.Member(), template, s => s with { DnsNameserver = "9.9.9.9" })).Error?.Detail);
    }

    [Theory]
    [InlineData("name", true)]
    [InlineData("hidden", true)]
    [InlineData("public on", true)]
    [InlineData("tags", true)]
    [InlineData("nothing", true)]
    [InlineData("public off", false)]
    [InlineData("tags off", false)]
    [InlineData("name and hidden", false)]
    [InlineData("flavor", false)]
    [InlineData("labels", false)]
    public async Task Update_InUse_OnlyOneOutwardField(string what, bool allowed)
    {
        var before = RequestWorld.Spec() with { Public = what == "public off", Tags = "a" };
        var template = await _world.AddTemplateAsync(TestCaller.Admin(), before);
        await _world.AddClusterAsync(caller: TestCaller.Admin(), request: new NewCluster { ClusterTemplateId = template.Uuid.ToString() });

        var result = await Update(TestCaller.Admin(), template, s => what switch
        {
            "name" => s with { Name = "other" },
            "hidden" => s with { Hidden = true },
            "public on" => s with { Public = true },
            "public off" => s with { Public = false },
            "tags" => s with { Tags = "b" },
            "tags off" => s with { Tags = null },
            "name and hidden" => s with { Name = "other", Hidden = true },
            "flavor" => s with { FlavorId = "m1.large" },
            "labels" => s with { Labels = new Dictionary<string, string> { ["a"] = "b" } },
            _ => s,
        });

        Assert.Equal(allowed ? null : $"ClusterTemplate {template.Uuid} is referenced by one or multiple clusters.", result.Error?.Detail);
    }

    [Fact]
    public async Task Update_TwoAtOnce_LosesNeither()
    {
        var template = await _world.AddTemplateAsync();

        var results = await Task.WhenAll(
            Task.Run(() => Update(TestCaller.Member(), template, s => s with { Name = "renamed" }), Ct),
            Task.Run(() => Update(TestCaller.Member(), template, s => s with { Tags = "tagged" }), Ct));

        Assert.All(results, r => Assert.Null(r.Error));
        var stored = (await _world.TemplateQueries.GetAsync(TestCaller.Member(), template.Uuid.ToString(), Ct)).Value!;
        Assert.Equal(("renamed", "tagged", 3L), (stored.Name, stored.Tags, stored.Generation));
    }

    [Fact]
    public async Task Delete_InUse_IsRefused_AndAfterwardsNotFoundAgain()
    {
        var template = await _world.AddTemplateAsync();
        var cluster = await _world.AddClusterAsync(request: new NewCluster { ClusterTemplateId = template.Uuid.ToString() });

        var refused = await _world.Templates.DeleteAsync(TestCaller.Member(), "k8s", Ct);
        await using (var db = _world.Database.CreateDbContext())
        {
            await db.Clusters.Where(c => c.Uuid == cluster.Uuid).ExecuteDeleteAsync(Ct);
        }

        var deleted = await _world.Templates.DeleteAsync(TestCaller.Member(), "k8s", Ct);
        var again = await _world.Templates.DeleteAsync(TestCaller.Member(), template.Uuid.ToString(), Ct);

        Assert.Equal($"ClusterTemplate {template.Uuid} is referenced by one or multiple clusters.", refused.Error?.Detail);
        Assert.Null(deleted.Error);
        Assert.Equal($"ClusterTemplate {template.Uuid} could not be found.", Assert.IsType<MagnumError.NotFound>(again.Error).Detail);
    }

    [Fact]
    public async Task Others_SeePublicOnes_ButChangeNone()
    {
        var open = await _world.AddTemplateAsync(TestCaller.Admin(), RequestWorld.Spec("open") with { Public = true });
        var hidden = await _world.AddTemplateAsync(TestCaller.Admin(), RequestWorld.Spec("hidden") with { Public = true, Hidden = true });
        var closed = await _world.AddTemplateAsync(TestCaller.Member("alt", "other"), RequestWorld.Spec("closed"));
        var demo = TestCaller.Member();

        Assert.Null((await _world.TemplateQueries.GetAsync(TestCaller.With("demo", "me", "nothing"), "open", Ct)).Error);   // public: policy is skipped
        Assert.IsType<MagnumError.NotFound>((await _world.TemplateQueries.GetAsync(demo, "hidden", Ct)).Error);
        Assert.IsType<MagnumError.NotFound>((await _world.TemplateQueries.GetAsync(demo, closed.Uuid.ToString("N").ToUpperInvariant(), Ct)).Error);
        Assert.IsType<MagnumError.NotFound>((await Update(demo, hidden, s => s with { Name = "x" })).Error);
        Assert.Equal("Policy doesn't allow clustertemplate:update to be performed.", (await Update(demo, open, s => s with { Name = "x" })).Error?.Detail);
        Assert.Equal("Policy doesn't allow clustertemplate:delete to be performed.", (await _world.Templates.DeleteAsync(demo, "open", Ct)).Error?.Detail);
        Assert.Null((await Update(TestCaller.Admin(), closed, s => s with { Name = "x" })).Error);   // administrators reach every project's
        Assert.Equal(["open"], (await _world.TemplateQueries.ListAsync(demo, new(10), Ct)).Value!.Items.Select(t => t.Name));
        Assert.Equal(3, (await _world.TemplateQueries.ListAsync(TestCaller.Admin(), new(10), Ct)).Value!.Items.Count);
    }

    [Fact]
    public async Task Get_AmbiguousName_IsAConflict()
    {
        await _world.AddTemplateAsync();
        await _world.AddTemplateAsync();

        var result = await _world.TemplateQueries.GetAsync(TestCaller.Member(), "k8s", Ct);

        Assert.Equal(
            "Multiple ClusterTemplates exist with same name. Please use the ClusterTemplate uuid instead.",
            Assert.IsType<MagnumError.Conflict>(result.Error).Detail);
    }

    private static ClusterTemplateSpec Wrong(string what)
    {
        var spec = RequestWorld.Spec();
        return what switch
        {
            "no image" => spec with { ImageId = null },
            "empty name" => spec with { Name = "" },
            "long name" => spec with { Name = new string('x', 256) },
            "long tags" => spec with { Tags = new string('x', 256) },
            "port low" => spec with { ApiserverPort = 80 },
            "port high" => spec with { ApiserverPort = 70000 },
            "volume 0" => spec with { DockerVolumeSize = 0 },
            "dns" => spec with { DnsNameserver = "8.8.8.8,nine" },
            "no coe" => spec with { Coe = null },
            "mesos" => spec with { Coe = "mesos" },
            "nomad" => spec with { Coe = "nomad" },
            "server type" => spec with { ServerType = "lxc" },
            "network driver" => spec with { NetworkDriver = "weave" },
            "volume driver" => spec with { VolumeDriver = "rexray" },
            "devicemapper" => spec with { DockerStorageDriver = "devicemapper" },
            "devicemapper 2" => spec with { DockerStorageDriver = "devicemapper", DockerVolumeSize = 2 },
            "image" => spec with { ImageId = "nothing" },
            "two images" => spec with { ImageId = "twin" },
            "no distro" => spec with { ImageId = "plain" },
            "other distro" => spec with { ImageId = "gentoo" },
            "bare metal" => spec with { ServerType = "bm" },
            "driver" => spec with { Driver = "k9s" },
            "flavor" => spec with { FlavorId = "nothing" },
            "master flavor" => spec with { MasterFlavorId = "nothing" },
            "diskless" => spec with { FlavorId = "diskless" },
            "external network" => spec with { ExternalNetworkId = "private" },
            "network" => spec with { FixedNetwork = "nothing" },
            "two networks" => spec with { FixedNetwork = "twin" },
            "subnet" => spec with { FixedSubnet = "nothing" },
            "boot volume" => Labelled("boot_volume_size", "big"),
            "boolean label" => Labelled("auto_healing_enabled", "maybe"),
            "version label" => Labelled("kube_tag", "newest"),
            "cidr label" => Labelled("pods_network_cidr", "10.0.0.0"),
            "choice label" => Labelled("strategy", "x"),
            _ => Labelled("registry_password", "hunter2"),
        };

        ClusterTemplateSpec Labelled(string name, string value) => spec with { Labels = new Dictionary<string, string> { [name] = value } };
    }

    private Task<Result<ClusterTemplate>> Update(Caller caller, ClusterTemplate template, Func<ClusterTemplateSpec, ClusterTemplateSpec> change) =>
        _world.Templates.UpdateAsync(caller, template.Uuid.ToString(), s => change(s), Ct);
}
