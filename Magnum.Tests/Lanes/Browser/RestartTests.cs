using System.Net;
using System.Text.RegularExpressions;
using Magnum.Tests.Support.Lanes;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>The server is killed and started again under the eyes of its users: pages reconnect, work goes on, nothing is made twice.</summary>
[Collection(nameof(BrowserLane))]
public sealed partial class RestartTests(BrowserLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task TheServer_KilledDuringALaunch_GoesOn_AndThePageComesBackByItself()
    {
        await lane.CleanAsync();
        await lane.TemplateAsync("restart");
        await using var demo = await lane.VisitAsync("restart");
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        await demo.OpenAsync("/clusters/new");
        await demo.Marked("name").FillAsync("phoenix");
        await demo.Marked("pick-template").Filter(new() { HasText = "restart" }).ClickAsync();
        await demo.Marked("to-review").ClickAsync();
        await Expect(demo.Marked("launch")).ToBeEnabledAsync();
        await demo.Marked("launch").ClickAsync();
        await Expect(demo.Page).ToHaveURLAsync(new Regex("/clusters/[0-9a-f-]{36}"));
        await demo.Marked("tab-progress").ClickAsync();
        await Expect(demo.Page.Locator("[data-step=provisioning][data-state=Running]")).ToBeVisibleAsync(new() { Timeout = 60_000 });

        await lane.Magnum.KillAsync(Ct);
        await Expect(demo.Page.Locator("#mg-reconnect.mg-reconnect-open")).ToBeVisibleAsync();
        await demo.ShotAsync("away");
        await Expect(demo.Marked("cluster-head")).ToBeVisibleAsync();
        await lane.Magnum.StartAgainAsync(Ct);

        // The address has the tab in it: the same view comes back, live.
        await demo.WaitUntilLiveAsync();
        await Expect(demo.Marked("timeline")).ToBeVisibleAsync();
        await demo.ShotAsync("back");
        await demo.ExpectStatusAsync("CREATE_COMPLETE");
        await Expect(demo.Page.Locator("[data-step][data-state=Succeeded]")).ToHaveCountAsync(5);
        await demo.ShotAsync("complete");
        Assert.Single(await lane.Cloud.StacksAsync(Ct));
        Assert.Equal(2, (await lane.Cloud.ServersAsync(Ct)).Count);
        var api = await lane.ApiAsync("demo");
        var cluster = Assert.Single((await api.GetAsync("/clusters", Ct)).Ok()["clusters"]!.AsArray())!;

        // Once more, while it is being deleted.
        (await api.DeleteAsync($"/clusters/{cluster["uuid"]}", Ct)).Expect(HttpStatusCode.NoContent);
        await demo.ExpectStatusAsync("DELETE_IN_PROGRESS");
        await lane.Magnum.KillAsync(Ct);
        await lane.Magnum.StartAgainAsync(Ct);
        await Eventually.BecomesTrueAsync(
            "the cluster to be gone", TimeSpan.FromMinutes(2), async ct => (await api.GetAsync($"/clusters/{cluster["uuid"]}", ct)).Status is HttpStatusCode.NotFound, Ct, () => lane.Magnum.LogTail());
        Assert.Empty(await lane.Cloud.StacksAsync(Ct));
        Assert.Empty(await lane.Cloud.ServersAsync(Ct));
    }

    [LaneFact(Lane.Browser)]
    public async Task TheServer_KilledWhileAFormIsFilledIn_LosesNothingOfIt()
    {
        await lane.CleanAsync();
        await lane.TemplateAsync("draft");
        await using var demo = await lane.VisitAsync("draft");
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        await demo.OpenAsync("/clusters/new");
        await demo.Marked("name").FillAsync("unfinished");
        await demo.Marked("pick-template").Filter(new() { HasText = "draft" }).ClickAsync();
        await demo.Marked("next").ClickAsync();
        await demo.Marked("node-count").FillAsync("4");
        await Expect(demo.Marked("summary")).ToContainTextAsync("4 × ");
        await Expect(demo.Marked("draft-kept")).ToBeVisibleAsync();

        await lane.Magnum.KillAsync(Ct);
        await Expect(demo.Page.Locator("#mg-reconnect.mg-reconnect-open")).ToBeVisibleAsync();
        await lane.Magnum.StartAgainAsync(Ct);
        await demo.WaitUntilLiveAsync();

        await Expect(demo.Marked("pane-size")).ToBeVisibleAsync();
        await Expect(demo.Marked("summary")).ToContainTextAsync("unfinished");
        await Expect(demo.Marked("summary")).ToContainTextAsync("4 × ");
        await demo.ShotAsync("restored");
    }
}
