using Microsoft.Playwright;

namespace Magnum.Bench;

/// <summary>What somebody at a browser waits for: the distribution's Chromium on the list of the project's clusters.</summary>
internal static class DashboardBench
{
    private const int Times = 20;
    private const int Changes = 50;

    private static readonly string[] Arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    /// <summary>The first frame that shows what is waited for: its distance from the last input, or else from the navigation's start, and the time of day, in ms.</summary>
    private const string Script = """
        window.bench = (() => {
          let input = 0;
          for (const kind of ['keydown', 'click']) addEventListener(kind, e => { input = e.timeStamp; }, true);
          const until = test => new Promise(done => {
            const look = () => {
              if (!test()) return;
              observer.disconnect();
              requestAnimationFrame(() => done([performance.now() - input, Date.now()]));
            };
            const observer = new MutationObserver(look);
            observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
            look();
          });
          let shift = 0;
          new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) shift += e.value; }).observe({ type: 'layout-shift', buffered: true });
          const names = () => [...document.querySelectorAll('[data-testid=cluster-row] th')].map(e => e.innerText);
          const health = uuid => document.querySelector(`[data-uuid="${uuid}"] [data-testid=cluster-health]`)?.innerText;
          return { until, names, health, shift: () => shift, first: until(() => names().length > 0) };
        })();
        """;

    public static async Task RunAsync()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium",
            Args = Arguments,
        });
        foreach (var clusters in new[] { 2_000, 10_000 })
        {
            Figures.Head($"Dashboard with {clusters} clusters, Chromium on the same machine (load average {Machine.Load})");
            await using var filled = await Filled.StartAsync(clusters, templates: 20, settings: Quiet);
            await using var context = await browser.NewContextAsync(new() { BaseURL = filled.Product.Web.AbsoluteUri, ViewportSize = new() { Width = 1440, Height = 900 }, Locale = "en-GB" });
            await context.AddInitScriptAsync(Script);
            var page = await context.NewPageAsync();
            await SignInAsync(page);
            await LoadAsync(page);
            await FilterAsync(page);
            await SortAsync(page);
            await TurnAsync(page);
            await NavigateAsync(page);
            await OpenAsync(page);
            await ChangeAsync(page, filled.Product);
        }
    }

    /// <summary>The rows' stacks are in no cloud: nobody is to look for them meanwhile.</summary>
    public static IReadOnlyDictionary<string, string> Quiet { get; } = new Dictionary<string, string> { ["Magnum__Conductor__DriftInterval"] = "1.00:00:00" };

    private static async Task SignInAsync(IPage page)
    {
        await page.GotoAsync("/");
        await page.Locator("[name='Form.UserName']").FillAsync("demo");
        await page.Locator("[name='Form.Password']").FillAsync("demo");
        await page.GetByTestId("sign-in").ClickAsync();
        await page.GetByTestId("cluster-row").First.WaitForAsync();
        for (var i = 0; i < 3; i++)
        {
            await ListAsync(page);
        }
    }

    private static async Task<double> ListAsync(IPage page)
    {
        await page.GotoAsync("/clusters");
        return (await page.EvaluateAsync<double[]>("() => bench.first"))[0];
    }

    private static async Task LoadAsync(IPage page)
    {
        var first = new List<double>();
        var shifts = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            first.Add(await ListAsync(page));
            await Task.Delay(500);
            shifts.Add(await page.EvaluateAsync<double>("() => bench.shift()"));
        }

        Row("list: navigation's start to the first rows", first, "p50 < 1 s at 2,000");
        Figures.Row("list: layout shift of a load", $"p50 {Figures.Percentile(shifts, 0.5):F3}, worst {shifts.Max():F3} (target: < 0.1)");
    }

    /// <summary>One key narrows the list, the next one clears it.</summary>
    private static async Task FilterAsync(IPage page)
    {
        var delays = new List<double>();
        var search = page.GetByTestId("search");
        for (var i = 0; i < Times; i++)
        {
            delays.Add(await TimeAsync(page, "() => bench.until(() => bench.names().length > 0 && bench.names().every(n => n.includes('7')))", () => search.PressAsync("7")));
            await TimeAsync(page, "() => bench.until(() => bench.names().some(n => !n.includes('7')))", () => search.PressAsync("Backspace"));
        }

        Row("filter: key to the filtered rows, 250 ms of it for further keys", delays, "< 300 ms");
    }

    private static async Task SortAsync(IPage page)
    {
        var delays = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            delays.Add(await OtherRowsAsync(page, page.Locator("th a[href*='sort=name']")));
        }

        Row("sort: click to the sorted rows", delays, null);
    }

    private static async Task TurnAsync(IPage page)
    {
        var delays = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            delays.Add(await OtherRowsAsync(page, page.GetByTestId("page-next")));
        }

        Row("next page: click to its rows", delays, null);
    }

    private static async Task NavigateAsync(IPage page)
    {
        var templates = new List<double>();
        var clusters = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            templates.Add(await TimeAsync(page, "() => bench.until(() => document.querySelector('[data-testid=templates] tbody tr'))", () => page.Locator("nav a[href='/templates']").ClickAsync()));
            clusters.Add(await TimeAsync(page, "() => bench.until(() => bench.names().length > 0)", () => page.Locator("nav a[href='/clusters']").ClickAsync()));
        }

        Row("navigation: clusters to the templates' rows", templates, "< 200 ms");
        Row("navigation: templates to the clusters' rows", clusters, "< 200 ms");
    }

    private static async Task OpenAsync(IPage page)
    {
        var delays = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            delays.Add(await TimeAsync(
                page, "() => bench.until(() => document.querySelector('[data-testid=cluster-head]'))", () => page.Locator("[data-testid=cluster-row] th a").Nth(i % 10).ClickAsync()));
            await TimeAsync(page, "() => bench.until(() => bench.names().length > 0)", () => page.Locator("nav a[href='/clusters']").ClickAsync());
        }

        Row("opening a cluster: click to its page", delays, "< 200 ms");
    }

    /// <summary>Somebody else changes a cluster by the API: from the sending of the request until the row says so.</summary>
    private static async Task ChangeAsync(IPage page, Product product)
    {
        var (token, _, _) = await product.SignInAsync("demo", "demo");
        var uuid = await page.GetByTestId("cluster-row").First.GetAttributeAsync("data-uuid");
        var pauses = new Random(1);
        var delays = new List<double>();
        for (var i = 0; i < Changes; i++)
        {
            await Task.Delay(pauses.Next(100, 600));
            var shown = page.EvaluateAsync<double[]>("uuid => { const before = bench.health(uuid); return bench.until(() => bench.health(uuid) !== before); }", uuid);
            await page.EvaluateAsync("() => 0");   // now it watches
            var since = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await Clusters.SetHealthAsync(product, token, Guid.Parse(uuid!), healthy: i % 2 == 1);
            delays.Add((await shown)[1] - since);
        }

        Row($"event to screen: `PATCH` sent to the row that shows it, {Changes} changes", delays, "p95 < 1 s");
    }

    private static Task<double> OtherRowsAsync(IPage page, ILocator what) =>
        TimeAsync(page, "() => { const before = bench.names()[0]; return bench.until(() => bench.names().length > 0 && bench.names()[0] !== before); }", () => what.ClickAsync());

    private static async Task<double> TimeAsync(IPage page, string until, Func<Task> act)
    {
        var shown = page.EvaluateAsync<double[]>(until);
        await act();
        return (await shown)[0];
    }

    private static void Row(string what, List<double> milliseconds, string? target) =>
        Figures.Row(what, $"p50 {Figures.Percentile(milliseconds, 0.5):F0} ms, p95 {Figures.Percentile(milliseconds, 0.95):F0} ms{(target is null ? "" : $" (target: {target})")}");
}
