using System.Text;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

public sealed class HostileInputTests : IDisposable
{
    private readonly ApiWorld _world = new(("Api:MaxBodyBytes", "65536"));

    public void Dispose() => _world.Dispose();

    public static TheoryData<string, string, string> Bodies => new()
    {
        { "POST", "/v1/clusters", "{" },
        { "POST", "/v1/clusters", "null" },
        { "POST", "/v1/clusters", "\"x\"" },
        { "POST", "/v1/clusters", "[1]" },
        { "POST", "/v1/clusters", new string('[', 20_000) },
        { "POST", "/v1/clusters", "{\"name\": \"" + new string('a', 100_000) + "\"}" },
        { "POST", "/v1/clusters", """{"cluster_template_id": "\ud800"}""" },
        { "POST", "/v1/clusters", """{"cluster_template_id": "a\u0000b"}""" },
        { "POST", "/v1/clusters", """{"cluster_template_id": {"$ne": null}}""" },
        { "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "node_count": 1e400}""" },
        { "POST", "/v1/clusters", "{\"cluster_template_id\": \"k8s\", \"node_count\": 1" + new string('0', 10_000) + "}" },
        { "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "node_count": 2147483648}""" },
        { "POST", "/v1/clusters", """{"cluster_template_id": "' OR 1=1 --"}""" },
        { "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "labels": {"\u0000": "x"}}""" },
        { "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "labels": {"a": [[[[]]]]}}""" },
        { "POST", "/v1/clusters", """{"cluster_template_id": "k8s", "name": "a\n"}""" },
        { "POST", "/v1/clustertemplates", """{"uuid": "x", "image_id": "ubuntu", "coe": "kubernetes"}""" },
        { "POST", "/v1/clustertemplates", """{"image_id": 5, "coe": ["kubernetes"], "tls_disabled": "maybe"}""" },
        { "POST", "/v1/quotas", """{"project_id": "", "hard_limit": "ten"}""" },
        { "POST", "/v1/quotas", "{}" },
        { "POST", "/v1/certificates", """{"cluster_uuid": "none", "csr": ""}""" },
        { "POST", "/v1/clusters/x/nodegroups", """{"name": "g", "node_taints": "[{"}""" },
        { "POST", "/v1/clusters/x/actions/resize", """{"node_count": 1, "nodes_to_remove": [1, null]}""" },
        { "PATCH", "/v1/clusters/x", """[{"op": "replace", "path": "/labels", "value": "{'a': {'b': {'c': 1}}}"}]""" },
        { "PATCH", "/v1/clusters/x", """[{"op": null, "path": {}, "value": []}]""" },
        { "PATCH", "/v1/clustertemplates/x", "[null, 1, \"x\"]" },
        { "PATCH", "/v1/clusters/x?rollback=maybe", "[]" },
        { "PATCH", "/v1/quotas/demo/Cluster", "[]" },
        { "POST", "/v1/federations", """{"properties": {"a": 1}}""" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task ABodyThatMakesNoSense_IsTheCallersFault(string method, string path, string body)
    {
        var answer = await _world.SendAsync(method, path, body, token: "admin");

        Assert.InRange((int)answer.Status, 400, 499);
        Assert.False(string.IsNullOrEmpty(answer.Error.GetProperty("title").GetString()));
    }

    [Fact]
    public async Task BytesThatAreNoText_AreTheCallersFault()
    {
        var answer = await _world.SendAsync("POST", "/v1/clusters", Encoding.UTF8.GetBytes("{\"name\": \"").Append((byte)0xff).Concat("\"}"u8.ToArray()).ToArray());

        Assert.Equal((400, "Request is not in valid JSON format"), ((int)answer.Status, answer.Detail));
    }

    [Fact]
    public async Task ABodyThatIsTooLarge_Is413() =>
        Assert.Equal(413, (int)(await _world.SendAsync("POST", "/v1/clusters", new string(' ', 70_000))).Status);

    [Theory]
    [InlineData("/v1/clusters/%0A%0D")]
    [InlineData("/v1/clusters/%F0%9F%92%A9")]
    [InlineData("/v1/clusters/..%2f..%2fetc")]
    [InlineData("/v1/clusters?marker=")]
    [InlineData("/v1/clusters?limit=1e9")]
    [InlineData("/v1/clusters?sort_key=name;drop%20table")]
    [InlineData("/v1/quotas?marker=99999999999999999999999")]
    [InlineData("/v1/clusters?%00=1")]
    public async Task APathThatMakesNoSense_IsTheCallersFault(string path) =>
        Assert.InRange((int)(await _world.GetAsync(path, token: "admin")).Status, 400, 499);
}
