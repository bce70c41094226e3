using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Nova;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>A swarm's stack on a real Heat.</summary>
[Collection(SecondOpenStackLane.Name)]
public sealed class SwarmLifeTests(OpenStackLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.OpenStack)]
    public async Task Swarm_CreatedResizedGivenAGroupAndDeleted_LeavesNothing()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("swarm", Ct, ("coe", "swarm"), ("labels", new JsonObject { ["swarm_published_ports"] = "80/tcp,30000-32767" }));
        var uuid = await user.CreateClusterAsync("bees", template, nodes: 1, Ct);
        var cluster = await user.FollowAsync(uuid, "CREATE_COMPLETE", Ct);

        Assert.Matches(@"^tcp://172\.24\.4\.\d+:2376$", (string?)cluster["api_address"]);
        Assert.Equal((1, 1), (cluster["master_addresses"]!.AsArray().Count, cluster["node_addresses"]!.AsArray().Count));
        var servers = await user.ServersAsync(Ct);
        Assert.Equal(2, servers.Count);

        await user.ResizeAsync(uuid, 3, Ct);
        await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct);
        var grown = await user.ServersAsync(Ct);
        Assert.Equal(4, grown.Count);
        Assert.Empty(servers.Except(grown));

        await user.ResizeAsync(uuid, 1, Ct);
        await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct);
        Assert.Equal(2, (await user.ServersAsync(Ct)).Count);

        await user.AddGroupAsync(uuid, "gpu", 1, Ct);
        await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct);
        Assert.Equal(2, (await user.StacksAsync(Ct)).Count);
        // Every node knows the one manager.
        var managers = user.Nodes.UserData.Values.Select(d => (string)JsonNode.Parse(UserDataFiles.Find(d, "/etc/magnum/stack.json")!)!["managers"]!).Distinct();
        Assert.Matches(@"^10\.0\.0\.\d+$", Assert.Single(managers));

        await user.RemoveAsync(uuid, template, Ct);
    }
}
