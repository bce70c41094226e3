using System.Net;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

public sealed class RoutingTests : IDisposable
{
    private readonly ApiWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("/v1/clusters")]
    [InlineData("/v1/clusters/")]
    [InlineData("/clusters")]
    [InlineData("/clusters/")]
    [InlineData("/v1/clusters/detail")]
    [InlineData("/clustertemplates/detail/")]
    [InlineData("/v1/stats/")]
    [InlineData("/v1/federations")]
    public async Task APath_IsKnownWithAndWithoutV1AndTrailingSlash(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await _world.GetAsync(path)).Status);

    [Fact]
    public async Task EveryRoute_IsTheSameWithATrailingSlashAndWithoutV1()
    {
        foreach (var route in _world.Routes.Where(r => r.Path is not ("/" or "/v1")))
        {
            var path = PathTo(route);
            var body = route.Route.Body is null ? null : new { };
            var plain = await _world.SendAsync(route.Method, path, body);
            foreach (var other in new[] { $"{path}/", path["/v1".Length..], $"{path["/v1".Length..]}/" })
            {
                var answer = await _world.SendAsync(route.Method, other, body);
                Assert.Equal((other, plain.Status, Told(plain)), (other, answer.Status, Told(answer)));
            }
        }

        static string Told(ApiAnswer answer) => (int)answer.Status < 400 ? answer.Text : answer.Detail;
    }

    [Fact]
    public async Task EveryRoute_NamesAParameterThatItDoesNotKnow()
    {
        foreach (var route in _world.Routes.Where(r => !r.Route.IsRefusal))
        {
            var answer = await _world.SendAsync(route.Method, $"{PathTo(route)}?nothing=1", route.Route.Body is null ? null : new { });

            Assert.Equal((route.Operation, 400, "Unknown argument: \"nothing\""), (route.Operation, (int)answer.Status, answer.Detail));
        }
    }

    [Fact]
    public async Task EveryBody_HasToBeThereAndJson()
    {
        foreach (var route in _world.Routes.Where(r => r.Route.Body is not null))
        {
            var missing = await _world.SendAsync(route.Method, PathTo(route));
            var broken = await _world.SendAsync(route.Method, PathTo(route), "{");
            var typed = await _world.SendAsync(route.Method, PathTo(route), "{}", contentType: "text/plain");
            var untyped = await _world.SendAsync(route.Method, PathTo(route), "{}", contentType: "");
            var other = await _world.SendAsync(route.Method, PathTo(route), "5");

            Assert.Equal((route.Operation, 400, $"Missing argument: \"{route.Route.Body}\""), (route.Operation, (int)missing.Status, missing.Detail));
            Assert.Equal((route.Operation, 400, "Request is not in valid JSON format"), (route.Operation, (int)broken.Status, broken.Detail));
            Assert.Equal((route.Operation, 415, "Unknown mimetype: text/plain"), (route.Operation, (int)typed.Status, typed.Detail));
            Assert.Equal((route.Operation, 415), (route.Operation, (int)untyped.Status));
            Assert.Equal((route.Operation, 400), (route.Operation, (int)other.Status));
        }
    }

    /// <summary>With names of nothing in it.</summary>
    private static string PathTo(ServedRoute route) => route.Path.Replace("{", "no-", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);

    [Theory]
    [InlineData("/v2/")]
    [InlineData("/nothing")]
    [InlineData("/v1/nothing")]
    [InlineData("/v1/bays")]
    [InlineData("/v1/baymodels/detail")]
    [InlineData("/v1/clusters/x/detail")]
    [InlineData("/_blazor")]
    public async Task AnUnknownRoute_IsMagnums404(string path)
    {
        var answer = await _world.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.Equal(("", "Not Found", ""), (answer.Error.GetProperty("code").GetString(), answer.Error.GetProperty("title").GetString(), answer.Detail));
        Assert.Null(answer.Header("OpenStack-API-Version"));
        Assert.StartsWith("req-", answer.Header("X-OpenStack-Request-Id"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "/v1/clusters", "POST")]
    [InlineData("POST", "/", "GET")]
    [InlineData("POST", "/v1/", "GET")]
    [InlineData("OPTIONS", "/v1/clusters", "GET")]
    [InlineData("GET", "/v1/certificates", "POST")]
    [InlineData("GET", "/v1/clusters/x/actions/resize", "POST")]
    public async Task AnotherVerb_Is405AndSaysWhichThereAre(string method, string path, string allowed)
    {
        var answer = await _world.SendAsync(method, path);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.Status);
        Assert.Contains(allowed, answer.Header("Allow"), StringComparison.Ordinal);
        Assert.Equal(("", "Method Not Allowed"), (answer.Error.GetProperty("code").GetString(), answer.Error.GetProperty("title").GetString()));
    }

    [Fact]
    public async Task Head_Is405WithoutABody()
    {
        var answer = await _world.SendAsync("HEAD", "/v1/clusters");

        Assert.Equal((HttpStatusCode.MethodNotAllowed, ""), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("/v1/clusters?detail=true", "detail")]
    [InlineData("/v1/clusters?all_tenants=1", "all_tenants")]
    [InlineData("/v1/clusters/x?limit=1", "limit")]
    [InlineData("/v1/mservices?limit=1", "limit")]
    [InlineData("/v1/?x=1", "x")]
    public async Task AnUnknownParameter_IsNamed(string path, string name)
    {
        var answer = await _world.GetAsync(path, token: "admin");

        Assert.Equal((HttpStatusCode.BadRequest, $"Unknown argument: \"{name}\""), (answer.Status, answer.Detail));
        Assert.NotNull(answer.Header("OpenStack-API-Version"));
    }

    [Theory]
    [InlineData("DELETE", "/v1/clusters", "cluster_ident")]
    [InlineData("DELETE", "/v1/clustertemplates", "cluster_template_ident")]
    [InlineData("GET", "/v1/quotas/demo", "resource")]
    public async Task AVerbWithoutItsIdentifier_SaysWhichIsMissing(string method, string path, string argument)
    {
        var answer = await _world.SendAsync(method, path);

        Assert.Equal((HttpStatusCode.BadRequest, $"Missing argument: \"{argument}\""), (answer.Status, answer.Detail));
    }

    [Theory]
    [InlineData("text/html", HttpStatusCode.NotAcceptable)]
    [InlineData("application/json;q=0", HttpStatusCode.NotAcceptable)]
    [InlineData("*/*", HttpStatusCode.OK)]
    [InlineData("text/html, application/json;q=0.5", HttpStatusCode.OK)]
    public async Task Accept_HasToTakeJson(string accept, HttpStatusCode expected) =>
        Assert.Equal(expected, (await _world.SendAsync("GET", "/v1/clusters", headers: [("Accept", accept)])).Status);

    [Theory]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/xml", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.BadRequest)]
    public async Task ABody_HasToBeJson(string contentType, HttpStatusCode expected) =>
        Assert.Equal(expected, (await _world.SendAsync("POST", "/v1/clusters", "{}", contentType: contentType)).Status);

    [Fact]
    public async Task RotationWithoutABody_TakesAnyContentType()
    {
        var answer = await _world.SendAsync("PATCH", "/v1/certificates/none", Array.Empty<byte>(), contentType: "application/octet-stream");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);   // of the cluster, not of the type
    }

    [Fact]
    public async Task TheRoot_IsForEverybody()
    {
        var answer = await _world.GetAsync("/", token: null, version: "nonsense");
        var version = answer.Json.GetProperty("versions")[0];

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(
            ("v1", "CURRENT", "1.1", "1.14"),
            (version.GetProperty("id").GetString(), version.GetProperty("status").GetString(), version.GetProperty("min_version").GetString(), version.GetProperty("max_version").GetString()));
        Assert.Equal("http://127.0.0.1:9511/v1/", version.GetProperty("links")[0].GetProperty("href").GetString());
        Assert.Null(answer.Header("OpenStack-API-Version"));
    }

    [Theory]
    [InlineData("/v1")]
    [InlineData("/v1/")]
    public async Task TheVersionsDocument_IsForEverybody(string path)
    {
        var answer = await _world.GetAsync(path, token: null, version: null);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("container-infrastructure-management 1.1", answer.Header("OpenStack-API-Version"));
        Assert.Equal(
            "id media_types links version clustertemplates clusters quotas certificates mservices stats federations nodegroups credentials",
            string.Join(' ', answer.Json.EnumerateObject().Select(p => p.Name)));
        Assert.Equal("text/html", answer.Json.GetProperty("links")[1].GetProperty("type").GetString());
        Assert.Equal("http://127.0.0.1:9511/v1/clusters/", answer.Json.GetProperty("clusters")[0].GetProperty("href").GetString());
        Assert.Equal("http://127.0.0.1:9511/mservices/", answer.Json.GetProperty("mservices")[1].GetProperty("href").GetString());
        Assert.Equal(
            "http://127.0.0.1:9511/v1/clusters/{cluster_id}/nodegroups", answer.Json.GetProperty("nodegroups")[0].GetProperty("href").GetString());
    }

    [Fact]
    public async Task Healthcheck_DrainsWhileTheFileExists()
    {
        var file = Path.Combine(Path.GetTempPath(), $"drain-{Guid.NewGuid():N}");
        using var world = new ApiWorld(("Api:DrainFile", file));

        var healthy = await world.GetAsync("/healthcheck", token: null);
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var draining = await world.GetAsync("/healthcheck", token: null);
        File.Delete(file);

        Assert.Equal((HttpStatusCode.OK, "OK", "text/plain"), (healthy.Status, healthy.Text, healthy.Header("Content-Type")));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, draining.Status);
    }

    [Theory]
    [InlineData(false, "http://127.0.0.1:9511/v1/")]
    [InlineData(true, "https://cloud.example/magnum/v1/")]
    public async Task ForwardedHeaders_CountWhereTheyAreTrusted(bool trusted, string expected)
    {
        using var world = new ApiWorld(("Api:TrustForwardedHeaders", trusted.ToString()));

        var answer = await world.SendAsync(
            "GET", "/", headers: [("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "cloud.example"), ("X-Forwarded-Prefix", "/magnum")]);

        Assert.Equal(expected, answer.Json.GetProperty("versions")[0].GetProperty("links")[0].GetProperty("href").GetString());
    }

    [Fact]
    public async Task AnotherRequestsId_IsLoggedAndNotAnswered()
    {
        const string global = "req-11111111-1111-4111-8111-111111111111";

        var answer = await _world.SendAsync("GET", "/v1/clusters", headers: [("X-OpenStack-Request-Id", global)]);

        Assert.NotEqual(global, answer.Header("X-OpenStack-Request-Id"));
        Assert.Matches("^req-[0-9a-f-]{36}$", answer.Header("X-OpenStack-Request-Id"));
    }

    [Fact]
    public async Task ALine_IsLoggedPerRequest_WithoutTheToken()
    {
        _world.Callers["secret-token-of-demo"] = _world.Callers["demo"];

        await _world.GetAsync("/v1/clusters/none", token: "secret-token-of-demo");

        Assert.Contains(_world.Log.Lines, l => l.Contains("GET /v1/clusters/none answered 404", StringComparison.Ordinal));
        Assert.DoesNotContain(_world.Log.Lines, l => l.Contains("secret-token-of-demo", StringComparison.Ordinal));
    }
}
