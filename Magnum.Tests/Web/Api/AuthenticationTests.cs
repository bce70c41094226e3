using System.Net;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

public sealed class AuthenticationTests : IDisposable
{
    private readonly ApiWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(null, "/v1/clusters")]
    [InlineData("unknown", "/v1/clusters")]
    [InlineData("", "/v1/clusters")]
    [InlineData("not ascii: é", "/v1/clusters")]
    [InlineData("unknown", "/nothing")]
    public async Task WithoutAValidToken_Keystones401(string? token, string path)
    {
        var answer = await _world.GetAsync(path, token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("Keystone uri=\"http://keystone.test/v3\"", answer.Header("WWW-Authenticate"));
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.Equal(
            """{"error":{"code":401,"title":"Unauthorized","message":"The request you have made requires authentication."}}""", answer.Text);
    }

    [Fact]
    public async Task WithoutAToken_NoRouteAnswersButThoseForEverybody()
    {
        foreach (var route in _world.Routes.Where(r => !r.Route.IsPublic))
        {
            foreach (var token in new[] { null, "unknown" })
            {
                var answer = await _world.SendAsync(route.Method, route.Path, route.Route.Body is null ? null : "{", token, version: "container-infra 1.99");

                Assert.Equal((route.Operation, HttpStatusCode.Unauthorized), (route.Operation, answer.Status));
                Assert.Equal("Unauthorized", answer.Json.GetProperty("error").GetProperty("title").GetString());
                Assert.Equal("Keystone uri=\"http://keystone.test/v3\"", answer.Header("WWW-Authenticate"));
                Assert.Matches("^req-[0-9a-f-]{36}$", answer.Header("X-OpenStack-Request-Id"));
                Assert.Null(answer.Header("OpenStack-API-Version"));
            }
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/healthcheck")]
    public async Task WhatIsForEverybody_DoesNotLookAtTokens(string path)
    {
        Assert.Equal(HttpStatusCode.OK, (await _world.GetAsync(path, "unknown")).Status);
        Assert.Equal(0, _world.Validations);
    }

    [Fact]
    public async Task AToken_IsAskedAboutOncePerMinute()
    {
        await _world.GetAsync("/v1/clusters");
        _world.Core.Time.Advance(TimeSpan.FromSeconds(59));
        await _world.GetAsync("/v1/clusters");
        Assert.Equal(1, _world.Validations);

        _world.Core.Time.Advance(TimeSpan.FromSeconds(2));
        await _world.GetAsync("/v1/clusters");
        Assert.Equal(2, _world.Validations);
    }

    [Fact]
    public async Task ARevokedToken_WorksNoLongerThanItIsRemembered()
    {
        Assert.Equal(HttpStatusCode.OK, (await _world.GetAsync("/v1/clusters")).Status);
        _world.Callers.Remove("demo");

        Assert.Equal(HttpStatusCode.OK, (await _world.GetAsync("/v1/clusters")).Status);
        _world.Core.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.Unauthorized, (await _world.GetAsync("/v1/clusters")).Status);
    }

    [Fact]
    public async Task AnExpiringToken_IsNotRememberedBeyondItsEnd()
    {
        var caller = TestCaller.Member();
        _world.Callers["demo"] = caller with { Token = caller.Token with { ExpiresAt = _world.Core.Time.GetUtcNow().AddSeconds(10) } };
        Assert.Equal(HttpStatusCode.OK, (await _world.GetAsync("/v1/clusters")).Status);

        _world.Core.Time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(HttpStatusCode.Unauthorized, (await _world.GetAsync("/v1/clusters")).Status);
    }

    [Fact]
    public async Task AnUnknownToken_IsRefusedForSomeSecondsWithoutAsking()
    {
        await _world.GetAsync("/v1/clusters", "late");
        await _world.GetAsync("/v1/clusters", "late");
        Assert.Equal(1, _world.Validations);

        _world.Callers["late"] = TestCaller.Member();
        _world.Core.Time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(HttpStatusCode.OK, (await _world.GetAsync("/v1/clusters", "late")).Status);
    }

    [Fact]
    public async Task ManyRequestsAtOnce_AskOnce()
    {
        var asked = 0;
        var answer = new TaskCompletionSource<TokenInfo?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _world.Core.Identity.Validate = _ =>
        {
            Interlocked.Increment(ref asked);
            begun.TrySetResult();
            return answer.Task;
        };

        var requests = Enumerable.Range(0, 20).Select(_ => _world.GetAsync("/v1/stats")).ToList();
        await begun.Task;
        answer.SetResult(TestCaller.Member().Token);
        var answers = await Task.WhenAll(requests);

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task KeystoneDown_Is503AndNot401_AndIsNotRemembered()
    {
        var known = _world.Core.Identity.Validate;
        _world.Core.Identity.Validate = _ => Task.FromException<TokenInfo?>(new CloudException("identity", CloudFault.Unreachable, "http://internal:5000 refused"));

        var down = await _world.GetAsync("/v1/clusters");
        _world.Core.Identity.Validate = known;
        var up = await _world.GetAsync("/v1/clusters");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, down.Status);
        Assert.Equal(("server", "Keystone cannot validate tokens at present"), (down.Error.GetProperty("code").GetString(), down.Error.GetProperty("title").GetString()));
        Assert.DoesNotContain("internal", down.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, up.Status);
    }

    [Fact]
    public async Task MoreTokensThanFit_AreForgottenAgain()
    {
        using var world = new ApiWorld(("Api:TokenCacheSize", "16"));
        for (var i = 0; i < 40; i++)
        {
            world.Callers[$"token-{i}"] = TestCaller.Member();
            world.Core.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(HttpStatusCode.OK, (await world.GetAsync("/v1/stats", $"token-{i}")).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync("/v1/stats", "token-0")).Status);
        Assert.Equal(41, world.Validations);   // the first was forgotten, and asked about again
    }

    [Fact]
    public async Task ATokenThatEndsWhileAClusterIsLaunched_IsKeystones401AndNothingIsStored()
    {
        await _world.Core.AddTemplateAsync();
        _world.Core.Identity.TrustTrouble = new CloudException("identity", CloudFault.Unauthorized, "expired");

        var answer = await _world.SendAsync("POST", "/v1/clusters", new { name = "blue", cluster_template_id = "k8s" });

        Assert.Equal(
            (HttpStatusCode.Unauthorized, """{"error":{"code":401,"title":"Unauthorized","message":"The request you have made requires authentication."}}"""),
            (answer.Status, answer.Text));
        Assert.Equal("Keystone uri=\"http://keystone.test/v3\"", answer.Header("WWW-Authenticate"));
        _world.Core.Identity.TrustTrouble = null;
        Assert.Equal("[]", (await _world.GetAsync("/v1/clusters")).Json.GetProperty("clusters").GetRawText());
    }

    [Theory]
    [InlineData("GET", "/v1/clusters", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/v1/stats", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/v1/clusters", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/", HttpStatusCode.OK)]
    public async Task ATokenWithoutProject_GetsNowhereButToCertificates(string method, string path, HttpStatusCode expected) =>
        Assert.Equal(expected, (await _world.SendAsync(method, path, method == "POST" ? new { } : null, token: "node")).Status);

    [Fact]
    public async Task ACloudThatRefusesTheToken_Is401_AndTheTokenIsForgotten()
    {
        _world.Core.Images.Trouble = new CloudException("image", CloudFault.Unauthorized, "expired");

        var answer = await _world.SendAsync(
            "POST", "/v1/clustertemplates", new { name = "x", coe = "kubernetes", image_id = "ubuntu", external_network_id = "public", flavor_id = "m1.small" });

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        await _world.GetAsync("/v1/clusters");
        Assert.Equal(2, _world.Validations);
    }
}
