using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Heat;
using Magnum.Tests.Support;

namespace Magnum.Tests.Drivers.OpenStack;

public sealed class SessionTests : IDisposable
{
    private const string Zones = "GET /compute/v2.1/os-availability-zone";

    private static readonly CloudCredential Trust = new CloudCredential.Trust("trust-1", CloudStub.Project);

    private readonly StubbedCloud _cloud = new();

    public SessionTests() => _cloud.Stub.OnFixture(Zones, "nova-zones.json");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public async Task Token_IsUsedUntilShortlyBeforeItsEnd()
    {
        await CallAsync(StubbedCloud.Service);
        _cloud.Time.Advance(TimeSpan.FromMinutes(54));
        await CallAsync(StubbedCloud.Service);
        _cloud.Time.Advance(TimeSpan.FromMinutes(2));
        await CallAsync(StubbedCloud.Service);

        Assert.Equal(["token-1", "token-1", "token-2"], _cloud.Stub.Calls.Select(c => c.Header("X-Auth-Token")));
    }

    [Fact]
    public async Task Token_IsFetchedOnceForCallsAtTheSameTime()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CallAsync(Trust)));

        Assert.Single(_cloud.Stub.SignIns);
        Assert.Equal(20, _cloud.Stub.Calls.Count);
    }

    [Fact]
    public async Task Token_OfAStackToBe_IsYoung()
    {
        _cloud.Stub.Always($"POST /orchestration/v1/{CloudStub.Project}/stacks", _ => CloudStub.Json(201, """{"stack": {"id": "s-1"}}"""));
        await CallAsync(Trust);
        _cloud.Time.Advance(TimeSpan.FromMinutes(20));
        await CallAsync(Trust);
        await _cloud.Heat.CreateStackAsync(Trust, new StackRequest("s", "t"), Ct);

        Assert.Equal(["token-1", "token-1", "token-2"], _cloud.Stub.Calls.Select(c => c.Header("X-Auth-Token")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RefusedToken_OfOurs_IsReplacedOnce(bool trust)
    {
        _cloud.Stub.On(Zones, _ => CloudStub.Json(401, ""), _ => CloudStub.Json(200, CloudStub.Fixture("nova-zones.json")));

        await CallAsync(trust ? Trust : StubbedCloud.Service);

        Assert.Equal(["token-1", "token-2"], _cloud.Stub.Calls.Select(c => c.Header("X-Auth-Token")));
    }

    [Fact]
    public async Task RefusedToken_AgainAndAgain_EndsAfterTheSecond()
    {
        _cloud.Stub.On(Zones, _ => CloudStub.Json(401, ""));

        var refusal = await Assert.ThrowsAsync<CloudException>(() => CallAsync(StubbedCloud.Service));

        Assert.Equal(CloudFault.Unauthorized, refusal.Fault);
        Assert.Equal(2, _cloud.Stub.Calls.Count);
    }

    [Fact]
    public async Task RefusedToken_OfAPerson_IsTheirAffair()
    {
        KnowPerson();
        _cloud.Stub.On(Zones, _ => CloudStub.Json(401, ""));

        var refusal = await Assert.ThrowsAsync<CloudException>(() => CallAsync(StubbedCloud.Person));

        Assert.Equal(CloudFault.Unauthorized, refusal.Fault);
        Assert.Equal("persons-token", Assert.Single(_cloud.Stub.Calls, c => c.Line == Zones).Header("X-Auth-Token"));
        Assert.Empty(_cloud.Stub.SignIns);
    }

    [Fact]
    public async Task PersonsCatalog_IsAskedForOnceInFiveMinutes()
    {
        KnowPerson();
        await CallAsync(StubbedCloud.Person);
        await CallAsync(new CloudCredential.UserToken("another-token", CloudStub.Project));
        _cloud.Time.Advance(TimeSpan.FromMinutes(6));
        await CallAsync(StubbedCloud.Person);

        Assert.Equal(2, _cloud.Stub.Calls.Count(c => c.Line == "GET /identity/v3/auth/catalog"));
        Assert.Equal(["persons-token", "another-token", "persons-token"], _cloud.Stub.Calls.Where(c => c.Line == Zones).Select(c => c.Header("X-Auth-Token")));
    }

    [Fact]
    public async Task PersonsCatalog_ThatCameWithTheValidation_IsNotAskedFor()
    {
        _cloud.Stub.Always("GET /identity/v3/auth/tokens", _ => _cloud.Stub.Token("persons-token"));

        await _cloud.Identity.ValidateAsync("persons-token", Ct);
        await CallAsync(StubbedCloud.Person);

        Assert.DoesNotContain(_cloud.Stub.Calls, c => c.Line == "GET /identity/v3/auth/catalog");
    }

    [Fact]
    public async Task TrustThatIsGone_SaysSoAndIsNotTakenForTheServiceUser()
    {
        _cloud.Stub.Always("POST /identity/v3/auth/tokens", _ => CloudStub.Json(401, CloudStub.Fixture("error-keystone-401.json")));

        var refusal = await Assert.ThrowsAsync<CloudException>(() => CallAsync(Trust));

        Assert.Equal(("identity", CloudFault.Unauthorized), (refusal.Service, refusal.Fault));
        Assert.Contains("the trust by which Magnum acts for the cluster's owner", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceUserRefused_NamesTheKeysThatSetIt()
    {
        _cloud.Stub.Always("POST /identity/v3/auth/tokens", _ => CloudStub.Json(401, CloudStub.Fixture("error-keystone-401.json")));

        var refusal = await Assert.ThrowsAsync<CloudException>(() => CallAsync(StubbedCloud.Service));

        Assert.Contains("OpenStack:UserName", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceMissingFromTheCatalog_IsNoEndpoint()
    {
        var refusal = await Assert.ThrowsAsync<CloudException>(() => _cloud.Get<IBlockStorage>().GetLimitsAsync(StubbedCloud.Service, Ct));

        Assert.Equal(CloudFault.NoEndpoint, refusal.Fault);
        Assert.Equal("The service catalog has no block-storage endpoint (interface public, region RegionOne).", refusal.Message);
        Assert.False(await _cloud.Get<IBlockStorage>().IsAvailableAsync(StubbedCloud.Service, Ct));
        Assert.False(await _cloud.Get<INetworking>().HasLoadBalancersAsync(StubbedCloud.Service, Ct));
    }

    [Fact]
    public async Task Trust_IsTheServiceUsersPasswordScopedToTheTrust()
    {
        await CallAsync(Trust);

        Assert.Equal(
            """{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"magnum","domain":{"name":"Default"},"password":"service-password"}}},"scope":{"OS-TRUST:trust":{"id":"trust-1"}}}}""",
            _cloud.Stub.SignIns[0].Body);
    }

    [Fact]
    public async Task Trust_WithOnlyAnApplicationCredential_NamesWhatIsMissing()
    {
        using var cloud = new StubbedCloud(o => (o.Password, o.ApplicationCredentialId, o.ApplicationCredentialSecret) = (null, "ac-1", "ac-secret"));
        cloud.Stub.OnFixture(Zones, "nova-zones.json");

        await cloud.Compute.ListAvailabilityZonesAsync(StubbedCloud.Service, Ct);
        var refusal = await Assert.ThrowsAsync<CloudException>(() => cloud.Compute.ListAvailabilityZonesAsync(Trust, Ct));

        Assert.Equal(
            """{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"ac-1","secret":"ac-secret"}}}}""",
            cloud.Stub.SignIns[0].Body);
        Assert.Equal(CloudFault.Invalid, refusal.Fault);
        Assert.StartsWith("OpenStack:UserName and OpenStack:Password is not configured", refusal.Message, StringComparison.Ordinal);
    }

    private void KnowPerson() =>
        _cloud.Stub.Always("GET /identity/v3/auth/catalog", _ => CloudStub.Json(
            200,
            """{"catalog": [{"type": "compute", "name": "nova", "endpoints": [{"interface": "public", "region": "RegionOne", "url": "http://cloud.test/compute/v2.1"}]}]}"""));

    private Task<IReadOnlyList<string>> CallAsync(CloudCredential credential) => _cloud.Compute.ListAvailabilityZonesAsync(credential, Ct);
}
