using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Operations;
using Magnum.Core.Services;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Conductor;
using Magnum.Web.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.Api;

/// <summary>The OpenAPI document against the routes that there are and the answers that they give.</summary>
public sealed class DescriptionTests : IDisposable
{
    /// <summary>What no driver of the tests can do, or nothing can: their successes are not to be had.</summary>
    private static readonly string[] Unreachable =
    [
        "post /v1/clusters/{ident}/actions/upgrade", "post /v1/clusters/{cluster}/nodegroups", "patch /v1/clusters/{cluster}/nodegroups/{ident}",
        "delete /v1/clusters/{cluster}/nodegroups/{ident}", "patch /v1/certificates/{cluster}", "patch /v1/credentials/{cluster}",
        "post /v1/federations", "get /v1/federations/{ident}", "patch /v1/federations/{ident}", "delete /v1/federations/{ident}",
    ];

    private readonly ApiWorld _world = new();
    private readonly HashSet<string> _answered = [];
    private JsonElement _document;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/v1/openapi/v1.json")]
    public async Task Document_IsForEverybody(string path)
    {
        var answer = await _world.GetAsync(path, token: null, version: null);

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.Status, answer.Header("Content-Type")));
        Assert.Equal("3.1.0", answer.Json.GetProperty("openapi").GetString());
        Assert.Equal("X-Auth-Token", answer.Json.GetProperty("components").GetProperty("securitySchemes").GetProperty("token").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Document_HasEveryRoute_AndNoOther()
    {
        var document = (await _world.GetAsync("/openapi/v1.json", token: null)).Json;
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Where(o => o.Name != "parameters").Select(o => $"{o.Name} {p.Name}"))
            .ToHashSet();
        var routes = Routes().Where(r => !r.Route.IsRefusal).ToList();

        Assert.Equal(routes.Select(r => r.Operation).Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        foreach (var (operation, route) in routes)
        {
            var found = Operation(document, operation);
            Assert.False(string.IsNullOrEmpty(found.GetProperty("summary").GetString()), operation);
            Assert.Equal(route.Body is not null, found.TryGetProperty("requestBody", out _));
            var parameters = found.GetProperty("parameters").EnumerateArray()
                .Where(p => p.TryGetProperty("in", out var where) && where.GetString() == "query").Select(p => p.GetProperty("name").GetString()!);
            Assert.Equal(route.Query.Concat(route.NewerQuery.Keys).Order(StringComparer.Ordinal), parameters.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task WhatIsLeftOut_OnlyRefuses()
    {
        foreach (var (operation, _) in Routes().Where(r => r.Route.IsRefusal))
        {
            var (method, path) = (operation.Split(' ')[0].ToUpperInvariant(), operation.Split(' ')[1]);
            var answer = await _world.SendAsync(method, path.Replace("{cluster}", "x", StringComparison.Ordinal).Replace("{project}", "x", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        }
    }

    [Fact]
    public async Task Document_PointsNowhereElse_AndNamesOperationsOnce()
    {
        var document = (await _world.GetAsync("/openapi/v1.json", token: null)).Json;
        var check = new JsonSchemaCheck(document);
        var ids = new List<string>();

        Visit(document);

        Assert.Equal(ids.Distinct(), ids);
        void Visit(JsonElement node)
        {
            if (node.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in node.EnumerateArray())
                {
                    Visit(item);
                }
            }
            else if (node.ValueKind == JsonValueKind.Object)
            {
                Assert.NotEqual(JsonValueKind.Undefined, check.Resolve(node).ValueKind);   // throws where a reference leads nowhere
                foreach (var member in node.EnumerateObject())
                {
                    if (member is { Name: "operationId", Value.ValueKind: JsonValueKind.String })
                    {
                        ids.Add(member.Value.GetString()!);
                    }

                    Visit(member.Value);
                }
            }
        }
    }

    [Fact]
    public async Task Versions_AreSaidOfRoutesParametersAndFields()
    {
        var document = (await _world.GetAsync("/openapi/v1.json", token: null)).Json;

        Assert.Equal("1.9", Operation(document, "get /v1/clusters/{cluster}/nodegroups").GetProperty("x-openstack-microversion").GetProperty("min").GetString());
        var rollback = Operation(document, "patch /v1/clusters/{ident}").GetProperty("parameters").EnumerateArray()
            .Single(p => p.TryGetProperty("name", out var name) && name.GetString() == "rollback");
        Assert.Equal("1.3", rollback.GetProperty("x-openstack-microversion").GetProperty("min").GetString());
        var fields = document.GetProperty("components").GetProperty("schemas").GetProperty("Cluster").GetProperty("properties");
        Assert.Equal("1.13", fields.GetProperty("cluster_id").GetProperty("x-openstack-microversion").GetProperty("min").GetString());
        Assert.Equal("1.12", fields.GetProperty("stack_id").GetProperty("x-openstack-microversion").GetProperty("max").GetString());
        var create = document.GetProperty("components").GetProperty("schemas").GetProperty("cluster_request");
        Assert.Equal("cluster_template_id", Assert.Single(create.GetProperty("required").EnumerateArray()).GetString());
        Assert.True(create.GetProperty("properties").GetProperty("api_address").GetProperty("readOnly").GetBoolean());
    }

    [Fact]
    public async Task EveryRoute_AnswersAsDescribed()
    {
        _document = (await _world.GetAsync("/openapi/v1.json", token: null)).Json;
        await _world.Services.GetRequiredService<ServiceRegistry>().BeatAsync("host", MagnumService.ConductorBinary, "one", Ct);

        await SendAsync("get", "/", "/");
        await SendAsync("get", "/v1", "/v1");
        await SendAsync("post", "/v1/clustertemplates", "/v1/clustertemplates", new
        {
            name = "k8s",
            coe = "kubernetes",
            image_id = "ubuntu",
            external_network_id = "public",
            flavor_id = "m1.small",
            master_flavor_id = "m1.small",
            labels = new { a = "b" },
        });
        await SendAsync("get", "/v1/clustertemplates", "/v1/clustertemplates?limit=1");
        await SendAsync("get", "/v1/clustertemplates/detail", "/v1/clustertemplates/detail");
        await SendAsync("get", "/v1/clustertemplates/{ident}", "/v1/clustertemplates/k8s");
        await SendAsync("patch", "/v1/clustertemplates/{ident}", "/v1/clustertemplates/k8s", new[] { new { op = "replace", path = "/tags", value = "x" } });
        await SendAsync("post", "/v1/clusters/plan", "/v1/clusters/plan", new { cluster_template_id = "k8s" });
        var uuid = (await SendAsync("post", "/v1/clusters", "/v1/clusters", new { name = "blue", cluster_template_id = "k8s", labels = new { x = "y" } }))
            .GetProperty("uuid").GetGuid();
        await _world.Core.FinishAsync(uuid, ClusterStatus.CreateFailed, OperationState.Failed);
        await SendAsync("post", "/v1/clusters/{ident}/actions/retry", "/v1/clusters/blue/actions/retry");
        await FailAsync(uuid);
        foreach (var version in new[] { "1.14", "1.1" })
        {
            await SendAsync("get", "/v1/clusters", "/v1/clusters?limit=1", version: version);
            await SendAsync("get", "/v1/clusters/detail", "/v1/clusters/detail", version: version);
            await SendAsync("get", "/v1/clusters/{ident}", "/v1/clusters/blue", version: version);
            await SendAsync("get", "/v1/clusters/{ident}/events", "/v1/clusters/blue/events?limit=1", version: version);
            await SendAsync("get", "/v1/clusters/{ident}/operations", "/v1/clusters/blue/operations?limit=1", version: version);
        }

        await SendAsync("get", "/v1/clusters/{cluster}/nodegroups", "/v1/clusters/blue/nodegroups");
        await SendAsync("get", "/v1/clusters/{cluster}/nodegroups/{ident}", "/v1/clusters/blue/nodegroups/default-worker");
        await _world.Core.FinishAsync(uuid, ClusterStatus.CreateComplete);
        await SendAsync("patch", "/v1/clusters/{ident}", "/v1/clusters/blue", new[] { new { op = "replace", path = "/node_count", value = 2 } });
        await _world.Core.FinishAsync(uuid, ClusterStatus.UpdateComplete);
        await SendAsync("post", "/v1/clusters/{ident}/actions/resize", "/v1/clusters/blue/actions/resize", new { node_count = 3 });
        await CertificatesAsync(uuid);
        await QuotasAndTheRestAsync();
        await SendAsync("delete", "/v1/clusters/{ident}", "/v1/clusters/blue");
        await _world.Core.AddTemplateAsync(spec: RequestWorld.Spec("unused"));
        await SendAsync("delete", "/v1/clustertemplates/{ident}", "/v1/clustertemplates/unused");
        await SendAsync("get", "/v1/openapi/v1.json", "/openapi/v1.json", check: false);

        Assert.Equal(
            Routes().Where(r => !r.Route.IsRefusal).Select(r => r.Operation).Except(Unreachable).Order(StringComparer.Ordinal),
            _answered.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("GET", "/v1/clusters/none", "demo", "1.14", "default")]
    [InlineData("GET", "/v1/clusters/none/events", "demo", "1.14", "default")]
    [InlineData("GET", "/v1/clusters/none", null, "1.14", "401")]
    [InlineData("GET", "/v1/clusters/none", "demo", "1.99", "406")]
    [InlineData("GET", "/v1/clusters/none", "demo", "nonsense", "406")]
    public async Task Refusals_AreAsDescribed(string method, string path, string? token, string version, string response)
    {
        var document = (await _world.GetAsync("/openapi/v1.json", token: null)).Json;
        var check = new JsonSchemaCheck(document);

        var answer = await _world.SendAsync(method, path, token: token, version: version);

        var described = check.Resolve(Operation(document, "get /v1/clusters/{ident}").GetProperty("responses").GetProperty(response));
        Assert.Empty(check.Check(answer.Json, SchemaOf(described)));
    }

    private async Task CertificatesAsync(Guid uuid)
    {
        await _world.Services.GetRequiredService<ClusterCertificates>().EnsureAsync(uuid, "blue", Ct);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var csr = new CertificateRequest("CN=admin,O=system:masters", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
        await SendAsync("post", "/v1/certificates", "/v1/certificates", new { cluster_uuid = uuid, csr });
        await SendAsync("get", "/v1/certificates/{cluster}", "/v1/certificates/blue");
        await SendAsync("get", "/v1/certificates/{cluster}/{type}", "/v1/certificates/blue/etcd");
        await using (var db = _world.Core.Database.CreateDbContext())
        {
            db.NodeGroups.Single(g => g.ClusterId == uuid && g.Name == "default-worker").Nodes = [new ObservedNode("blue-worker-0", null, null, null, null)];
            await db.SaveChangesAsync(Ct);
        }

        var ca = await _world.Services.GetRequiredService<ClusterCertificates>().FindAsync(uuid, CertificatePurpose.Ca, Ct);
        using var node = new FakeNode(uuid, "blue-worker-0", ca!, _world.Core.Time.GetUtcNow());
        var report = node.Report(_world.Core.Time.GetUtcNow(), "1");
        await SendAsync("post", "/v1/certificates/{cluster}/node", $"/v1/certificates/{uuid}/node", new
        {
            certificate = report.Certificate,
            time = report.Time,
            applied = report.Applied,
            signature = report.Signature,
        });
        var renewal = node.Renewal();
        await SendAsync("post", "/v1/certificates/{cluster}/renew", $"/v1/certificates/{uuid}/renew", new
        {
            ca_cert_type = "kubernetes",
            certificate = renewal.Certificate,
            csr = renewal.Csr,
            signature = renewal.Signature,
        });
    }

    private async Task QuotasAndTheRestAsync()
    {
        await SendAsync("get", "/v1/quotas/{project}/{resource}", "/v1/quotas/demo/Cluster");
        await SendAsync("post", "/v1/quotas", "/v1/quotas", new { project_id = "demo", hard_limit = 5 }, "admin");
        await SendAsync("get", "/v1/quotas/{project}/{resource}", "/v1/quotas/demo/Cluster");
        await SendAsync("get", "/v1/quotas", "/v1/quotas?limit=1&all_tenants=true", token: "admin");
        await SendAsync("patch", "/v1/quotas/{project}/{resource}", "/v1/quotas/demo/Cluster", new { hard_limit = 6 }, "admin");
        await SendAsync("delete", "/v1/quotas/{project}/{resource}", "/v1/quotas/demo/Cluster", token: "admin");
        await SendAsync("get", "/v1/stats", "/v1/stats");
        await SendAsync("get", "/v1/mservices", "/v1/mservices", token: "admin");
        await SendAsync("get", "/v1/federations", "/v1/federations");
        await SendAsync("get", "/v1/federations/detail", "/v1/federations/detail");
    }

    /// <summary>Sends, and holds the answer against what the document says of success.</summary>
    private async Task<JsonElement> SendAsync(
        string method, string route, string path, object? body = null, string token = "demo", string version = "1.14", bool check = true)
    {
        var answer = await _world.SendAsync(method.ToUpperInvariant(), path, body, token, version);
        _answered.Add($"{method} {route}");
        var responses = Operation(_document, $"{method} {route}").GetProperty("responses");
        Assert.True(responses.TryGetProperty(((int)answer.Status).ToString(System.Globalization.CultureInfo.InvariantCulture), out var described) && (int)answer.Status < 300,
            $"{method} {path} answered {(int)answer.Status}: {answer.Text}");
        if (answer.Status == HttpStatusCode.NoContent)
        {
            Assert.False(described.TryGetProperty("content", out _));
            return default;
        }

        var schemas = new JsonSchemaCheck(_document);
        var problems = check ? schemas.Check(answer.Json, SchemaOf(described)) : [];
        Assert.True(problems.Count == 0, $"{method} {path}: {string.Join("; ", problems)}");
        return answer.Json;
    }

    private async Task FailAsync(Guid uuid)
    {
        await using var db = _world.Core.Database.CreateDbContext();
        var group = db.NodeGroups.Single(g => g.ClusterId == uuid && g.Name == "default-worker");
        group.SetStatus(ClusterStatus.CreateFailed, "No valid host was found.", _world.Core.Time.GetUtcNow());
        await db.SaveChangesAsync(Ct);
    }

    private IEnumerable<(string Operation, ApiRoute Route)> Routes() => _world.Routes.Select(r => ($"{r.Method.ToLowerInvariant()} {r.Path}", r.Route));

    private static JsonElement Operation(JsonElement document, string operation) =>
        document.GetProperty("paths").GetProperty(operation.Split(' ')[1]).GetProperty(operation.Split(' ')[0]);

    private static JsonElement SchemaOf(JsonElement response) => response.GetProperty("content").GetProperty("application/json").GetProperty("schema");
}
