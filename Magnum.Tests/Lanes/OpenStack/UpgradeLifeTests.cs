using System.Net;
using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>An upgrade on a real Heat: conditions, members of a resource group and volumes that stay are its to judge.</summary>
[Collection(nameof(OpenStackLane))]
public sealed class UpgradeLifeTests(OpenStackLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.OpenStack)]
    public async Task Cluster_GoesToAnotherImage_NodeByNode_WithTheServerKilledInBetween_AndKeepsItsEtcd()
    {
        var user = await lane.MemberAsync(Ct);
        var labels = new JsonObject { ["etcd_volume_size"] = "1" };
        var template = await user.CreateTemplateAsync("old", Ct, ("labels", labels.DeepClone()));
        var newer = await user.CreateTemplateAsync("new", Ct, ("image_id", "ubuntu-next"), ("labels", labels.DeepClone()));
        var uuid = await user.CreateClusterAsync("grows-up", template, nodes: 1, Ct);
        var made = await user.FollowAsync(uuid, "CREATE_COMPLETE", Ct);
        var before = await user.ServersAsync(Ct);
        var volume = await VolumeAsync(user);

        await UpgradeAsync(user, uuid, newer);
        await Eventually.BecomesTrueAsync("the master to go", TimeSpan.FromMinutes(4), async ct => (await user.ServersAsync(ct)).Count == 1, Ct);
        await lane.Magnum.KillAsync(Ct);
        await lane.Magnum.StartAgainAsync(Ct);
        var done = await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct);

        Assert.Equal(("v1.31.1", "v1.32.1"), ((string?)made["coe_version"], (string?)done["coe_version"]));
        Assert.Equal((newer, (string?)made["api_address"]), ((string?)done["cluster_template_id"], (string?)done["api_address"]));
        var after = await user.ServersAsync(Ct);
        Assert.Equal(2, after.Count);
        Assert.Empty(before.Intersect(after));
        var master = await ServerOfVolumeAsync(user, volume);
        Assert.Contains(master, after);
        Assert.Equal(["ubuntu-next"], await ImagesAsync(user));

        var back = await user.Api.PostAsync($"/clusters/{uuid}/actions/upgrade", new JsonObject { ["cluster_template"] = template }, Ct);
        Assert.Equal(HttpStatusCode.Conflict, back.Status);
        await user.RemoveAsync(uuid, newer, Ct);
        (await user.Api.DeleteAsync($"/clustertemplates/{template}", Ct)).Expect(HttpStatusCode.NoContent);
    }

    private static async Task UpgradeAsync(MagnumUser user, string uuid, string template)
    {
        var body = new JsonObject { ["cluster_template"] = template };
        (await user.Api.PostAsync($"/clusters/{uuid}/actions/upgrade", body, Ct)).Expect(HttpStatusCode.Accepted);
        Assert.Equal("UPDATE_IN_PROGRESS", (string?)(await user.ShowAsync(uuid, Ct))["status"]);
    }

    private static async Task<string> VolumeAsync(MagnumUser user) =>
        (string)Assert.Single((await user.Session.Cinder.GetAsync("/volumes/detail", Ct)).Ok()["volumes"]!.AsArray())!["id"]!;

    private static async Task<string?> ServerOfVolumeAsync(MagnumUser user, string volume) =>
        (string?)Assert.Single((await user.Session.Cinder.GetAsync($"/volumes/{volume}", Ct)).Ok()["volume"]!["attachments"]!.AsArray())!["server_id"];

    /// <summary>Names of the images that the servers were made of.</summary>
    private async Task<IEnumerable<string>> ImagesAsync(MagnumUser user)
    {
        var servers = (await user.Session.Nova.GetAsync("/servers/detail", Ct)).Ok()["servers"]!.AsArray();
        var ids = servers.Select(s => (string)s!["image"]!["id"]!).Distinct();
        return [.. ids.Select(lane.Cloud.NameOfImage)];
    }
}
