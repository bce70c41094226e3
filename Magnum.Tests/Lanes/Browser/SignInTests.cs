using System.Text.RegularExpressions;
using Magnum.Tests.Support.Lanes;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>Ways in, and what a person chooses for themselves: project, colours, language.</summary>
[Collection(nameof(BrowserLane))]
public sealed class SignInTests(BrowserLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task AWrongPassword_IsSaidSo_AndTheNameStays()
    {
        await using var demo = await lane.VisitAsync("wrong-password");
        await demo.SignInAsync("demo", "not-it");

        await Expect(demo.Marked("sign-in-error")).ToBeVisibleAsync();
        await Expect(demo.Page.Locator("[name='Form.UserName']")).ToHaveValueAsync("demo");
        await demo.ShotAsync("refused");
        await demo.Page.Locator("[name='Form.Password']").FillAsync("demo");
        await demo.Marked("sign-in").ClickAsync();
        await demo.WaitUntilLiveAsync();
        await Expect(demo.Marked("project-switch")).ToContainTextAsync("demo");
    }

    [LaneFact(Lane.Browser)]
    public async Task AToken_SignsIn_AndWhatWasAskedForIsShown()
    {
        await using var demo = await lane.VisitAsync("token");
        await demo.Page.GotoAsync("/templates/new");
        await demo.Page.Locator("input[value=Token]").CheckAsync(new() { Force = true });
        await demo.Page.Locator("[name='Form.Token']").FillAsync(await lane.Cloud.TokenAsync("demo", "demo", Ct));
        await demo.Marked("sign-in").ClickAsync();

        await demo.WaitUntilLiveAsync();
        await Expect(demo.Marked("designer")).ToBeVisibleAsync();
        Assert.Empty(demo.Complaints);
    }

    [LaneFact(Lane.Browser)]
    public async Task Project_Colours_AndLanguage_AreChosenAndKept()
    {
        await using var admin = await lane.VisitAsync("choices");
        await admin.SignInAsync("admin");
        await Expect(admin.Marked("choose-project").First).ToBeVisibleAsync();
        await admin.ShotAsync("projects");
        await admin.Marked("choose-project").Filter(new() { HasText = "admin" }).ClickAsync();
        await admin.WaitUntilLiveAsync();
        await Expect(admin.Marked("project-switch")).ToContainTextAsync("admin");
        await admin.Marked("project-switch").ClickAsync();
        await admin.Marked("project-item").Filter(new() { HasTextRegex = new Regex("^\\s*demo\\s*$") }).ClickAsync();
        await Expect(admin.Marked("project-switch")).ToContainTextAsync("demo");
        await admin.Page.Locator(".mg-theme-header [data-theme-set=dark]").ClickAsync();
        await Expect(admin.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await admin.Page.GetByText("简体中文").ClickAsync();
        await admin.WaitUntilLiveAsync();

        await Expect(admin.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh-Hans");
        await Expect(admin.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(admin.Marked("project-switch")).ToContainTextAsync("demo");
        await Expect(admin.Page.Locator("h1")).ToHaveTextAsync("集群");
        await admin.ShotAsync("dark-chinese");
        foreach (var path in (string[])["/templates/new", "/clusters/new", "/quotas"])
        {
            await admin.OpenAsync(path);
            await Expect(admin.Page.Locator("h1")).ToBeVisibleAsync();
            await admin.ShotAsync("chinese" + path.Replace('/', '-'));
        }

        Assert.Empty(admin.Complaints);
    }

    [LaneFact(Lane.Browser)]
    public async Task OnAPhone_ThePagesDoNotScrollSideways()
    {
        await using var demo = await lane.VisitAsync("phone", width: 360, height: 740);
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        foreach (var path in (string[])["/clusters", "/templates", "/templates/new", "/clusters/new"])
        {
            await demo.OpenAsync(path);
            await Expect(demo.Page.Locator("h1")).ToBeVisibleAsync();
            await demo.ShotAsync("phone" + path.Replace('/', '-'));
            Assert.True(await demo.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path);
        }
    }
}
