using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>Services of the cloud that are away for a while: the work waits for them and goes on.</summary>
[Collection(LonelyOpenStackLane.Name)]
public sealed class OutageTests(OpenStackLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.OpenStack)]
    public async Task Cluster_AskedForWhileHeatIsAway_IsCreatedOnceItIsBack()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("heat-away", Ct);
        string uuid;
        await CloudServices.StopAsync(Ct, "heat-api");
        try
        {
            uuid = await user.CreateClusterAsync("heat-away", template, nodes: 1, Ct);
            // Long enough for several attempts in vain.
            await Task.Delay(TimeSpan.FromSeconds(10), Ct);
            Assert.Equal("CREATE_IN_PROGRESS", (string?)(await user.ShowAsync(uuid, Ct))["status"]);
        }
        finally
        {
            await CloudServices.StartAsync(Ct);
        }

        await user.FollowAsync(uuid, "CREATE_COMPLETE", Ct);
        Assert.Single(await user.StacksAsync(Ct));
        await user.RemoveAsync(uuid, template, Ct);
    }

    [LaneFact(Lane.OpenStack)]
    public async Task Cluster_WhoseDeletionMeetsAKeystoneThatIsAway_IsDeletedOnceItIsBack()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("keystone-away", Ct);
        var uuid = await user.CreateClusterAsync("keystone-away", template, nodes: 1, Ct);
        await user.FollowAsync(uuid, "CREATE_COMPLETE", Ct);
        await user.DeleteAsync(uuid, Ct);
        await CloudServices.StopAsync(Ct, "keystone");
        await CloudServices.StartAsync(Ct);

        await user.FollowToTheEndAsync(uuid, template, Ct);
    }
}
