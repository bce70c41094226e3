using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>The distribution's Chromium, and the product with its embedded cloud; one of each for all tests of the lane.</summary>
public sealed class BrowserLane : IAsyncLifetime
{
    /// <summary>How much faster than real time the embedded cloud runs: slow enough that something is to be seen.</summary>
    internal const int Speed = 8;

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private MagnumProcess? _magnum;

    internal MagnumProcess Magnum => _magnum ?? throw new InvalidOperationException("The lane was not chosen.");

    internal HttpClient Http => _http;

    /// <summary>What the embedded cloud has, as the cloud itself tells it.</summary>
    internal EmbeddedCloudView Cloud => new(_http, Magnum.CloudUrl);

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.Browser))
        {
            return;
        }

        _magnum = await MagnumProcess.StartAsync("browser", new Dictionary<string, string> { ["EmbeddedCloud:Speed"] = $"{Speed}" }, TestContext.Current.CancellationToken);
        _playwright = await Playwright.CreateAsync();
        var program = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium";
        if (!File.Exists(program))
        {
            throw new InvalidOperationException($"{program} is not installed; ./test.sh installs it.");
        }

        // Machines that run tests are slow and busy: what is waited for comes in the end, or is not right.
        Assertions.SetDefaultExpectTimeout(45_000);
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = Arguments });
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_magnum is not null)
        {
            await _magnum.DisposeAsync();
        }

        _http.Dispose();
    }

    /// <summary>A browser of its own, with nothing in it.</summary>
    /// <param name="name">Folder of its screenshots.</param>
    /// <param name="of">Another product than the one that all share.</param>
    internal async Task<Visitor> VisitAsync(string name, int width = 1440, int height = 900, MagnumProcess? of = null)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = (of ?? Magnum).WebUrl.AbsoluteUri,
            ViewportSize = new() { Width = width, Height = height },
            Locale = "en-GB",
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(45_000);
        context.SetDefaultNavigationTimeout(60_000);
        return new Visitor(context, await context.NewPageAsync(), name);
    }

    /// <summary>Magnum's API with a token of this user.</summary>
    internal async Task<JsonApi> ApiAsync(string user) =>
        new(_http, $"{Magnum.ApiUrl}v1", await Cloud.TokenAsync(user, user, TestContext.Current.CancellationToken), "container-infra latest");

    /// <summary>Leaves nothing of the project demo, whatever became of the test before.</summary>
    internal async Task CleanAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        await Cloud.SetSpeedAsync(Speed, ct);
        await Cloud.ClearScenariosAsync(ct);
        var project = await Cloud.ProjectIdAsync("demo", ct);
        await (await ApiAsync("admin")).DeleteAsync($"/quotas/{project}/Cluster", ct);   // there may be none
        var api = await ApiAsync("demo");
        var clusters = await ClustersAsync();
        foreach (var cluster in clusters)
        {
            await api.DeleteAsync($"/clusters/{cluster["uuid"]}", ct);
        }

        await Eventually.BecomesTrueAsync("the project to be empty", TimeSpan.FromMinutes(3), async _ => (await ClustersAsync()).Count == 0, ct, () => Magnum.LogTail());
        foreach (var template in (await api.GetAsync("/clustertemplates", ct)).Ok()["clustertemplates"]!.AsArray())
        {
            await api.DeleteAsync($"/clustertemplates/{template!["uuid"]}", ct);
        }

        // A draft is for whoever goes on with it, not for the next test.
        await using var database = new SqliteConnection($"Data Source={Path.Combine(Magnum.DataDirectory, "magnum.db")};Default Timeout=30");
        await database.OpenAsync(ct);
        await using var forget = database.CreateCommand();
        forget.CommandText = "DELETE FROM user_state";
        await forget.ExecuteNonQueryAsync(ct);

        async Task<IReadOnlyList<JsonNode>> ClustersAsync() => [.. (await api.GetAsync("/clusters", ct)).Ok()["clusters"]!.AsArray().Select(c => c!)];
    }

    /// <summary>A cluster template of the project demo, made through the API; its uuid.</summary>
    /// <param name="changes">Fields that are to be otherwise.</param>
    internal async Task<string> TemplateAsync(string name, params (string Field, string Value)[] changes)
    {
        var api = await ApiAsync("demo");
        var body = EmbeddedCloudView.TemplateBody(name);
        foreach (var (field, value) in changes)
        {
            body[field] = value;
        }

        return (string)(await api.PostAsync("/clustertemplates", body, TestContext.Current.CancellationToken)).Ok()["uuid"]!;
    }
}

/// <summary>Tests of this collection share the browser and the product.</summary>
[CollectionDefinition(nameof(BrowserLane))]
public sealed class BrowserLaneDefinition : ICollectionFixture<BrowserLane>;
