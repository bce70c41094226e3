using System.Net;
using System.Text.Json.Nodes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Databases;

/// <summary>The product on PostgreSQL and its embedded cloud: what is asked of the database in other words than of SQLite.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private PostgresServer? _server;
    private MagnumProcess? _magnum;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private MagnumProcess Magnum => _magnum ?? throw new InvalidOperationException("The lane was not chosen.");

    private EmbeddedCloudView Cloud => new(_http, Magnum.CloudUrl);

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.Databases))
        {
            return;
        }

        _server = await PostgresServer.StartAsync(Ct);
        _magnum = await MagnumProcess.StartAsync(
            "postgres",
            new Dictionary<string, string> { ["Database:Provider"] = "Postgres", ["Database:ConnectionString"] = _server.ConnectionString, ["EmbeddedCloud:Speed"] = "20" },
            Ct);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_magnum is not null)
        {
            await _magnum.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _http.Dispose();
    }

    [LaneFact(Lane.Databases)]
    public async Task ACluster_LivesOnPostgres_AlsoThroughADeathOfTheServer()
    {
        Assert.DoesNotContain("fail:", Magnum.Console, StringComparison.Ordinal);
        var api = await ApiAsync("demo");
        var template = await TemplateAsync(api, "life");
        var uuid = await CreateAsync(api, "blue", template);
        await Eventually.BecomesTrueAsync("a stack", TimeSpan.FromMinutes(1), async ct => (await Cloud.StacksAsync(ct)).Count > 0, Ct, () => Magnum.LogTail());
        await Magnum.KillAsync(Ct);
        await Magnum.StartAgainAsync(Ct);
        await FollowAsync(api, uuid, "CREATE_COMPLETE");
        Assert.Single(await Cloud.StacksAsync(Ct));
        Assert.Equal(2, (await Cloud.ServersAsync(Ct)).Count);

        (await api.PostAsync($"/clusters/{uuid}/actions/resize", new JsonObject { ["node_count"] = 2 }, Ct)).Expect(HttpStatusCode.Accepted);
        await FollowAsync(api, uuid, "UPDATE_COMPLETE");
        Assert.Equal(3, (await Cloud.ServersAsync(Ct)).Count);
        (await api.DeleteAsync($"/clusters/{uuid}", Ct)).Expect(HttpStatusCode.NoContent);
        await Eventually.BecomesTrueAsync(
            "the cluster to be gone", TimeSpan.FromMinutes(3), async ct => (await api.GetAsync($"/clusters/{uuid}", ct)).Status is HttpStatusCode.NotFound, Ct, () => Magnum.LogTail());
        Assert.Empty(await Cloud.StacksAsync(Ct));
        (await api.DeleteAsync($"/clustertemplates/{template}", Ct)).Expect(HttpStatusCode.NoContent);
        Assert.DoesNotContain("fail:", Magnum.Console, StringComparison.Ordinal);
    }

    [LaneFact(Lane.Databases)]
    public async Task OfTwelveAtOnceAgainstALimitOfFour_FourAreMade()
    {
        var (admin, api) = (await ApiAsync("admin"), await ApiAsync("demo"));
        var project = await Cloud.ProjectIdAsync("demo", Ct);
        (await admin.PostAsync("/quotas", new JsonObject { ["project_id"] = project, ["resource"] = "Cluster", ["hard_limit"] = 4 }, Ct)).Expect(HttpStatusCode.Created);
        var template = await TemplateAsync(api, "race");

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => api.PostAsync("/clusters", Body($"race-{i}", template), Ct)));

        Assert.Equal(4, answers.Count(a => a.Status is HttpStatusCode.Accepted));
        Assert.Equal(8, answers.Count(a => a.Status is HttpStatusCode.Forbidden));
        Assert.Equal(4, (await api.GetAsync("/clusters", Ct)).Ok()["clusters"]!.AsArray().Count);
    }

    [LaneFact(Lane.Databases)]
    public async Task Pages_ShowEveryTemplateOnce_ByWhateverKey()
    {
        var api = await ApiAsync("demo");
        string[] names = ["b", "B", "a", "ä", "Ä", "z", "集群", "a-b", "a b", "A", "same", "same"];
        foreach (var name in names)
        {
            await TemplateAsync(api, name);
        }

        foreach (var key in (string[])["id", "uuid", "name", "created_at", "coe"])
        {
            foreach (var direction in (string[])["asc", "desc"])
            {
                var seen = new List<string>();
                var path = $"/clustertemplates?limit=5&sort_key={key}&sort_dir={direction}";
                while (path is not null)
                {
                    var page = (await api.GetAsync(path, Ct)).Ok();
                    seen.AddRange(page["clustertemplates"]!.AsArray().Select(t => (string)t!["uuid"]!));
                    path = (string?)page["next"] is { } next ? next[next.IndexOf("/clustertemplates", StringComparison.Ordinal)..] : null;
                    Assert.True(seen.Count <= names.Length, $"{key} {direction} goes in circles");
                }

                Assert.Equal(names.Length, seen.Distinct().Count());
            }
        }
    }

    private static JsonObject Body(string name, string template) => new() { ["name"] = name, ["cluster_template_id"] = template };

    private static async Task<string> CreateAsync(JsonApi api, string name, string template) =>
        (string)(await api.PostAsync("/clusters", Body(name, template), Ct)).Expect(HttpStatusCode.Accepted)["uuid"]!;

    private static async Task<string> TemplateAsync(JsonApi api, string name) =>
        (string)(await api.PostAsync("/clustertemplates", EmbeddedCloudView.TemplateBody(name), Ct)).Expect(HttpStatusCode.Created)["uuid"]!;

    private async Task<JsonApi> ApiAsync(string user) => new(_http, $"{Magnum.ApiUrl}v1", await Cloud.TokenAsync(user, user, Ct), "container-infra latest");

    private Task FollowAsync(JsonApi api, string uuid, string status)
    {
        JsonNode? seen = null;
        return Eventually.BecomesTrueAsync(
            $"the cluster to be {status}",
            TimeSpan.FromMinutes(3),
            async ct =>
            {
                seen = (await api.GetAsync($"/clusters/{uuid}", ct)).Ok();
                Assert.False(((string)seen["status"]!).EndsWith("_FAILED", StringComparison.Ordinal), $"{seen["status"]}: {seen["status_reason"]}");
                return (string?)seen["status"] == status;
            },
            Ct,
            () => $"Last seen: {seen?["status"]} {seen?["status_reason"]}\n{Magnum.LogTail()}");
    }
}
