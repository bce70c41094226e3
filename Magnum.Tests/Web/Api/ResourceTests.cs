using System.Net;
using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

public sealed class ResourceTests : IDisposable
{
    private static readonly string[] ClusterKeys =
    [
        "uuid", "name", "cluster_template_id", "keypair", "node_count", "master_count", "docker_volume_size", "labels", "master_flavor_id", "flavor_id",
        "create_timeout", "links", "cluster_id", "status", "status_reason", "health_status", "health_status_reason", "discovery_url", "api_address",
        "coe_version", "container_version", "project_id", "user_id", "node_addresses", "master_addresses", "fixed_network", "fixed_subnet",
        "floating_ip_enabled", "merge_labels", "labels_overridden", "labels_added", "labels_skipped", "master_lb_enabled", "created_at", "updated_at",
    ];

    private static readonly string[] TemplateKeys =
    [
        "uuid", "name", "coe", "image_id", "flavor_id", "master_flavor_id", "dns_nameserver", "keypair_id", "external_network_id", "fixed_network",
        "fixed_subnet", "network_driver", "apiserver_port", "docker_volume_size", "cluster_distro", "links", "http_proxy", "https_proxy", "no_proxy",
        "volume_driver", "registry_enabled", "labels", "tls_disabled", "public", "server_type", "insecure_registry", "docker_storage_driver",
        "master_lb_enabled", "floating_ip_enabled", "project_id", "user_id", "hidden", "tags", "driver", "created_at", "updated_at",
    ];

    private readonly ApiWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Template_FromBirthToDeath()
    {
        var created = await _world.SendAsync("POST", "/v1/clustertemplates", new
        {
            name = "k8s",
            coe = "kubernetes",
            image_id = "ubuntu",
            external_network_id = "public",
            flavor_id = "m1.small",
            master_flavor_id = (string?)null,
            network_driver = (string?)null,
            docker_volume_size = "5",
            floating_ip_enabled = "False",
            labels = new { a = 1 },
        });
        Assert.Equal(HttpStatusCode.Created, created.Status);
        var uuid = created.Json.GetProperty("uuid").GetString();
        var self = $"http://127.0.0.1:9511/v1/clustertemplates/{uuid}";
        Assert.Equal(self, created.Header("Location"));
        Assert.Equal(TemplateKeys, created.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("""{"a":"1"}""", created.Json.GetProperty("labels").GetRawText());
        Assert.Equal((5, false), (created.Json.GetProperty("docker_volume_size").GetInt32(), created.Json.GetProperty("floating_ip_enabled").GetBoolean()));
        Assert.Equal("2026-03-01T09:30:00+00:00", created.Json.GetProperty("created_at").GetString());
        Assert.Equal(JsonValueKind.Null, created.Json.GetProperty("updated_at").ValueKind);

        var patched = await _world.SendAsync("PATCH", "/clustertemplates/k8s", new object[] { new { op = "replace", path = "/tags", value = "a,b" } });
        Assert.Equal((HttpStatusCode.OK, "a,b"), (patched.Status, patched.Json.GetProperty("tags").GetString()));

        var byName = await _world.GetAsync("/v1/clustertemplates/k8s");
        Assert.Equal((HttpStatusCode.OK, uuid), (byName.Status, byName.Json.GetProperty("uuid").GetString()));
        var list = await _world.GetAsync("/v1/clustertemplates");
        Assert.Equal(TemplateKeys, list.Json.GetProperty("clustertemplates")[0].EnumerateObject().Select(p => p.Name));

        var deleted = await _world.SendAsync("DELETE", $"/v1/clustertemplates/{uuid}");
        Assert.Equal((HttpStatusCode.NoContent, "", null), (deleted.Status, deleted.Text, deleted.Header("Content-Type")));
        var gone = await _world.GetAsync($"/v1/clustertemplates/{uuid}");
        Assert.Equal(HttpStatusCode.NotFound, gone.Status);
        Assert.Equal(
            ("client", 404, $"ClusterTemplate {uuid} could not be found"),
            (gone.Error.GetProperty("code").GetString(), gone.Error.GetProperty("status").GetInt32(), gone.Error.GetProperty("title").GetString()));
    }

    [Fact]
    public async Task Cluster_FromBirthToDeath()
    {
        await _world.Core.AddTemplateAsync();
        var created = await _world.SendAsync("POST", "/v1/clusters", new
        {
            name = "blue",
            cluster_template_id = "k8s",
            keypair = "ops",
            node_count = "2",
            master_count = 1,
            create_timeout = (int?)null,
            discovery_url = "",
            labels = new { zone = "b" },
            merge_labels = true,
        });
        Assert.Equal(HttpStatusCode.Accepted, created.Status);
        Assert.Equal(["uuid"], created.Json.EnumerateObject().Select(p => p.Name));
        var uuid = created.Json.GetProperty("uuid").GetGuid();

        var shown = (await _world.GetAsync($"/v1/clusters/{uuid}")).Json;
        Assert.Equal(ClusterKeys, shown.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("CREATE_IN_PROGRESS", 2, 60), (shown.GetProperty("status").GetString(), shown.GetProperty("node_count").GetInt32(), shown.GetProperty("create_timeout").GetInt32()));
        Assert.Equal("""{"zone":"b"}""", shown.GetProperty("labels_added").GetRawText());
        Assert.Equal(
            $"http://127.0.0.1:9511/v1/clusters/{uuid} http://127.0.0.1:9511/clusters/{uuid}",
            string.Join(' ', shown.GetProperty("links").EnumerateArray().Select(l => l.GetProperty("href").GetString())));
        var detail = (await _world.GetAsync("/v1/clusters/detail")).Json.GetProperty("clusters")[0];
        Assert.Equal(ClusterKeys, detail.EnumerateObject().Select(p => p.Name));

        await _world.Core.FinishAsync(uuid, ClusterStatus.CreateComplete);
        var patched = await _world.SendAsync("PATCH", "/v1/clusters/blue?rollback=True", new object[] { new { op = "replace", path = "/node_count", value = "3" } });
        Assert.Equal(HttpStatusCode.Accepted, patched.Status);
        Assert.Equal("UPDATE_IN_PROGRESS", (await _world.GetAsync("/v1/clusters/blue")).Json.GetProperty("status").GetString());

        await _world.Core.FinishAsync(uuid, ClusterStatus.UpdateComplete);
        var resized = await _world.SendAsync("POST", $"/v1/clusters/{uuid}/actions/resize/", new { node_count = 4, nodegroup = (string?)null, nodes_to_remove = (object?)null });
        Assert.Equal(HttpStatusCode.Accepted, resized.Status);
        Assert.Equal(4, (await _world.Core.LoadAsync(uuid)).NodeCount);

        Assert.Equal(HttpStatusCode.NoContent, (await _world.SendAsync("DELETE", $"/v1/clusters/{uuid}", Array.Empty<byte>(), contentType: "application/octet-stream")).Status);
        Assert.Equal("DELETE_IN_PROGRESS", (await _world.GetAsync($"/v1/clusters/{uuid}")).Json.GetProperty("status").GetString());
    }

    [Fact]
    public async Task AFailedCluster_TellsItsFaultsWhenShownAlone()
    {
        var cluster = await _world.Core.AddClusterAsync();
        await using (var db = _world.Core.Database.CreateDbContext())
        {
            var row = db.Clusters.Single(c => c.Uuid == cluster.Uuid);
            row.SetStatus(ClusterStatus.CreateFailed, "No valid host was found.", _world.Core.Time.GetUtcNow());
            db.NodeGroups.Single(g => g.ClusterId == cluster.Uuid && g.Name == "default-worker")
                .SetStatus(ClusterStatus.CreateFailed, "No valid host was found.", _world.Core.Time.GetUtcNow());
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var shown = (await _world.GetAsync("/v1/clusters/blue")).Json;
        var detail = (await _world.GetAsync("/v1/clusters/detail")).Json.GetProperty("clusters")[0];

        Assert.Equal("""{"default-worker":"No valid host was found."}""", shown.GetProperty("faults").GetRawText());
        Assert.False(detail.TryGetProperty("faults", out _));
    }

    [Theory]
    [InlineData("""[{"op": "replace", "path": "/name", "value": "x"}]""", "cannot change cluster property(ies) name.")]
    [InlineData("""[{"op": "replace", "path": "/master_count", "value": 3}, {"op": "replace", "path": "/name", "value": "x"}]""", "cannot change cluster property(ies) name, master_count.")]
    [InlineData("""[{"op": "replace", "path": "/status", "value": "CREATE_COMPLETE"}]""", "cannot change cluster property(ies) status.")]
    [InlineData("""[{"op": "add", "path": "/labels/x", "value": "y"}]""", "cannot change cluster property(ies) labels.")]
    [InlineData("""[{"op": "replace", "path": "/stack_id", "value": "x"}]""", "'/stack_id' is an internal attribute and can not be updated")]
    [InlineData("""[{"op": "remove", "path": "/cluster_template_id"}]""", "'/cluster_template_id' is a mandatory attribute and can not be removed")]
    [InlineData("""[{"op": "replace", "path": "/health_status", "value": "FINE"}]""", "Invalid input for field/attribute health_status. Value: 'FINE'. Value should be one of: HEALTHY, UNHEALTHY, UNKNOWN")]
    [InlineData("""[{"op": "replace", "path": "/node_count", "value": -1}]""", "Invalid input for field/attribute node_count. Value: '-1'. Value should be greater or equal to 0")]
    public async Task ClusterPatch_RefusesTheRest(string patch, string detail)
    {
        await _world.Core.AddClusterAsync(ClusterStatus.UpdateComplete);

        var answer = await _world.SendAsync("PATCH", "/v1/clusters/blue", patch);

        Assert.Equal((HttpStatusCode.BadRequest, detail), (answer.Status, answer.Detail));
    }

    [Theory]
    [InlineData("""[{"op": "replace", "path": "/name", "value": "blue"}]""")]
    [InlineData("""[{"op": "replace", "path": "/node_count", "value": 2}]""")]
    [InlineData("""[{"op": "replace", "path": "/health_status", "value": "UNHEALTHY"}, {"op": "replace", "path": "/health_status_reason", "value": "{'api': 'bad'}"}]""")]
    [InlineData("[]")]
    public async Task ClusterPatch_ThatChangesNoSize_LeavesTheStatus(string patch)
    {
        var cluster = await _world.Core.AddClusterAsync(ClusterStatus.CreateComplete);

        var answer = await _world.SendAsync("PATCH", "/v1/clusters/blue", patch);

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        var stored = await _world.Core.LoadAsync(cluster.Uuid);
        Assert.Equal(ClusterStatus.CreateComplete, stored.Status);
        Assert.Equal(patch.Contains("api", StringComparison.Ordinal) ? "bad" : null, stored.HealthStatusReason.GetValueOrDefault("api"));
    }

    [Theory]
    [InlineData("""[{"op": "replace", "path": "/node_count", "value": 5}]""", 5)]
    [InlineData("""[{"op": "replace", "path": "/node_count", "value": "5"}]""", 5)]
    [InlineData("""[{"op": "remove", "path": "/node_count"}]""", 1)]
    [InlineData("""[{"op": "replace", "path": "/node_count", "value": 9}, {"op": "replace", "path": "/node_count", "value": 4}]""", 4)]
    public async Task ClusterPatch_SetsTheDefaultWorkersAlone_WhileAllAreCounted(string patch, int expected)
    {
        var cluster = await _world.Core.AddClusterAsync();
        await using (var db = _world.Core.Database.CreateDbContext())
        {
            db.NodeGroups.Add(new NodeGroup { Uuid = Guid.NewGuid(), Name = "gpu", ClusterId = cluster.Uuid, ProjectId = "demo", NodeCount = 7, Status = ClusterStatus.CreateComplete });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(9, (await _world.GetAsync("/v1/clusters/blue")).Json.GetProperty("node_count").GetInt32());
        Assert.Equal(HttpStatusCode.Accepted, (await _world.SendAsync("PATCH", "/v1/clusters/blue", patch)).Status);

        var groups = (await _world.Core.LoadAsync(cluster.Uuid)).NodeGroups;
        Assert.Equal([("default-master", 1), ("default-worker", expected), ("gpu", 7)], groups.Select(g => (g.Name, g.NodeCount)).Order());
    }

    [Theory]
    [InlineData("?rollback=True", true)]
    [InlineData("?rollback=1", true)]
    [InlineData("?rollback=false", false)]
    [InlineData("", false)]
    public async Task Rollback_GoesWithTheUpdate(string query, bool expected)
    {
        var cluster = await _world.Core.AddClusterAsync();

        await _world.SendAsync("PATCH", $"/v1/clusters/blue/{query}", """[{"op": "replace", "path": "/node_count", "value": 3}]""");

        Assert.Equal(expected, (await _world.Core.OperationsAsync(cluster.Uuid))[^1].Payload.Rollback);
    }

    [Fact]
    public async Task Lists_GoOnWhereNextSays()
    {
        foreach (var name in new[] { "c", "a", "b" })
        {
            await _world.Core.AddTemplateAsync(spec: RequestWorld.Spec(name));
        }

        var names = new List<string>();
        var next = "/v1/clustertemplates?sort_key=name&sort_dir=desc&limit=2";
        while (next is not null)
        {
            var page = await _world.GetAsync(next);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            names.AddRange(page.Json.GetProperty("clustertemplates").EnumerateArray().Select(t => t.GetProperty("name").GetString()!));
            next = page.Json.TryGetProperty("next", out var link) ? link.GetString() : null;
            Assert.True(next is null || next.StartsWith("http://127.0.0.1:9511/v1/clustertemplates?sort_key=name&sort_dir=desc&limit=2&marker=", StringComparison.Ordinal));
        }

        Assert.Equal(["c", "b", "a"], names);
    }

    [Theory]
    [InlineData("limit=0", HttpStatusCode.BadRequest, "Limit must be positive")]
    [InlineData("limit=-1", HttpStatusCode.BadRequest, "Limit must be positive")]
    [InlineData("limit=abc", HttpStatusCode.BadRequest, "Invalid input for field/attribute limit. Value: 'abc'. unable to convert to int. Error: invalid literal for int() with base 10: 'abc'")]
    [InlineData("limit=1&limit=2", HttpStatusCode.BadRequest, "Invalid input for field/attribute limit. Value: '1,2'. Value should be given once")]
    [InlineData("marker=abc", HttpStatusCode.BadRequest, "Invalid input for field/attribute marker. Value: 'abc'. unable to convert to uuid. Error: Expected a uuid but received abc.")]
    [InlineData("marker=00000000-0000-4000-8000-000000000000", HttpStatusCode.NotFound, "Cluster 00000000-0000-4000-8000-000000000000 could not be found.")]
    [InlineData("sort_key=nothing", HttpStatusCode.BadRequest, "The sort_key value \"nothing\" is an invalid field for sorting")]
    [InlineData("sort_dir=up", HttpStatusCode.BadRequest, "Invalid sort direction: up. Acceptable values are 'asc' or 'desc'")]
    public async Task Lists_RefuseWhatIsNoPage(string query, HttpStatusCode status, string detail)
    {
        var answer = await _world.GetAsync($"/v1/clusters?{query}");

        Assert.Equal((status, detail), (answer.Status, answer.Detail));
    }

    [Fact]
    public async Task AHugeLimit_IsTheServersMaximum() =>
        Assert.Equal(HttpStatusCode.OK, (await _world.GetAsync("/v1/clusters?limit=99999999999999999999")).Status);

    [Fact]
    public async Task NodeGroups_AreListedAndShown()
    {
        var cluster = await _world.Core.AddClusterAsync();

        var list = await _world.GetAsync("/v1/clusters/blue/nodegroups/?limit=1&role=worker");
        var group = list.Json.GetProperty("nodegroups")[0];
        Assert.Equal(
            "uuid name flavor_id image_id node_count role min_node_count max_node_count is_default stack_id status merge_labels",
            string.Join(' ', group.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(
            $"http://127.0.0.1:9511/v1/clusters/{cluster.Uuid}/nodegroups?sort_key=id&sort_dir=asc&limit=1&marker={group.GetProperty("uuid").GetString()}&role=worker",
            list.Json.GetProperty("next").GetString());

        var shown = await _world.GetAsync("/v1/clusters/blue/nodegroups/default-worker");
        Assert.Equal(HttpStatusCode.OK, shown.Status);
        Assert.Equal(cluster.Uuid, shown.Json.GetProperty("cluster_id").GetGuid());
        Assert.Equal("[]", shown.Json.GetProperty("node_taints").GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await _world.GetAsync("/v1/clusters/blue/nodegroups/none")).Status);
    }

    [Theory]
    [InlineData("POST", "", """{"name": "gpu", "node_count": 1}""", 409, "Cluster API address is not available yet", false)]
    [InlineData("POST", "", """{"name": "gpu", "node_count": 1}""", 400, "Creating a nodegroup is not supported by this driver.", true)]
    [InlineData("POST", "", """{"node_count": 1}""", 400, "Invalid input for field/attribute name. Value: 'None'. Mandatory field missing.", true)]
    [InlineData("POST", "", """{"name": "default-worker"}""", 409, "A node group with name default-worker already exists in the cluster blue.", true)]
    [InlineData("POST", "", """{"name": "g", "node_count": 2, "min_node_count": 3, "max_node_count": 2}""", 409, "max_node_count for g is invalid (min_node_count (3) should be less or equal to max_node_count (2)).", true)]
    [InlineData("POST", "", """{"name": "g", "role": "master"}""", 400, "Creating master nodegroups is currently not supported.", true)]
    [InlineData("POST", "", """{"name": "g", "node_labels": {"kubernetes.io/x": "y"}}""", 409, "node_labels for g is invalid (node label 'kubernetes.io/x' is in a restricted Kubernetes namespace; use a prefix of your own, kubelet.kubernetes.io or node.kubernetes.io).", true)]
    [InlineData("POST", "", """{"name": "g", "node_taints": [{"key": "k", "effect": "Never"}]}""", 409, "node_taints[0].effect must be one of NoSchedule, PreferNoSchedule, NoExecute", true)]
    [InlineData("PATCH", "/default-worker", """[{"op": "replace", "path": "/node_count", "value": 2}]""", 400, "'/node_count' is an internal attribute and can not be updated", true)]
    [InlineData("PATCH", "/default-worker", """[{"op": "replace", "path": "/min_node_count", "value": 5}]""", 409, "min_node_count for default-worker is invalid (min_node_count (5) should be less or equal to node_count (2)).", true)]
    [InlineData("PATCH", "/default-worker", """[{"op": "replace", "path": "/node_taints", "value": "[{'key': 'k', 'effect': 'NoSchedule'}]"}]""", 400, "Updating a nodegroup is not supported by this driver.", true)]
    [InlineData("DELETE", "/default-worker", null, 400, "Deleting a default nodegroup is not supported.", true)]
    [InlineData("DELETE", "/none", null, 404, "Nodegroup none could not be found.", true)]
    public async Task NodeGroups_WhatIsWrongOrNotForTheDriver_IsRefused(string method, string path, string? body, int status, string detail, bool withAddress)
    {
        var cluster = await _world.Core.AddClusterAsync();
        if (withAddress)
        {
            await using var db = _world.Core.Database.CreateDbContext();
            db.Clusters.Single(c => c.Uuid == cluster.Uuid).ApiAddress = "https://10.0.0.1:6443";
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var answer = await _world.SendAsync(method, $"/v1/clusters/blue/nodegroups{path}", body);

        Assert.Equal((status, detail), ((int)answer.Status, answer.Detail));
    }

    [Theory]
    [InlineData("POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "none", "max_batch_size": 1}""", 404, "ClusterTemplate none could not be found.")]
    [InlineData("POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "k8s", "nodegroup": "none"}""", 404, "Nodegroup none could not be found.")]
    [InlineData("POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "k8s", "max_batch_size": 0}""", 400, "Invalid input for field/attribute max_batch_size. Value: '0'. Value should be greater or equal to 1")]
    [InlineData("POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "k8s"}""", 400, "Upgrading a cluster is not supported by this driver.")]
    [InlineData("PATCH", "/v1/certificates/blue", null, 400, "Rotating the CA certificate is not supported by this driver.")]
    [InlineData("PATCH", "/v1/credentials/blue", null, 400, "Credential rotation is not supported by driver.")]
    public async Task WhatNoDriverCanDo_IsRefused(string method, string path, string? body, int status, string detail)
    {
        await _world.Core.AddClusterAsync();

        var answer = await _world.SendAsync(method, path, body);

        Assert.Equal((status, detail), ((int)answer.Status, answer.Detail));
    }

    [Fact]
    public async Task Quotas_FromBirthToDeath()
    {
        var byDefault = await _world.GetAsync("/v1/quotas/demo/Cluster");
        Assert.Equal("""{"hard_limit":20,"project_id":"demo","resource":"Cluster"}""", byDefault.Text);

        var created = await _world.SendAsync("POST", "/v1/quotas", new { project_id = "demo", resource = "Cluster", hard_limit = 5 }, token: "admin");
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal(["id", "hard_limit", "project_id", "resource", "created_at", "updated_at"], created.Json.EnumerateObject().Select(p => p.Name));

        var list = await _world.GetAsync("/v1/quotas?all_tenants=True&limit=1", token: "admin");
        Assert.EndsWith($"/v1/quotas?sort_key=id&sort_dir=asc&limit=1&marker={created.Json.GetProperty("id").GetInt64()}&all_tenants=True", list.Json.GetProperty("next").GetString(), StringComparison.Ordinal);

        var patched = await _world.SendAsync("PATCH", "/v1/quotas/demo/Cluster", new { hard_limit = "7" }, token: "admin");
        Assert.Equal((HttpStatusCode.Accepted, 7), (patched.Status, patched.Json.GetProperty("hard_limit").GetInt32()));
        Assert.Equal(HttpStatusCode.BadRequest, (await _world.SendAsync("PATCH", "/v1/quotas/demo/Cluster", Array.Empty<object>(), token: "admin")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await _world.SendAsync("PATCH", "/v1/quotas/demo/Cluster", new { hard_limit = 7 })).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await _world.SendAsync("DELETE", "/v1/quotas/demo/Cluster", token: "admin")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _world.SendAsync("DELETE", "/v1/quotas/demo/Cluster", token: "admin")).Status);
    }

    [Fact]
    public async Task Stats_CountNodesOfAllRoles()
    {
        await _world.Core.AddClusterAsync();

        Assert.Equal("""{"clusters":1,"nodes":3}""", (await _world.GetAsync("/v1/stats?project_id=demo&type=Cluster")).Text);
        Assert.Equal(HttpStatusCode.Forbidden, (await _world.GetAsync("/v1/stats?project_id=alt")).Status);
        Assert.Equal("Invalid stats type. Allowed values are 'cluster'", (await _world.GetAsync("/v1/stats?type=x")).Detail);
    }

    [Theory]
    [InlineData("GET", "", null, 200)]
    [InlineData("GET", "/detail", null, 200)]
    [InlineData("GET", "/x", null, 404)]
    [InlineData("DELETE", "/x", null, 404)]
    [InlineData("PATCH", "/x", "[]", 404)]
    [InlineData("PATCH", "/x", "{}", 400)]
    [InlineData("POST", "", """{"name": "f"}""", 400)]
    [InlineData("POST", "", """{"name": "f", "hostcluster_id": "none"}""", 404)]
    public async Task Federations_AreEmpty(string method, string path, string? body, int status) =>
        Assert.Equal(status, (int)(await _world.SendAsync(method, $"/v1/federations{path}", body)).Status);

    [Fact]
    public async Task AThousandClusters_AreOnePage()
    {
        var first = await _world.Core.AddClusterAsync();
        await using (var db = _world.Core.Database.CreateDbContext())
        {
            var template = first.ClusterTemplateId;
            for (var i = 1; i < 1000; i++)
            {
                db.Add(new Cluster
                {
                    Uuid = Guid.NewGuid(),
                    Name = $"c{i}",
                    ProjectId = "demo",
                    UserId = "u",
                    ClusterTemplateId = template,
                    Template = first.Template,
                    Driver = "k8s_heat",
                });
            }

            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var answer = await _world.GetAsync("/v1/clusters");

        Assert.Equal(1000, answer.Json.GetProperty("clusters").GetArrayLength());
        Assert.Contains("limit=1000&marker=", answer.Json.GetProperty("next").GetString(), StringComparison.Ordinal);
    }
}
