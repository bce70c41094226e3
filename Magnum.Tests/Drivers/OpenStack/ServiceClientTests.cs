using Magnum.Core.OpenStack;
using Magnum.Tests.Support;

namespace Magnum.Tests.Drivers.OpenStack;

/// <summary>Nova, Neutron, Glance and Cinder on recorded bodies.</summary>
public sealed class ServiceClientTests : IDisposable
{
    private readonly StubbedCloud _cloud = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public async Task Flavors_OfAllPages()
    {
        _cloud.Stub.On(
            "GET /compute/v2.1/flavors/detail",
            _ => CloudStub.Json(200, CloudStub.Fixture("nova-flavors-page-1.json")),
            _ => CloudStub.Json(200, CloudStub.Fixture("nova-flavors-page-2.json")));

        var flavors = await _cloud.Compute.ListFlavorsAsync(StubbedCloud.Service, Ct);

        Assert.Equal(4, flavors.Count);
        Assert.Contains(flavors, f => f is { Name: "m1.medium", Vcpus: 2, Ram: 4096, Disk: 40 });
        Assert.Contains("marker=", _cloud.Stub.Calls[1].PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ComputeLimits_AreReadFromTheAbsoluteOnes()
    {
        _cloud.Stub.Always("GET /compute/v2.1/limits", _ => CloudStub.Json(200, """
            {"limits": {"rate": [], "absolute": {"maxTotalInstances": 10, "totalInstancesUsed": 1, "maxTotalCores": 20, "totalCoresUsed": 2,
            "maxTotalRAMSize": 51200, "totalRAMUsed": 512, "maxServerGroups": 11, "totalServerGroupsUsed": 3, "maxServerMeta": 128}}}
            """));

        Assert.Equal(
            new ComputeLimits(new(10, 1), new(20, 2), new(51200, 512), new(11, 3)), await _cloud.Compute.GetLimitsAsync(StubbedCloud.Service, Ct));
    }

    [Fact]
    public async Task ComputeLimits_OfACloudWithoutQuota_AreNone()
    {
        _cloud.Stub.OnFixture("GET /compute/v2.1/limits", "nova-limits.json");

        Assert.True((await _cloud.Compute.GetLimitsAsync(StubbedCloud.Service, Ct)).Cores.Fits(1_000_000));
    }

    [Fact]
    public async Task ComputeLimits_ThatAreLeftOut_AreNone()
    {
        _cloud.Stub.Always("GET /compute/v2.1/limits", _ => CloudStub.Json(200, """{"limits": {"rate": [], "absolute": {}}}"""));

        Assert.Equal(new ComputeLimits(new(-1, 0), new(-1, 0), new(-1, 0), new(-1, 0)), await _cloud.Compute.GetLimitsAsync(StubbedCloud.Service, Ct));
    }

    [Fact]
    public async Task KeyPair_ThatTheUserLacks_IsNull()
    {
        _cloud.Stub.Always("GET /compute/v2.1/os-keypairs/nope", _ => CloudStub.Json(404, CloudStub.Fixture("error-nova-keypair-404.json")));
        _cloud.Stub.OnFixture("GET /compute/v2.1/os-keypairs", "nova-keypairs.json");

        Assert.Null(await _cloud.Compute.FindKeyPairAsync(StubbedCloud.Service, "nope", Ct));
        Assert.StartsWith("ssh-rsa ", Assert.Single(await _cloud.Compute.ListKeyPairsAsync(StubbedCloud.Service, Ct)).PublicKey, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyPair_IsMadeByNovaOrTaken_AndItsPrivateHalfIsInNoLogAndNoText()
    {
        _cloud.Stub.On(
            "POST /compute/v2.1/os-keypairs",
            _ => CloudStub.Json(200, """{"keypair": {"name": "ops", "public_key": "ssh-rsa AAAA Generated-by-Nova", "private_key": "PRIVATE-HALF", "fingerprint": "aa", "user_id": "u"}}"""),
            _ => CloudStub.Json(200, """{"keypair": {"name": "own", "public_key": "ssh-ed25519 AAAA", "fingerprint": "aa", "user_id": "u"}}"""),
            _ => CloudStub.Json(409, """{"conflictingRequest": {"code": 409, "message": "Key pair 'own' already exists."}}"""));

        var made = await _cloud.Compute.CreateKeyPairAsync(StubbedCloud.Service, "ops", null, Ct);
        var taken = await _cloud.Compute.CreateKeyPairAsync(StubbedCloud.Service, "own", "ssh-ed25519 AAAA", Ct);
        var again = await Assert.ThrowsAsync<CloudException>(() => _cloud.Compute.CreateKeyPairAsync(StubbedCloud.Service, "own", null, Ct));

        Assert.Equal(("ops", "PRIVATE-HALF"), (made.KeyPair.Name, made.PrivateKey));
        Assert.Null(taken.PrivateKey);
        Assert.Equal((CloudFault.Conflict, "Key pair 'own' already exists."), (again.Fault, again.Message));
        Assert.Equal(["""{"keypair":{"name":"ops"}}""", """{"keypair":{"name":"own","public_key":"ssh-ed25519 AAAA"}}""", """{"keypair":{"name":"own"}}"""], _cloud.Stub.Calls.Where(c => c.Method == "POST").Select(c => c.Body));
        Assert.DoesNotContain("PRIVATE-HALF", made.ToString(), StringComparison.Ordinal);
        Assert.All(_cloud.Log.Lines, l => Assert.DoesNotContain("PRIVATE-HALF", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_TellsItsFaultAndAddresses()
    {
        _cloud.Stub.Always("GET /compute/v2.1/servers/s1", _ => CloudStub.Json(200, """
            {"server": {"id": "s1", "name": "n", "status": "ERROR", "metadata": {"magnum": "x"}, "fault": {"code": 500, "message": "No valid host was found."},
            "addresses": {"private": [{"version": 4, "addr": "10.0.0.4", "OS-EXT-IPS:type": "fixed"}, {"version": 4, "addr": "172.24.4.9"}]}}}
            """));

        var server = await _cloud.Compute.FindServerAsync(StubbedCloud.Service, "s1", Ct);

        Assert.Equal("No valid host was found.", server?.Fault);
        Assert.Equal(["10.0.0.4", "172.24.4.9"], server?.Addresses);
        Assert.Equal("x", server?.Metadata["magnum"]);
    }

    [Fact]
    public async Task Console_IsAskedForByItsLastLines()
    {
        _cloud.Stub.Always("POST /compute/v2.1/servers/s1/action", call => CloudStub.Json(200, call.Body.Contains("""{"os-getConsoleOutput":{"length":50}}""", StringComparison.Ordinal) ? """{"output": "login: "}""" : "{}"));

        Assert.Equal("login: ", await _cloud.Compute.FindConsoleAsync(StubbedCloud.Service, "s1", 50, Ct));
    }

    [Theory]
    [InlineData(404, "Instance s1 could not be found.")]
    [InlineData(409, "Instance s1 is not ready")]
    [InlineData(501, "Unable to get console log, functionality not implemented")]
    public async Task Console_ThatCannotBeHad_IsNone(int status, string message)
    {
        _cloud.Stub.Always("POST /compute/v2.1/servers/s1/action", _ => CloudStub.Json(status, $$$"""{"error": {"code": {{{status}}}, "message": "{{{message}}}"}}"""));

        Assert.Null(await _cloud.Compute.FindConsoleAsync(StubbedCloud.Service, "s1", 50, Ct));
    }

    [Fact]
    public async Task Images_OfAllPages_WithTheirOwnProperties()
    {
        _cloud.Stub.On(
            "GET /image/v2/images",
            _ => CloudStub.Json(200, CloudStub.Fixture("glance-images-page-1.json")),
            _ => CloudStub.Json(200, CloudStub.Fixture("glance-images-page-2.json")));

        var images = await _cloud.Get<IImages>().ListImagesAsync(StubbedCloud.Service, Ct);

        Assert.Equal(["fedora-coreos", "no-distro", "ubuntu"], images.Select(i => i.Name).Order(StringComparer.Ordinal));
        var coreos = images.Single(i => i.Name == "fedora-coreos");
        Assert.Equal(("fedora-coreos", "v1.31.1", "active"), (coreos.OsDistro, coreos.Properties["kube_version"], coreos.Status));
        Assert.DoesNotContain("checksum", coreos.Properties.Keys);
        Assert.Null(images.Single(i => i.Name == "no-distro").OsDistro);
    }

    [Fact]
    public async Task ImageName_ThatGlanceWouldTakeForAnOperator_IsLookedForInTheList()
    {
        _cloud.Stub.Always("GET /image/v2/images", call => call.PathAndQuery.Contains("name=", StringComparison.Ordinal)
            ? CloudStub.Json(400, CloudStub.Fixture("error-glance-400.html"))
            : CloudStub.Json(200, """{"images": [{"id": "1", "name": "in:here", "status": "active"}, {"id": "2", "name": "other", "status": "active"}]}"""));

        Assert.Equal("1", Assert.Single(await _cloud.Get<IImages>().FindImagesAsync(StubbedCloud.Service, "in:here", Ct)).Id);
    }

    [Fact]
    public async Task Networks_TellExternalFromOthers()
    {
        _cloud.Stub.OnFixture("GET /network/v2.0/networks", "neutron-networks.json");
        _cloud.Stub.OnFixture("GET /network/v2.0/subnets", "neutron-subnets.json");

        var networks = await _cloud.Get<INetworking>().ListNetworksAsync(StubbedCloud.Service, Ct);
        var subnets = await _cloud.Get<INetworking>().ListSubnetsAsync(StubbedCloud.Service, Ct);

        Assert.True(networks.Single(n => n.Name == "public").External);
        Assert.False(networks.Single(n => n.Name == "private").External);
        Assert.Contains(subnets, s => networks.Any(n => n.Id == s.NetworkId) && s.Cidr.Contains('/', StringComparison.Ordinal));
    }

    [Fact]
    public async Task NetworkLimits_AreThoseOfTheCredentialsProject()
    {
        _cloud.Stub.OnFixture($"GET /network/v2.0/quotas/{CloudStub.Project}/details.json", "neutron-quota.json");

        foreach (var credential in (CloudCredential[])[StubbedCloud.Service, new CloudCredential.Trust("t", CloudStub.Project)])
        {
            var limits = await _cloud.Get<INetworking>().GetLimitsAsync(credential, Ct);
            Assert.Equal(new Limit(-1, 1), limits.Networks);
        }
    }

    [Fact]
    public async Task VolumeTypes_TheDefaultFirst()
    {
        using var cloud = new StubbedCloud(o => o.Endpoints["volumev3"] = "http://cloud.test/volume/v3/%(project_id)s");
        cloud.Stub.Always($"GET /volume/v3/{CloudStub.Project}/types", _ => CloudStub.Json(200, """{"volume_types": [{"name": "slow"}, {"name": "fast"}]}"""));
        cloud.Stub.Always($"GET /volume/v3/{CloudStub.Project}/types/default", _ => CloudStub.Json(200, """{"volume_type": {"name": "fast"}}"""));
        cloud.Stub.Always($"GET /volume/v3/{CloudStub.Project}/limits", _ => CloudStub.Json(200, """
            {"limits": {"rate": [], "absolute": {"maxTotalVolumes": 10, "totalVolumesUsed": 2, "maxTotalVolumeGigabytes": 1000, "totalGigabytesUsed": 40}}}
            """));

        var volumes = cloud.Get<IBlockStorage>();

        Assert.True(await volumes.IsAvailableAsync(StubbedCloud.Service, Ct));
        Assert.Equal(["fast", "slow"], await volumes.ListVolumeTypesAsync(StubbedCloud.Service, Ct));
        Assert.Equal(new VolumeLimits(new(10, 2), new(1000, 40)), await volumes.GetLimitsAsync(StubbedCloud.Service, Ct));
    }
}
