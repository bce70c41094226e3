using System.Text.Json;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Heat;
using Magnum.Tests.Support;

namespace Magnum.Tests.Drivers.OpenStack;

public sealed class HeatClientTests : IDisposable
{
    private const string Root = $"/orchestration/v1/{CloudStub.Project}";
    private const string Id = "6eb73e5d-f54b-4432-ac09-d8c82a47294c";

    private static readonly StackRef Stack = new("rec-1", Id);

    private readonly StubbedCloud _cloud = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public async Task StackByName_FollowsTheRedirectByItsPathAndNotByItsHost()
    {
        _cloud.Stub.Always($"GET {Root}/stacks/rec-1", _ =>
        {
            var redirect = CloudStub.Json(302, "");
            redirect.Headers.Location = new Uri($"http://elsewhere.example/v1/{CloudStub.Project}/stacks/rec-1/{Id}");
            return redirect;
        });
        _cloud.Stub.OnFixture($"GET {Root}/stacks/rec-1/{Id}", "heat-stack.json");

        var stack = await _cloud.Heat.FindStackAsync(StubbedCloud.Service, "rec-1", resolveOutputs: false, Ct);

        Assert.Equal((Id, "rec-1", "CREATE_COMPLETE"), (stack?.Id, stack?.Name, stack?.Status));
        Assert.Equal("Stack CREATE completed successfully", stack?.StatusReason);
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 2, 56, 19, TimeSpan.Zero), stack?.CreationTime);
        Assert.Equal("rec-1", stack?.Parameters["OS::stack_name"]);
        Assert.Equal(5, stack?.TimeoutMins);
        Assert.EndsWith("?resolve_outputs=false", _cloud.Stub.Calls[^1].PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StackThatIsMissing_IsNull()
    {
        _cloud.Stub.Always($"GET {Root}/stacks/nope", _ => CloudStub.Json(404, CloudStub.Fixture("error-heat-404.json")));

        Assert.Null(await _cloud.Heat.FindStackAsync(StubbedCloud.Service, "nope", resolveOutputs: true, Ct));
    }

    [Fact]
    public async Task Outputs_KeepTheirShapes()
    {
        var body = CloudStub.Fixture("heat-stack.json").Replace(
            "\"outputs\": []",
            """
            "outputs": [{"output_key": "text", "output_value": "10.0.0.5", "description": ""}, {"output_key": "list", "output_value": ["a", null, "b"]},
            {"output_key": "none", "output_value": null}, {"output_key": "bad", "output_value": null, "output_error": "no such attribute"}]
            """,
            StringComparison.Ordinal);
        _cloud.Stub.Always($"GET {Root}/stacks/rec-1/{Id}", _ => CloudStub.Json(200, body));

        var outputs = (await _cloud.Heat.FindStackAsync(StubbedCloud.Service, Stack, resolveOutputs: true, Ct))!.Outputs;

        Assert.Equal("10.0.0.5", outputs["text"].Text);
        Assert.Equal(["a", "b"], outputs["list"].List);
        Assert.Null(outputs["none"].Text);
        Assert.Equal("no such attribute", outputs["bad"].Error);
    }

    [Fact]
    public async Task Create_SendsTheRequestWhole()
    {
        _cloud.Stub.Always($"POST {Root}/stacks", _ => CloudStub.Json(201, $$$"""{"stack": {"id": "{{{Id}}}", "links": []}}"""));
        var request = new StackRequest("rec-1", "heat_template_version: 2018-08-31")
        {
            Files = new Dictionary<string, string> { ["node.yaml"] = "x" },
            Environment = "parameters: {}",
            Parameters = new Dictionary<string, string> { ["KeepThisCase"] = "1" },
            TimeoutMins = 60,
            Tags = ["magnum", "abc"],
        };

        var stack = await _cloud.Heat.CreateStackAsync(StubbedCloud.Service, request, Ct);

        Assert.Equal(Stack, stack);
        using var sent = JsonDocument.Parse(_cloud.Stub.Calls[0].Body);
        Assert.Equal("rec-1", sent.RootElement.GetProperty("stack_name").GetString());
        Assert.Equal("heat_template_version: 2018-08-31", sent.RootElement.GetProperty("template").GetString());
        Assert.Equal("x", sent.RootElement.GetProperty("files").GetProperty("node.yaml").GetString());
        Assert.Equal("1", sent.RootElement.GetProperty("parameters").GetProperty("KeepThisCase").GetString());
        Assert.Equal(60, sent.RootElement.GetProperty("timeout_mins").GetInt32());
        Assert.True(sent.RootElement.GetProperty("disable_rollback").GetBoolean());
        Assert.Equal("magnum,abc", sent.RootElement.GetProperty("tags").GetString());
    }

    [Fact]
    public async Task Patch_SendsOnlyWhatChanges()
    {
        _cloud.Stub.Always($"PATCH {Root}/stacks/rec-1/{Id}", _ => CloudStub.Json(202, ""));

        await _cloud.Heat.PatchStackAsync(
            StubbedCloud.Service, Stack, new StackRequest("rec-1", null) { Parameters = new Dictionary<string, string> { ["count"] = "3" } }, Ct);

        Assert.Equal("""{"parameters":{"count":"3"},"disable_rollback":true}""", _cloud.Stub.Calls[0].Body);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(404)]
    public async Task Delete_OfAStackThereOrGone_Succeeds(int status)
    {
        _cloud.Stub.Always($"DELETE {Root}/stacks/rec-1/{Id}", _ => CloudStub.Json(status, ""));

        await _cloud.Heat.DeleteStackAsync(StubbedCloud.Service, Stack, Ct);

        Assert.Single(_cloud.Stub.Calls);
    }

    [Fact]
    public async Task List_GoesOnUntilThePageIsShort()
    {
        _cloud.Stub.Always($"GET {Root}/stacks", call => CloudStub.Json(200, Page(
            call.PathAndQuery.Contains("marker=s2", StringComparison.Ordinal) ? ["s3"] : ["s1", "s2"])));

        var stacks = await ListAsync(new StackFilter { Tag = "magnum", Statuses = ["IN_PROGRESS", "FAILED"], PageSize = 2 });

        Assert.Equal(["s1", "s2", "s3"], stacks);
        Assert.Equal(
            [
                $"{Root}/stacks?sort_keys=creation_time&sort_dir=asc&limit=2&tags_any=magnum&status=IN_PROGRESS&status=FAILED",
                $"{Root}/stacks?sort_keys=creation_time&sort_dir=asc&limit=2&tags_any=magnum&status=IN_PROGRESS&status=FAILED&marker=s2",
            ],
            _cloud.Stub.Calls.Select(c => c.PathAndQuery));
    }

    [Fact]
    public async Task List_OfAServerThatIgnoresMarkers_Ends()
    {
        _cloud.Stub.Always($"GET {Root}/stacks", _ => CloudStub.Json(200, Page(["s1", "s2"])));

        Assert.True((await ListAsync(new StackFilter { PageSize = 2 })).Count <= 4);
    }

    [Fact]
    public async Task List_ReadsTheRecordedPageAndFollowsItsLink()
    {
        _cloud.Stub.On($"GET {Root}/stacks", _ => CloudStub.Json(200, CloudStub.Fixture("heat-stacks.json")), _ => CloudStub.Json(200, """{"stacks": []}"""));

        Assert.Equal([Id], await ListAsync(new StackFilter { PageSize = 200 }));
        Assert.Contains($"marker={Id}", _cloud.Stub.Calls[1].PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListOfAllProjects_FallsBackToTheAdministratorsListOnceRefused()
    {
        _cloud.Stub.Always($"GET {Root}/stacks", call => call.PathAndQuery.Contains("global_tenant", StringComparison.Ordinal)
            ? CloudStub.Json(403, "")
            : CloudStub.Json(200, Page(["s1"])));

        Assert.Equal(["s1"], await ListAsync(new StackFilter { AllProjects = true }));
        Assert.Equal(["s1"], await ListAsync(new StackFilter { AllProjects = true }));

        Assert.Equal(3, _cloud.Stub.Calls.Count);
    }

    [Fact]
    public async Task Resources_SayWhichStackTheyAreIn()
    {
        _cloud.Stub.OnFixture($"GET {Root}/stacks/rec-1/{Id}/resources", "heat-resources.json");

        var resources = await _cloud.Heat.ListResourcesAsync(StubbedCloud.Service, Stack, 5, Ct);

        var condition = Assert.Single(resources, r => r.Name == "c");
        Assert.Equal(("OS::Heat::WaitCondition", "CREATE_COMPLETE", Stack), (condition.Type, condition.Status, condition.Stack));
        Assert.EndsWith("/resources?nested_depth=5", _cloud.Stub.Calls[0].PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_ComeInOrder()
    {
        _cloud.Stub.OnFixture($"GET {Root}/stacks/rec-1/{Id}/events", "heat-events.json");

        var events = await _cloud.Heat.ListEventsAsync(StubbedCloud.Service, Stack, 2, null, Ct);

        Assert.Equal(events.Select(e => e.Time).Order(), events.Select(e => e.Time));
        Assert.Contains(events, e => e is { ResourceName: "c", Status: "CREATE_COMPLETE" });
        Assert.All(events, e => Assert.Equal(Stack, e.Stack));
    }

    [Fact]
    public async Task Events_AfterOneThatHeatHasDropped_StartOver()
    {
        _cloud.Stub.Always($"GET {Root}/stacks/rec-1/{Id}/events", call => call.PathAndQuery.Contains("marker=", StringComparison.Ordinal)
            ? CloudStub.Json(404, CloudStub.Fixture("error-heat-404.json"))
            : CloudStub.Json(200, CloudStub.Fixture("heat-events.json")));

        Assert.NotEmpty(await _cloud.Heat.ListEventsAsync(StubbedCloud.Service, Stack, 2, "dropped", Ct));
    }

    [Fact]
    public async Task EventsOfAStackThatIsGone_AreNotFound()
    {
        _cloud.Stub.Always($"GET {Root}/stacks/rec-1/{Id}/events", _ => CloudStub.Json(404, CloudStub.Fixture("error-heat-404.json")));

        var refusal = await Assert.ThrowsAsync<CloudException>(() => _cloud.Heat.ListEventsAsync(StubbedCloud.Service, Stack, 2, "any", Ct));

        Assert.Equal(CloudFault.NotFound, refusal.Fault);
    }

    private static string Page(string[] ids) => JsonSerializer.Serialize(new
    {
        stacks = ids.Select(id => new { id, stack_name = id, stack_status = "CREATE_COMPLETE", creation_time = "2026-11-24T02:56:19Z", tags = (string[]?)null }),
    });

    private async Task<List<string>> ListAsync(StackFilter filter)
    {
        var ids = new List<string>();
        await foreach (var stack in _cloud.Heat.ListStacksAsync(StubbedCloud.Service, filter, Ct))
        {
            ids.Add(stack.Id);
        }

        return ids;
    }
}
