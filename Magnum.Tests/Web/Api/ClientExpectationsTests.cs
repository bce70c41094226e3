using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Core.Services;
using Magnum.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.Api;

/// <summary>What python-magnumclient, Horizon, gophercloud with Terraform, and Tempest send, as they send it, and what they need back.</summary>
public sealed class ClientExpectationsTests : IDisposable
{
    /// <summary><c>openstack coe cluster template create</c>: every option, the unset ones as null.</summary>
    private const string TemplateOfTheCommandLine =
        """
        {"name": "k8s", "image_id": "ubuntu", "keypair_id": null, "external_network_id": "public", "coe": "kubernetes", "fixed_network": null, "fixed_subnet": null,
         "network_driver": null, "volume_driver": null, "driver": null, "dns_nameserver": "8.8.8.8", "flavor_id": "m1.small", "master_flavor_id": null,
         "docker_volume_size": null, "docker_storage_driver": "overlay2", "http_proxy": null, "https_proxy": null, "no_proxy": null, "labels": {},
         "tls_disabled": false, "public": false, "registry_enabled": false, "insecure_registry": null, "server_type": "vm", "master_lb_enabled": false}
        """;

    private readonly ApiWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("container-infra latest")]
    public async Task CommandLine_FromATemplateToTheConfigurationOfAClient(string? version)
    {
        var template = await SendAsync("POST", "/v1/clustertemplates", TemplateOfTheCommandLine, 201, version);
        Assert.Equal(2, template.GetProperty("links").GetArrayLength());
        var listed = (await SendAsync("GET", "/v1/clustertemplates/?limit=5&sort_key=name&sort_dir=asc", null, 200, version)).GetProperty("clustertemplates")[0];
        AssertHas(listed, "uuid name tags");
        await SendAsync(
            "PATCH", "/v1/clustertemplates/k8s",
            """[{"op": "replace", "path": "/master_flavor_id", "value": "m1.small"}, {"op": "replace", "path": "/master_lb_enabled", "value": true}, {"op": "add", "path": "/labels/kube_tag", "value": "v1.31.1"}]""",
            200, version);

        var made = await SendAsync(
            "POST", "/v1/clusters",
            """{"name": "blue", "cluster_template_id": "k8s", "keypair": null, "discovery_url": null, "master_count": 1, "node_count": 1, "create_timeout": 60, "merge_labels": true, "labels": {"a": "1,2"}}""",
            202, version);
        var uuid = made.GetProperty("uuid").GetGuid();
        AssertHas(
            (await SendAsync("GET", "/v1/clusters/?limit=5", null, 200, version)).GetProperty("clusters")[0],
            "uuid name keypair node_count master_count status health_status");
        await _world.Core.FinishAsync(uuid, ClusterStatus.CreateComplete);
        await TestAuthorities.GiveAsync(_world.Core, uuid);

        var shown = await SendAsync("GET", "/v1/clusters/blue", null, 200, version);
        AssertHas(shown, "uuid name api_address cluster_template_id");
        AssertHas(await SendAsync("GET", $"/v1/clustertemplates/{shown.GetProperty("cluster_template_id").GetString()}", null, 200, version), "tls_disabled coe");
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", (await SendAsync("GET", $"/v1/certificates/{uuid}", null, 200, version)).GetProperty("pem").GetString(), StringComparison.Ordinal);
        await AssertSignsAsync(uuid, 2048, HashAlgorithmName.SHA256, "CN=admin, O=system:masters");

        await SendAsync("PATCH", "/v1/clusters/blue/?rollback=True", """[{"op": "replace", "path": "/node_count", "value": 2}]""", version is null ? 400 : 202, version);
        Assert.Equal(HttpStatusCode.NoContent, (await _world.SendAsync("DELETE", "/v1/clusters/blue", Array.Empty<byte>(), version: version, contentType: "application/octet-stream")).Status);
    }

    [Fact]
    public async Task CommandLine_NodeGroupsQuotasServicesAndStats()
    {
        await _world.Core.AddClusterAsync();
        AssertHas(
            (await SendAsync("GET", "/v1/clusters/blue/nodegroups/", null, 200)).GetProperty("nodegroups")[0], "uuid name flavor_id image_id node_count status role");

        // What is wrong with it is that the cluster is not up, and nothing of what was sent.
        var refused = await _world.SendAsync(
            "POST", "/v1/clusters/blue/nodegroups/",
            """
            {"name": "gpu", "node_count": 1, "max_node_count": null, "min_node_count": 0, "role": "worker", "labels": {"a": "b"}, "merge_labels": true,
             "node_labels": {"team": "ml"}, "node_taints": [{"key": "gpu", "value": "", "effect": "NoSchedule"}]}
            """);
        Assert.Equal((409, "Cluster API address is not available yet"), ((int)refused.Status, refused.Detail));

        AssertHas(await SendAsync("POST", "/v1/quotas", """{"project_id": "demo", "resource": "Cluster", "hard_limit": 10}""", 201, token: "admin"), "project_id resource hard_limit");
        AssertHas(await SendAsync("PATCH", "/v1/quotas/demo/Cluster", """{"project_id": "demo", "resource": "Cluster", "hard_limit": 11}""", 202, token: "admin"), "hard_limit");
        Assert.Equal(1, (await SendAsync("GET", "/v1/quotas?all_tenants=True", null, 200, token: "admin")).GetProperty("quotas").GetArrayLength());
        AssertHas(await SendAsync("GET", "/v1/stats?project_id=demo", null, 200), "clusters nodes");
    }

    [Fact]
    public async Task Services_AreOneConductor_ForAdministrators()
    {
        await _world.Services.GetRequiredService<ServiceRegistry>().BeatAsync("ctl1", MagnumService.ConductorBinary, "one", TestContext.Current.CancellationToken);

        var service = Assert.Single((await SendAsync("GET", "/v1/mservices", null, 200, token: "admin")).GetProperty("mservices").EnumerateArray());

        Assert.Equal(
            "host binary state id report_count disabled disabled_reason created_at updated_at", string.Join(' ', service.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(
            (1, "up", "magnum-conductor", true),
            (service.GetProperty("id").GetInt32(), service.GetProperty("state").GetString(), service.GetProperty("binary").GetString(), service.GetProperty("report_count").GetInt32() > 0));
        _world.Core.Time.Advance(TimeSpan.FromSeconds(181));
        Assert.Equal("down", (await SendAsync("GET", "/v1/mservices", null, 200, token: "admin")).GetProperty("mservices")[0].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Horizon_SendsNumbersAndFlagsAsText_AndWhatNobodyFilledInAsEmpty()
    {
        const string Version = "1.13";
        await SendAsync(
            "POST", "/v1/clustertemplates",
            """
            {"name": "k8s", "coe": "kubernetes", "image_id": "ubuntu", "flavor_id": "m1.small", "master_flavor_id": "m1.small", "external_network_id": "public",
             "keypair_id": "", "docker_volume_size": "10", "apiserver_port": "6443", "public": "False", "hidden": "False", "tls_disabled": "False",
             "registry_enabled": "False", "master_lb_enabled": "True", "floating_ip_enabled": "True", "labels": {"kube_tag": "v1.31.1"}}
            """,
            201, Version);
        var changed = await SendAsync(
            "PATCH", "/v1/clustertemplates/k8s",
            """
            [{"op": "replace", "path": "/docker_volume_size", "value": "25"}, {"op": "replace", "path": "/master_lb_enabled", "value": "False"},
             {"op": "replace", "path": "/labels", "value": "{'kube_tag': 'v1.31.1', 'x': 'y'}"}, {"op": "remove", "path": "/apiserver_port"}]
            """,
            200, Version);
        Assert.Equal(
            ("25", "False", """{"kube_tag":"v1.31.1","x":"y"}""", JsonValueKind.Null),
            (changed.GetProperty("docker_volume_size").ToString(), changed.GetProperty("master_lb_enabled").ToString(), changed.GetProperty("labels").GetRawText(), changed.GetProperty("apiserver_port").ValueKind));

        var made = await SendAsync(
            "POST", "/v1/clusters",
            """
            {"name": "blue", "cluster_template_id": "k8s", "keypair": "", "discovery_url": "", "master_count": "1", "node_count": "3", "create_timeout": "60",
             "docker_volume_size": "20", "floating_ip_enabled": "False",
             "labels": {"availability_zone": "", "auto_scaling_enabled": false, "auto_healing_enabled": false, "master_lb_floating_ip_enabled": true, "min_node_count": 1}}
            """,
            202, Version);

        var shown = await SendAsync("GET", $"/v1/clusters/{made.GetProperty("uuid").GetString()}", null, 200, Version);
        Assert.Equal((3, 20, false), (shown.GetProperty("node_count").GetInt32(), shown.GetProperty("docker_volume_size").GetInt32(), shown.GetProperty("floating_ip_enabled").GetBoolean()));
        Assert.Equal(
            """{"availability_zone":"","auto_scaling_enabled":"False","auto_healing_enabled":"False","master_lb_floating_ip_enabled":"True","min_node_count":"1"}""",
            shown.GetProperty("labels").GetRawText());
        foreach (var path in new[] { "/v1/clusters/detail", "/v1/clustertemplates/detail" })
        {
            var item = (await SendAsync("GET", path, null, 200, Version)).EnumerateObject().First().Value[0];
            Assert.Equal((JsonValueKind.String, JsonValueKind.String, JsonValueKind.Object), (item.GetProperty("uuid").ValueKind, item.GetProperty("name").ValueKind, item.GetProperty("labels").ValueKind));
        }

        await _world.Core.FinishAsync(made.GetProperty("uuid").GetGuid(), ClusterStatus.CreateComplete);
        await SendAsync("PATCH", "/v1/clusters/blue", """[{"op": "replace", "path": "/node_count", "value": "4"}]""", 202, Version);
        var groups = (await SendAsync("GET", "/v1/clusters/blue/nodegroups", null, 200, Version)).GetProperty("nodegroups").EnumerateArray();
        Assert.Equal(4, groups.Single(g => g.GetProperty("name").GetString() == "default-worker").GetProperty("node_count").GetInt32());
        await _world.Core.FinishAsync(made.GetProperty("uuid").GetGuid(), ClusterStatus.UpdateComplete);
        Assert.Equal(JsonValueKind.Object, (await SendAsync("POST", "/v1/clusters/blue/actions/resize", """{"node_count": 5}""", 202, Version)).ValueKind);
    }

    [Fact]
    public async Task Terraform_SeesWhatItAskedForAtOnce_AndTypesThatItCanRead()
    {
        await _world.Core.AddTemplateAsync(spec: RequestWorld.Spec() with { Labels = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2", ["c"] = "3" } });
        var uuid = (await SendAsync(
            "POST", "/v1/clusters",
            """{"name": "blue", "cluster_template_id": "k8s", "create_timeout": null, "labels": {"a": "1", "b": "20", "d": "4"}, "merge_labels": true}""", 202, null)).GetProperty("uuid").GetGuid();

        var shown = await SendAsync("GET", $"/v1/clusters/{uuid}", null, 200, null);
        Assert.Equal("CREATE_IN_PROGRESS", shown.GetProperty("status").GetString());
        Assert.Equal("""{"a":"1","b":"20","c":"3","d":"4"}""", Sorted(shown.GetProperty("labels")));
        Assert.Equal(
            ("""{"b":"2"}""", """{"d":"4"}""", "{}"),
            (shown.GetProperty("labels_overridden").GetRawText(), shown.GetProperty("labels_added").GetRawText(), shown.GetProperty("labels_skipped").GetRawText()));
        AssertHas(
            shown,
            "name project_id user_id api_address coe_version cluster_template_id container_version create_timeout discovery_url docker_volume_size flavor_id master_flavor_id keypair"
            + " master_count master_lb_enabled master_addresses node_addresses stack_id fixed_network fixed_subnet floating_ip_enabled created_at updated_at");
        AssertTypes(shown);
        var groups = (await SendAsync("GET", $"/v1/clusters/{uuid}/nodegroups", null, 200, "1.9")).GetProperty("nodegroups").EnumerateArray().ToList();
        Assert.Equal(["CREATE_IN_PROGRESS", "CREATE_IN_PROGRESS"], groups.Select(g => g.GetProperty("status").GetString()));
        Assert.Equal(1, Assert.Single(groups, g => g.GetProperty("is_default").GetBoolean() && g.GetProperty("role").GetString() != "master").GetProperty("node_count").GetInt32());
        var group = await SendAsync("GET", $"/v1/clusters/{uuid}/nodegroups/default-worker", null, 200, "1.9");
        Assert.Equal(JsonValueKind.Number, group.GetProperty("id").ValueKind);
        AssertTypes(group);
        AssertTypes(await SendAsync("GET", "/v1/clustertemplates/k8s", null, 200, null));

        await _world.Core.FinishAsync(uuid, ClusterStatus.CreateComplete);
        await TestAuthorities.GiveAsync(_world.Core, uuid);
        await AssertSignsAsync(uuid, 4096, HashAlgorithmName.SHA512, "CN=admin, O=system:masters, OU=terraform");
        await SendAsync("POST", $"/v1/clusters/{uuid}/actions/resize", """{"node_count": 3, "nodegroup": "default-worker"}""", 202, "1.9");
        Assert.Equal("UPDATE_IN_PROGRESS", (await SendAsync("GET", $"/v1/clusters/{uuid}", null, 200, null)).GetProperty("status").GetString());
        Assert.Equal("UPDATE_IN_PROGRESS", (await SendAsync("GET", $"/v1/clusters/{uuid}/nodegroups/default-worker", null, 200, "1.9")).GetProperty("status").GetString());
    }

    /// <summary>The cluster's labels and how they differ from the template's, which are a=1 and b=2.</summary>
    [Theory]
    [InlineData("""{}""", """{"a":"1","b":"2"}""", "{}", "{}", "{}")]
    [InlineData("""{"labels": {}}""", """{"a":"1","b":"2"}""", "{}", "{}", "{}")]
    [InlineData("""{"labels": null, "merge_labels": true}""", """{"a":"1","b":"2"}""", "{}", "{}", "{}")]
    [InlineData("""{"labels": {"b": "20", "c": "3"}}""", """{"b":"20","c":"3"}""", """{"b":"2"}""", """{"c":"3"}""", """{"a":"1"}""")]
    [InlineData("""{"labels": {"b": "20", "c": "3"}, "merge_labels": true}""", """{"a":"1","b":"20","c":"3"}""", """{"b":"2"}""", """{"c":"3"}""", "{}")]
    [InlineData("""{"labels": {"b": 2}, "merge_labels": "yes"}""", """{"a":"1","b":"2"}""", "{}", "{}", "{}")]
    public async Task Labels_AreInheritedAndTheDifferencesTold(string request, string labels, string overridden, string added, string skipped)
    {
        await _world.Core.AddTemplateAsync(spec: RequestWorld.Spec() with { Labels = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } });
        await SendAsync("POST", "/v1/clusters", JsonText.Merge("""{"name": "blue", "cluster_template_id": "k8s"}""", request), 202);

        foreach (var shown in new[] { await SendAsync("GET", "/v1/clusters/blue", null, 200), (await SendAsync("GET", "/v1/clusters/detail", null, 200)).GetProperty("clusters")[0] })
        {
            Assert.Equal(
                (labels, overridden, added, skipped),
                (Sorted(shown.GetProperty("labels")), Sorted(shown.GetProperty("labels_overridden")), Sorted(shown.GetProperty("labels_added")), Sorted(shown.GetProperty("labels_skipped"))));
            Assert.False(shown.GetProperty("merge_labels").GetBoolean());
        }
    }

    /// <summary>What a cluster gets of its template: when nothing is said, and when something else is.</summary>
    [Theory]
    [InlineData("keypair", "\"ops\"", "null", "\"ops\"")]
    [InlineData("flavor_id", "\"m1.large\"", "\"m1.small\"", "\"m1.small\"")]
    [InlineData("master_flavor_id", "\"m1.large\"", "\"m1.small\"", "\"m1.small\"")]
    [InlineData("docker_volume_size", "7", "8", "8")]
    [InlineData("fixed_network", "\"private\"", "\"private-id\"", "\"private-id\"")]
    [InlineData("fixed_subnet", "\"private-subnet\"", "\"private-subnet-id\"", "\"private-subnet-id\"")]
    [InlineData("floating_ip_enabled", "true", "false", "false")]
    [InlineData("floating_ip_enabled", "true", "null", "true")]
    [InlineData("master_lb_enabled", "true", "false", "false")]
    [InlineData("master_lb_enabled", "true", "null", "true")]
    [InlineData("create_timeout", "60", "0", "0")]
    [InlineData("create_timeout", "60", "null", "60")]
    [InlineData("discovery_url", "null", "\"\"", "null")]
    [InlineData("master_count", "1", "null", "1")]
    [InlineData("node_count", "1", "null", "1")]
    public async Task AField_IsTheTemplatesUnlessGiven(string field, string inherited, string given, string shown)
    {
        await _world.Core.AddTemplateAsync(spec: RequestWorld.Spec() with
        {
            KeyPairId = "ops",
            FlavorId = "m1.large",
            MasterFlavorId = "m1.large",
            DockerVolumeSize = 7,
            FixedNetwork = "private",
            FixedSubnet = "private-subnet",
            FloatingIpEnabled = true,
            MasterLbEnabled = true,
        });
        await SendAsync("POST", "/v1/clusters", """{"name": "plain", "cluster_template_id": "k8s"}""", 202);
        await SendAsync("POST", "/v1/clusters", JsonText.Merge("""{"name": "special", "cluster_template_id": "k8s"}""", $$"""{"{{field}}": {{given}}}"""), 202);

        Assert.Equal(inherited, (await SendAsync("GET", "/v1/clusters/plain", null, 200)).GetProperty(field).GetRawText());
        Assert.Equal(shown, (await SendAsync("GET", "/v1/clusters/special", null, 200)).GetProperty(field).GetRawText());
    }

    [Fact]
    public async Task WhatTheServerAssigns_IsTakenAndIgnored()
    {
        await _world.Core.AddTemplateAsync();
        var wanted = Guid.NewGuid();

        var made = await SendAsync(
            "POST", "/v1/clusters",
            $$$"""
            {"cluster_template_id": "k8s", "name": "", "uuid": "{{{wanted}}}", "status": "CREATE_COMPLETE", "status_reason": "x", "health_status": "HEALTHY", "health_status_reason": {"a": "b"},
             "faults": {"a": "b"}, "labels_added": {"a": "b"}, "labels_overridden": {"a": "b"}, "labels_skipped": {"a": "b"}}
            """,
            202);

        Assert.NotEqual(wanted, made.GetProperty("uuid").GetGuid());
        var shown = await SendAsync("GET", $"/v1/clusters/{made.GetProperty("uuid").GetString()}", null, 200);
        Assert.Matches("^[a-z]+-[0-9]+-cluster$", shown.GetProperty("name").GetString());
        Assert.Equal(
            ("CREATE_IN_PROGRESS", JsonValueKind.Null, JsonValueKind.Null, "{}", "{}"),
            (shown.GetProperty("status").GetString(), shown.GetProperty("status_reason").ValueKind, shown.GetProperty("health_status").ValueKind, shown.GetProperty("health_status_reason").GetRawText(), shown.GetProperty("labels_added").GetRawText()));
        Assert.False(shown.TryGetProperty("faults", out _));
    }

    /// <summary>What Tempest asks and the status that it wants; <c>$random</c> is a uuid of nothing.</summary>
    [Theory]
    [InlineData("GET", "/v1/clustertemplates/$random", null, 404)]
    [InlineData("GET", "/v1/clustertemplates/fooo", null, 404)]
    [InlineData("PATCH", "/v1/clustertemplates/$random", """[{"op": "replace", "path": "/name", "value": "x"}]""", 404)]
    [InlineData("PATCH", "/v1/clustertemplates/fooo", """[{"op": "replace", "path": "/name", "value": "x"}]""", 404)]
    [InlineData("DELETE", "/v1/clustertemplates/$random", null, 404)]
    [InlineData("DELETE", "/v1/clustertemplates/fooo", null, 404)]
    [InlineData("PATCH", "/v1/clustertemplates/$random", """{"name": "x", "coe": "kubernetes"}""", 400)]
    [InlineData("POST", "/v1/clustertemplates", """{"image_id": "none"}""", 400)]
    [InlineData("POST", "/v1/clustertemplates", """{"flavor_id": "none"}""", 400)]
    [InlineData("POST", "/v1/clustertemplates", """{"network_driver": "none"}""", 400)]
    [InlineData("POST", "/v1/clustertemplates", """{"volume_driver": "none"}""", 400)]
    [InlineData("POST", "/v1/clustertemplates", """{"keypair_id": "none"}""", 201)]
    [InlineData("POST", "/v1/clustertemplates", """{"public": true}""", 403)]
    [InlineData("POST", "/v1/clusters", """{"name": "blue", "cluster_template_id": "fooo"}""", 400)]
    [InlineData("POST", "/v1/clusters", """{"name": "blue", "cluster_template_id": "k8s", "flavor_id": "none"}""", 400)]
    [InlineData("POST", "/v1/clusters", """{"name": "blue", "cluster_template_id": "k8s", "master_count": 0}""", 400)]
    [InlineData("POST", "/v1/clusters", """{"name": "blue", "cluster_template_id": "k8s", "node_count": 0}""", 400)]   // sent without a version: it cannot pass
    [InlineData("PATCH", "/v1/clusters/fooo", """[{"op": "replace", "path": "/node_count", "value": 2}]""", 404)]
    [InlineData("DELETE", "/v1/clusters/$random", null, 404)]
    [InlineData("GET", "/v1/certificates/$random", null, 404)]
    [InlineData("GET", "/v1/mservices", null, 403)]
    public async Task Tempest_GetsTheStatusThatItWants(string method, string path, string? body, int status)
    {
        await _world.Core.AddTemplateAsync();
        if (path == "/v1/clustertemplates" && body is not null)
        {
            body = JsonText.Merge(TemplateOfTheCommandLine, body);
        }

        await SendAsync(method, path.Replace("$random", Guid.NewGuid().ToString(), StringComparison.Ordinal), body, status, null);
    }

    [Fact]
    public async Task Certificates_SayWhatAppliesAndNothingElse()
    {
        var cluster = await _world.Core.AddClusterAsync();
        await TestAuthorities.GiveAsync(_world.Core, cluster.Uuid);
        var csr = RefusalWorld.Csr();

        var authority = await SendAsync("GET", "/v1/certificates/blue", null, 200);
        var signed = await SendAsync("POST", "/v1/certificates", new { cluster_uuid = "blue", csr, pem = "ignored" }, 201);
        var typed = await SendAsync("POST", "/v1/certificates", new { cluster_uuid = cluster.Uuid, csr, ca_cert_type = "anything" }, 201);

        Assert.Equal("cluster_uuid links pem", string.Join(' ', authority.EnumerateObject().Select(p => p.Name)));
        Assert.Equal("cluster_uuid links csr pem", string.Join(' ', signed.EnumerateObject().Select(p => p.Name)));
        Assert.Equal("cluster_uuid links csr pem ca_cert_type", string.Join(' ', typed.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(
            $"http://127.0.0.1:9511/v1/certificates/{cluster.Uuid} http://127.0.0.1:9511/certificates/{cluster.Uuid}",
            string.Join(' ', authority.GetProperty("links").EnumerateArray().Select(l => l.GetProperty("href").GetString())));
        foreach (var pem in new[] { authority, signed, typed }.Select(c => c.GetProperty("pem").GetString()!))
        {
            Assert.DoesNotContain('\r', pem);
            Assert.EndsWith("-----END CERTIFICATE-----", pem, StringComparison.Ordinal);
        }

        Assert.True(CertificateChain.IsSignedBy(typed.GetProperty("pem").GetString()!, TestAuthorities.Kubernetes.Certificate));
        foreach (var (type, expected) in new[]
                 {
                     ("etcd", TestAuthorities.Etcd), ("front-proxy", TestAuthorities.FrontProxy), ("front_proxy", TestAuthorities.FrontProxy), ("kubernetes", TestAuthorities.Kubernetes),
                     ("anything", TestAuthorities.Kubernetes),
                 })
        {
            Assert.Equal(expected.Certificate, (await SendAsync("GET", $"/v1/certificates/blue?ca_cert_type={type}", null, 200)).GetProperty("pem").GetString());
            Assert.Equal(expected.Certificate, (await SendAsync("GET", $"/v1/certificates/blue/{type}", null, 200)).GetProperty("pem").GetString());
        }
    }

    private static void AssertHas(JsonElement json, string keys) => Assert.Empty(keys.Split(' ').Except(json.EnumerateObject().Select(p => p.Name)));

    /// <summary>As a strict decoder wants it: maps of text, lists of text, and times with their offset.</summary>
    private static void AssertTypes(JsonElement json)
    {
        foreach (var member in json.EnumerateObject())
        {
            switch (member.Value.ValueKind)
            {
                case JsonValueKind.Object:
                    Assert.All(member.Value.EnumerateObject(), m => Assert.Equal(JsonValueKind.String, m.Value.ValueKind));
                    break;
                case JsonValueKind.String when member.Name.EndsWith("_at", StringComparison.Ordinal):
                    Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$", member.Value.GetString());
                    Assert.True(DateTimeOffset.TryParse(member.Value.GetString(), CultureInfo.InvariantCulture, out _));
                    break;
            }
        }
    }

    private static string Sorted(JsonElement map) =>
        JsonSerializer.Serialize(new SortedDictionary<string, string>(map.Deserialize<Dictionary<string, string>>()!, StringComparer.Ordinal));

    private async Task AssertSignsAsync(Guid cluster, int bits, HashAlgorithmName hash, string subject)
    {
        using var key = RSA.Create(bits);
        var csr = new CertificateRequest(subject, key, hash, RSASignaturePadding.Pkcs1).CreateSigningRequestPem();

        var answer = await SendAsync("POST", "/v1/certificates", new { cluster_uuid = cluster, csr }, 201, null);

        using var signed = X509Certificate2.CreateFromPem(answer.GetProperty("pem").GetString());
        Assert.Equal(subject, signed.Subject);
        Assert.True(CertificateChain.IsSignedBy(signed.ExportCertificatePem(), TestAuthorities.Kubernetes.Certificate));
    }

    private async Task<JsonElement> SendAsync(string method, string path, object? body, int status, string? version = "1.14", string token = "demo")
    {
        var answer = await _world.SendAsync(method, path, body, token, version);
        Assert.True(status == (int)answer.Status, $"{method} {path} answered {(int)answer.Status} {answer.Text}");
        return answer.Json;
    }
}
