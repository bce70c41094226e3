using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud;

namespace Magnum.Tests.Drivers.EmbeddedCloud;

public sealed class IdentityTests : IAsyncLifetime
{
    private CloudHttp _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await CloudHttp.StartAsync();

    public async ValueTask DisposeAsync() => await _cloud.DisposeAsync();

    [Fact]
    public async Task Token_TellsWhoAndWhere_AndHasACatalogOfThreeFaces()
    {
        var answer = await _cloud.GetAsync("identity/v3/auth/tokens", ("X-Subject-Token", _cloud.Token));

        var token = answer.Body!["token"]!;
        Assert.Equal("demo", (string?)token["user"]!["name"]);
        Assert.Equal("default", (string?)token["user"]!["domain"]!["id"]);
        Assert.Equal(["member", "reader"], token["roles"]!.AsArray().Select(r => (string?)r!["name"]));
        var heat = token["catalog"]!.AsArray().Single(s => (string?)s!["type"] == "orchestration")!;
        Assert.Equal(["public", "internal", "admin"], heat["endpoints"]!.AsArray().Select(e => (string?)e!["interface"]));
        Assert.All(heat["endpoints"]!.AsArray(), e => Assert.Equal($"{_cloud.Server.BaseUrl}orchestration/v1/{_cloud.Project}", (string?)e!["url"]));
        Assert.Equal("http://localhost:9511/v1", (string?)token["catalog"]!.AsArray().Single(s => (string?)s!["type"] == "container-infra")!["endpoints"]![0]!["url"]);
    }

    [Fact]
    public async Task WrongPassword_Is401InKeystonesShape()
    {
        var answer = await _cloud.SendAsync("POST", "identity/v3/auth/tokens", new JsonObject { ["auth"] = CloudHttp.PasswordAuth("demo", "wrong") });

        Assert.Equal(401, answer.Status);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"error":{"code":401,"message":"The request you have made requires authentication.","title":"Unauthorized"}}"""), answer.Body));
        Assert.StartsWith("Keystone uri=", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("identity/v3/projects")]
    [InlineData("compute/v2.1/servers")]
    [InlineData("network/v2.0/networks")]
    [InlineData("image/v2/images")]
    [InlineData("orchestration/v1/x/stacks")]
    [InlineData("volume/v3/x/volumes")]
    [InlineData("load-balancer/v2/lbaas/loadbalancers")]
    public async Task Nobody_Is401Everywhere(string path)
    {
        var answer = await _cloud.GetAsync(path, ("X-Auth-Token", "gAAAAABforged"));

        Assert.Equal(401, answer.Status);
        Assert.Equal(401, (int?)answer.Body!["error"]!["code"]);
    }

    [Theory]
    [InlineData("identity", 300)]
    [InlineData("identity/v3", 200)]
    [InlineData("compute/v2.1/", 200)]
    [InlineData("network/", 200)]
    [InlineData("image", 300)]
    [InlineData("volume/v3", 200)]
    [InlineData("load-balancer", 200)]
    [InlineData("orchestration", 300)]
    [InlineData("key-manager", 300)]
    public async Task VersionDocuments_NeedNoToken(string path, int status)
    {
        Assert.Equal(status, (await _cloud.GetAsync(path, ("X-Auth-Token", ""))).Status);
    }

    [Fact]
    public async Task Reader_ReadsAndChangesNothing()
    {
        await _cloud.SignInAsync("demo_reader", "demo");

        Assert.Equal(200, (await _cloud.GetAsync("network/v2.0/networks")).Status);
        Assert.Equal(403, (await _cloud.SendAsync("POST", "network/v2.0/networks", new JsonObject { ["network"] = new JsonObject() })).Status);
        Assert.Equal(403, (await _cloud.CreateStackAsync("blue")).Status);
    }

    [Fact]
    public async Task Stranger_DoesNotSeeTheProjectsThings()
    {
        await _cloud.CreateStackAsync("blue");
        var project = _cloud.Project;
        await _cloud.SignInAsync("alt_demo", "alt_demo");

        Assert.Equal(403, (await _cloud.GetAsync($"orchestration/v1/{project}/stacks")).Status);
        Assert.Equal(403, (await _cloud.GetAsync($"orchestration/v1/{_cloud.Project}/stacks?global_tenant=1")).Status);
        var networks = (await _cloud.GetAsync("network/v2.0/networks")).Body!["networks"]!.AsArray();
        Assert.Equal(["alt-private", "public"], networks.Select(n => (string?)n!["name"]).Order());
    }

    [Fact]
    public async Task ApplicationCredential_SignsInAndCannotMakeAnother()
    {
        var user = CloudSeed.UserId("demo");
        var made = await _cloud.SendAsync("POST", $"identity/v3/users/{user}/application_credentials", new JsonObject { ["application_credential"] = new JsonObject { ["name"] = "ci", ["roles"] = new JsonArray(new JsonObject { ["name"] = "reader" }) } });
        var credential = made.Body!["application_credential"]!;
        var auth = new JsonObject
        {
            ["identity"] = new JsonObject { ["methods"] = new JsonArray("application_credential"), ["application_credential"] = new JsonObject { ["id"] = (string?)credential["id"], ["secret"] = (string?)credential["secret"] } },
        };

        var token = (await _cloud.SendAsync("POST", "identity/v3/auth/tokens", new JsonObject { ["auth"] = auth })).Body!["token"]!;

        Assert.Equal("demo", (string?)token["project"]!["name"]);
        Assert.Equal("reader", (string?)Assert.Single(token["roles"]!.AsArray())!["name"]);
    }

    [Fact]
    public async Task Tokens_OutliveARestart_WhenTheStateIsKept()
    {
        var file = Path.Combine(Path.GetTempPath(), $"cloud-{Guid.NewGuid():N}.json");
        try
        {
            string token;
            await using (var before = await CloudHttp.StartAsync(new EmbeddedCloudOptions { StateFile = file }))
            {
                token = before.Token;
            }

            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }

            await using var after = await CloudHttp.StartAsync(new EmbeddedCloudOptions { StateFile = file }, user: null);
            Assert.Equal(200, (await after.GetAsync("network/v2.0/networks", ("X-Auth-Token", token))).Status);
            Assert.Equal(401, (await _cloud.GetAsync("network/v2.0/networks", ("X-Auth-Token", token))).Status);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Remote_IsRefusedUnlessAllowed()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => CloudHttp.StartAsync(new EmbeddedCloudOptions { Host = "0.0.0.0" }));
    }
}
