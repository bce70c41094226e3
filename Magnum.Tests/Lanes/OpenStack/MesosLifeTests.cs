using Magnum.Drivers.EmbeddedCloud.Nova;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>A Mesos cluster's stack on a real Heat.</summary>
[Collection(SecondOpenStackLane.Name)]
public sealed class MesosLifeTests(OpenStackLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.OpenStack)]
    public async Task Mesos_CreatedResizedAndDeleted_LeavesNothing()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("mesos", Ct, ("coe", "mesos"));
        var uuid = await user.CreateClusterAsync("herd", template, nodes: 1, Ct);
        var cluster = await user.FollowAsync(uuid, "CREATE_COMPLETE", Ct);

        Assert.Matches(@"^172\.24\.4\.\d+$", (string?)cluster["api_address"]);
        Assert.Equal((1, 1), (cluster["master_addresses"]!.AsArray().Count, cluster["node_addresses"]!.AsArray().Count));
        var servers = await user.ServersAsync(Ct);

        await user.ResizeAsync(uuid, 2, Ct);
        await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct);
        var grown = await user.ServersAsync(Ct);
        Assert.Equal((2, 3), (servers.Count, grown.Count));
        Assert.Empty(servers.Except(grown));
        // Nobody is given what opens the cluster's user in Keystone.
        Assert.All(user.Nodes.UserData.Values, d => Assert.Null(UserDataFiles.EnrolmentOf(d)));
        Assert.All(user.Nodes.UserData.Values, d => Assert.Equal("mesos", UserDataFiles.EngineOf(d)));

        await user.RemoveAsync(uuid, template, Ct);
    }
}
