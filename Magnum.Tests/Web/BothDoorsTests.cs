using System.Text.Json;
using Bunit;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Operations;
using Magnum.Core.Paging;
using Magnum.Core.Quotas;
using Magnum.Core.UserStates;
using Magnum.Tests.Support;
using Magnum.Web.Features.Clusters;
using Magnum.Web.Features.ClusterTemplates;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web;

/// <summary>The same bad input at the REST API and on the page: the same field is named, in the same words, and nothing is made.</summary>
public sealed class BothDoorsTests : DashboardContext
{
    private readonly ApiWorld _api;

    public BothDoorsTests()
    {
        _api = new ApiWorld(World);
        World.Images.Images.Add(FakeImages.New("plain", null));
        World.Networking.Networks.Add(new("lab-id", "lab", External: false, Shared: false, "demo", ["lab-subnet-id"]));
    }

    /// <summary>What is asked for, the status, the field and its step in the wizard, and the words.</summary>
    public static TheoryData<string, int, string, string, string> ClusterFaults => new()
    {
        { """{"flavor_id": "diskless"}""", 400, "flavor_id", "size", "Flavor with zero root volume size is not supported when boot_volume_size is zero." },
        { """{"master_flavor_id": "diskless"}""", 400, "master_flavor_id", "size", "Flavor with zero root volume size is not supported when boot_volume_size is zero." },
        { """{"flavor_id": "m9.gone"}""", 400, "flavor_id", "size", "Unable to find flavor m9.gone." },
        { """{"fixed_network": "gone"}""", 400, "fixed_network", "network", "Unable to find fixed network gone." },
        { """{"fixed_subnet": "gone"}""", 400, "fixed_subnet", "network", "Unable to find fixed subnet gone." },
        { """{"keypair": "gone"}""", 404, "keypair", "access", "Unable to find keypair gone." },
        { """{"node_count": 1001}""", 400, "node_count", "size", "Invalid input for field/attribute node_count. Value: '1001'. Value should be lower or equal to 1000" },
        { """{"labels": {"kube_tag": "newest"}}""", 400, "labels.kube_tag", "options", "Value should be a version such as v1.31.1" },
    };

    [Theory]
    [MemberData(nameof(ClusterFaults))]
    public async Task Cluster_RefusedAlike(string request, int status, string field, string step, string words)
    {
        var template = await World.AddTemplateAsync();

        var answer = await PostClusterAsync(template, request);
        Assert.Equal(status, (int)answer.Status);
        Assert.Contains(words, answer.Detail, StringComparison.Ordinal);

        var page = await OpenWizardAsync(template, Draft(template, request));
        page.WaitForAssertion(() => Assert.Contains(page.FindAll($"{Id("checks")} [data-outcome=Fail]"), c => c.TextContent.Contains(answer.Detail, StringComparison.Ordinal)));
        Assert.True(page.Find("button" + Id("launch")).HasAttribute("disabled"));
        page.FindAll($"{Id("checks")} [data-outcome=Fail]").First(c => c.TextContent.Contains(answer.Detail, StringComparison.Ordinal)).QuerySelector("button")!.Click();
        page.WaitForElement(Id($"pane-{step}"));
        Assert.Equal(field, Assert.Single((await PlanAsync(template, request)).Checks, c => c.Outcome == Magnum.Core.Drivers.CheckOutcome.Fail).Field);
        await AssertNoClusterAsync();
    }

    /// <summary>What the wizard says by itself while one types, and the API in its own words.</summary>
    public static TheoryData<string, string, string, string, string> TypedFaults => new()
    {
        { "name", "", "name", "größe", "Letters, digits" },
        { "name", "", "name", "1cluster", "Letters, digits" },
        { "name", "", "name", new string('a', 243), "At most 242" },
        { "node_count", "size", "node-count", "-1", "Not below zero" },
        { "node_count", "size", "node-count", "2147483648", "Not below zero" },
        { "node_count", "size", "node-count", "1000000000000", "Not below zero" },
        { "node_count", "size", "node-count", "", "Not below zero" },
        { "master_count", "size", "master-count", "-1", "At least one" },
        { "master_count", "size", "master-count", "1000000000000", "At least one" },
        { "docker_volume_size", "size", "volume-size", "-1", "At least 1 GiB" },
        { "docker_volume_size", "size", "volume-size", "0", "At least 1 GiB" },
        { "docker_volume_size", "size", "volume-size", "1000000000000", "At least 1 GiB" },
        { "create_timeout", "options", "timeout", "-1", "Not below zero" },
        { "create_timeout", "options", "timeout", "1000000000000", "Not below zero" },
    };

    [Theory]
    [MemberData(nameof(TypedFaults))]
    public async Task Cluster_TypedFault_IsToldBesideTheFieldKeptAsTypedAndNotLaunched(string field, string step, string testId, string typed, string words)
    {
        var template = await World.AddTemplateAsync();
        var value = field == "name" ? JsonSerializer.Serialize(typed) : typed;
        if (typed.Length > 0)
        {
            var answer = await PostClusterAsync(template, $$"""{"{{field}}": {{value}}}""");
            Assert.Equal((400, true), ((int)answer.Status, answer.Detail.Contains($"field/attribute {field}", StringComparison.Ordinal)));
        }

        Services.GetRequiredService<NavigationManager>().NavigateTo($"/clusters/new?template={template.Uuid}&step={step}");
        var page = Render<LaunchPage>();
        page.WaitForElement(Id(testId)).Input(typed);

        page.WaitForAssertion(() => Assert.Contains(words, page.Find($"[data-field={field}]").OuterHtml, StringComparison.Ordinal));
        Assert.Equal(typed, page.Find(Id(testId)).GetAttribute("value") ?? "");
        page.Find(Id("step-review")).Click();
        page.WaitForElement(Id("pane-review"));
        Assert.True(page.Find("button" + Id("launch")).HasAttribute("disabled"));
        await AssertNoClusterAsync();
    }

    [Theory]
    [InlineData("node_count", "-1")]
    [InlineData("node_count", "2147483648")]
    [InlineData("node_count", "1000000000000")]
    [InlineData("node_count", "\"many\"")]
    [InlineData("node_count", "1.5")]
    [InlineData("docker_volume_size", "0")]
    [InlineData("docker_volume_size", "1000000000000")]
    [InlineData("create_timeout", "-1")]
    [InlineData("create_timeout", "1000000000000")]
    public async Task Api_NumberOutOfBounds_NamesTheField(string field, string value)
    {
        var template = await World.AddTemplateAsync();

        var answer = await PostClusterAsync(template, $$"""{"{{field}}": {{value}}}""");

        Assert.Equal(400, (int)answer.Status);
        Assert.Contains($"Invalid input for field/attribute {field}. Value: '{value.Trim('"')}'.", answer.Detail, StringComparison.Ordinal);
        await AssertNoClusterAsync();
    }

    [Theory]
    [InlineData("POST", "actions/resize", """{"node_count": -1}""")]
    [InlineData("POST", "actions/resize", """{"node_count": 2147483648}""")]
    [InlineData("POST", "actions/resize", """{"node_count": 1000000000000}""")]
    [InlineData("PATCH", "", """[{"op": "replace", "path": "/node_count", "value": -1}]""")]
    [InlineData("PATCH", "", """[{"op": "replace", "path": "/node_count", "value": 2147483648}]""")]
    [InlineData("PATCH", "", """[{"op": "replace", "path": "/node_count", "value": 1000000000000}]""")]
    public async Task Api_ResizeOutOfBounds_NamesTheFieldAndLeavesTheCluster(string method, string path, string body)
    {
        var cluster = await World.AddClusterAsync();

        var answer = await _api.SendAsync(method, $"/v1/clusters/{cluster.Uuid}/{path}".TrimEnd('/'), body);

        Assert.Equal(400, (int)answer.Status);
        Assert.Contains("node_count", answer.Detail, StringComparison.Ordinal);
        var row = await World.LoadAsync(cluster.Uuid);
        Assert.Equal((ClusterStatus.CreateComplete, 2), (row.Status, row.NodeCount));
    }

    [Fact]
    public async Task Api_ResizeAndDeleteSentTwice_AreOneOperationEach()
    {
        var cluster = await World.AddClusterAsync();

        var resized = new[] { await ResizeAsync(), await ResizeAsync() };
        var deleted = new[] { await _api.SendAsync("DELETE", $"/v1/clusters/{cluster.Uuid}"), await _api.SendAsync("DELETE", $"/v1/clusters/{cluster.Uuid}") };

        Assert.All(resized, answer => Assert.Equal(202, (int)answer.Status));
        Assert.All(deleted, answer => Assert.Equal(204, (int)answer.Status));
        Assert.Equal(
            [OperationKind.Create, OperationKind.Resize, OperationKind.Delete], (await World.OperationsAsync(cluster.Uuid)).Select(o => o.Kind));

        Task<ApiAnswer> ResizeAsync() => _api.SendAsync("POST", $"/v1/clusters/{cluster.Uuid}/actions/resize", new { node_count = 4 });
    }

    [Fact]
    public async Task Api_LargestTimeoutThatThereIs_IsAccepted() =>
        Assert.Equal(202, (int)(await PostClusterAsync(await World.AddTemplateAsync(), """{"create_timeout": 2147483647}""")).Status);

    [Fact]
    public async Task DuplicateName_IsWarnedOfInTheWizardAndAmbiguousOnlyByName()
    {
        var template = await World.AddTemplateAsync();
        Assert.Equal(202, (int)(await PostClusterAsync(template, """{"name": "twin"}""")).Status);

        var page = await OpenWizardAsync(template, null, step: "");
        page.WaitForElement(Id("name")).Input("twin");
        page.WaitForAssertion(() => Assert.Contains("already", page.Find("[data-field=name]").TextContent, StringComparison.Ordinal));
        var restored = await OpenWizardAsync(template, new NewCluster { Name = "twin", ClusterTemplateId = template.Uuid.ToString() }, step: "");
        restored.WaitForAssertion(() => Assert.Contains("already", restored.Find("[data-field=name]").TextContent, StringComparison.Ordinal));

        var second = await PostClusterAsync(template, """{"name": "twin"}""");
        Assert.Equal(202, (int)second.Status);
        Assert.Equal(409, (int)(await _api.GetAsync("/v1/clusters/twin")).Status);
        Assert.Equal(200, (int)(await _api.GetAsync($"/v1/clusters/{second.Json.GetProperty("uuid").GetString()}")).Status);
    }

    [Fact]
    public async Task QuotaUsedUp_WizardAndApiGiveTheSameReason_AlsoWhenItHappensAfterThePlan()
    {
        var template = await World.AddTemplateAsync();
        Assert.True((await World.Get<QuotaService>().CreateAsync(TestCaller.Admin(), "demo", Quota.ClusterResource, 1, Ct)).IsSuccess);
        var page = await OpenWizardAsync(template, null);
        page.WaitForAssertion(() => Assert.False(page.Find("button" + Id("launch")).HasAttribute("disabled")));
        Assert.Equal(202, (int)(await PostClusterAsync(template, """{"name": "quicker"}""")).Status);
        var answer = await PostClusterAsync(template, """{"name": "slower"}""");
        Assert.Equal(
            (403, "Resource limit exceeded: You have reached the maximum clusters per project, 1. You may delete a cluster to make room for a new one."),
            ((int)answer.Status, answer.Detail));

        page.Find("button" + Id("launch")).Click();

        page.WaitForAssertion(() => Assert.Equal(answer.Detail, page.Find(Id("refusal")).TextContent.Trim()));
        page.Find(Id("check-again")).Click();
        page.WaitForAssertion(() => Assert.Contains(answer.Detail, page.Find(Id("checks")).TextContent, StringComparison.Ordinal));
        Assert.Single((await World.ClusterQueries.ListDetailAsync(TestCaller.Member(), new PageRequest(10), Ct)).Value!.Items);
    }

    [Fact]
    public async Task NetworkDeletedBetweenPlanAndLaunch_IsToldAtItsStepInTheApisWords()
    {
        var template = await World.AddTemplateAsync();
        var page = await OpenWizardAsync(template, Draft(template, """{"fixed_network": "lab"}"""));
        page.WaitForAssertion(() => Assert.False(page.Find("button" + Id("launch")).HasAttribute("disabled")));
        World.Networking.Networks.RemoveAll(n => n.Name == "lab");
        World.Time.Advance(TimeSpan.FromSeconds(11));   // lists of what there is are remembered for ten
        var answer = await PostClusterAsync(template, """{"fixed_network": "lab"}""");
        Assert.Equal((400, "Unable to find fixed network lab."), ((int)answer.Status, answer.Detail));

        page.Find("button" + Id("launch")).Click();

        page.WaitForAssertion(() => Assert.Equal(answer.Detail, page.Find(Id("refusal")).TextContent.Trim()));
        page.Find(Id("step-network")).Click();
        page.WaitForAssertion(() => Assert.Contains(answer.Detail, page.Find("[data-field=fixed_network]").OuterHtml, StringComparison.Ordinal));
        await AssertNoClusterAsync();
    }

    public static TheoryData<string, string, string> TemplateFaults => new()
    {
        { """{"image_id": "plain"}""", "image_id", "Image plain doesn't contain os_distro field." },
        { """{"image_id": "gone"}""", "image_id", "Image gone could not be found." },
        { """{"flavor_id": "diskless"}""", "flavor_id", "Flavor with zero root volume size is not supported when boot_volume_size is zero." },
        { """{"external_network_id": "private"}""", "external_network_id", "Unable to find external network private." },
        { """{"docker_volume_size": 0}""", "docker_volume_size", "Value should be greater or equal to 1" },
        { """{"apiserver_port": 80}""", "apiserver_port", "Value should be greater or equal to 1024" },
        { "{\"name\": \"" + new string('x', 256) + "\"}", "name", "Value should have a maximum character requirement of 255" },
    };

    [Theory]
    [MemberData(nameof(TemplateFaults))]
    public async Task Template_RefusedAlike(string change, string field, string words)
    {
        var body = JsonText.Merge("""{"name": "bad", "coe": "kubernetes", "image_id": "ubuntu", "flavor_id": "m1.small", "external_network_id": "public"}""", change);
        var answer = await _api.SendAsync("POST", "/v1/clustertemplates", body);
        Assert.Equal(400, (int)answer.Status);
        Assert.Contains(words, answer.Detail, StringComparison.Ordinal);

        var spec = JsonSerializer.Deserialize<ClusterTemplateSpec>(body, SnakeCase)!;
        await World.Get<UserStateStore>().KeepAsync(TestCaller.Member(), "draft.template.new", JsonSerializer.Serialize(spec), Ct);
        var page = Render<TemplateDesignerPage>();
        page.WaitForElement("button" + Id("save")).Click();

        page.WaitForAssertion(() => Assert.Equal(answer.Detail, page.Find(Id("form-error")).TextContent.Trim()));
        Assert.Contains(words.Replace("'", "&#39;", StringComparison.Ordinal), page.Find($"[data-field={field}]").OuterHtml.Replace("'", "&#39;", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty((await World.TemplateQueries.ListAsync(TestCaller.Member(), new PageRequest(10), Ct)).Value!.Items);
    }

    [Fact]
    public async Task Template_NameNotAscii_IsTakenAsItIs()
    {
        const string Name = "größe 大";
        var answer = await _api.SendAsync(
            "POST", "/v1/clustertemplates", new { name = Name, coe = "kubernetes", image_id = "ubuntu", flavor_id = "m1.small", external_network_id = "public" });

        Assert.Equal((201, Name), ((int)answer.Status, answer.Json.GetProperty("name").GetString()));
        Assert.Equal(200, (int)(await _api.GetAsync($"/v1/clustertemplates/{Uri.EscapeDataString(Name)}")).Status);
    }

    [Fact]
    public async Task Template_VolumeThatIsNoNumber_IsNotSaved()
    {
        var source = await World.AddTemplateAsync();
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/templates/new?clone={source.Uuid}");
        var page = Render<TemplateDesignerPage>();
        page.WaitForElement(Id("volume-size")).Input("1000000000000");

        page.Find("button" + Id("save")).Click();

        page.WaitForAssertion(() => Assert.Contains("A whole number", page.Find(Id("form-error")).TextContent, StringComparison.Ordinal));
        Assert.Single((await World.TemplateQueries.ListAsync(TestCaller.Member(), new PageRequest(10), Ct)).Value!.Items);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _api.Dispose();
        }

        base.Dispose(disposing);
    }

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, PropertyNameCaseInsensitive = true };

    private Task<ApiAnswer> PostClusterAsync(ClusterTemplate template, string request) =>
        _api.SendAsync("POST", "/v1/clusters", JsonText.Merge($$"""{"name": "blue", "cluster_template_id": "{{template.Uuid}}"}""", request));

    private static NewCluster Draft(ClusterTemplate template, string request)
    {
        var given = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(request)!;
        string? Text(string key) => given.TryGetValue(key, out var value) ? value.GetString() : null;
        return new NewCluster
        {
            Name = "blue",
            ClusterTemplateId = template.Uuid.ToString(),
            FlavorId = Text("flavor_id"),
            MasterFlavorId = Text("master_flavor_id"),
            FixedNetwork = Text("fixed_network"),
            FixedSubnet = Text("fixed_subnet"),
            KeyPair = Text("keypair"),
            NodeCount = given.TryGetValue("node_count", out var count) ? count.GetInt32() : 1,
            Labels = given.TryGetValue("labels", out var labels) ? labels.Deserialize<Dictionary<string, string>>() : null,
        };
    }

    private async Task<Magnum.Core.Drivers.ClusterPlan> PlanAsync(ClusterTemplate template, string request) =>
        (await World.Clusters.PlanAsync(TestCaller.Member(), Draft(template, request), Ct)).Value!;

    private async Task<IRenderedComponent<LaunchPage>> OpenWizardAsync(ClusterTemplate template, NewCluster? draft, string step = "review")
    {
        if (draft is not null)
        {
            await World.Get<UserStateStore>().KeepAsync(TestCaller.Member(), "draft.cluster", JsonSerializer.Serialize(draft), Ct);
        }

        Services.GetRequiredService<NavigationManager>().NavigateTo($"/clusters/new?template={template.Uuid}&step={step}");
        var page = Render<LaunchPage>();
        page.WaitForElement(Id("steps"));
        return page;
    }

    private async Task AssertNoClusterAsync()
    {
        Assert.Empty((await World.ClusterQueries.ListDetailAsync(TestCaller.Member(), new PageRequest(10), Ct)).Value!.Items);
        Assert.Empty(World.Identity.Trusts);
    }
}
