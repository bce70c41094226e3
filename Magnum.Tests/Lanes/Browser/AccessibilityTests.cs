using System.Net;
using System.Reflection;
using System.Text.Json.Nodes;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Magnum.Tests.Support.Lanes;
using Magnum.Web.Features.Clusters;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>Every page in both themes, by the rules that a program can check (WCAG 2.1 A and AA), and on the narrowest and the widest screens.</summary>
[Collection(nameof(BrowserLane))]
public sealed class AccessibilityTests(BrowserLane lane)
{
    private static readonly string[] Rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task EveryPage_InBothThemes_HasNoSeriousFinding_AndNeedsNoScrollingSideways()
    {
        await lane.CleanAsync();
        var pages = await PagesAsync();
        var findings = await Task.WhenAll(VisitAsync("light", 1440, 900), VisitAsync("dark", 360, 760));

        Assert.Equal([], findings.SelectMany(f => f));
        var routes = typeof(ClusterListPage).Assembly.GetTypes().SelectMany(t => t.GetCustomAttributes<RouteAttribute>()).Select(r => r.Template);
        Assert.Equal([], routes.Except(pages.Select(p => p.Route)).Except(["/", "/sign-in", "/choose-project"]));   // nobody forgets a new page

        async Task<List<string>> VisitAsync(string theme, int width, int height)
        {
            List<string> found = [];
            await using var admin = await lane.VisitAsync($"accessibility-{theme}-{width}", width, height);
            await admin.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });   // what fades in has no contrast yet
            await admin.Page.AddInitScriptAsync($"try {{ localStorage.setItem('magnum.theme', '{theme}'); }} catch {{ }}");
            await admin.Page.GotoAsync("/sign-in");
            await LookAsync(admin, "sign-in", $"{theme} sign-in", found);
            await admin.SignInAsync("admin", project: "demo");
            await admin.WaitUntilLiveAsync();
            foreach (var (route, address, ready) in pages)
            {
                if (route is "/not-found")
                {
                    await admin.Page.GotoAsync(address);   // for those who are not signed in, too: it has no circuit
                }
                else
                {
                    await admin.OpenAsync(address);
                }

                await Expect(admin.Page.Locator(ready).First).ToBeVisibleAsync();
                await LookAsync(admin, route.Trim('/').Replace('/', '-').Replace("{", "").Replace("}", ""), $"{theme} {address}", found);
            }

            Assert.DoesNotContain(admin.Complaints, c => !c.Contains("404", StringComparison.Ordinal));   // one page is not there, on purpose
            return found;
        }
    }

    [LaneFact(Lane.Browser)]
    public async Task TheWizardsDialogs_InBothThemes_HaveNoSeriousFinding()
    {
        await lane.CleanAsync();
        var template = await lane.TemplateAsync("accessible");
        List<string> findings = [];
        foreach (var (theme, width, height) in new[] { ("light", 1440, 900), ("dark", 360, 760) })
        {
            await using var demo = await lane.VisitAsync($"accessibility-dialogs-{theme}", width, height);
            await demo.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });   // what fades in has no contrast yet
            await demo.Page.AddInitScriptAsync($"try {{ localStorage.setItem('magnum.theme', '{theme}'); }} catch {{ }}");
            await demo.SignInAsync("demo");
            await demo.WaitUntilLiveAsync();
            await demo.OpenAsync($"/clusters/new?template={template}&step=review");
            await Expect(demo.Marked("launch")).ToBeEnabledAsync();   // what is being planned anew is paler
            await demo.Marked("review-code").ClickAsync();
            await LookAsync(demo, "code", $"{theme} code", findings);
            await demo.Marked("paste").ClickAsync();
            await demo.Marked("paste-text").FillAsync("openstack coe cluster create --cluster-template accessible --colour red blue");
            await demo.Marked("paste-read").ClickAsync();
            await Expect(demo.Marked("paste-taken")).ToBeVisibleAsync();
            await LookAsync(demo, "paste", $"{theme} paste", findings);
            await demo.Page.Keyboard.PressAsync("Escape");
            await Expect(demo.Marked("paste-dialog")).ToHaveCountAsync(0);

            await demo.Marked("step-access").ClickAsync();
            await demo.Marked("new-key-pair").ClickAsync();
            await demo.Marked("key-pair-name").FillAsync($"accessible-{theme}");
            await demo.Marked("key-pair-import").ClickAsync();
            await demo.Marked("public-key").FillAsync("ssh-ed25519 AAAA");
            await Expect(demo.Page.Locator("#mg-key-problem")).Not.ToBeEmptyAsync();
            await LookAsync(demo, "key-pair", $"{theme} key pair", findings);
            await demo.Marked("key-pair-generate").ClickAsync();
            await demo.Marked("key-pair-make").ClickAsync();
            await Expect(demo.Marked("private-key")).ToBeVisibleAsync();
            await Expect(demo.Page.Locator(".mg-updating")).ToHaveCountAsync(0);
            await LookAsync(demo, "private-key", $"{theme} private key", findings);
            Assert.Empty(demo.Complaints);
        }

        Assert.Equal([], findings);
    }

    [LaneFact(Lane.Browser)]
    public async Task TheList_OnTheWidestScreen_UsesIt()
    {
        await lane.CleanAsync();
        await lane.TemplateAsync("wide");
        await using var demo = await lane.VisitAsync("accessibility-wide", 3840, 2160);
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        await Expect(demo.Marked("clusters-empty")).ToBeVisibleAsync();
        await demo.ShotAsync("list");
        Assert.Equal(3840, await demo.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
    }

    /// <summary>Each route with an address of it and what is to be seen when it is there. Tabs are pages, too.</summary>
    private async Task<IReadOnlyList<(string Route, string Address, string Ready)>> PagesAsync()
    {
        var template = await lane.TemplateAsync("accessible");
        var other = await lane.TemplateAsync("other", ("flavor_id", "m1.large"));
        var api = await lane.ApiAsync("demo");
        var cluster = (string)(await api.PostAsync("/clusters", new JsonObject { ["name"] = "accessible", ["cluster_template_id"] = template }, Ct)).Expect(HttpStatusCode.Accepted)["uuid"]!;
        await lane.Cloud.SetSpeedAsync(200, Ct);
        await Eventually.BecomesTrueAsync(
            "the cluster to be made", TimeSpan.FromMinutes(2), async _ => (string?)(await api.GetAsync($"/clusters/{cluster}", Ct)).Ok()["status"] is "CREATE_COMPLETE", Ct, () => lane.Magnum.LogTail());
        return
        [
            ("/clusters", "/clusters", "[data-testid=cluster-row]"),
            ("/clusters/new", "/clusters/new", "[data-testid=pick-template]"),
            .. new[] { "size", "network", "options", "access", "review" }.Select(s => ("/clusters/new", $"/clusters/new?template={template}&step={s}", $"[data-testid=pane-{s}]")),
            .. ClusterPage.Tabs.Select(t => ("/clusters/{Ident}", $"/clusters/{cluster}?tab={t}", "[data-testid=cluster-head]")),
            ("/templates", "/templates", "[data-testid=template-row]"),
            ("/templates/new", "/templates/new", "[data-testid=designer]"),
            ("/templates/{Ident}", $"/templates/{template}", "[data-testid=launch]"),
            ("/templates/{Ident}/compare", $"/templates/{template}/compare?with={other}", "[data-testid=different]"),
            ("/templates/{Ident}/edit", $"/templates/{template}/edit", "[data-testid=designer]"),
            .. new[] { "limits", "requests", "history" }.Select(t => ("/quotas", $"/quotas?tab={t}", $"[data-testid=tab-{t}]")),
            ("/services", "/services", "[data-testid=service-row]"),
            ("/audit", "/audit", "[data-testid=audit-row]"),
            ("/announcements", "/announcements", "[data-testid=message]"),
            ("/not-found", "/not-found", "h2"),
        ];
    }

    private static async Task LookAsync(Visitor visitor, string name, string where, List<string> findings)
    {
        await Expect(visitor.Page.Locator(".mg-skeleton")).ToHaveCountAsync(0);
        var found = await visitor.Page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = [.. Rules] } });
        findings.AddRange(found.Violations.Where(v => v.Impact is "serious" or "critical")
            .Select(v => $"{where}: {v.Id} {string.Join(", ", v.Nodes.Take(3).Select(n => n.Target))}"));
        if (await visitor.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth") is > 0 and var over)
        {
            findings.Add($"{where}: {over} px wider than the screen");
        }

        await visitor.ShotAsync(name, full: true);
    }
}
