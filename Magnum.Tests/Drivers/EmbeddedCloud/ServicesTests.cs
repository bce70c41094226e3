using System.Text.Json.Nodes;

namespace Magnum.Tests.Drivers.EmbeddedCloud;

public sealed class ServicesTests : IAsyncLifetime
{
    private CloudHttp _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await CloudHttp.StartAsync();

    public async ValueTask DisposeAsync() => await _cloud.DisposeAsync();

    [Fact]
    public async Task Images_CarryTheirProperties_AndPage()
    {
        var first = (await _cloud.GetAsync("image/v2/images?limit=2")).Body!;
        var rest = (await _cloud.GetAsync($"image{(string)first["next"]!}".Replace("limit=2", "limit=50", StringComparison.Ordinal))).Body!;
        var all = first["images"]!.AsArray().Concat(rest["images"]!.AsArray()).ToList();
        var kube = (await _cloud.GetAsync("image/v2/images?name=fedora-coreos-40-kube-v1.31.1")).Body!["images"]!.AsArray();

        Assert.Equal(all.Count, all.Select(i => (string?)i!["id"]).Distinct().Count());
        Assert.Contains(all, i => (string?)i!["name"] == "cirros" && !i.AsObject().ContainsKey("os_distro"));
        Assert.Equal(("fedora-coreos", "v1.31.1"), ((string?)Assert.Single(kube)!["os_distro"], (string?)kube[0]!["kube_version"]));
        Assert.Equal(404, (await _cloud.GetAsync("image/v2/images/" + Guid.NewGuid())).Status);
    }

    [Fact]
    public async Task KeyPairs_AreMadeOrTaken()
    {
        var made = await _cloud.SendAsync("POST", "compute/v2.1/os-keypairs", new JsonObject { ["keypair"] = new JsonObject { ["name"] = "k" } }, ("OpenStack-API-Version", "compute 2.2"));
        var again = await _cloud.SendAsync("POST", "compute/v2.1/os-keypairs", new JsonObject { ["keypair"] = new JsonObject { ["name"] = "k" } });

        Assert.Equal(201, made.Status);
        Assert.Contains("PRIVATE KEY", (string?)made.Body!["keypair"]!["private_key"], StringComparison.Ordinal);
        Assert.StartsWith("ssh-rsa ", (string?)made.Body!["keypair"]!["public_key"], StringComparison.Ordinal);
        Assert.Equal("compute 2.2", made.Headers["OpenStack-API-Version"]);
        Assert.Equal("Key pair 'k' already exists.", (string?)again.Body!["conflictingRequest"]!["message"]);
    }

    [Fact]
    public async Task Server_MadeByNovaItself_GetsAPortAndCountsInTheQuota()
    {
        var network = (string?)(await _cloud.GetAsync("network/v2.0/networks?name=private")).Body!["networks"]![0]!["id"];
        var body = new JsonObject { ["server"] = new JsonObject { ["name"] = "s", ["flavorRef"] = "1", ["imageRef"] = (string?)(await _cloud.GetAsync("image/v2/images?name=cirros")).Body!["images"]![0]!["id"], ["networks"] = new JsonArray(new JsonObject { ["uuid"] = network }) } };

        var id = (string?)(await _cloud.SendAsync("POST", "compute/v2.1/servers", body)).Body!["server"]!["id"];
        var server = (await _cloud.GetAsync($"compute/v2.1/servers/{id}")).Body!["server"]!;
        var ports = (await _cloud.GetAsync($"network/v2.0/ports?device_id={id}")).Body!["ports"]!.AsArray();
        var limits = (await _cloud.GetAsync("compute/v2.1/limits")).Body!["limits"]!["absolute"]!;

        Assert.Equal((string?)server["addresses"]!["private"]![0]!["addr"], (string?)Assert.Single(ports)!["fixed_ips"]![0]!["ip_address"]);
        Assert.Equal(1, (int?)limits["totalInstancesUsed"]);
        Assert.Equal(409, (await _cloud.SendAsync("DELETE", $"network/v2.0/networks/{network}", null)).Status);
    }

    [Theory]
    [InlineData("9999", null, "Flavor 9999 could not be found.")]
    [InlineData("1", "ubuntu-24.04", "Flavor's disk is smaller than the minimum size specified in image metadata.")]
    public async Task Server_ThatCannotBe_IsRefused(string flavor, string? image, string message)
    {
        var imageId = (string?)(await _cloud.GetAsync($"image/v2/images?name={image ?? "cirros"}")).Body!["images"]![0]!["id"];

        var answer = await _cloud.SendAsync("POST", "compute/v2.1/servers", new JsonObject { ["server"] = new JsonObject { ["name"] = "s", ["flavorRef"] = flavor, ["imageRef"] = imageId } });

        Assert.Equal(400, answer.Status);
        Assert.StartsWith(message, (string?)answer.Body!["badRequest"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quota_SetByTheAdmin_BindsTheProject()
    {
        var project = _cloud.Project;
        await _cloud.SignInAsync("admin", "admin");
        Assert.Equal(200, (await _cloud.SendAsync("PUT", $"network/v2.0/quotas/{project}", new JsonObject { ["quota"] = new JsonObject { ["network"] = 1 } })).Status);
        await _cloud.SignInAsync("demo", "demo");

        var refused = await _cloud.SendAsync("POST", "network/v2.0/networks", new JsonObject { ["network"] = new JsonObject { ["name"] = "n" } });
        var details = (await _cloud.GetAsync($"network/v2.0/quotas/{project}/details")).Body!["quota"]!["network"]!;

        Assert.Equal((409, "OverQuota"), (refused.Status, (string?)refused.Body!["NeutronError"]!["type"]));
        Assert.Equal((1, 1), ((int)details["limit"]!, (int)details["used"]!));
        Assert.Equal(403, (await _cloud.SendAsync("PUT", $"network/v2.0/quotas/{project}", new JsonObject { ["quota"] = new JsonObject() })).Status);
    }

    [Fact]
    public async Task Networks_AreFilteredByNameIdAndKind()
    {
        async Task<int> CountAsync(string query) => (await _cloud.GetAsync("network/v2.0/networks?" + query)).Body!["networks"]!.AsArray().Count;

        Assert.Equal(1, await CountAsync("router:external=True"));
        Assert.Equal(1, await CountAsync("name=private"));
        Assert.Equal(0, await CountAsync("name=private&router:external=true"));
        Assert.Equal(0, await CountAsync("id=" + Guid.NewGuid()));
        var fields = (await _cloud.GetAsync("network/v2.0/networks?fields=id&fields=name")).Body!["networks"]![0]!.AsObject();
        Assert.Equal(["id", "name"], fields.Select(f => f.Key));
    }

    [Fact]
    public async Task Stack_OverHttp_IsPlayedByItsNodesAndShownByNameAndId()
    {
        var created = await _cloud.CreateStackAsync("blue");
        Assert.Equal(201, created.Status);

        var stack = await _cloud.SettledAsync("blue");

        Assert.Equal("CREATE_COMPLETE", (string?)stack["stack_status"]);
        Assert.Equal("******", (string?)stack["parameters"]!["secret"]);
        Assert.Equal((string?)created.Body!["stack"]!["id"], (string?)stack["id"]);
        Assert.Equal(2, _cloud.Server.ListServers().Count);
        var path = $"orchestration/v1/{_cloud.Project}/stacks/blue/{(string?)stack["id"]}";
        var resources = (await _cloud.GetAsync(path + "/resources?nested_depth=5")).Body!["resources"]!.AsArray();
        Assert.Contains(resources, r => (string?)r!["resource_type"] == "OS::Nova::Server" && (string?)r["parent_resource"] == "0");
        var events = (await _cloud.GetAsync(path + "/events?limit=3")).Body!["events"]!.AsArray();
        var next = (await _cloud.GetAsync($"{path}/events?limit=3&marker={(string?)events[2]!["id"]}")).Body!["events"]!.AsArray();
        Assert.Equal(3, events.Count);
        Assert.DoesNotContain((string?)next[0]!["id"], events.Select(e => (string?)e!["id"]));
        Assert.Equal("The node is ready", (string?)(await _cloud.GetAsync(path + "/events?resource_action=SIGNAL")).Body!["events"]![0]!["resource_status_reason"] is { } reason ? reason[(reason.LastIndexOf(':') + 1)..] : null);
    }

    [Fact]
    public async Task Stacks_AreFilteredAndPaged()
    {
        foreach (var (name, tags) in new[] { ("a", "magnum,one"), ("b", "magnum,two"), ("c", "") })
        {
            Assert.Equal(201, (await _cloud.CreateStackAsync(name, new JsonObject { ["template"] = "heat_template_version: 2021-04-16", ["tags"] = tags })).Status);
            await _cloud.SettledAsync(name);
        }

        async Task<string> NamesAsync(string query) => string.Join(',', (await _cloud.GetAsync($"orchestration/v1/{_cloud.Project}/stacks?{query}")).Body!["stacks"]!.AsArray().Select(s => (string?)s!["stack_name"]).Order());

        Assert.Equal("a,b", await NamesAsync("tags=magnum"));
        Assert.Equal("b", await NamesAsync("tags=magnum,two"));
        Assert.Equal("a,b", await NamesAsync("tags_any=one,two"));
        Assert.Equal("c", await NamesAsync("name=c"));
        Assert.Equal("a,b,c", await NamesAsync("status=COMPLETE&action=CREATE"));
        Assert.Equal("", await NamesAsync("stack_status=CREATE_FAILED"));
        var page = (await _cloud.GetAsync($"orchestration/v1/{_cloud.Project}/stacks?limit=2")).Body!;
        var last = await NamesAsync($"limit=2&marker={(string?)page["stacks"]![1]!["id"]}");
        Assert.Equal("a", last);
    }

    [Fact]
    public async Task UpdateDuringCreation_IsAConflict_AndDeletedStacksAreToldOfById()
    {
        _cloud.Server.Speed = 1;
        var id = (string?)(await _cloud.CreateStackAsync("blue")).Body!["stack"]!["id"];
        var path = $"orchestration/v1/{_cloud.Project}/stacks/blue/{id}";

        var refusal = await _cloud.SendAsync("PATCH", path, new JsonObject());
        Assert.Equal(204, (await _cloud.SendAsync("DELETE", path, null)).Status);
        _cloud.Server.Speed = 1000;
        var deleted = await _cloud.SettledAsync(id!);

        Assert.Equal((409, "ActionInProgress"), (refusal.Status, (string?)refusal.Body!["error"]!["type"]));
        Assert.Equal("DELETE_COMPLETE", (string?)deleted["stack_status"]);
        Assert.Equal(404, (await _cloud.GetAsync($"orchestration/v1/{_cloud.Project}/stacks/blue")).Status);
    }
}
