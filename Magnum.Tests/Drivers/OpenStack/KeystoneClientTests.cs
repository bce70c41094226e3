using System.Text.Json;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support;

namespace Magnum.Tests.Drivers.OpenStack;

public sealed class KeystoneClientTests : IDisposable
{
    private const string Users = "/identity/v3/users";

    private readonly StubbedCloud _cloud = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public async Task SignIn_ReadsUserProjectRolesAndCatalog()
    {
        var token = await _cloud.Identity.SignInAsync(new SignIn.Password("demo", "secret", "default", "demo", null), Ct);

        Assert.Equal(("demo", "Default", "demo", CloudStub.Project), (token.UserName, token.UserDomainName, token.ProjectName, token.ProjectId));
        Assert.Equal(["heat_stack_owner", "member", "reader"], token.Roles);
        Assert.Equal(3, token.RoleIds.Count);
        Assert.Contains(token.Catalog, s => s.Type == "orchestration" && s.Endpoints.Any(e => e is { Interface: "public", Region: "RegionOne" }));
        Assert.Equal(
            """{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"demo","domain":{"id":"default"},"password":"secret"}}},"scope":{"project":{"name":"demo","domain":{"id":"default"}}}}}""",
            _cloud.Stub.SignIns[0].Body);
    }

    [Fact]
    public async Task SignIn_WithoutProject_AsksForNoScope()
    {
        _cloud.Stub.Always("POST /identity/v3/auth/tokens", _ => _cloud.Stub.Token("t", "keystone-token-unscoped.json"));

        var token = await _cloud.Identity.SignInAsync(new SignIn.Password("demo", "secret", "Default", null, null), Ct);

        Assert.Null(token.ProjectId);
        Assert.Empty(token.Roles);
        Assert.Contains("\"scope\":\"unscoped\"", _cloud.Stub.SignIns[0].Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id", null, """{"id":"id","secret":"s"}""")]
    [InlineData("name", "demo", """{"name":"name","user":{"name":"demo","domain":{"name":"Default"}},"secret":"s"}""")]
    public async Task SignIn_WithAnApplicationCredential_NamesItEitherWay(string idOrName, string? user, string expected)
    {
        await _cloud.Identity.SignInAsync(new SignIn.ApplicationCredential(idOrName, "s", user, null), Ct);

        Assert.Equal("{\"auth\":{\"identity\":{\"methods\":[\"application_credential\"],\"application_credential\":" + expected + "}}}", _cloud.Stub.SignIns[0].Body);
    }

    [Theory]
    [InlineData("The request you have made requires authentication.", "The user name, password or domain is not right, or the user has no role in project demo.")]
    [InlineData("The password is expired and needs to be changed for user: 123.", "The password is expired and needs to be changed for user: 123.")]
    public async Task SignIn_Refused_SaysWhatCanBeDone(string theirs, string ours)
    {
        _cloud.Stub.Always("POST /identity/v3/auth/tokens", _ => CloudStub.Json(401, JsonSerializer.Serialize(new { error = new { code = 401, message = theirs } })));

        var refusal = await Assert.ThrowsAsync<CloudException>(
            () => _cloud.Identity.SignInAsync(new SignIn.Password("demo", "secret", "Default", "demo", null), Ct));

        Assert.Equal((CloudFault.Unauthorized, ours), (refusal.Fault, refusal.Message));
    }

    [Fact]
    public async Task TrustToken_ShowsTheTrustorAndTheTrust()
    {
        _cloud.Stub.Always("GET /identity/v3/auth/tokens", _ => _cloud.Stub.Token("t", "keystone-token-trust.json"));

        var token = await _cloud.Identity.ValidateAsync("t", Ct);

        Assert.Equal("demo", token?.UserName);
        Assert.NotNull(token?.TrustId);
        Assert.Equal(("token-1", "t"), (_cloud.Stub.Calls[0].Header("X-Auth-Token"), _cloud.Stub.Calls[0].Header("X-Subject-Token")));
    }

    [Fact]
    public async Task ValidToken_ByARefusedServiceToken_IsAskedForAgain()
    {
        _cloud.Stub.On("GET /identity/v3/auth/tokens", _ => CloudStub.Json(401, ""), _ => _cloud.Stub.Token("t"));

        Assert.NotNull(await _cloud.Identity.ValidateAsync("t", Ct));
        Assert.Equal(["token-1", "token-2"], _cloud.Stub.Calls.Select(c => c.Header("X-Auth-Token")));
    }

    [Fact]
    public async Task Trust_DelegatesTheCallersRolesToTheServiceUserWithRedelegation()
    {
        _cloud.Stub.OnFixture("POST /identity/v3/OS-TRUST/trusts", "keystone-trust.json");
        var caller = await _cloud.Identity.SignInAsync(new SignIn.Password("demo", "secret", "Default", "demo", null), Ct);

        var id = await _cloud.Identity.CreateTrustAsync(caller, Ct);

        using var recorded = JsonDocument.Parse(CloudStub.Fixture("keystone-trust.json"));
        Assert.Equal(recorded.RootElement.GetProperty("trust").GetProperty("id").GetString(), id);
        var call = _cloud.Stub.Calls[0];
        Assert.Equal(caller.Token, call.Header("X-Auth-Token"));
        using var sent = JsonDocument.Parse(call.Body);
        var trust = sent.RootElement.GetProperty("trust");
        Assert.Equal(caller.UserId, trust.GetProperty("trustor_user_id").GetString());
        Assert.Equal(CloudStub.Project, trust.GetProperty("project_id").GetString());
        Assert.True(trust.GetProperty("impersonation").GetBoolean());
        Assert.True(trust.GetProperty("allow_redelegation").GetBoolean());
        Assert.InRange(trust.GetProperty("redelegation_count").GetInt32(), 1, 3);
        Assert.Equal(caller.RoleIds, trust.GetProperty("roles").EnumerateArray().Select(r => r.GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Trust_RolesGoByNameWhereIdsAreNotKnown()
    {
        _cloud.Stub.OnFixture("POST /identity/v3/OS-TRUST/trusts", "keystone-trust.json");
        var caller = new TokenInfo("t", "u", "demo", null, null, CloudStub.Project, "demo", null, ["member"], _cloud.Time.GetUtcNow().AddHours(1));

        await _cloud.Identity.CreateTrustAsync(caller, Ct);

        Assert.Contains("""
            "roles":[{"name":"member"}]
            """, _cloud.Stub.Calls[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trust_Refused_NamesTheReasonsThatKeystoneHas()
    {
        _cloud.Stub.Always("POST /identity/v3/OS-TRUST/trusts", _ => CloudStub.Json(403, """{"error": {"code": 403, "message": "No.", "title": "Forbidden"}}"""));
        var caller = await _cloud.Identity.SignInAsync(new SignIn.Password("demo", "secret", "Default", "demo", null), Ct);

        var refusal = await Assert.ThrowsAsync<CloudException>(() => _cloud.Identity.CreateTrustAsync(caller, Ct));

        Assert.Equal(CloudFault.Forbidden, refusal.Fault);
        Assert.Contains("max_redelegation_count", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("größe")]
    [InlineData("line\nbreak")]
    public async Task Text_ThatCannotBeAToken_IsNotValidAndIsNotSent(string text)
    {
        Assert.Null(await _cloud.Identity.ValidateAsync(text, Ct));
        var refusal = await Assert.ThrowsAsync<CloudException>(() => _cloud.Identity.ListProjectsAsync(text, Ct));

        Assert.Equal(CloudFault.Unauthorized, refusal.Fault);
        Assert.Empty(_cloud.Stub.Calls);
    }

    [Fact]
    public async Task TrustDeletion_FallsBackToTheServiceUserWhenTheTrustorIsGone()
    {
        _cloud.Stub.Always("POST /identity/v3/auth/tokens", call => call.Body.Contains("OS-TRUST", StringComparison.Ordinal)
            ? CloudStub.Json(403, """{"error": {"code": 403, "message": "Trustor is disabled.", "title": "Forbidden"}}""")
            : _cloud.Stub.Token("service-token"));
        _cloud.Stub.Always("DELETE /identity/v3/OS-TRUST/trusts/trust-1", _ => CloudStub.Json(204, ""));

        await _cloud.Identity.DeleteTrustAsync("trust-1", Ct);

        Assert.Equal("service-token", Assert.Single(_cloud.Stub.Calls).Header("X-Auth-Token"));
    }

    [Fact]
    public async Task Trustee_IsMadeByTheDomainsAdministratorInItsDomain()
    {
        DomainAdmin();
        _cloud.Stub.Always($"GET {Users}", _ => CloudStub.Json(200, """{"users": []}"""));
        _cloud.Stub.Always($"POST {Users}", _ => CloudStub.Json(201, """{"user": {"id": "u-1"}}"""));

        var trustee = await _cloud.Identity.EnsureTrusteeAsync("c_p", Ct);

        using var sent = JsonDocument.Parse(_cloud.Stub.Calls[^1].Body);
        var user = sent.RootElement.GetProperty("user");
        Assert.Equal(("u-1", "c_p"), (trustee.Id, trustee.Name));
        Assert.Equal("dom-1", user.GetProperty("domain_id").GetString());
        Assert.Equal(trustee.Password, user.GetProperty("password").GetString());
        Assert.True(user.GetProperty("enabled").GetBoolean());
        Assert.Contains(""""scope":{"domain":{"name":"magnum"}}"""", _cloud.Stub.SignIns[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trustee_MadeByAnotherAtTheSameTime_IsTakenOver()
    {
        DomainAdmin();
        _cloud.Stub.On($"GET {Users}", _ => CloudStub.Json(200, """{"users": []}"""), _ => CloudStub.Json(200, """{"users": [{"id": "u-2", "name": "c_p"}]}"""));
        _cloud.Stub.Always($"POST {Users}", _ => CloudStub.Json(409, """{"error": {"code": 409, "message": "Duplicate entry", "title": "Conflict"}}"""));
        _cloud.Stub.Always($"PATCH {Users}/u-2", _ => CloudStub.Json(200, """{"user": {"id": "u-2"}}"""));

        var trustee = await _cloud.Identity.EnsureTrusteeAsync("c_p", Ct);

        Assert.Equal("u-2", trustee.Id);
        Assert.Equal($$$"""{"user":{"password":"{{{trustee.Password}}}","enabled":true}}""", _cloud.Stub.Calls[^1].Body);
    }

    [Fact]
    public async Task Trustee_WithoutTheAdministratorsPassword_NamesTheKey()
    {
        using var cloud = new StubbedCloud(o => o.Trustee.AdminPassword = null);

        var refusal = await Assert.ThrowsAsync<CloudException>(() => cloud.Identity.EnsureTrusteeAsync("c_p", Ct));

        Assert.Contains("OpenStack:Trustee:AdminPassword", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Projects_FollowPages()
    {
        _cloud.Stub.On(
            "GET /identity/v3/projects",
            _ => CloudStub.Json(200, """{"projects": [{"id": "p1", "name": "one"}], "links": {"next": "http://elsewhere/v3/projects?marker=p1"}}"""));
        _cloud.Stub.On("GET /identity/v3/projects?marker=p1", _ => CloudStub.Json(200, """{"projects": [{"id": "p2", "name": "two"}], "links": {"next": null}}"""));

        Assert.Equal(["p1", "p2"], (await _cloud.Identity.ListAllProjectsAsync(Ct)).Select(p => p.Id));
    }

    [Theory]
    [InlineData("http://k/identity", null, "http://k/identity/v3")]
    [InlineData("http://k:5000/v3/", null, "http://k:5000/v3")]
    [InlineData("http://k:5000/v2.0", null, "http://k:5000/v3")]
    [InlineData("http://k:5000", "https://outside:5000/", "https://outside:5000/v3")]
    public void AuthUrl_IsTheOthersAddressAndEndsInV3(string authUrl, string? publicAuthUrl, string expected)
    {
        using var cloud = new StubbedCloud(o => (o.AuthUrl, o.PublicAuthUrl) = (authUrl, publicAuthUrl));

        Assert.Equal(expected, cloud.Identity.AuthUrl.ToString());
    }

    private void DomainAdmin() => _cloud.Stub.Always("POST /identity/v3/auth/tokens", _ =>
    {
        var answer = CloudStub.Json(201, $$$"""
            {"token": {"user": {"id": "a", "name": "magnum_domain_admin"}, "expires_at": "{{{_cloud.Time.GetUtcNow().AddHours(1):yyyy-MM-ddTHH:mm:ss}}}.000000Z",
            "domain": {"id": "dom-1", "name": "magnum"}, "roles": [{"id": "r", "name": "admin"}], "catalog": []}}
            """);
        answer.Headers.Add("X-Subject-Token", "admin-token");
        return answer;
    });
}
