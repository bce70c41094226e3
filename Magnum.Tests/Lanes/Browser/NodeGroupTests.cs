using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>A group of other workers comes and goes while somebody looks.</summary>
[Collection(nameof(BrowserLane))]
public sealed class NodeGroupTests(BrowserLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task ATenant_AddsANodeGroup_AndRemovesIt()
    {
        await lane.CleanAsync();
        await lane.Cloud.SetSpeedAsync(60, Ct);
        var api = await lane.ApiAsync("demo");
        var body = new JsonObject { ["name"] = "groups", ["cluster_template_id"] = await lane.TemplateAsync("groups"), ["node_count"] = 1 };
        var uuid = (string)(await api.PostAsync("/clusters", body, Ct)).Ok()["uuid"]!;
        await using var demo = await lane.VisitAsync("groups");
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        await demo.OpenAsync($"/clusters/{uuid}?tab=nodes");
        await demo.ExpectStatusAsync("CREATE_COMPLETE");

        await demo.Marked("add-group").ClickAsync();
        await demo.Marked("new-group-name").FillAsync("gpu");
        await demo.PickAsync("new-group-flavor", "m1.large");
        await demo.Marked("new-group-count").FillAsync("2");
        await demo.ShotAsync("dialog");
        await demo.Marked("group-submit").ClickAsync();
        await demo.ExpectStatusAsync("UPDATE_COMPLETE");
        await demo.Marked("tab-nodes").ClickAsync();
        var group = demo.Page.Locator("[data-group=gpu]");
        await Expect(group.GetByTestId("node")).ToHaveCountAsync(2);
        await demo.ShotAsync("added", full: true);

        // Nobody runs behind an address of the embedded cloud: what is shown is why there is nothing to see.
        await demo.Marked("tab-workloads").ClickAsync();
        await Expect(demo.Marked("workloads-error")).ToContainTextAsync("The API of groups cannot be asked", new() { Timeout = 60_000 });
        await demo.ShotAsync("workloads");
        await demo.Marked("tab-nodes").ClickAsync();

        await group.GetByTestId("remove-group").ClickAsync();
        await demo.Page.Locator(".mud-message-box__yes-button").ClickAsync();
        await demo.Marked("tab-nodes").ClickAsync();
        await Expect(group).ToHaveCountAsync(0, new() { Timeout = 90_000 });
        Assert.Equal(2, (await lane.Cloud.ServersAsync(Ct)).Count);
        Assert.Empty(demo.Complaints);
    }
}
