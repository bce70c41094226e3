using System.Net;
using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Core.Policies;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Conductor;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Web.Api;

/// <summary>Who may do what: every route for every kind of caller, by the default policy.</summary>
public sealed class PolicyMatrixTests : IDisposable
{
    private const string Owner = "owner";

    /// <summary>The table's columns: callers of the owner's name and project, colleagues, people of another project, nodes, nobody.</summary>
    private static readonly (string Name, Caller? Caller)[] Columns =
    [
        ("reader", TestCaller.With("demo", Owner, "reader")),
        ("member", TestCaller.With("demo", Owner, "member")),
        ("admin", TestCaller.With("demo", Owner, "admin")),
        ("auditor", TestCaller.With("demo", Owner, "auditor")),
        ("no-role", TestCaller.With("demo", Owner)),
        ("colleague-reader", TestCaller.With("demo", "colleague", "reader")),
        ("colleague-member", TestCaller.With("demo", "colleague", "member")),
        ("other-project-member", TestCaller.Member("alt", "alt-user")),
        ("other-project-admin", TestCaller.With("admin", "admin-user", "admin")),
        ("cluster-node", TestCaller.Node()),
        ("another-cluster-node", TestCaller.Node("trustee-2")),
        ("nobody", null),
    ];

    private readonly ApiWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    /// <summary>
    /// The operation, what it is done to, the body (<c>$cluster</c>, <c>$template</c> and <c>$csr</c> stand for what is there), success (0: whatever the
    /// driver says to it), and per column: + allowed, 3 403, 4 404, 0 400, 1 401.
    /// </summary>
    public static TheoryData<string, string, string, int, string> Matrix => new()
    {
        { "GET /v1/clusters", "", "", 200, "+3+33 +3 ++ 33 1" },
        { "GET /v1/clusters/detail", "", "", 200, "+3+33 +3 ++ 33 1" },
        { "POST /v1/clusters", "public", """{"cluster_template_id": "$template"}""", 202, "3++33 3+ ++ 33 1" },
        { "POST /v1/clusters", "private", """{"cluster_template_id": "$template"}""", 202, "3++33 3+ 00 33 1" },
        { "POST /v1/clusters", "hidden", """{"cluster_template_id": "$template"}""", 202, "33+33 33 00 33 1" },
        { "POST /v1/clusters", "public and hidden", """{"cluster_template_id": "$template"}""", 202, "33+33 33 0+ 33 1" },
        { "POST /v1/clusters/plan", "public", """{"cluster_template_id": "$template"}""", 200, "3++33 3+ ++ 33 1" },
        { "GET /v1/clusters/{ident}", "", "", 200, "+3+33 +3 4+ 33 1" },
        { "PATCH /v1/clusters/{ident}", "", """[{"op": "replace", "path": "/node_count", "value": 3}]""", 202, "3++33 3+ 4+ 33 1" },
        { "PATCH /v1/clusters/{ident}", "", """[{"op": "replace", "path": "/health_status", "value": "HEALTHY"}]""", 202, "3++33 3+ 4+ 33 1" },
        { "DELETE /v1/clusters/{ident}", "", "", 204, "3++33 3+ 4+ 33 1" },
        { "POST /v1/clusters/{ident}/actions/resize", "", """{"node_count": 3}""", 202, "3++33 3+ 4+ 33 1" },
        { "POST /v1/clusters/{ident}/actions/upgrade", "", """{"cluster_template": "$template"}""", 0, "3++33 3+ 4+ 33 1" },
        { "POST /v1/clusters/{ident}/actions/retry", "", "", 0, "3++33 3+ 4+ 33 1" },
        { "GET /v1/clusters/{ident}/events", "", "", 200, "+3+33 +3 4+ 33 1" },
        { "GET /v1/clusters/{ident}/operations", "", "", 200, "+3+33 +3 4+ 33 1" },
        { "GET /v1/clusters/{cluster}/nodegroups", "", "", 200, "+3+33 +3 4+ 33 1" },
        { "GET /v1/clusters/{cluster}/nodegroups/{ident}", "", "", 200, "+3+33 +3 4+ 33 1" },
        { "POST /v1/clusters/{cluster}/nodegroups", "", """{"name": "gpu"}""", 0, "3++33 3+ 44 33 1" },
        { "PATCH /v1/clusters/{cluster}/nodegroups/{ident}", "", """[{"op": "replace", "path": "/max_node_count", "value": 9}]""", 0, "3++33 3+ 44 33 1" },
        { "DELETE /v1/clusters/{cluster}/nodegroups/{ident}", "", "", 0, "3++33 3+ 44 33 1" },
        { "GET /v1/certificates/{cluster}", "", "", 200, "+3+33 33 44 +4 1" },
        { "GET /v1/certificates/{cluster}/{type}", "", "", 200, "+3+33 33 44 +4 1" },
        { "POST /v1/certificates", "", """{"cluster_uuid": "$cluster", "csr": "$csr"}""", 201, "3++33 33 00 +0 1" },
        { "PATCH /v1/certificates/{cluster}", "", "", 0, "3++33 3+ 44 33 1" },
        { "PATCH /v1/credentials/{cluster}", "", "", 0, "3+333 3+ 43 33 1" },
        { "GET /v1/clustertemplates", "", "", 200, "+3+33 +3 ++ 33 1" },
        { "GET /v1/clustertemplates/detail", "", "", 200, "+3+33 +3 ++ 33 1" },
        { "POST /v1/clustertemplates", "", NewTemplate, 201, "3++33 3+ ++ 33 1" },
        { "POST /v1/clustertemplates", "", NewTemplate.Replace("}", ", \"public\": true}", StringComparison.Ordinal), 201, "33+33 33 3+ 33 1" },
        { "POST /v1/clustertemplates", "", NewTemplate.Replace("}", ", \"hidden\": true}", StringComparison.Ordinal), 201, "33+33 33 3+ 33 1" },
        { "GET /v1/clustertemplates/{ident}", "private", "", 200, "+3+33 +3 4+ 33 1" },
        { "GET /v1/clustertemplates/{ident}", "public", "", 200, "+++++ ++ ++ 33 1" },
        { "GET /v1/clustertemplates/{ident}", "hidden", "", 200, "+3+33 +3 4+ 33 1" },
        { "GET /v1/clustertemplates/{ident}", "public and hidden", "", 200, "+++++ ++ 4+ 33 1" },
        { "PATCH /v1/clustertemplates/{ident}", "private", NewName, 200, "3++33 3+ 4+ 33 1" },
        { "PATCH /v1/clustertemplates/{ident}", "public", NewName, 200, "3++33 3+ 3+ 33 1" },
        { "PATCH /v1/clustertemplates/{ident}", "private", """[{"op": "replace", "path": "/public", "value": true}]""", 200, "33+33 33 4+ 33 1" },
        { "PATCH /v1/clustertemplates/{ident}", "private", """[{"op": "replace", "path": "/hidden", "value": true}]""", 200, "33+33 33 4+ 33 1" },
        { "DELETE /v1/clustertemplates/{ident}", "private", "", 204, "3++33 3+ 4+ 33 1" },
        { "DELETE /v1/clustertemplates/{ident}", "public", "", 204, "3++33 3+ 3+ 33 1" },
        { "DELETE /v1/clustertemplates/{ident}", "public and hidden", "", 204, "3++33 3+ 4+ 33 1" },
        { "GET /v1/quotas", "", "", 200, "33+33 33 3+ 33 1" },
        { "POST /v1/quotas", "", """{"project_id": "demo", "hard_limit": 50}""", 201, "33+33 33 3+ 33 1" },
        { "GET /v1/quotas/{project}/{resource}", "", "", 200, "+3+33 +3 3+ 33 1" },
        { "PATCH /v1/quotas/{project}/{resource}", "", """{"hard_limit": 60}""", 202, "33+33 33 3+ 33 1" },
        { "DELETE /v1/quotas/{project}/{resource}", "", "", 204, "33+33 33 3+ 33 1" },
        { "GET /v1/stats", "", "", 200, "+3+33 +3 ++ 33 1" },
        { "GET /v1/stats?project_id=demo", "", "", 200, "+3+33 +3 3+ 33 1" },
        { "GET /v1/mservices", "", "", 200, "33+33 33 3+ 33 1" },
        { "GET /v1/federations", "", "", 200, "+3+33 +3 ++ 33 1" },
        { "GET /v1/federations/detail", "", "", 200, "+3+33 +3 ++ 33 1" },
        { "POST /v1/federations", "", """{"hostcluster_id": "$cluster", "properties": {"dns-zone": "x.test."}}""", 0, "3++33 3+ 44 33 1" },
        { "GET /v1/federations/{ident}", "", "", 200, "44444 44 44 33 1" },   // there are none
        { "PATCH /v1/federations/{ident}", "", "[]", 202, "44444 44 44 33 1" },
        { "DELETE /v1/federations/{ident}", "", "", 204, "44444 44 44 33 1" },
    };

    private const string NewTemplate =
        """{"coe": "kubernetes", "image_id": "ubuntu", "flavor_id": "m1.small", "external_network_id": "public"}""";

    private const string NewName = """[{"op": "replace", "path": "/name", "value": "renamed"}]""";

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task ARoute_IsForWhomThePolicySays(string operation, string what, string body, int success, string expected)
    {
        using var node = new FakeNode(Guid.NewGuid(), "blue-worker-0", TestAuthorities.Kubernetes, _world.Core.Time.GetUtcNow());
        var csr = JsonEncodedText.Encode(node.Csr()).ToString();
        var changed = true;
        var (cluster, template) = (Guid.Empty, Guid.Empty);
        var allowed = "";
        foreach (var (name, caller) in Columns)
        {
            if (changed)
            {
                (cluster, template) = await PlantAsync(operation, what);
            }

            if (caller is not null)
            {
                _world.Callers[name] = caller;
            }

            var (method, path) = (operation.Split(' ')[0], operation.Split(' ')[1]);
            var answer = await _world.SendAsync(
                method,
                Fill(path, path.StartsWith("/v1/clustertemplates", StringComparison.Ordinal) ? template : cluster),
                body.Length == 0 ? null : body.Replace("$cluster", cluster.ToString(), StringComparison.Ordinal)
                    .Replace("$template", template.ToString(), StringComparison.Ordinal).Replace("$csr", csr, StringComparison.Ordinal),
                caller is null ? null : name);
            changed = method != "GET" && (int)answer.Status < 400;
            allowed += Letter(answer, success);
        }

        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), allowed);
    }

    [Fact]
    public void EveryRouteIsInTheTable() => Assert.Equal(
        _world.Routes.Where(r => r.Route is { IsRefusal: false, IsPublic: false }).Select(r => r.Operation).Order(StringComparer.Ordinal),
        Matrix.Select(row => row.Data.Item1.Split('?')[0]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public async Task Lists_ShowTheProjectAlone_AndAdministratorsEverything()
    {
        var (own, theirs) = (await PlantAsync("GET /v1/clusters/{ident}", ""), await _world.Core.AddClusterAsync(caller: TestCaller.Member("alt", "alt-user")));
        var published = await _world.Core.AddTemplateAsync(TestCaller.Admin(), RequestWorld.Spec("published") with { Public = true });
        var hidden = await _world.Core.AddTemplateAsync(TestCaller.Admin(), RequestWorld.Spec("hidden") with { Public = true, Hidden = true });
        var secret = await _world.Core.AddTemplateAsync(TestCaller.Admin(), RequestWorld.Spec("secret"));

        foreach (var path in new[] { "/v1/clusters", "/v1/clusters/detail" })
        {
            Assert.Equal([own.Cluster], await UuidsAsync(path, "demo"));
            Assert.Equal([theirs.Uuid], await UuidsAsync(path, "alt"));
            Assert.Equal([own.Cluster, theirs.Uuid], await UuidsAsync(path, "admin"));
        }

        foreach (var path in new[] { "/v1/clustertemplates", "/v1/clustertemplates/detail" })
        {
            Assert.Equal([theirs.ClusterTemplateId, published.Uuid], await UuidsAsync(path, "alt"));
            Assert.Equal([own.Template, theirs.ClusterTemplateId, published.Uuid, hidden.Uuid, secret.Uuid], await UuidsAsync(path, "admin"));
        }
    }

    [Fact]
    public async Task ATemplateThatAClusterIsMadeFrom_StaysReadableToItsProject_WhenItIsHidden()
    {
        var template = await _world.Core.AddTemplateAsync(TestCaller.Admin(), RequestWorld.Spec() with { Public = true });
        await _world.Core.AddClusterAsync(request: new NewCluster { Name = "blue", ClusterTemplateId = template.Uuid.ToString() });
        var path = $"/v1/clustertemplates/{template.Uuid}";

        var hidden = await _world.SendAsync("PATCH", path, new object[] { new { op = "replace", path = "/hidden", value = true } }, token: "admin");

        Assert.Equal(HttpStatusCode.OK, hidden.Status);
        Assert.Equal((HttpStatusCode.OK, "kubernetes"), await CoeAsync("demo"));
        Assert.Equal(HttpStatusCode.NotFound, (await _world.GetAsync(path, "alt")).Status);   // has no cluster of it
        Assert.Equal(HttpStatusCode.NotFound, (await _world.GetAsync("/v1/clustertemplates/k8s")).Status);
        Assert.Equal("[]", (await _world.GetAsync("/v1/clustertemplates")).Json.GetProperty("clustertemplates").GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await _world.SendAsync("DELETE", path)).Status);
        Assert.Equal(400, (int)(await _world.SendAsync("POST", "/v1/clusters", new { cluster_template_id = template.Uuid })).Status);

        async Task<(HttpStatusCode, string?)> CoeAsync(string token)
        {
            var answer = await _world.GetAsync(path, token);
            return (answer.Status, answer.Json.GetProperty("coe").GetString());
        }
    }

    [Theory]
    [InlineData("GET", "/v1/clusters/twin", "Multiple clusters exist with same name. Please use the cluster uuid instead.")]
    [InlineData("GET", "/v1/clustertemplates/k8s", "Multiple ClusterTemplates exist with same name. Please use the ClusterTemplate uuid instead.")]
    public async Task ANameOfTwoProjects_IsAmbiguousToAdministratorsAlone(string method, string path, string detail)
    {
        foreach (var project in new[] { "demo", "alt" })
        {
            var caller = TestCaller.Member(project, $"{project}-user");
            var template = await _world.Core.AddTemplateAsync(caller);
            await _world.Core.AddClusterAsync(caller: caller, request: new NewCluster { Name = "twin", ClusterTemplateId = template.Uuid.ToString() });
        }

        var (own, all) = (await _world.SendAsync(method, path), await _world.SendAsync(method, path, token: "admin"));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict, detail), (own.Status, all.Status, all.Detail));
    }

    [Fact]
    public async Task Quotas_OfAllProjectsAreForAdministratorsWhoAsk_AndStatsAreTheWholeCloudsForThem()
    {
        await PlantAsync("GET /v1/clusters/{ident}", "");
        await _world.Core.AddClusterAsync(caller: TestCaller.Member("alt", "alt-user"));
        await _world.SendAsync("POST", "/v1/quotas", new { project_id = "demo", hard_limit = 5 }, token: "admin");
        await _world.SendAsync("POST", "/v1/quotas", new { project_id = "admin", hard_limit = 6 }, token: "admin");

        Assert.Equal(["admin"], await ProjectsAsync("/v1/quotas"));
        Assert.Equal(["admin"], await ProjectsAsync("/v1/quotas?all_tenants=False"));
        Assert.Equal(["demo", "admin"], await ProjectsAsync("/v1/quotas?all_tenants=True"));
        Assert.Equal("""{"clusters":2,"nodes":6}""", (await _world.GetAsync("/v1/stats", "admin")).Text);
        Assert.Equal("""{"clusters":1,"nodes":3}""", (await _world.GetAsync("/v1/stats?project_id=alt", "admin")).Text);
        Assert.Equal("""{"clusters":0,"nodes":0}""", (await _world.GetAsync("/v1/stats?project_id=none", "admin")).Text);
        Assert.Equal("""{"clusters":1,"nodes":3}""", (await _world.GetAsync("/v1/stats")).Text);

        async Task<IEnumerable<string?>> ProjectsAsync(string path) =>
            (await _world.GetAsync(path, "admin")).Json.GetProperty("quotas").EnumerateArray().Select(q => q.GetProperty("project_id").GetString());
    }

    private static char Letter(ApiAnswer answer, int success) => (int)answer.Status switch
    {
        401 => '1',
        403 => '3',
        404 => '4',
        var status when status == success || success == 0 => '+',
        400 => '0',
        _ => '?',
    };

    private static string Fill(string path, Guid ident) => path
        .Replace("nodegroups/{ident}", "nodegroups/default-worker", StringComparison.Ordinal)
        .Replace("{ident}", ident.ToString(), StringComparison.Ordinal)
        .Replace("{cluster}", ident.ToString(), StringComparison.Ordinal)
        .Replace("{type}", "etcd", StringComparison.Ordinal)
        .Replace("{project}/{resource}", "demo/Cluster", StringComparison.Ordinal);

    /// <summary>What an operation needs to be there, untouched.</summary>
    private async Task<(Guid Cluster, Guid Template)> PlantAsync(string operation, string what)
    {
        if (operation.Contains("/quotas", StringComparison.Ordinal))
        {
            await using var db = _world.Core.Database.CreateDbContext();
            await db.Quotas.ExecuteDeleteAsync(Ct);
            if (!operation.StartsWith("POST", StringComparison.Ordinal))
            {
                db.Add(new Quota { ProjectId = "demo", HardLimit = 40, CreatedAt = _world.Core.Time.GetUtcNow() });
                await db.SaveChangesAsync(Ct);
            }
        }

        var template = await _world.Core.AddTemplateAsync(
            TestCaller.With("demo", Owner, "admin"),
            RequestWorld.Spec() with { Public = what.Contains("public", StringComparison.Ordinal), Hidden = what.Contains("hidden", StringComparison.Ordinal) });
        if (!operation.Contains("clusters/{", StringComparison.Ordinal) && !operation.Contains("/certificates", StringComparison.Ordinal)
            && !operation.Contains("/credentials", StringComparison.Ordinal) && !operation.Contains("/federations", StringComparison.Ordinal))
        {
            return (Guid.Empty, template.Uuid);
        }

        var cluster = await _world.Core.AddClusterAsync(
            caller: TestCaller.With("demo", Owner, "member"), request: new NewCluster { Name = "blue", ClusterTemplateId = template.Uuid.ToString(), NodeCount = 2 });
        await TestAuthorities.GiveAsync(_world.Core, cluster.Uuid);
        return (cluster.Uuid, template.Uuid);
    }

    private async Task<IEnumerable<Guid>> UuidsAsync(string path, string token) =>
        (await _world.GetAsync(path, token)).Json.EnumerateObject().First().Value.EnumerateArray().Select(item => item.GetProperty("uuid").GetGuid());
}
