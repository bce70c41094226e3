using System.Text.RegularExpressions;
using Magnum.Tests.Support.Lanes;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>The way of a tenant who has no mouse.</summary>
[Collection(nameof(BrowserLane))]
public sealed partial class KeyboardTests(BrowserLane lane)
{
    private const int MostTabs = 120;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task SignIn_Launch_Find_Choose_Delete_ByKeysAlone()
    {
        await lane.CleanAsync();
        await lane.Cloud.SetSpeedAsync(100, Ct);   // it is not the cloud that is looked at
        await lane.TemplateAsync("keys");
        await using var demo = await lane.VisitAsync("keyboard");
        await demo.Page.GotoAsync("/");
        await TabToAsync(demo, "[name='Form.UserName']");
        await demo.Page.Keyboard.TypeAsync("demo");
        await TabToAsync(demo, "[name='Form.Password']");
        await demo.Page.Keyboard.TypeAsync("demo");
        await demo.Page.Keyboard.PressAsync("Enter");
        await demo.WaitUntilLiveAsync();
        await Expect(demo.Marked("clusters-empty")).ToBeVisibleAsync();

        await demo.Page.Keyboard.PressAsync("n");
        await Expect(demo.Marked("pick-template")).ToBeVisibleAsync();
        await TabToAsync(demo, "[data-testid=name]");
        await demo.Page.Keyboard.PressAsync("Control+a");
        await demo.Page.Keyboard.TypeAsync("no-mouse");
        await TabToAsync(demo, "[data-testid=pick-template]");
        await demo.Page.Keyboard.PressAsync("Enter");
        await TabToAsync(demo, "[data-testid=to-review]");
        await demo.Page.Keyboard.PressAsync("Enter");
        await Expect(demo.Marked("launch")).ToBeEnabledAsync();
        await TabToAsync(demo, "[data-testid=launch]");
        await demo.Page.Keyboard.PressAsync("Enter");
        await Expect(demo.Page).ToHaveURLAsync(ClusterAddress());

        await demo.Page.Keyboard.PressAsync("g");
        await demo.Page.Keyboard.PressAsync("c");
        await Expect(demo.Marked("cluster-row")).ToBeVisibleAsync();
        await demo.Page.Keyboard.PressAsync("j");
        await demo.Page.Keyboard.PressAsync("x");
        await Expect(demo.Marked("bulk")).ToContainTextAsync("1 chosen");
        await demo.ShotAsync("chosen");
        await demo.Page.Keyboard.PressAsync("x");
        await Expect(demo.Marked("bulk")).ToHaveCountAsync(0);
        await demo.Page.Keyboard.PressAsync("/");
        await Expect(demo.Marked("search")).ToBeFocusedAsync();
        await demo.Page.Keyboard.TypeAsync("nothing");
        await Expect(demo.Marked("no-match")).ToBeVisibleAsync();
        await demo.Page.Keyboard.PressAsync("Control+a");
        await demo.Page.Keyboard.PressAsync("Delete");
        await Expect(demo.Marked("cluster-row")).ToBeVisibleAsync();

        await demo.Page.Keyboard.PressAsync("Control+k");
        await Expect(demo.Marked("palette-input")).ToBeFocusedAsync();
        await demo.Page.Keyboard.TypeAsync("delete no-m");
        await Expect(demo.Marked("palette-item").First).ToContainTextAsync("Delete no-mouse");
        await demo.ShotAsync("palette");
        await demo.Page.Keyboard.PressAsync("Enter");
        await Expect(demo.Marked("danger")).ToBeVisibleAsync();
        await TabToAsync(demo, "[data-testid=delete-name]");
        await demo.Page.Keyboard.TypeAsync("no-mouse");
        await Expect(demo.Marked("delete")).ToBeEnabledAsync();
        await demo.Page.Keyboard.PressAsync("Enter");
        await Expect(demo.Marked("cluster-deleted")).ToBeVisibleAsync();
        Assert.Empty(demo.Complaints);
    }

    [LaneFact(Lane.Browser)]
    public async Task Shortcuts_AreChangedAndSwitchedOff()
    {
        await lane.CleanAsync();
        await using var demo = await lane.VisitAsync("shortcuts");
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        await demo.Page.Keyboard.PressAsync("?");
        await Expect(demo.Marked("shortcuts")).ToBeVisibleAsync();
        await demo.ShotAsync("help");
        var key = demo.Page.GetByLabel("Go to templates");
        await key.FillAsync("t");
        await key.BlurAsync();
        await demo.Marked("shortcuts-close").ClickAsync();
        await demo.Page.Keyboard.PressAsync("t");
        await Expect(demo.Page).ToHaveURLAsync(new Regex("/templates$"));

        await demo.Page.Keyboard.PressAsync("?");
        await demo.Marked("shortcuts-on").ClickAsync();
        await demo.Page.Keyboard.PressAsync("Escape");
        await Expect(demo.Marked("shortcuts")).ToBeHiddenAsync();
        await demo.Page.Keyboard.PressAsync("g");
        await demo.Page.Keyboard.PressAsync("c");
        await demo.Page.Keyboard.PressAsync("Control+k");   // this one alone takes a modifier, and stays
        await Expect(demo.Marked("palette")).ToBeVisibleAsync();
        await Expect(demo.Page).ToHaveURLAsync(new Regex("/templates$"));
        Assert.Empty(demo.Complaints);
    }

    private static async Task TabToAsync(Visitor visitor, string selector)
    {
        for (var i = 0; i < MostTabs; i++)
        {
            if (await visitor.Page.EvaluateAsync<bool>("s => document.activeElement?.matches(s) === true", selector))
            {
                return;
            }

            await visitor.Page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"The key Tab does not lead to {selector}.");
    }

    [GeneratedRegex(@"/clusters/[0-9a-f-]{36}\?tab=progress$")]
    private static partial Regex ClusterAddress();
}
