using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary><c>openstack coe nodegroup ...</c>.</summary>
[Collection(nameof(CliLane))]
public sealed class NodeGroupCommandsTests(CliLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Cli)]
    public async Task ANodeGroup_LivesThroughAllOfItsCommands()
    {
        var client = lane.Demo;
        await lane.CreateTemplateAsync("groups");
        await client.OkAsync("coe cluster create", "green", "--cluster-template", "groups", "--node-count", "1");

        // Not before the API has an address.
        Assert.Contains("Cluster API address is not available yet", await client.FailsAsync("coe nodegroup create", "green", "gpu"), StringComparison.Ordinal);
        await FollowAsync("CREATE_COMPLETE");

        await client.OkAsync(
            "coe nodegroup create", "green", "gpu", "--node-count", "2", "--min-nodes", "1", "--max-nodes", "4", "--flavor", "m1.large", "--role", "ml",
            "--labels", "availability_zone=nova", "--merge-labels");
        await FollowAsync("UPDATE_COMPLETE");
        var group = await ShowAsync("gpu");
        Assert.Equal(
            ("CREATE_COMPLETE", 2, 1, 4, "m1.large", "ml", "nova"),
            ((string?)group["status"], (int)group["node_count"]!, (int)group["min_node_count"]!, (int)group["max_node_count"]!, (string?)group["flavor_id"], (string?)group["role"],
                (string?)group["labels"]!["availability_zone"]));
        Assert.Equal(2, group["node_addresses"]!.AsArray().Count);
        Assert.Equal(["gpu"], (await client.ListAsync("coe nodegroup list", "green", "--role", "ml")).Select(g => (string?)g!["name"]));
        Assert.Equal(4, await CountServersAsync());

        Assert.Contains("409", await client.FailsAsync("coe nodegroup create", "green", "gpu"), StringComparison.Ordinal);
        Assert.Contains("Creating master nodegroups", await client.FailsAsync("coe nodegroup create", "green", "other", "--role", "master"), StringComparison.Ordinal);
        Assert.Contains("no-such-flavor", await client.FailsAsync("coe nodegroup create", "green", "other", "--flavor", "no-such-flavor"), StringComparison.Ordinal);
        Assert.Contains("max_node_count", await client.FailsAsync("coe nodegroup create", "green", "other", "--node-count", "3", "--max-nodes", "2"), StringComparison.Ordinal);

        await client.OkAsync("coe nodegroup update", "green", "gpu", "replace", "max_node_count=3");
        await FollowAsync("UPDATE_COMPLETE");
        Assert.Equal(3, (int)(await ShowAsync("gpu"))["max_node_count"]!);
        Assert.Contains("min_node_count", await client.FailsAsync("coe nodegroup update", "green", "gpu", "replace", "min_node_count=3"), StringComparison.Ordinal);
        Assert.Contains("outside the allowed range", await client.FailsAsync("coe cluster resize", "green", "4", "--nodegroup", "gpu"), StringComparison.Ordinal);

        await client.OkAsync("coe cluster resize", "green", "3", "--nodegroup", "gpu");
        await FollowAsync("UPDATE_COMPLETE");
        Assert.Equal(3, (await ShowAsync("gpu"))["node_addresses"]!.AsArray().Count);

        Assert.Contains("Deleting a default nodegroup is not supported", await client.FailsAsync("coe nodegroup delete", "green", "default-worker"), StringComparison.Ordinal);
        await client.OkAsync("coe nodegroup delete", "green", "gpu");
        await FollowAsync("UPDATE_COMPLETE");
        Assert.Contains("404", await client.FailsAsync("coe nodegroup show", "green", "gpu"), StringComparison.Ordinal);
        Assert.Equal(2, await CountServersAsync());

        await client.OkAsync("coe cluster delete", "green");
        await Eventually.BecomesTrueAsync(
            "the cluster to be gone", TimeSpan.FromMinutes(5), async _ => (await client.RunAsync("coe cluster show", "green")).ExitCode != 0, Ct, () => lane.Magnum.LogTail());
        await client.OkAsync("coe cluster template delete", "groups");
    }

    private Task<JsonNode> ShowAsync(string group) => lane.Demo.JsonAsync("coe nodegroup show", "green", group);

    private Task<JsonNode> FollowAsync(string status) => lane.FollowAsync("green", status);

    private async Task<int> CountServersAsync() =>
        (await lane.Demo.ListAsync("server list")).Count(s => ((string)s!["Name"]!).StartsWith("green-", StringComparison.Ordinal));
}
