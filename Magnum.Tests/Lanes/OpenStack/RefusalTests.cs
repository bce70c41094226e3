using System.Net;
using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.OpenStack;

/// <summary>What a real cloud refuses, and how the user gets to know why.</summary>
[Collection(SecondOpenStackLane.Name)]
public sealed class RefusalTests(OpenStackLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.OpenStack)]
    public async Task Template_OfWhatTheCloudDoesNotHave_IsRefusedByName()
    {
        var user = await lane.MemberAsync(Ct);
        var cases = new (string Field, string Value, string Says)[]
        {
            ("image_id", "no-distro", "os_distro"),
            ("image_id", "no-such-image", "no-such-image"),
            ("flavor_id", "no-such-flavor", "no-such-flavor"),
            ("master_flavor_id", "no-such-flavor", "no-such-flavor"),
            ("external_network_id", "no-such-network", "no-such-network"),
        };
        foreach (var (field, value, says) in cases)
        {
            var error = (await user.Api.PostAsync("/clustertemplates", MagnumUser.Template("bad", (field, value)), Ct)).Expect(HttpStatusCode.BadRequest)["errors"]![0]!;
            Assert.Contains(says, (string?)error["detail"], StringComparison.Ordinal);
        }

        Assert.Empty((await user.Api.GetAsync("/clustertemplates", Ct)).Ok()["clustertemplates"]!.AsArray());
    }

    [LaneFact(Lane.OpenStack)]
    public async Task Cluster_ThatFitsNoHost_FailsWithNovasReasonAndCanBeDeleted()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("giant", Ct, ("flavor_id", "m9.giant"));
        var uuid = await user.CreateClusterAsync("giant", template, nodes: 1, Ct);

        var cluster = await user.FollowAsync(uuid, "CREATE_FAILED", Ct);
        Assert.Contains("No valid host was found", (string?)cluster["status_reason"], StringComparison.Ordinal);
        Assert.Contains("No valid host was found", cluster["faults"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(("no-valid-host", "OPERATOR"), await DiagnosisAsync(user, uuid));

        await user.RemoveAsync(uuid, template, Ct);
    }

    [LaneFact(Lane.OpenStack)]
    public async Task Cluster_WhoseNodeReportsAFailure_FailsWithTheNodesReason()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("broken", Ct);
        user.Nodes.Status = "FAILURE";
        var uuid = await user.CreateClusterAsync("broken", template, nodes: 1, Ct);

        var cluster = await user.FollowAsync(uuid, "CREATE_FAILED", Ct);
        Assert.Contains("FAILURE of the lane's node", (string?)cluster["status_reason"], StringComparison.Ordinal);
        Assert.Equal(("node-failed", "USER"), await DiagnosisAsync(user, uuid));
        var told = (await user.Api.GetAsync($"/clusters/{uuid}/events?source=NOVA", Ct)).Ok()["events"]!.AsArray();
        Assert.Contains(told, e => (string?)e!["kind"] == "console" && e["message"]!.ToString().Contains("CONSOLE", StringComparison.Ordinal));   // the fake hypervisor's

        await user.RemoveAsync(uuid, template, Ct);
    }

    [LaneFact(Lane.OpenStack)]
    public async Task Cluster_OverTheProjectsNovaLimit_FailsWithNovasReason()
    {
        var user = await lane.MemberAsync(Ct);
        var template = await user.CreateTemplateAsync("limit", Ct);
        await SetInstancesAsync(1);
        try
        {
            var uuid = await user.CreateClusterAsync("limit", template, nodes: 1, Ct);

            var cluster = await user.FollowAsync(uuid, "CREATE_FAILED", Ct);
            Assert.Contains("Quota exceeded for instances", (string?)cluster["status_reason"], StringComparison.Ordinal);
            Assert.Equal(("quota-instances", "USER"), await DiagnosisAsync(user, uuid));
            await user.RemoveAsync(uuid, template, Ct);
        }
        finally
        {
            await SetInstancesAsync(-1);
        }
    }

    private static async Task<(string? Code, string? Who)> DiagnosisAsync(MagnumUser user, string uuid)
    {
        var diagnosis = (await user.Api.GetAsync($"/clusters/{uuid}/operations?limit=1", Ct)).Ok()["operations"]![0]!["diagnosis"];
        return ((string?)diagnosis?["code"], (string?)diagnosis?["who"]);
    }

    private async Task SetInstancesAsync(int limit)
    {
        var quota = new JsonObject { ["quota_set"] = new JsonObject { ["instances"] = limit } };
        (await lane.Cloud.Admin.Nova.PutAsync($"/os-quota-sets/{lane.Project.Id}", quota, Ct)).Ok();
    }
}
