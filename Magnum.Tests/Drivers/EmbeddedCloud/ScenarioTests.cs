using System.Text.Json.Nodes;

namespace Magnum.Tests.Drivers.EmbeddedCloud;

public sealed class ScenarioTests : IAsyncLifetime
{
    private CloudHttp _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await CloudHttp.StartAsync();

    public async ValueTask DisposeAsync() => await _cloud.DisposeAsync();

    [Theory]
    [InlineData("no-valid-host", "No valid host was found. There are not enough hosts available.")]
    [InlineData("quota-exceeded", "Quota exceeded for instances: Requested 1, but already used 200 of 200 instances")]
    [InlineData("node-fails", "WaitConditionFailure: resources.ready: kubelet is not healthy")]
    [InlineData("hang", "Create timed out")]
    [InlineData("node-offline", "Create timed out")]
    public async Task Stack_EndsAsItsScenarioHasIt(string scenario, string reason)
    {
        var more = Templates.WithNode();
        more["tags"] = "magnum,scenario:" + scenario;
        more["timeout_mins"] = 10;
        await _cloud.CreateStackAsync("blue", more);

        var stack = await _cloud.SettledAsync("blue");

        Assert.Equal("CREATE_FAILED", (string?)stack["stack_status"]);
        Assert.Contains(reason, (string?)stack["stack_status_reason"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("parameter")]
    [InlineData("operator")]
    public async Task Scenario_IsChosenInSeveralWays(string how)
    {
        var more = Templates.WithNode();
        if (how is "parameter")
        {
            more["parameters"]!["generation"] = "x scenario:no-valid-host y";
        }
        else if (how is "operator")
        {
            Assert.Equal(200, (await _cloud.SendAsync("PUT", "embedded/scenarios/no-valid-host", new JsonObject { ["stack"] = "blu" })).Status);
        }

        var name = how is "name" ? "my-scenario-no-valid-host-1" : "blue";
        await _cloud.CreateStackAsync(name, more);

        Assert.Equal("CREATE_FAILED", (string?)(await _cloud.SettledAsync(name))["stack_status"]);
        var servers = (await _cloud.GetAsync("compute/v2.1/servers/detail?status=ERROR")).Body!["servers"]!.AsArray();
        Assert.Equal("No valid host was found. There are not enough hosts available.", (string?)Assert.Single(servers)!["fault"]!["message"]);
    }

    [Fact]
    public async Task StackRefused_Is400()
    {
        await _cloud.SendAsync("PUT", "embedded/scenarios/stack-refused", new JsonObject());

        var answer = await _cloud.CreateStackAsync("blue");

        Assert.Equal((400, "StackValidationFailed"), (answer.Status, (string?)answer.Body!["error"]!["type"]));
        Assert.Empty(_cloud.Server.ListStacks());
    }

    [Fact]
    public async Task Outage_ConcernsOneServiceAndEnds()
    {
        await _cloud.SendAsync("PUT", "embedded/scenarios", new JsonObject { ["name"] = "heat-503", ["seconds"] = 600 });
        var during = await _cloud.GetAsync($"orchestration/v1/{_cloud.Project}/stacks");
        var other = await _cloud.GetAsync("network/v2.0/networks");
        var listed = (await _cloud.GetAsync("embedded/scenarios")).Body!["scenarios"]!.AsArray();
        await _cloud.SendAsync("DELETE", "embedded/scenarios", null);

        Assert.Equal((503, 200), (during.Status, other.Status));
        Assert.Equal("heat-503", (string?)Assert.Single(listed)!["name"]);
        Assert.Equal(200, (await _cloud.GetAsync($"orchestration/v1/{_cloud.Project}/stacks")).Status);
    }

    [Fact]
    public async Task ExpiredTokens_EndPeoplesTokens_NotThoseOfNodes()
    {
        _cloud.Server.Speed = 1;
        await _cloud.CreateStackAsync("blue");
        await _cloud.SendAsync("PUT", "embedded/scenarios/expired-tokens", new JsonObject());

        Assert.Equal(401, (await _cloud.GetAsync("network/v2.0/networks")).Status);
        await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        await _cloud.SignInAsync("demo", "demo");
        await _cloud.SendAsync("PUT", "embedded/clock", new JsonObject { ["speed"] = 1000 });
        Assert.Equal("CREATE_COMPLETE", (string?)(await _cloud.SettledAsync("blue"))["stack_status"]);
    }

    [Fact]
    public async Task DeleteFailsOnce_ThenWorks()
    {
        var more = Templates.WithNode();
        more["tags"] = "scenario:delete-fails-once";
        var id = (string?)(await _cloud.CreateStackAsync("blue", more)).Body!["stack"]!["id"];
        await _cloud.SettledAsync("blue");

        await _cloud.SendAsync("DELETE", $"orchestration/v1/{_cloud.Project}/stacks/blue/{id}", null);
        var first = await _cloud.SettledAsync(id!);
        await _cloud.SendAsync("DELETE", $"orchestration/v1/{_cloud.Project}/stacks/blue/{id}", null);
        var second = await _cloud.SettledAsync(id!);

        Assert.Equal(("DELETE_FAILED", "DELETE_COMPLETE"), ((string?)first["stack_status"], (string?)second["stack_status"]));
    }

    [Fact]
    public async Task Vanish_TakesTheStackAwayAtOnce()
    {
        var id = (string?)(await _cloud.CreateStackAsync("blue")).Body!["stack"]!["id"];
        await _cloud.SettledAsync("blue");

        _cloud.Server.SwitchOn("vanish", "blue");

        Assert.Equal(404, (await _cloud.GetAsync($"orchestration/v1/{_cloud.Project}/stacks/blue/{id}")).Status);
        Assert.Empty(_cloud.Server.ListStacks());
        Assert.Equal(201, (await _cloud.CreateStackAsync("blue")).Status);
    }

    [Fact]
    public async Task UnknownScenario_IsRefusedWithTheKnownOnes()
    {
        var answer = await _cloud.SendAsync("PUT", "embedded/scenarios/earthquake", new JsonObject());

        Assert.Equal(400, answer.Status);
        Assert.Contains("no-valid-host", (string?)answer.Body!["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_TellsWhatIsThere()
    {
        var status = (await _cloud.GetAsync("embedded")).Body!;

        Assert.Equal(_cloud.Server.AuthUrl.ToString(), (string?)status["auth_url"]);
        Assert.Equal(1000, (double?)status["clock"]!["speed"]);
        Assert.Equal(0, (int?)status["counts"]!["stacks"]);
    }
}
