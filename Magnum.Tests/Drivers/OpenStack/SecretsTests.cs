using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Heat;
using Magnum.Drivers.OpenStack.Transport;
using Magnum.Tests.Support;

namespace Magnum.Tests.Drivers.OpenStack;

public sealed class SecretsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Logs_HoldNoTokensPasswordsOrBodies()
    {
        using var cloud = new StubbedCloud();
        cloud.Stub.Always("POST /identity/v3/auth/tokens", call => call.Body.Contains("wrong-secret", StringComparison.Ordinal)
            ? CloudStub.Json(401, CloudStub.Fixture("error-keystone-401.json"))
            : cloud.Stub.Token("secret-token"));
        cloud.Stub.OnFixture("GET /compute/v2.1/os-availability-zone", "nova-zones.json");
        cloud.Stub.Always($"POST /orchestration/v1/{CloudStub.Project}/stacks", _ => CloudStub.Json(500, "no"));
        cloud.Stub.Always("GET /identity/v3/auth/tokens", _ => cloud.Stub.Token("persons-secret"));

        await cloud.Compute.ListAvailabilityZonesAsync(new CloudCredential.Trust("secret-trust", "p"), Ct);
        await cloud.Identity.ValidateAsync("persons-secret", Ct);
        await Assert.ThrowsAsync<CloudException>(
            () => cloud.Identity.SignInAsync(new SignIn.Password("demo", "wrong-secret", "Default", null, null), Ct));
        await Assert.ThrowsAsync<CloudException>(() => cloud.Heat.CreateStackAsync(
            StubbedCloud.Service, new StackRequest("s", "t") { Parameters = new Dictionary<string, string> { ["p"] = "parameter-secret" } }, Ct));

        Assert.Contains(cloud.Log.Lines, l => l.Contains("/os-availability-zone", StringComparison.Ordinal));
        Assert.All(cloud.Log.Lines, l => Assert.DoesNotContain("secret", l, StringComparison.OrdinalIgnoreCase));
        Assert.All(cloud.Log.Lines, l => Assert.DoesNotContain("service-password", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Texts_HoldNoSecrets()
    {
        using var cloud = new StubbedCloud(o => (o.Password, o.ApplicationCredentialSecret) = ("secret", "secret"));
        cloud.Stub.Always("GET /identity/v3/auth/tokens", _ => cloud.Stub.Token("secret"));
        var token = await cloud.Identity.ValidateAsync("secret", Ct);
        object?[] things =
        [
            token,
            cloud.Options,
            new CloudCredential.UserToken("secret", "p"),
            new CloudCredential.Trust("secret", "p"),
            (Principal)new CloudCredential.UserToken("secret", "p"),
            (Principal)new CloudCredential.Trust("secret", "p"),
            new SignIn.Password("u", "secret", "d", null, null),
            new SignIn.ApplicationCredential("id", "secret", null, null),
            new SignIn.Token("secret", null),
            new TrusteeUser("id", "name", "secret"),
            new StackRequest("s", "secret") { Parameters = new Dictionary<string, string> { ["p"] = "secret" } },
            new HeatOutput(System.Text.Json.JsonSerializer.SerializeToElement("secret"), null),
            new CloudRequest("s", HttpMethod.Get, new Uri("http://c/p?q=secret")) { Token = "secret", SubjectToken = "secret", Body = [1] },
            new CloudAnswer("s", 200, [1]) { SubjectToken = "secret" },
            new CloudSession("secret", "u", "p", null, default, default, ServiceEndpoints.From([], "p", cloud.Options)),
        ];

        Assert.All(things, thing => Assert.DoesNotContain("secret", $"{thing}", StringComparison.Ordinal));
    }
}
