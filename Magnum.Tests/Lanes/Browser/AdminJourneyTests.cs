using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Magnum.Tests.Support.Lanes;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>What an administrator sees and limits, and how a tenant meets the limit.</summary>
[Collection(nameof(BrowserLane))]
public sealed class AdminJourneyTests(BrowserLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task AnAdministrator_LimitsAProject_WhichIsThenRefusedInTheWizardAndOnTheApi_WithTheSameReason()
    {
        await lane.CleanAsync();
        var template = await lane.TemplateAsync("limited");
        var api = await lane.ApiAsync("demo");
        var first = new JsonObject { ["name"] = "first", ["cluster_template_id"] = template };
        var uuid = (string)(await api.PostAsync("/clusters", first, Ct)).Expect(HttpStatusCode.Accepted)["uuid"]!;

        await using var admin = await lane.VisitAsync("admin");
        await admin.SignInAsync("admin", project: "admin");
        await admin.WaitUntilLiveAsync();
        await Expect(admin.Page.GetByText("first", new() { Exact = true })).ToHaveCountAsync(0);
        await admin.Page.GetByLabel("All projects").ClickAsync();
        var row = admin.Page.Locator($"[data-uuid='{uuid}']");
        await Expect(row).ToContainTextAsync("demo");
        await admin.ShotAsync("all-projects");

        await admin.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Quotas" }).ClickAsync();
        await admin.Marked("new-quota").ClickAsync();
        await admin.PickAsync("quota-project", "demo");
        await admin.Marked("quota-limit").FillAsync("7");
        await admin.Marked("quota-save").ClickAsync();
        var quota = admin.Page.Locator("[data-testid=quota-row][data-project=demo]");
        await Expect(quota.GetByTestId("limit")).ToHaveTextAsync("7");
        await Expect(quota).ToContainTextAsync("1");
        await admin.ShotAsync("quota");
        await quota.GetByTestId("edit-quota").ClickAsync();
        await admin.Marked("quota-limit").FillAsync("1");
        await admin.Marked("quota-save").ClickAsync();
        await Expect(quota.GetByTestId("limit")).ToHaveTextAsync("1");

        var refused = await api.PostAsync("/clusters", new JsonObject { ["name"] = "second", ["cluster_template_id"] = template }, Ct);
        var reason = (string)refused.Expect(HttpStatusCode.Forbidden)["errors"]![0]!["detail"]!;
        await using (var demo = await lane.VisitAsync("over-limit"))
        {
            await demo.SignInAsync("demo");
            await demo.WaitUntilLiveAsync();
            await demo.OpenAsync("/clusters/new");
            await demo.Marked("name").FillAsync("second");
            await demo.Marked("pick-template").Filter(new() { HasText = "limited" }).ClickAsync();
            await demo.Marked("to-review").ClickAsync();
            await Expect(demo.Page.GetByText(reason)).ToBeVisibleAsync();
            await Expect(demo.Marked("launch")).ToBeDisabledAsync();
            await demo.ShotAsync("refused");
            Assert.Empty(demo.Complaints);
        }

        // The wizard lets go as soon as the limit does.
        await quota.GetByTestId("delete-quota").ClickAsync();
        await admin.Page.GetByRole(Microsoft.Playwright.AriaRole.Dialog).GetByRole(Microsoft.Playwright.AriaRole.Button).Last.ClickAsync();
        await Expect(quota.GetByTestId("limit")).ToHaveTextAsync("20");
        await admin.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Services" }).ClickAsync();
        await Expect(admin.Marked("service-row").Filter(new() { HasText = "magnum-conductor" })).ToBeVisibleAsync();
        await admin.ShotAsync("services");
        Assert.Empty(admin.Complaints);
    }

    [LaneFact(Lane.Browser)]
    public async Task ATenantAtTheLimit_Asks_TheAdministratorSeesItLive_AndTheLaunchGoesOn()
    {
        await lane.CleanAsync();
        await lane.TemplateAsync("asked");
        await using var admin = await lane.VisitAsync("quota-request-admin");
        await admin.SignInAsync("admin", project: "admin");
        await admin.WaitUntilLiveAsync();
        await admin.OpenAsync("/quotas");
        await admin.Marked("new-quota").ClickAsync();
        await admin.PickAsync("quota-project", "demo");
        await admin.Marked("quota-limit").FillAsync("0");
        await admin.Marked("quota-save").ClickAsync();
        var quota = admin.Page.Locator("[data-testid=quota-row][data-project=demo]");
        await Expect(quota.GetByTestId("limit")).ToHaveTextAsync("0");
        await admin.Marked("tab-requests").ClickAsync();
        await admin.MarkPageAsync();

        await using var demo = await lane.VisitAsync("quota-request-tenant", width: 360, height: 760);
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        await demo.OpenAsync("/clusters/new");
        await demo.Marked("name").FillAsync("course");
        await demo.Marked("pick-template").Filter(new() { HasText = "asked" }).ClickAsync();
        await demo.Marked("to-review").ClickAsync();
        await Expect(demo.Marked("launch")).ToBeDisabledAsync();
        await demo.MarkPageAsync();
        await demo.Marked("ask-more").ClickAsync();
        await Expect(demo.Marked("ask-wanted")).ToHaveValueAsync("1");
        await demo.Marked("ask-reason").FillAsync("for the course");
        await demo.ShotAsync("asking");
        await demo.Marked("ask-send").ClickAsync();
        await Expect(demo.Page.Locator("[data-testid=quota-ask][data-state=Open]")).ToBeVisibleAsync();
        await demo.ShotAsync("waiting", full: true);

        var request = admin.Page.Locator("[data-testid=request][data-project=demo]");
        await Expect(request).ToContainTextAsync("for the course");
        await Expect(request).ToContainTextAsync("course");
        await Expect(admin.Marked("quota-badge").First).ToContainTextAsync("1");
        await admin.ExpectNotReloadedAsync();
        await admin.ShotAsync("request");
        await request.GetByTestId("approve").ClickAsync();
        await admin.Marked("answer").FillAsync("until May");
        await admin.ShotAsync("approve");
        await admin.Marked("answer-save").ClickAsync();
        await Expect(admin.Marked("quota-badge")).ToHaveCountAsync(0);
        await admin.ShotAsync("answered");

        await Expect(demo.Page.Locator("[data-testid=quota-ask][data-state=Approved]")).ToContainTextAsync("until May");
        await demo.ExpectNotReloadedAsync();
        await demo.ShotAsync("goes-on", full: true);
        await demo.Marked("launch").ClickAsync();
        await Expect(demo.Marked("cluster-head")).ToBeVisibleAsync();
        await demo.OpenAsync("/clusters");
        await Expect(demo.Marked("request-line")).ToContainTextAsync("until May");
        await demo.ShotAsync("line");

        await admin.Marked("tab-history").ClickAsync();
        await Expect(admin.Page.Locator("[data-action='quota_request:approve']").First).ToContainTextAsync("demo");
        await admin.ShotAsync("history");
        await admin.Marked("tab-limits").ClickAsync();
        await quota.GetByTestId("delete-quota").ClickAsync();
        await admin.Page.GetByRole(Microsoft.Playwright.AriaRole.Dialog).GetByRole(Microsoft.Playwright.AriaRole.Button).Last.ClickAsync();
        await Expect(quota.GetByTestId("limit")).ToHaveTextAsync("20");
        Assert.Empty(demo.Complaints);
        Assert.Empty(admin.Complaints);
    }

    [LaneFact(Lane.Browser)]
    public async Task ATenant_DoesNotSeeWhatIsTheAdministrators()
    {
        await lane.CleanAsync();
        await using var demo = await lane.VisitAsync("no-permission");
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        await Expect(demo.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Quotas" })).ToHaveCountAsync(0);

        await demo.OpenAsync("/quotas");

        await Expect(demo.Page.Locator("[data-testid=quota-row]")).ToHaveCountAsync(0);
        await Expect(demo.Page.GetByText(new Regex("not allowed|permission|admin", RegexOptions.IgnoreCase)).First).ToBeVisibleAsync();
        await demo.ShotAsync("quotas");
        Assert.Empty(demo.Complaints);
    }
}
