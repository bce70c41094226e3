using System.Net;
using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>A Kubernetes cluster on a real Keystone, Glance, Nova, Neutron and Heat, from the template to nothing left.</summary>
[Collection(nameof(OpenStackLane))]
public sealed class ClusterLifeTests(OpenStackLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.OpenStack)]
    public async Task Cluster_CreatedResizedAndDeleted_WithTheServerKilledInBetween()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("life", Ct);
        var uuid = await user.CreateClusterAsync("life", template, nodes: 1, Ct);
        Assert.Equal("CREATE_IN_PROGRESS", (string?)(await user.ShowAsync(uuid, Ct))["status"]);

        // Killed as soon as there is a stack, before anybody has reported.
        await Eventually.BecomesTrueAsync("a stack", TimeSpan.FromMinutes(3), async ct => (await user.StacksAsync(ct)).Count > 0, Ct, () => lane.Magnum.LogTail());
        await lane.Magnum.KillAsync(Ct);
        await lane.Magnum.StartAgainAsync(Ct);
        var cluster = await user.FollowAsync(uuid, "CREATE_COMPLETE", Ct);

        var stack = Assert.Single(await user.StacksAsync(Ct))!;
        Assert.Equal("CREATE_COMPLETE", (string?)stack["stack_status"]);
        Assert.Equal((string?)stack["id"], (string?)cluster["cluster_id"]);
        Assert.Contains("magnum", stack["tags"]!.AsArray().Select(t => (string)t!));
        Assert.Contains(uuid, stack["tags"]!.AsArray().Select(t => (string)t!));
        Assert.StartsWith("https://172.24.4.", (string?)cluster["api_address"], StringComparison.Ordinal);
        Assert.EndsWith(":6443", (string?)cluster["api_address"], StringComparison.Ordinal);
        Assert.Single(cluster["master_addresses"]!.AsArray());
        Assert.Single(cluster["node_addresses"]!.AsArray());
        var servers = await user.ServersAsync(Ct);
        Assert.Equal(2, servers.Count);
        Assert.All(user.Nodes.UserData.Values, data => Assert.DoesNotContain("PRIVATE KEY", data, StringComparison.Ordinal));
        await NodeGroupsAreAsync(user, uuid, masters: 1, workers: 1);

        await user.ResizeAsync(uuid, 3, Ct);
        await lane.Magnum.KillAsync(Ct);
        await lane.Magnum.StartAgainAsync(Ct);
        cluster = await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct);
        var grown = await user.ServersAsync(Ct);
        Assert.Equal(4, grown.Count);
        Assert.Empty(servers.Except(grown));
        Assert.Equal(3, cluster["node_addresses"]!.AsArray().Count);
        await NodeGroupsAreAsync(user, uuid, masters: 1, workers: 3);

        await user.ResizeAsync(uuid, 1, Ct);
        cluster = await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct);
        Assert.Equal(servers.Order(), (await user.ServersAsync(Ct)).Order());
        Assert.Equal(1, (int?)cluster["node_count"]);
        Assert.Single(cluster["node_addresses"]!.AsArray());

        Assert.Equal(HttpStatusCode.BadRequest, (await user.Api.DeleteAsync($"/clustertemplates/{template}", Ct)).Status);
        await user.RemoveAsync(uuid, template, Ct);
    }

    [LaneFact(Lane.OpenStack)]
    public async Task NodeGroup_ComesGrowsAndGoes_AndTheClusterGoesWithAnother()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("groups", Ct);
        var uuid = await user.CreateClusterAsync("groups", template, nodes: 1, Ct);
        await user.FollowAsync(uuid, "CREATE_COMPLETE", Ct);
        var before = await user.ServersAsync(Ct);

        var group = await user.AddGroupAsync(uuid, "gpu", 1, Ct);
        await lane.Magnum.KillAsync(Ct);
        await lane.Magnum.StartAgainAsync(Ct);
        await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct);
        var made = (await user.Api.GetAsync($"/clusters/{uuid}/nodegroups/gpu", Ct)).Ok();
        Assert.Equal("CREATE_COMPLETE", (string?)made["status"]);
        Assert.Single(made["node_addresses"]!.AsArray());
        Assert.Equal(2, (await user.StacksAsync(Ct)).Count);
        Assert.Contains((string?)made["stack_id"], (await user.StacksAsync(Ct)).Select(s => (string?)s!["id"]));

        await user.ResizeAsync(uuid, 2, Ct, "gpu");
        Assert.Equal(3, (int?)(await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct))["node_count"]);
        var grown = await user.ServersAsync(Ct);
        Assert.Equal(4, grown.Count);
        Assert.Empty(before.Except(grown));

        (await user.Api.DeleteAsync($"/clusters/{uuid}/nodegroups/{group}", Ct)).Expect(HttpStatusCode.NoContent);
        await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct);
        Assert.Equal(HttpStatusCode.NotFound, (await user.Api.GetAsync($"/clusters/{uuid}/nodegroups/{group}", Ct)).Status);
        Assert.Equal(before.Order(), (await user.ServersAsync(Ct)).Order());

        await user.AddGroupAsync(uuid, "cpu", 1, Ct);
        await user.FollowAsync(uuid, "UPDATE_COMPLETE", Ct);
        await user.RemoveAsync(uuid, template, Ct);
    }

    [LaneFact(Lane.OpenStack)]
    public async Task Cluster_DeletedWhileItIsCreated_LeavesNothing()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("short", Ct);
        var uuid = await user.CreateClusterAsync("short", template, nodes: 1, Ct);
        await Eventually.BecomesTrueAsync("a server", TimeSpan.FromMinutes(3), async ct => (await user.ServersAsync(ct)).Count > 0, Ct, () => lane.Magnum.LogTail());

        await user.DeleteAsync(uuid, Ct);
        Assert.Equal("DELETE_IN_PROGRESS", (string?)(await user.ShowAsync(uuid, Ct))["status"]);
        await lane.Magnum.KillAsync(Ct);
        await lane.Magnum.StartAgainAsync(Ct);
        await user.FollowToTheEndAsync(uuid, template, Ct);
    }

    [LaneFact(Lane.OpenStack)]
    public async Task Cluster_WhoseStackSomebodyElseDeleted_CanStillBeDeleted()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("lost", Ct);
        var uuid = await user.CreateClusterAsync("lost", template, nodes: 1, Ct);
        await user.FollowAsync(uuid, "CREATE_COMPLETE", Ct);
        var stack = Assert.Single(await user.StacksAsync(Ct))!;

        (await user.Session.Heat.DeleteAsync($"/stacks/{stack["stack_name"]}/{stack["id"]}", Ct)).Ok();
        await Eventually.BecomesTrueAsync("the stack to be gone", TimeSpan.FromMinutes(4), async ct => (await user.StacksAsync(ct)).Count == 0, Ct);

        await user.RemoveAsync(uuid, template, Ct);
    }

    private static async Task NodeGroupsAreAsync(MagnumUser user, string uuid, int masters, int workers)
    {
        var groups = (await user.Api.GetAsync($"/clusters/{uuid}/nodegroups", Ct)).Ok()["nodegroups"]!.AsArray();
        Assert.Equal([("default-master", masters), ("default-worker", workers)], groups.Select(Describe).Order());

        static (string Name, int Count) Describe(JsonNode? group) => ((string)group!["name"]!, (int)group["node_count"]!);
    }
}
