using System.Text.Json;
using Magnum.Core.ClusterTemplates;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

/// <summary>Every field of a cluster template: what it is when nothing is said, what is taken for it, and what removing it leaves.</summary>
public sealed class TemplateFieldTests : IDisposable
{
    private const string Refused = "refused";

    private readonly ApiWorld _world = new();

    public void Dispose() => _world.Dispose();

    /// <summary>The field, its default, another value, the same as text (as a form sends it), and what a removal makes of it, all as JSON.</summary>
    public static TheoryData<string, string, string, string, string> Fields => new()
    {
        { "coe", "\"kubernetes\"", "\"kubernetes\"", "kubernetes", Refused },
        { "image_id", "\"ubuntu\"", "\"ubuntu-id\"", "ubuntu-id", Refused },
        { "flavor_id", "null", "\"m1.large\"", "m1.large", "null" },
        { "master_flavor_id", "null", "\"m1.large\"", "m1.large", "null" },
        { "keypair_id", "null", "\"nobodys\"", "nobodys", "null" },   // whose key pair it is shows when a cluster is launched
        { "external_network_id", "null", "\"public\"", "public-id", Refused },
        { "fixed_network", "null", "\"private\"", "private-id", "null" },
        { "fixed_subnet", "null", "\"private-subnet\"", "private-subnet-id", "null" },
        { "network_driver", "\"calico\"", "\"flannel\"", "flannel", Refused },
        { "volume_driver", "null", "\"cinder\"", "cinder", "null" },
        { "dns_nameserver", "null", "\"9.9.9.9, 8.8.8.8\"", "1.1.1.1", "null" },
        { "apiserver_port", "null", "8443", "9443", "null" },
        { "docker_volume_size", "null", "25", "30", "null" },
        { "docker_storage_driver", "null", "\"overlay2\"", "overlay", "null" },
        { "http_proxy", "null", "\"no address at all\"", "http://p", "null" },
        { "https_proxy", "null", "\"http://p\"", "http://q", "null" },
        { "no_proxy", "null", "\"10.0.0.1\"", "10.0.0.2", "null" },
        { "registry_enabled", "false", "true", "True", Refused },
        { "insecure_registry", "null", "\"10.0.0.1:5000\"", "r:5000", "null" },
        { "labels", "{}", """{"a":"b"}""", "{'a': 'c'}", "{}" },
        { "tls_disabled", "false", "true", "True", Refused },
        { "public", "false", "true", "True", Refused },
        { "hidden", "false", "true", "True", Refused },
        { "server_type", "\"vm\"", "\"vm\"", "vm", Refused },
        { "master_lb_enabled", "false", "true", "True", "false" },
        { "floating_ip_enabled", "true", "false", "False", "true" },
        { "tags", "null", "\"a,b\"", "c", "null" },
        { "driver", "\"k8s_heat\"", "\"k8s_heat\"", "k8s_heat", "\"k8s_heat\"" },
        { "cluster_distro", "\"ubuntu\"", "\"ubuntu\"", "ubuntu", Refused },
    };

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task AField_IsGivenReplacedAndRemoved(string field, string otherwise, string value, string text, string removed)
    {
        const string Least = """{"name": "k8s", "coe": "kubernetes", "image_id": "ubuntu"}""";
        var plain = await SendAsync("POST", "/v1/clustertemplates", Least);
        Assert.Equal(otherwise, plain.GetProperty(field).GetRawText());

        var given = await SendAsync("POST", "/v1/clustertemplates", JsonText.Merge(Least, $$"""{"name": "other", "{{field}}": {{value}}}"""));
        Assert.Equal(value, given.GetProperty(field).GetRawText());
        var unset = await SendAsync("POST", "/v1/clustertemplates", JsonText.Merge(Least, field is "coe" or "image_id" ? "{}" : $$"""{"{{field}}": null}"""));
        Assert.Equal(otherwise, unset.GetProperty(field).GetRawText());

        var replaced = await SendAsync("PATCH", "/v1/clustertemplates/other", Operation("replace", field, text));
        Assert.Equal(text.Replace("{'a': 'c'}", """{"a":"c"}""", StringComparison.Ordinal), replaced.GetProperty(field).ToString(), ignoreCase: true);

        var answer = await _world.SendAsync("PATCH", "/v1/clustertemplates/other", $$"""[{"op": "remove", "path": "/{{field}}"}]""", "admin-of-demo");
        Assert.Equal(removed, answer.Message.IsSuccessStatusCode ? answer.Json.GetProperty(field).GetRawText() : Refused);
    }

    [Fact]
    public void EveryFieldIsInTheTable() => Assert.Equal(
        typeof(ClusterTemplateSpec).GetProperties().Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name).Replace("key_pair", "keypair", StringComparison.Ordinal))
            .Except(["uuid", "name"]).Order(StringComparer.Ordinal),
        Fields.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Fact]
    public async Task NameAndUuid_AreMadeUpOrTaken_AndNamesAreNobodysAlone()
    {
        var uuid = Guid.NewGuid();

        var named = await SendAsync("POST", "/v1/clustertemplates", $$"""{"uuid": "{{uuid}}", "name": "größe 1", "coe": "kubernetes", "image_id": "ubuntu"}""");
        var twin = await SendAsync("POST", "/v1/clustertemplates", """{"name": "größe 1", "coe": "kubernetes", "image_id": "ubuntu"}""");
        var unnamed = await SendAsync("POST", "/v1/clustertemplates", """{"coe": "kubernetes", "image_id": "ubuntu"}""");

        Assert.Equal((uuid, "größe 1"), (named.GetProperty("uuid").GetGuid(), named.GetProperty("name").GetString()));
        Assert.NotEqual(uuid, twin.GetProperty("uuid").GetGuid());
        Assert.Matches("^[a-z]+-[0-9]+-template$", unnamed.GetProperty("name").GetString());
        foreach (var spelling in new[] { uuid.ToString(), uuid.ToString("N"), uuid.ToString().ToUpperInvariant() })
        {
            Assert.Equal(uuid, (await SendAsync("GET", $"/v1/clustertemplates/{spelling}", null)).GetProperty("uuid").GetGuid());
        }
    }

    [Theory]
    [InlineData("""[{"op": "replace", "path": "/name", "value": "renamed"}]""", "demo")]
    [InlineData("""[{"op": "replace", "path": "/tags", "value": "b"}]""", "demo")]
    [InlineData("""[{"op": "replace", "path": "/public", "value": true}]""", "admin-of-demo")]
    [InlineData("""[{"op": "replace", "path": "/hidden", "value": true}]""", "admin-of-demo")]
    [InlineData("""[{"op": "replace", "path": "/flavor_id", "value": "m1.small"}, {"op": "replace", "path": "/tags", "value": "b"}]""", "demo")]   // one of them changes
    [InlineData("""[{"op": "replace", "path": "/image_id", "value": "ubuntu"}]""", "demo")]
    [InlineData("[]", "demo")]
    public async Task OfATemplateInUse_ThisMayChange(string patch, string token)
    {
        await _world.Core.AddClusterAsync();

        await SendAsync("PATCH", "/v1/clustertemplates/k8s", patch, token);
    }

    private static string Operation(string op, string field, string value) => JsonSerializer.Serialize(new[] { new { op, path = $"/{field}", value } });

    private async Task<JsonElement> SendAsync(string method, string path, string? body, string token = "admin-of-demo")
    {
        _world.Callers["admin-of-demo"] = TestCaller.With("demo", "demo-user", "admin", "member", "reader");
        var answer = await _world.SendAsync(method, path, body, token);
        Assert.True(answer.Message.IsSuccessStatusCode, answer.Text);
        return answer.Json;
    }
}
