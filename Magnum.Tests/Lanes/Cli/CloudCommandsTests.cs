using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>The embedded cloud, seen by the client that everybody uses with a real one.</summary>
[Collection(nameof(CliLane))]
public sealed class CloudCommandsTests(CliLane lane)
{
    [LaneFact(Lane.Cli)]
    public async Task TheClient_SignsInByThePrintedLinesAndSeesTheCloud()
    {
        var token = await lane.Demo.JsonAsync("token issue");
        Assert.NotEmpty((string)token["id"]!);

        var catalog = await lane.Demo.ListAsync("catalog list");
        var types = catalog.Select(s => (string)s!["Type"]!).ToList();
        Assert.Superset(new HashSet<string> { "identity", "orchestration", "compute", "network", "image", "container-infra" }, types.ToHashSet());

        var images = await lane.Demo.ListAsync("image list");
        Assert.NotEmpty(images);
        Assert.All(images, image => Assert.Equal("active", (string?)image!["Status"]));
        Assert.Contains("m1.medium", Names(await lane.Demo.ListAsync("flavor list")));
        Assert.Contains("public", Names(await lane.Demo.ListAsync("network list")));
        await lane.Demo.ListAsync("server list");
        await lane.Demo.ListAsync("stack list");
    }

    [LaneFact(Lane.Cli)]
    public async Task AWrongPassword_IsRefusedWith401()
    {
        var error = await lane.Demo.With("OS_PASSWORD", "wrong").FailsAsync("token issue");

        Assert.Contains("401", error, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(JsonArray rows) => rows.Select(row => (string)row!["Name"]!);
}
