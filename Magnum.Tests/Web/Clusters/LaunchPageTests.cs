using Bunit;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Paging;
using Magnum.Core.Quotas;
using Magnum.Tests.Support;
using Magnum.Web.Features.Clusters;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace Magnum.Tests.Web.Clusters;

public sealed class LaunchPageTests : DashboardContext
{
    [Fact]
    public async Task TemplateWithEverything_LaunchesOnceHoweverOftenOneClicks()
    {
        await World.AddTemplateAsync();
        var page = await OpenAsync("review");
        page.WaitForAssertion(() => Assert.False(page.Find("button" + Id("launch")).HasAttribute("disabled")));

        var launch = page.FindComponents<MudButton>().Single(b => b.Markup.Contains("data-testid=\"launch\"", StringComparison.Ordinal)).Instance.OnClick;
        await page.InvokeAsync(() => Task.WhenAll(launch.InvokeAsync(), launch.InvokeAsync()));

        page.WaitForAssertion(() => Assert.Matches("/clusters/[0-9a-f-]{36}\\?tab=progress$", Navigation.Uri));
        Assert.Single(await ClustersAsync());
    }

    [Fact]
    public async Task NameOutOfTheOrdinary_IsToldBesideTheField()
    {
        await World.AddTemplateAsync();
        var page = await OpenAsync();

        page.Find(Id("name")).Input("größe");

        page.WaitForAssertion(() => Assert.Contains("Letters, digits", page.Find("[data-field=name]").TextContent, StringComparison.Ordinal));
        page.Find("button" + Id("next")).Click();
        page.WaitForElement(Id("pane-template"));   // stays
    }

    [Fact]
    public async Task ThreeMasters_OfferTheLoadBalancerAndTakeIt()
    {
        await World.AddTemplateAsync();
        var page = await OpenAsync("size");

        page.Find(Id("masters-3")).Click();
        page.WaitForElement(Id("lb-hint"));
        page.Find(Id("add-lb")).Change(true);

        page.WaitForAssertion(() => Assert.Empty(page.FindAll(Id("lb-hint"))));
        page.WaitForAssertion(() => Assert.Contains(World.Driver.Planned.ToArray(), c => c is { MasterLbEnabled: true, MasterCount: 3 }));
    }

    [Fact]
    public async Task EvenMasters_AreRefusedWithTheReason()
    {
        await World.AddTemplateAsync();
        var page = await OpenAsync("size");

        page.Find(Id("master-count")).Input("2");

        page.WaitForAssertion(() => Assert.Contains("An odd number", page.Find("[data-field=master_count]").OuterHtml, StringComparison.Ordinal));
    }

    [Fact]
    public async Task APlanThatIsReplacedWhileItWaits_GivesWayInSilence()
    {
        await World.AddTemplateAsync();
        var page = await OpenAsync("size");
        page.WaitForAssertion(() => Assert.Single(World.Driver.Planned));
        var (asked, held) = (new TaskCompletionSource(), new TaskCompletionSource());
        Person.BeforeAnswer = () =>
        {
            asked.TrySetResult();
            return held.Task;
        };
        page.Find(Id("masters-3")).Click();
        await asked.Task.WaitAsync(Ct);
        Person.BeforeAnswer = () => Task.CompletedTask;
        page.Find(Id("masters-1")).Click();
        page.WaitForAssertion(() => Assert.Equal(2, World.Driver.Planned.Count));

        await page.InvokeAsync(held.SetResult);

        page.WaitForElement(Id("pane-size"));
        Assert.DoesNotContain(World.Driver.Planned, c => c.MasterCount == 3);
    }

    [Fact]
    public async Task FailedCheck_BlocksLaunchAndLeadsToTheField()
    {
        World.Driver.Plan = _ => new ClusterPlan([], [new PreflightCheck("quota.cores", CheckOutcome.Fail, "8 vCPUs are missing.", "flavor_id")], [new("cores", 18, 10, 20)]);
        await World.AddTemplateAsync();
        var page = await OpenAsync("review");

        page.WaitForAssertion(() => Assert.Contains("8 vCPUs are missing.", page.Find(Id("checks")).TextContent, StringComparison.Ordinal));
        Assert.True(page.Find("button" + Id("launch")).HasAttribute("disabled"));
        Assert.Contains("8 too many", page.Find("[data-resource=cores]").TextContent, StringComparison.Ordinal);
        page.Find(Id("fix")).Click();
        page.WaitForElement(Id("pane-size"));
    }

    [Fact]
    public async Task WarningsOnly_MayLaunch()
    {
        World.Driver.Plan = _ => new ClusterPlan([], [new PreflightCheck("keypair", CheckOutcome.Warning, "No key pair.")], []);
        await World.AddTemplateAsync();
        var page = await OpenAsync("review");

        page.WaitForAssertion(() => Assert.False(page.Find("button" + Id("launch")).HasAttribute("disabled")));
        Assert.Contains("with warnings", page.Find(Id("check-summary")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OverTheLimit_SaysTheSameAsTheApi()
    {
        var template = await World.AddTemplateAsync();
        Assert.True((await World.Get<QuotaService>().CreateAsync(TestCaller.Admin(), "demo", Quota.ClusterResource, 0, Ct)).IsSuccess);
        var api = await World.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = template.Uuid.ToString() }, Ct);

        var page = await OpenAsync("review");

        page.WaitForAssertion(() => Assert.Contains(api.Error!.Detail, page.Find(Id("pane-review")).TextContent, StringComparison.Ordinal));
        Assert.True(page.Find("button" + Id("launch")).HasAttribute("disabled"));
    }

    [Theory]
    [InlineData(4, null)]
    [InlineData(5, "Usually ready after 4 min (of 5 launches)")]
    public async Task EarlierLaunches_TellHowLongThisOneTakes(int launches, string? words)
    {
        await World.AddTemplateAsync();
        await World.AddHistoryAsync(OperationKind.Create, [.. Enumerable.Repeat(4, launches)]);

        var page = await OpenAsync();

        Assert.Equal(words is null ? [] : [words], page.FindAll(Id("estimate")).Select(e => e.TextContent.Trim()));
    }

    [Fact]
    public async Task ShowAsCode_IsTheCommandOfTheSameLaunch()
    {
        await World.AddTemplateAsync();
        var page = await OpenAsync("size");
        page.Find(Id("node-count")).Input("4");
        page.Find(Id("step-review")).Click();
        page.WaitForElement(Id("review-code")).Click();

        var code = page.WaitForElement(Id("code")).TextContent;

        Assert.Contains("openstack coe cluster create", code, StringComparison.Ordinal);
        Assert.Contains("--cluster-template k8s", code, StringComparison.Ordinal);
        Assert.Contains("--node-count 4", code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TokenEndsInTheMiddle_SigningInAgainGoesOnWithTheForm()
    {
        await World.AddTemplateAsync();
        _ = Popovers;
        var dialogs = Dialogs;
        var page = await OpenAsync("size");
        page.Find(Id("node-count")).Input("7");
        Person.Expire();
        page.Find(Id("step-review")).Click();

        dialogs.WaitForElement(Id("again-password")).Change("secret");
        dialogs.Find("button" + Id("again-submit")).Click();

        page.WaitForAssertion(() => Assert.False(page.Find("button" + Id("launch")).HasAttribute("disabled")), TimeSpan.FromSeconds(5));
        Assert.Contains("7 ×", page.Find(Id("summary")).TextContent, StringComparison.Ordinal);
        Assert.Single(Person.SignedIn);
    }

    [Fact]
    public async Task TokenRefusedByTheCloudAtLaunch_SigningInAgainLaunchesOnceAsTyped()
    {
        await World.AddTemplateAsync();
        _ = Popovers;
        var dialogs = Dialogs;
        var page = await OpenAsync("size");
        page.Find(Id("node-count")).Input("7");
        page.Find(Id("step-review")).Click();
        page.WaitForAssertion(() => Assert.False(page.Find("button" + Id("launch")).HasAttribute("disabled")));
        World.Identity.TrustTrouble = new CloudException("identity", CloudFault.Unauthorized, "The request you have made requires authentication.");

        page.Find("button" + Id("launch")).Click();
        dialogs.WaitForElement(Id("again-password")).Change("wrong");
        dialogs.Find("button" + Id("again-submit")).Click();
        dialogs.WaitForAssertion(() => Assert.Contains("wrong", dialogs.Find(Id("again-error")).TextContent, StringComparison.Ordinal));
        World.Identity.TrustTrouble = null;
        dialogs.Find(Id("again-password")).Change("secret");
        dialogs.Find("button" + Id("again-submit")).Click();

        page.WaitForAssertion(() => Assert.Matches("/clusters/[0-9a-f-]{36}\\?tab=progress$", Navigation.Uri));
        Assert.Equal(7, Assert.Single(await ClustersAsync()).NodeCount);
    }

    [Fact]
    public async Task TokenEndedAndOneWouldRatherNotSignIn_TheFormStaysAndCanBeLaunchedLater()
    {
        await World.AddTemplateAsync();
        _ = Popovers;
        var dialogs = Dialogs;
        var page = await OpenAsync("review");
        page.WaitForAssertion(() => Assert.False(page.Find("button" + Id("launch")).HasAttribute("disabled")));
        Person.Expire();

        page.Find("button" + Id("launch")).Click();
        dialogs.WaitForElement(Id("again-password"));
        dialogs.FindAll("button").Single(b => b.TextContent.Trim() == "Cancel").Click();

        page.WaitForElement(Id("refusal"));
        Assert.Empty(await ClustersAsync());
        page.Find(Id("check-again")).Click();
        dialogs.WaitForElement(Id("again-password")).Change("secret");
        dialogs.Find("button" + Id("again-submit")).Click();
        page.WaitForAssertion(() => Assert.False(page.Find("button" + Id("launch")).HasAttribute("disabled")));
        page.Find("button" + Id("launch")).Click();
        page.WaitForAssertion(() => Assert.Matches("/clusters/[0-9a-f-]{36}\\?tab=progress$", Navigation.Uri));
        Assert.Single(await ClustersAsync());
    }

    [Fact]
    public async Task EverythingTyped_IsKeptAsADraftThatTheNextVisitRestores()
    {
        await World.AddTemplateAsync();
        var page = await OpenAsync("size");
        page.Find(Id("node-count")).Input("7");
        page.WaitForElement(Id("draft-kept"));

        // Another page, another circuit, another browser.
        var later = await OpenAsync("size");

        Assert.Equal("7", later.Find(Id("node-count")).GetAttribute("value"));
    }

    [Fact]
    public async Task FailedLaunch_IsPreparedOnceMore_WithWhatWasChosen()
    {
        var template = await World.AddTemplateAsync();
        var failed = await World.AddClusterAsync(ClusterStatus.CreateFailed, request: new NewCluster
        {
            Name = "green",
            ClusterTemplateId = template.Uuid.ToString(),
            NodeCount = 5,
            Labels = new Dictionary<string, string> { ["auto_healing_enabled"] = "true" },
            MergeLabels = true,
        });
        Navigation.NavigateTo($"/clusters/new?from={failed.Uuid}&step=size");
        var page = Render<LaunchPage>();

        Assert.Equal("5", page.WaitForElement(Id("node-count")).GetAttribute("value"));
        Assert.Contains("green", page.Find(Id("summary")).TextContent, StringComparison.Ordinal);
        var request = LaunchModel.RequestOf((await World.ClusterQueries.GetAsync(TestCaller.Member(), failed.Uuid.ToString(), Ct)).Value!);
        Assert.Equal(("green", 1, 5, true), (request.Name, request.MasterCount, request.NodeCount, request.MergeLabels));
        Assert.Equal(new Dictionary<string, string> { ["auto_healing_enabled"] = "true" }, request.Labels);
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    private async Task<IRenderedComponent<LaunchPage>> OpenAsync(string step = "")
    {
        var template = (await World.Get<IClusterTemplateQueries>().ListAsync(TestCaller.Member(), new PageRequest(10), Ct)).Value!.Items[0];
        Navigation.NavigateTo($"/clusters/new?template={template.Uuid}&step={step}");
        var page = Render<LaunchPage>();
        page.WaitForElement(Id("steps"));
        return page;
    }

    private async Task<IReadOnlyList<Cluster>> ClustersAsync() =>
        (await World.ClusterQueries.ListDetailAsync(TestCaller.Member(), new PageRequest(10), Ct)).Value!.Items;
}
