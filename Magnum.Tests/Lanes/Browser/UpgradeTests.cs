using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>A cluster goes to another template while somebody looks.</summary>
[Collection(nameof(BrowserLane))]
public sealed class UpgradeTests(BrowserLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task ATenant_UpgradesACluster_AndSeesNodesMakeWay()
    {
        await lane.CleanAsync();
        await lane.Cloud.SetSpeedAsync(60, Ct);
        var api = await lane.ApiAsync("demo");
        var body = new JsonObject
        {
            ["name"] = "rising",
            ["cluster_template_id"] = await lane.TemplateAsync("before", ("image_id", "ubuntu-22.04-kube-v1.31.1")),
            ["node_count"] = 1,
            ["labels"] = new JsonObject { ["etcd_volume_size"] = "1" },
        };
        await lane.TemplateAsync("after");
        await lane.TemplateAsync("other-network", ("network_driver", "calico"));
        var uuid = (string)(await api.PostAsync("/clusters", body, Ct)).Ok()["uuid"]!;
        await using var demo = await lane.VisitAsync("upgrade");
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        await demo.OpenAsync($"/clusters/{uuid}");
        await demo.ExpectStatusAsync("CREATE_COMPLETE");

        await demo.Marked("upgrade").ClickAsync();
        await demo.Marked("upgrade-template").ClickAsync();
        await Expect(demo.Page.Locator(".mud-popover-open .mg-option-problem")).ToHaveTextAsync("its network driver is calico, and the cluster's is flannel.");
        await demo.ShotAsync("choices");
        await demo.PickAsync("upgrade-template", "after");
        await demo.ShotAsync("dialog");
        await demo.Marked("upgrade-submit").ClickAsync();
        await demo.ExpectStatusAsync("UPDATE_IN_PROGRESS");
        await demo.ShotAsync("under-way", full: true);
        await demo.ExpectStatusAsync("UPDATE_COMPLETE");
        await Expect(demo.Marked("cluster-head")).ToContainTextAsync("v1.32.1");
        await demo.ShotAsync("done", full: true);
        Assert.Equal(2, (await lane.Cloud.ServersAsync(Ct)).Count);
        Assert.Empty(demo.Complaints);
    }
}
