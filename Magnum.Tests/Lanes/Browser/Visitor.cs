using Magnum.Tests.Support.Lanes;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>Somebody at a browser: does what a person would, by what is to be seen, and notes what the browser complains about.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly string _name;
    private readonly List<string> _complaints = [];
    private int _shots;

    public Visitor(IBrowserContext context, IPage page, string name)
    {
        (_context, Page, _name) = (context, page, name);
        page.Console += (_, message) =>
        {
            if (message.Type is "error")
            {
                _complaints.Add($"{message.Text} ({message.Location})");
            }
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Errors in the browser's console; those of a server that was killed on purpose have to be taken out by the test.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>An element that the pages mark for this.</summary>
    public ILocator Marked(string testId) => Page.GetByTestId(testId);

    public async Task OpenAsync(string path)
    {
        await Page.GotoAsync(path);
        await WaitUntilLiveAsync();
    }

    /// <summary>Waits until the page is connected: what is clicked before is lost.</summary>
    public Task WaitUntilLiveAsync() => Page.WaitForFunctionAsync("() => document.documentElement.hasAttribute('data-live') && !document.documentElement.hasAttribute('data-offline')");

    /// <param name="project">Null: the only one, or the one chosen afterwards.</param>
    public async Task SignInAsync(string user, string? password = null, string? project = null)
    {
        await Page.GotoAsync("/");
        await Page.Locator("[name='Form.UserName']").FillAsync(user);
        await Page.Locator("[name='Form.Password']").FillAsync(password ?? user);
        await Page.Locator("[name='Form.Project']").FillAsync(project ?? "");
        await Marked("sign-in").ClickAsync();
    }

    /// <summary>Chooses from a list of what the cloud has.</summary>
    /// <param name="text">The entry's title.</param>
    public async Task PickAsync(string testId, string text)
    {
        await Marked(testId).ClickAsync();
        await Marked(testId).FillAsync(text);

        // Until the list is the one of the new text its entries still move, and a click lands beside them.
        var options = Page.Locator(".mud-popover-open .mg-option");
        await Expect(options.Filter(new() { HasNotText = text })).ToHaveCountAsync(0);
        await options.Filter(new() { Has = Page.GetByText(text, new() { Exact = true }) }).ClickAsync();
        await Expect(options).ToHaveCountAsync(0);
        await Expect(Marked(testId)).ToHaveValueAsync(text);
    }

    /// <summary>From now on, keeps every text that the element shows, in the order in which they come; see <see cref="ShownAsync"/>.</summary>
    public Task WatchAsync(string selector) => Page.EvaluateAsync(
        """
        selector => {
          const shown = window.laneShown = [];
          const look = () => {
            const text = document.querySelector(selector)?.innerText;
            if (text !== undefined && text !== shown.at(-1)) shown.push(text);
          };
          new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
          look();
        }
        """,
        selector);

    public Task<string[]> ShownAsync() => Page.EvaluateAsync<string[]>("() => window.laneShown");

    /// <summary>Makes a mark that a page loaded anew does not have; see <see cref="ExpectNotReloadedAsync"/>.</summary>
    public Task MarkPageAsync() => Page.EvaluateAsync("() => { window.laneMark = true; }");

    public async Task ExpectNotReloadedAsync() => Assert.True(await Page.EvaluateAsync<bool>("() => window.laneMark === true"), "The page was loaded anew.");

    /// <summary>Waits until the cluster page that is open shows a status.</summary>
    public async Task ExpectStatusAsync(string status, int seconds = 90) =>
        await Expect(Marked("cluster-head").Locator($"[data-status={status}]")).ToBeVisibleAsync(new() { Timeout = seconds * 1000 });

    /// <summary>A picture of the page, in <c>artifacts/lanes/browser/</c>.</summary>
    public async Task ShotAsync(string what, bool full = false)
    {
        var file = Path.Combine(Repository.Logs, "browser", $"{_name}-{++_shots:D2}-{what}.png");
        await Page.ScreenshotAsync(new() { Path = file, FullPage = full, Animations = ScreenshotAnimations.Disabled });
    }

    public async ValueTask DisposeAsync()
    {
        // Where it ended, which is what one wants to see of a test that failed.
        await ShotAsync("end");
        await _context.DisposeAsync();
    }
}
