using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>What goes wrong before a person's eyes: nothing typed is lost, and the page says what to do.</summary>
[Collection(nameof(BrowserLane))]
public sealed class TroubleTests(BrowserLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task ATokenThatEndsInTheMiddleOfTheWizard_IsRenewedOverThePage_AndNothingTypedIsLost()
    {
        await lane.CleanAsync();
        await lane.TemplateAsync("expiry");
        await using var demo = await lane.VisitAsync("expired");
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        await demo.OpenAsync("/clusters/new");
        await demo.Marked("name").FillAsync("patient");
        await demo.Marked("pick-template").Filter(new() { HasText = "expiry" }).ClickAsync();
        await demo.Marked("next").ClickAsync();
        await demo.Marked("node-count").FillAsync("3");
        await Expect(demo.Marked("summary")).ToContainTextAsync("3 × ");
        await demo.MarkPageAsync();

        await lane.Cloud.SetScenarioAsync("expired-tokens", null, Ct);
        await lane.Cloud.ClearScenariosAsync(Ct);
        await demo.Marked("to-review").ClickAsync();
        await Expect(demo.Marked("again-password")).ToBeVisibleAsync();
        await demo.ShotAsync("again");
        await demo.Marked("again-password").FillAsync("wrong");
        await demo.Marked("again-submit").ClickAsync();
        await Expect(demo.Marked("again-error")).ToBeVisibleAsync();
        await demo.Marked("again-password").FillAsync("demo");
        await demo.Marked("again-submit").ClickAsync();

        await Expect(demo.Marked("launch")).ToBeEnabledAsync();
        await Expect(demo.Marked("summary")).ToContainTextAsync("patient");
        await Expect(demo.Marked("summary")).ToContainTextAsync("3 × ");
        await demo.ExpectNotReloadedAsync();
        await demo.ShotAsync("goes-on");
        Assert.Empty(demo.Complaints);
    }

    [LaneFact(Lane.Browser)]
    public async Task ACluster_ThatNoHostHasRoomFor_SaysWhyOnItsPage_AndMayBeTriedAgain()
    {
        await lane.CleanAsync();
        var api = await lane.ApiAsync("demo");
        var template = await lane.TemplateAsync("crowded");
        await lane.Cloud.SetScenarioAsync("no-valid-host", "crowded", Ct);
        var uuid = (string)(await api.PostAsync("/clusters", new JsonObject { ["name"] = "crowded", ["cluster_template_id"] = template }, Ct)).Ok()["uuid"]!;
        await using var demo = await lane.VisitAsync("failed");
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        var row = demo.Page.Locator($"[data-uuid='{uuid}']");
        await Expect(row.Locator("[data-status=CREATE_FAILED]")).ToBeVisibleAsync(new() { Timeout = 90_000 });
        await Expect(row.GetByTestId("row-reason")).ToContainTextAsync("No valid host was found");
        await demo.ShotAsync("row");

        await row.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "crowded" }).First.ClickAsync();
        await Expect(demo.Marked("failure-reason")).ToContainTextAsync("No valid host was found");
        await demo.ShotAsync("page");
        await lane.Cloud.ClearScenariosAsync(Ct);
        await demo.Marked("retry").ClickAsync();
        await demo.ExpectStatusAsync("CREATE_COMPLETE", 120);
        await demo.ShotAsync("retried");
        Assert.Single(await lane.Cloud.StacksAsync(Ct));
        Assert.Empty(demo.Complaints);
    }

    [LaneFact(Lane.Browser)]
    public async Task TwoBrowsersThatResizeOneCluster_SeeEachOther_AndOnlyOneGetsItsWay()
    {
        await lane.CleanAsync();
        var api = await lane.ApiAsync("demo");
        var template = await lane.TemplateAsync("shared");
        var uuid = (string)(await api.PostAsync("/clusters", new JsonObject { ["name"] = "shared", ["cluster_template_id"] = template }, Ct)).Ok()["uuid"]!;
        await using var left = await lane.VisitAsync("left");
        await using var right = await lane.VisitAsync("right");
        foreach (var visitor in (Visitor[])[left, right])
        {
            await visitor.SignInAsync("demo");
            await visitor.WaitUntilLiveAsync();
            await visitor.OpenAsync($"/clusters/{uuid}?tab=nodes");
            await visitor.ExpectStatusAsync("CREATE_COMPLETE");
            await visitor.MarkPageAsync();
            await visitor.Page.Locator("[data-group=default-worker]").GetByTestId("resize").ClickAsync();
        }

        await lane.Cloud.SetSpeedAsync(1, Ct);
        await left.Marked("resize-count").FillAsync("2");
        await right.Marked("resize-count").FillAsync("3");
        await left.Marked("resize-submit").ClickAsync();
        await left.ExpectStatusAsync("UPDATE_IN_PROGRESS");
        await right.ExpectStatusAsync("UPDATE_IN_PROGRESS");
        await right.Marked("resize-submit").ClickAsync();
        await Expect(right.Marked("resize-error")).ToBeVisibleAsync();
        await right.ShotAsync("told");

        await lane.Cloud.SetSpeedAsync(BrowserLane.Speed, Ct);
        await left.ExpectStatusAsync("UPDATE_COMPLETE");
        await right.ExpectStatusAsync("UPDATE_COMPLETE");
        await right.ExpectNotReloadedAsync();
        Assert.Equal(3, (await lane.Cloud.ServersAsync(Ct)).Count);
    }
}
