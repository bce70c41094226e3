using System.Net;
using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Web.Api;

public sealed class HistoryTests : IDisposable
{
    private readonly ApiWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Events_NewestFirst_PageByTheirSequence()
    {
        var cluster = await _world.Core.AddClusterAsync();
        await AddEventsAsync(cluster, 4);
        var seen = new List<long>();
        var next = "/v1/clusters/blue/events?limit=2";
        while (next is not null)
        {
            var page = await _world.GetAsync(next);
            Assert.Equal(HttpStatusCode.OK, page.Status);
            seen.AddRange(Sequences(page));
            next = page.Json.TryGetProperty("next", out var link) ? link.GetString() : null;
            Assert.True(next is null || next.StartsWith($"http://127.0.0.1:9511/v1/clusters/{cluster.Uuid}/events?sort_key=sequence&sort_dir=desc&limit=2&marker=", StringComparison.Ordinal), next);
        }

        Assert.Equal([5, 4, 3, 2, 1], seen);
        Assert.Equal([2, 3], Sequences(await _world.GetAsync("/v1/clusters/blue/events?sort_dir=asc&marker=1&limit=2", version: "1.1")));
    }

    [Theory]
    [InlineData("level=error", new long[] { 4 })]
    [InlineData("level=WARNING,error", new long[] { 4, 3 })]
    [InlineData("source=HEAT", new long[] { 5, 4, 3, 2 })]
    [InlineData("source=Request&level=INFO", new long[] { 1 })]
    public async Task Events_AreFiltered(string query, long[] expected)
    {
        await AddEventsAsync(await _world.Core.AddClusterAsync(), 4);

        var answer = await _world.GetAsync($"/v1/clusters/blue/events?{query}&limit=9");

        Assert.Equal(expected, Sequences(answer));
        Assert.False(answer.Json.TryGetProperty("next", out _));
    }

    [Theory]
    [InlineData("events?limit=0", 400, "Limit must be positive")]
    [InlineData("events?marker=x", 400, "Invalid input for field/attribute marker. Value: 'x'. unable to convert to int. Error: invalid literal for int() with base 10: 'x'")]
    [InlineData("events?level=LOUD", 400, "Invalid input for field/attribute level. Value: 'LOUD'. Value should be one of: INFO, WARNING, ERROR")]
    [InlineData("events?source=", 400, "Invalid input for field/attribute source. Value: ''. Value should be one of: REQUEST, CONDUCTOR, HEAT, NOVA, HEALTH, CLUSTER_API")]
    [InlineData("events?sort_key=level", 400, "The sort_key value \"level\" is an invalid field for sorting")]
    [InlineData("events?detail=1", 400, "Unknown argument: \"detail\"")]
    [InlineData("operations?marker=1", 400, "Invalid input for field/attribute marker. Value: '1'. unable to convert to uuid. Error: Expected a uuid but received 1.")]
    [InlineData("operations?marker=00000000-0000-4000-8000-000000000000", 404, "Operation 00000000-0000-4000-8000-000000000000 could not be found.")]
    [InlineData("operations?sort_key=kind", 400, "The sort_key value \"kind\" is an invalid field for sorting")]
    public async Task ListsOfHistory_RefuseWhatIsNoPage(string path, int status, string detail)
    {
        await _world.Core.AddClusterAsync();

        var answer = await _world.GetAsync($"/v1/clusters/blue/{path}");

        Assert.Equal((status, detail), ((int)answer.Status, answer.Detail));
    }

    [Theory]
    [InlineData("GET", "events")]
    [InlineData("GET", "operations")]
    [InlineData("POST", "actions/retry")]
    public async Task AForeignCluster_IsNotThere(string method, string path)
    {
        var cluster = await _world.Core.AddClusterAsync(ClusterStatus.CreateFailed);

        foreach (var ident in new[] { "blue", cluster.Uuid.ToString() })
        {
            var answer = await _world.SendAsync(method, $"/v1/clusters/{ident}/{path}", token: "alt");
            Assert.Equal((HttpStatusCode.NotFound, $"Cluster {ident} could not be found."), (answer.Status, answer.Detail));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await _world.SendAsync(method, $"/v1/clusters/blue/{path}", token: null)).Status);
    }

    [Fact]
    public async Task HistoryOfAGoneCluster_IsReadByItsUuid_ByItsProjectAlone()
    {
        var cluster = await _world.Core.AddClusterAsync();
        await RemoveAsync(cluster);

        Assert.Equal([1], Sequences(await _world.GetAsync($"/v1/clusters/{cluster.Uuid}/events")));
        Assert.Equal(HttpStatusCode.OK, (await _world.GetAsync($"/v1/clusters/{cluster.Uuid}/operations", token: "admin")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _world.GetAsync($"/v1/clusters/{cluster.Uuid}/events", token: "alt")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _world.GetAsync("/v1/clusters/blue/events")).Status);
    }

    [Fact]
    public async Task Operations_NewestFirst_WithTheirSteps()
    {
        var cluster = await _world.Core.AddClusterAsync();
        await _world.Core.Clusters.ResizeAsync(TestCaller.Member(), "blue", new ClusterResize(4, [], null), Ct);

        var first = await _world.GetAsync("/v1/clusters/blue/operations?limit=1");
        var resize = Assert.Single(first.Json.GetProperty("operations").EnumerateArray());
        Assert.Equal(("RESIZE", "QUEUED", cluster.Uuid), (Text(resize, "kind"), Text(resize, "state"), resize.GetProperty("cluster_uuid").GetGuid()));
        var step = resize.GetProperty("steps")[0];
        Assert.Equal("name state progress message started_at finished_at", string.Join(' ', step.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(("credentials", "PENDING"), (Text(step, "name"), Text(step, "state")));

        var rest = await _world.GetAsync(first.Json.GetProperty("next").GetString()!);
        Assert.Equal("CREATE", Text(Assert.Single(rest.Json.GetProperty("operations").EnumerateArray()), "kind"));
        var oldest = await _world.GetAsync("/v1/clusters/blue/operations?sort_dir=asc&limit=1", token: "reader");
        Assert.Equal("CREATE", Text(oldest.Json.GetProperty("operations")[0], "kind"));
    }

    [Fact]
    public async Task Operations_SayWhyTheyFailed_AndEventsTheirCause()
    {
        var cluster = await FailAsync(await _world.Core.AddClusterAsync(ClusterStatus.CreateFailed), "The server of node blue-0 could not be made: No valid host was found.");

        var operation = (await _world.GetAsync("/v1/clusters/blue/operations", version: "1.1")).Json.GetProperty("operations")[0];
        Assert.Equal(
            """{"code":"no-valid-host","title":"No host of the cloud has room for a server.","who":"OPERATOR","what_to_do":"Free room on the hosts or add some; a smaller flavor, or another availability zone, may fit as it is.","stuck_since":null,"waits_for":[]}""",
            operation.GetProperty("diagnosis").GetRawText());
        var causes = (await _world.GetAsync($"/v1/clusters/{cluster.Uuid}/events?sort_dir=asc")).Json.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("cause").GetString());
        Assert.Equal([null, "no-valid-host"], causes);
    }

    [Theory]
    [InlineData("The moon is full.", "quota-ports")]
    [InlineData(null, "quota-ports")]
    [InlineData("No valid host was found.", "no-valid-host")]
    public async Task ReasonThatNobodyKnows_TheEventsMayTell(string? reason, string code)
    {
        await FailAsync(await _world.Core.AddClusterAsync(ClusterStatus.CreateFailed), reason, "The port of node blue-0 could not be made: Quota exceeded for resources: ['port'].");

        var operation = (await _world.GetAsync("/v1/clusters/blue/operations")).Json.GetProperty("operations")[0];

        Assert.Equal(code, Text(operation.GetProperty("diagnosis"), "code"));
    }

    [Fact]
    public async Task OperationInProgress_IsExplainedWhenNothingHasMovedForAWhile()
    {
        await _world.Core.AddClusterAsync();
        await _world.Core.Clusters.ResizeAsync(TestCaller.Member(), "blue", new ClusterResize(4, [], null), Ct);
        async Task<JsonElement> LookAsync() => (await _world.GetAsync("/v1/clusters/blue/operations?limit=1")).Json.GetProperty("operations")[0].GetProperty("diagnosis");
        Assert.Equal(JsonValueKind.Null, (await LookAsync()).ValueKind);

        _world.Core.Time.Advance(TimeSpan.FromMinutes(11));

        var stuck = await LookAsync();
        Assert.Equal(("waiting-for-conductor", "OPERATOR"), (Text(stuck, "code"), Text(stuck, "who")));
        Assert.Equal(_world.Core.Time.GetUtcNow().AddMinutes(-11), stuck.GetProperty("stuck_since").GetDateTimeOffset());
    }

    [Fact]
    public async Task Plan_SaysWhatLaunchingWouldDo_AndDoesNothing()
    {
        await _world.Core.AddTemplateAsync();
        _world.Core.Driver.Plan = _ => new ClusterPlan(
            [new PlannedResource("OS::Nova::Server", "master", 1, "m1.small")],
            [new PreflightCheck("quota.cores", CheckOutcome.Fail, "Not enough cores.", "node_count")],
            [new QuotaProjection("cores", 9, 2, 10)]);

        var answer = await _world.SendAsync("POST", "/v1/clusters/plan", new { cluster_template_id = "k8s", node_count = 1 }, version: "1.1");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.False(answer.Json.GetProperty("can_launch").GetBoolean());
        Assert.Equal(
            """{"id":"quota.cores","outcome":"FAIL","message":"Not enough cores.","field":"node_count"}""",
            answer.Json.GetProperty("checks").EnumerateArray().Single(c => Text(c, "id") == "quota.cores").GetRawText());
        Assert.Equal("""[{"type":"OS::Nova::Server","name":"master","count":1,"detail":"m1.small"}]""", answer.Json.GetProperty("resources").GetRawText());
        Assert.Equal(
            """{"resource":"cores","used":9,"adds":2,"limit":10,"fits":false}""",
            answer.Json.GetProperty("quotas").EnumerateArray().Single(q => Text(q, "resource") == "cores").GetRawText());
        Assert.Equal("""{"clusters":[]}""", (await _world.GetAsync("/v1/clusters")).Text);
        Assert.Empty(_world.Core.Enqueued);
    }

    [Theory]
    [InlineData("""{"cluster_template_id": "none"}""", "demo", 400)]
    [InlineData("""{"node_count": 1}""", "demo", 400)]
    [InlineData("""{"cluster_template_id": "k8s", "colour": "blue"}""", "demo", 400)]
    [InlineData("[", "demo", 400)]
    [InlineData("""{"cluster_template_id": "k8s"}""", "alt", 400)]
    [InlineData("""{"cluster_template_id": "k8s"}""", "node", 403)]
    public async Task Plan_OfWhatMakesNoSense_IsRefused(string body, string token, int status)
    {
        await _world.Core.AddTemplateAsync();

        Assert.Equal(status, (int)(await _world.SendAsync("POST", "/v1/clusters/plan", body, token)).Status);
    }

    [Fact]
    public async Task AClusterNamedPlan_IsStillReached()
    {
        var template = await _world.Core.AddTemplateAsync();
        await _world.Core.AddClusterAsync(request: new NewCluster { Name = "plan", ClusterTemplateId = template.Uuid.ToString() });

        Assert.Equal("plan", Text((await _world.GetAsync("/v1/clusters/plan")).Json, "name"));
        Assert.Equal(HttpStatusCode.NoContent, (await _world.SendAsync("DELETE", "/v1/clusters/plan")).Status);
    }

    [Fact]
    public async Task Retry_OfAFailedCluster_RunsItsOperationAgain()
    {
        var template = await _world.Core.AddTemplateAsync();
        var created = await _world.SendAsync("POST", "/v1/clusters", new { name = "blue", cluster_template_id = template.Uuid });
        var uuid = created.Json.GetProperty("uuid").GetGuid();
        await _world.Core.FinishAsync(uuid, ClusterStatus.CreateFailed, OperationState.Failed);

        var retried = await _world.SendAsync("POST", "/v1/clusters/blue/actions/retry", version: "1.1");

        Assert.Equal((HttpStatusCode.Accepted, $$"""{"uuid":"{{uuid}}"}"""), (retried.Status, retried.Text));
        Assert.Equal(ClusterStatus.CreateInProgress, (await _world.Core.LoadAsync(uuid)).Status);
        Assert.Equal([OperationKind.Create, OperationKind.Create], (await _world.Core.OperationsAsync(uuid)).Select(o => o.Kind));
    }

    [Fact]
    public async Task Retry_OfAClusterThatIsWell_IsRefused()
    {
        await _world.Core.AddClusterAsync();

        var answer = await _world.SendAsync("POST", "/v1/clusters/blue/actions/retry");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _world.SendAsync("POST", "/v1/clusters/none/actions/retry")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await _world.GetAsync("/v1/clusters/blue/actions/retry")).Status);
    }

    /// <summary>Its operation has failed with this reason, after this error of the back end.</summary>
    private async Task<Cluster> FailAsync(Cluster cluster, string? reason, string? error = null)
    {
        await using var db = _world.Core.Database.CreateDbContext();
        var operation = await db.Operations.SingleAsync(o => o.ClusterUuid == cluster.Uuid, Ct);
        (operation.State, operation.ActiveClusterUuid, operation.Reason) = (OperationState.Failed, null, reason);
        var row = await db.Clusters.SingleAsync(c => c.Uuid == cluster.Uuid, Ct);
        ClusterEventWriter.Append(db, row, EventSource.Heat, EventLevel.Error, "resource", error ?? reason!, _world.Core.Time.GetUtcNow(), operation);
        await db.SaveChangesAsync(Ct);
        return cluster;
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static IEnumerable<long> Sequences(ApiAnswer answer) =>
        answer.Json.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("sequence").GetInt64()).ToList();

    /// <summary>Events of Heat: information, a warning, an error, information.</summary>
    private async Task AddEventsAsync(Cluster cluster, int count)
    {
        await using var db = _world.Core.Database.CreateDbContext();
        var row = await db.Clusters.SingleAsync(c => c.Uuid == cluster.Uuid, Ct);
        for (var i = 0; i < count; i++)
        {
            var level = (EventLevel)(i % 3);
            ClusterEventWriter.Append(db, row, EventSource.Heat, level, "resource", $"Event {i}.", _world.Core.Time.GetUtcNow(), null);
        }

        await db.SaveChangesAsync(Ct);
    }

    private async Task RemoveAsync(Cluster cluster)
    {
        await using var db = _world.Core.Database.CreateDbContext();
        db.Remove(await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == cluster.Uuid, Ct));
        await db.SaveChangesAsync(Ct);
    }
}
