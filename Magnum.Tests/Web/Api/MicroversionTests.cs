using System.Net;
using System.Text.Json;
using Magnum.Core.Drivers;
using Magnum.Tests.Support;
using Magnum.Web.Api;

namespace Magnum.Tests.Web.Api;

public sealed class MicroversionTests : IDisposable
{
    private readonly ApiWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(null, 1)]
    [InlineData("container-infra 1.9", 9)]
    [InlineData("container-infra latest", 14)]
    [InlineData("container-infra LATEST", 14)]
    [InlineData("compute latest", 14)]
    [InlineData("container-infrastructure 1.14", 14)]
    [InlineData("container-infrastructure-management 1.10", 10)]
    [InlineData("container-infra 1.01", 1)]
    public void Parse_AVersionThatThereIs_IsAccepted(string? header, int minor) =>
        Assert.Equal(new MicroversionRequest.Accepted(new Microversion(minor)), Microversion.Parse(header));

    [Theory]
    [InlineData("1.9")]
    [InlineData("")]
    [InlineData("compute 2.1")]
    [InlineData("container-infra")]
    [InlineData("container-infra 1.1 x")]
    [InlineData("compute 2.1, container-infra 1.5")]
    public void Parse_AnotherService_SaysSo(string header) =>
        Assert.Equal(new MicroversionRequest.Malformed("Invalid service type for OpenStack-API-Version header"), Microversion.Parse(header));

    [Theory]
    [InlineData("container-infra 1")]
    [InlineData("container-infra 1.1.1")]
    [InlineData("container-infra x")]
    [InlineData("container-infra 1.x")]
    [InlineData("container-infra 1.99999999999999999999999999999999999999999999999")]
    public void Parse_NoVersion_SaysSo(string header) =>
        Assert.Equal(new MicroversionRequest.Malformed("Invalid value for OpenStack-API-Version header"), Microversion.Parse(header));

    [Theory]
    [InlineData("container-infra 1.0", "1.0", "minor version is not supported")]
    [InlineData("container-infra 1.15", "1.15", "minor version is not supported")]
    [InlineData("container-infra 1.99999999999999999999", "1.99999999999999999999", "minor version is not supported")]
    [InlineData("container-infra 2.1", "2.1", "Mutually exclusive versions requested")]
    public async Task AVersionThatThereIsNot_Is406InItsOwnShape(string header, string asked, string why)
    {
        var answer = await _world.GetAsync("/v1/clusters", version: header);

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.Status);
        Assert.Equal("magnum.microversion-unsupported", answer.Error.GetProperty("code").GetString());
        Assert.Equal("Requested microversion is unsupported", answer.Error.GetProperty("title").GetString());
        Assert.Contains(why, answer.Error.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(("1.14", "1.1"), (answer.Error.GetProperty("max_version").GetString(), answer.Error.GetProperty("min_version").GetString()));
        Assert.Equal("help", answer.Error.GetProperty("links")[0].GetProperty("rel").GetString());
        Assert.False(answer.Error.TryGetProperty("status", out _));
        Assert.Equal($"container-infrastructure-management {asked}", answer.Header("OpenStack-API-Version"));
    }

    [Fact]
    public async Task AHeaderThatCannotBeRead_Is406WithoutVersionHeaders()
    {
        var answer = await _world.GetAsync("/v1/clusters", version: "compute 2.1");

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.Status);
        Assert.Equal(("", "Not Acceptable"), (answer.Error.GetProperty("code").GetString(), answer.Error.GetProperty("title").GetString()));
        Assert.Null(answer.Header("OpenStack-API-Version"));
    }

    [Theory]
    [InlineData(null, "1.1")]
    [InlineData("1.7", "1.7")]
    [InlineData("container-infra latest", "1.14")]
    public async Task AnAnswer_SaysWhichVersionItIs(string? asked, string served)
    {
        var answer = await _world.GetAsync("/v1/clusters", version: asked);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal($"container-infrastructure-management {served}", answer.Header("OpenStack-API-Version"));
        Assert.Equal("container-infrastructure-management 1.1", answer.Header("OpenStack-API-Minimum-Version"));
        Assert.Equal("container-infrastructure-management 1.14", answer.Header("OpenStack-API-Maximum-Version"));
        Assert.Equal("OpenStack-API-Version", answer.Header("Vary"));
    }

    [Theory]
    [InlineData("GET", "/v1/clusters/blue/nodegroups", "1.8", "get_all")]
    [InlineData("POST", "/v1/clusters/blue/actions/resize", "1.6", "resize")]
    [InlineData("POST", "/v1/clusters/blue/actions/upgrade", "1.6", "upgrade")]
    [InlineData("PATCH", "/v1/credentials/blue", "1.11", "patch")]
    public async Task ARouteThatIsNewer_Is406(string method, string path, string version, string handler)
    {
        var answer = await _world.SendAsync(method, path, method == "POST" ? new { node_count = 1 } : null, version: version);

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.Status);
        Assert.Equal($"Version {version} was requested but the requested API {handler} is not supported for this version.", answer.Detail);
        Assert.Null(answer.Header("OpenStack-API-Version"));
    }

    /// <summary>
    /// Every difference between two versions: since which one, what is asked, and the answer before (status and words) and from then on. A version that
    /// only documents something is in the table too: both answer alike.
    /// </summary>
    private static readonly (int Since, string Method, string Path, string Body, int Before, string WordsBefore, int At, string Words)[] Differences =
    [
        (2, "POST", "/v1/clusters", """{"cluster_template_id": "k8s"}""", 202, "", 202, ""),
        (2, "DELETE", "/v1/clusters/blue", "", 204, "", 204, ""),
        (3, "PATCH", "/v1/clusters/blue?rollback=True", "[]", 400, "Unknown argument: \"rollback\"", 202, ""),
        (3, "PATCH", "/v1/clusters/blue/?rollback=False", "[]", 400, "Unknown argument: \"rollback\"", 202, ""),
        (3, "PATCH", "/v1/clusters/blue", "[]", 202, "", 202, ""),
        (4, "GET", "/v1/stats", "", 200, "", 200, ""),
        (5, "PATCH", "/v1/certificates/blue", "", 202, "", 202, ""),
        (6, "GET", "/v1/quotas", "", 200, "", 200, ""),
        (6, "POST", "/v1/quotas", """{"project_id": "demo", "hard_limit": 5}""", 201, "", 201, ""),
        (6, "GET", "/v1/quotas/admin/Cluster", "", 200, "", 200, ""),
        (6, "PATCH", "/v1/quotas/alt/Cluster", """{"hard_limit": 5}""", 202, "", 202, ""),
        (6, "DELETE", "/v1/quotas/alt/Cluster", "", 204, "", 204, ""),
        (7, "POST", "/v1/clusters/blue/actions/resize", """{"node_count": 3}""", 406, Newer("1.6", "resize"), 202, ""),
        (7, "POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "none"}""", 406, Newer("1.6", "upgrade"), 400, TooEarlyToUpgrade),
        (8, "POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "none", "max_batch_size": 1}""", 400, TooEarlyToUpgrade, 404, "ClusterTemplate none could not be found."),
        (9, "GET", "/v1/clusters/blue/nodegroups", "", 406, Newer("1.8", "get_all"), 200, ""),
        (9, "GET", "/v1/clusters/blue/nodegroups/default-worker", "", 406, Newer("1.8", "get_one"), 200, ""),
        (9, "POST", "/v1/clusters/blue/nodegroups", """{"name": "gpu"}""", 406, Newer("1.8", "post"), 409, "Cluster API address is not available yet"),
        (9, "PATCH", "/v1/clusters/blue/nodegroups/none", "[]", 406, Newer("1.8", "patch"), 404, "Nodegroup none could not be found."),
        (9, "DELETE", "/v1/clusters/blue/nodegroups/default-worker", "", 406, Newer("1.8", "delete"), 400, "Deleting a default nodegroup is not supported."),
        (10, "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "node_count": 0}""", 400, TooEarlyForZero, 202, ""),
        (10, "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "node_count": "0"}""", 400, TooEarlyForZero, 202, ""),
        (10, "PATCH", "/v1/clusters/blue", """[{"op": "replace", "path": "/node_count", "value": 0}]""", 400, TooEarlyForZero, 202, ""),
        (10, "POST", "/v1/clusters/blue/actions/resize", """{"node_count": 0}""", 400, TooEarlyForZero, 202, ""),
        (10, "POST", "/v1/clusters", """{"cluster_template_id": "none"}""", 400, "ClusterTemplate none could not be found.", 400, "ClusterTemplate none could not be found."),
        (11, "GET", "/v1/bays", "", 404, "", 404, ""),
        (11, "POST", "/v1/bays", "{}", 404, "", 404, ""),
        (11, "GET", "/v1/baymodels", "", 404, "", 404, ""),
        (12, "PATCH", "/v1/credentials/none", "", 406, Newer("1.11", "patch"), 404, "Cluster none could not be found."),
        (14, "POST", "/v1/clusters/blue/nodegroups", """{"name": "gpu", "node_labels": {"team": "ml"}, "node_taints": []}""", 409, NoAddress, 409, NoAddress),
        (14, "PATCH", "/v1/clusters/blue/nodegroups/none", """[{"op": "replace", "path": "/node_labels", "value": "{'team': 'ml'}"}]""", 404, NoGroup, 404, NoGroup),
    ];

    private const string TooEarlyToUpgrade = "Cluster upgrade is not supported in the provided microversion.";
    private const string TooEarlyForZero = "Resizing a nodegroup to zero is not supported in the provided microversion.";
    private const string NoAddress = "Cluster API address is not available yet";
    private const string NoGroup = "Nodegroup none could not be found.";

    /// <summary>One case at the version before each difference, and one at its own.</summary>
    public static TheoryData<string, string, string, string, int, string> OnBothSides
    {
        get
        {
            var cases = new TheoryData<string, string, string, string, int, string>();
            foreach (var difference in Differences)
            {
                cases.Add($"1.{difference.Since - 1}", difference.Method, difference.Path, difference.Body, difference.Before, difference.WordsBefore);
                cases.Add($"1.{difference.Since}", difference.Method, difference.Path, difference.Body, difference.At, difference.Words);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(OnBothSides))]
    public async Task ADifference_IsThereFromItsVersionOn(string version, string method, string path, string body, int status, string words)
    {
        _world.Callers["both"] = TestCaller.With("demo", "demo-user", "admin", "member", "reader");
        _world.Core.Driver.Description = FakeDriver.Kubernetes() with { Capabilities = DriverCapabilities.Resize | DriverCapabilities.RotateCa };
        await _world.Core.AddClusterAsync();
        await _world.SendAsync("POST", "/v1/quotas", new { project_id = "alt", hard_limit = 3 }, token: "both");

        var answer = await _world.SendAsync(method, path, body.Length == 0 ? null : body, "both", version);

        Assert.Equal(status, (int)answer.Status);
        if (status >= 400)
        {
            Assert.Equal(words, answer.Detail);
        }
    }

    [Theory]
    [InlineData(12, "stack_id", "cluster_id")]
    [InlineData(13, "cluster_id", "stack_id")]
    public async Task TheBackEndsIdentifier_HasItsNewNameFrom113(int minor, string present, string absent)
    {
        var cluster = await _world.Core.AddClusterAsync();

        foreach (var path in new[] { $"/v1/clusters/{cluster.Uuid}", "/v1/clusters", "/v1/clusters/detail" })
        {
            var keys = await KeysAsync(path, minor);
            Assert.Contains(present, keys);
            Assert.DoesNotContain(absent, keys);
        }

        Assert.Contains("stack_id", await KeysAsync("/v1/clusters/blue/nodegroups", minor));
        Assert.Contains("stack_id", await KeysAsync("/v1/clusters/blue/nodegroups/default-worker", minor));
    }

    [Fact]
    public async Task NothingElseDiffers_InWhatIsShown()
    {
        await _world.Core.AddClusterAsync();
        foreach (var (path, since) in new[]
                 {
                     ("/v1/clusters", 1), ("/v1/clusters/detail", 1), ("/v1/clusters/blue", 1), ("/v1/clustertemplates", 1), ("/v1/clustertemplates/k8s", 1),
                     ("/v1/quotas/demo/Cluster", 1), ("/v1/stats", 1), ("/v1/clusters/blue/nodegroups", 9), ("/v1/clusters/blue/nodegroups/default-worker", 9),
                 })
        {
            var latest = await KeysAsync(path, Microversion.Maximum.Minor);
            for (var minor = since; minor < Microversion.Maximum.Minor; minor++)
            {
                var renamed = minor < 13 && !path.Contains("nodegroups", StringComparison.Ordinal);
                Assert.Equal(latest.Select(key => renamed && key == "cluster_id" ? "stack_id" : key), await KeysAsync(path, minor));
            }
        }
    }

    [Fact]
    public void ARoute_IsThereFromItsVersionOn_AndTheRestFromTheFirst()
    {
        foreach (var route in _world.Routes.Where(r => !r.Route.IsRefusal))
        {
            var since = route.Path switch
            {
                _ when route.Path.Contains("/nodegroups", StringComparison.Ordinal) => 9,
                "/v1/clusters/{ident}/actions/resize" or "/v1/clusters/{ident}/actions/upgrade" => 7,
                "/v1/credentials/{cluster}" => 12,
                _ => 1,
            };
            Assert.Equal((route.Operation, since), (route.Operation, route.Route.Since.Minor));
        }
    }

    private static string Newer(string version, string handler) =>
        $"Version {version} was requested but the requested API {handler} is not supported for this version.";

    /// <summary>The keys of what is shown; of a list, its first item's.</summary>
    private async Task<List<string>> KeysAsync(string path, int minor)
    {
        var answer = await _world.GetAsync(path, version: $"1.{minor}");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var first = answer.Json.EnumerateObject().First().Value;
        var shown = first.ValueKind == JsonValueKind.Array ? first[0] : answer.Json;
        return [.. shown.EnumerateObject().Select(p => p.Name)];
    }
}
