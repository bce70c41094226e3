using Bunit;
using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Tests.Support;
using Magnum.Web.Features.Clusters;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Web.Clusters;

public sealed class ClusterListPageTests : DashboardContext
{
    [Fact]
    public void NoClusters_OffersTheFirst()
    {
        var page = Render<ClusterListPage>();

        page.WaitForAssertion(() => Assert.Contains("No clusters yet", page.Find(Id("clusters-empty")).TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task StatusChanges_TheRowFollowsAndIsHighlighted()
    {
        var cluster = await World.AddClusterAsync(ClusterStatus.CreateInProgress);
        var page = Render<ClusterListPage>();
        page.WaitForAssertion(() => Assert.Equal("CREATE_IN_PROGRESS", page.Find(Id("cluster-status")).GetAttribute("data-status")));

        await World.FinishAsync(cluster.Uuid, ClusterStatus.CreateComplete);
        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Cluster, 2, "CREATE_COMPLETE", null), Ct);

        page.WaitForAssertion(() => Assert.Equal("CREATE_COMPLETE", page.Find(Id("cluster-status")).GetAttribute("data-status")));
        Assert.Equal("mg-flash-a", page.Find(Id("cluster-row")).ClassName);
    }

    [Fact]
    public async Task ProgressGoesOn_OnlyThePercentageMoves()
    {
        var cluster = await World.AddClusterAsync(ClusterStatus.CreateInProgress);
        var page = Render<ClusterListPage>();
        page.WaitForElement(Id("cluster-row"));

        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Progress, 2, "CREATE_IN_PROGRESS", 42), Ct);

        page.WaitForAssertion(() => Assert.Equal("42 %", page.Find(Id("cluster-percent")).TextContent));
        Assert.Equal("", page.Find(Id("cluster-row")).ClassName ?? "");
    }

    [Fact]
    public async Task ChangeWhileTheListIsRead_IsNotLost()
    {
        var cluster = await World.AddClusterAsync(ClusterStatus.CreateInProgress);
        var (asked, told, gate) = (0, false, new TaskCompletionSource());
        Person.BeforeAnswer = () => asked++ == 0 || told ? Task.CompletedTask : gate.Task;   // the rows are read, the numbers not yet
        var page = Render<ClusterListPage>();

        await World.FinishAsync(cluster.Uuid, ClusterStatus.CreateComplete);
        told = true;
        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Cluster, 2, "CREATE_COMPLETE", null), Ct);
        page.WaitForAssertion(() => Assert.Equal("CREATE_COMPLETE", page.Find(Id("cluster-status")).GetAttribute("data-status")));
        gate.SetResult();
        await page.InvokeAsync(() => { });

        Assert.Equal("CREATE_COMPLETE", page.Find(Id("cluster-status")).GetAttribute("data-status"));
    }

    [Fact]
    public async Task OneChanges_OnlyWhatShowsItIsRendered()
    {
        var blue = await World.AddClusterAsync(ClusterStatus.CreateInProgress);
        var green = await World.AddClusterAsync();
        var page = Render<ClusterListPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(Id("cluster-row")).Count));
        var rows = page.FindComponents<ClusterRow>().ToDictionary(r => r.Instance.Row.Cluster.Uuid);
        var (other, tools, tiles) = (rows[green.Uuid].RenderCount, page.FindComponent<SavedViews>().RenderCount, page.FindComponent<FleetTiles>().RenderCount);

        await World.FinishAsync(blue.Uuid, ClusterStatus.CreateComplete);
        await Events.PublishAsync(new(blue.Uuid, blue.ProjectId, ClusterChangeKinds.Cluster, 2, "CREATE_COMPLETE", null), Ct);

        page.WaitForAssertion(() => Assert.Equal("CREATE_COMPLETE", rows[blue.Uuid].Find(Id("cluster-status")).GetAttribute("data-status")));
        Assert.StartsWith("0", page.Find(Id("tile-progress")).TextContent, StringComparison.Ordinal);
        Assert.Equal((other, tools, tiles + 1), (rows[green.Uuid].RenderCount, page.FindComponent<SavedViews>().RenderCount, page.FindComponent<FleetTiles>().RenderCount));
    }

    [Fact]
    public async Task FailedByACause_IsAFilterThatIsTakenAway()
    {
        var failed = await World.AddClusterAsync(ClusterStatus.CreateFailed);
        await World.AddClusterAsync(request: new NewCluster { Name = "green", ClusterTemplateId = failed.ClusterTemplateId.ToString() });
        await using (var db = World.Database.CreateDbContext())
        {
            await db.Operations.Where(o => o.ClusterUuid == failed.Uuid).ExecuteUpdateAsync(
                set => set.SetProperty(o => o.State, OperationState.Failed).SetProperty(o => o.Reason, "No valid host was found.").SetProperty(o => o.FinishedAt, World.Time.GetUtcNow()), Ct);
        }

        var address = Services.GetRequiredService<NavigationManager>();
        address.NavigateTo("/clusters?cause=no-valid-host");
        var page = Render<ClusterListPage>();

        page.WaitForAssertion(() => Assert.Equal(failed.Uuid.ToString(), Assert.Single(page.FindAll(Id("cluster-row"))).GetAttribute("data-uuid")));
        var chip = page.Find(Id("cause-filter"));
        Assert.StartsWith("Failed in the last 7 days: ", chip.TextContent, StringComparison.Ordinal);
        address.NavigateTo(chip.GetAttribute("href")!);
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(Id("cluster-row")).Count));
        address.NavigateTo("/clusters?cause=nonsense");
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(Id("cluster-row")).Count));
        Assert.Empty(page.FindAll(Id("cause-filter")));
    }

    [Fact]
    public async Task NothingFits_SaysSoAndOffersToClear()
    {
        await World.AddClusterAsync();
        Services.GetRequiredService<NavigationManager>().NavigateTo("/clusters?q=green&show=failed");

        var page = Render<ClusterListPage>();

        page.WaitForElement(Id("no-match"));
        Assert.Equal("true", page.Find(Id("quick-failed")).GetAttribute("aria-current"));
    }

    [Fact]
    public async Task Failed_TheReasonStandsInTheRow()
    {
        var cluster = await World.AddClusterAsync();
        await using (var db = World.Database.CreateDbContext())
        {
            var row = db.Clusters.Single(c => c.Uuid == cluster.Uuid);
            row.SetStatus(ClusterStatus.CreateFailed, "No valid host was found.", World.Time.GetUtcNow());
            await db.SaveChangesAsync(Ct);
        }

        var page = Render<ClusterListPage>();

        page.WaitForAssertion(() => Assert.Equal("No valid host was found.", page.Find(Id("row-reason")).TextContent));
    }

    [Fact]
    public async Task OtherProject_IsNotShownToMembersEvenWhenTheyAskForAll()
    {
        await World.AddClusterAsync(caller: TestCaller.Member("alt", "other"));
        Services.GetRequiredService<NavigationManager>().NavigateTo("/clusters?all=true");

        var page = Render<ClusterListPage>();

        page.WaitForElement(Id("clusters-empty"));
    }

    [Fact]
    public async Task AllProjects_AdministratorSeesTheProjectsName()
    {
        await World.AddClusterAsync();
        Person.Become(TestCaller.Admin());
        Services.GetRequiredService<NavigationManager>().NavigateTo("/clusters?all=true");

        var page = Render<ClusterListPage>();

        page.WaitForAssertion(() => Assert.Equal("demo", page.Find("td[data-label=Project]").TextContent));
    }

    [Fact]
    public async Task Tiles_CountAndLead()
    {
        await World.AddClusterAsync(ClusterStatus.CreateFailed);
        var page = Render<ClusterListPage>();

        page.WaitForAssertion(() => Assert.StartsWith("1 / 20", page.Find(Id("tile-all")).TextContent, StringComparison.Ordinal));
        Assert.StartsWith("1", page.Find(Id("tile-failed")).TextContent, StringComparison.Ordinal);
        Assert.Equal("/clusters?show=failed", page.Find(Id("tile-failed")).GetAttribute("href"));
        Assert.StartsWith("3", page.Find(Id("tile-nodes")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_StandInTheAddress()
    {
        await World.AddClusterAsync(caller: TestCaller.Member("demo", "somebody"));
        var address = Services.GetRequiredService<NavigationManager>();
        address.NavigateTo("/clusters?show=mine&engine=nonsense&cols=engine,nonsense");
        var page = Render<ClusterListPage>();
        page.WaitForElement(Id("no-match"));

        address.NavigateTo(page.Find(Id("quick-all")).GetAttribute("href")!);
        page.WaitForElement(Id("cluster-row"));
        Assert.Contains("kubernetes", page.Find(Id("cluster-row")).TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(Id("cluster-status")));

        page.Find(Id("engine")).Change("mesos");
        page.WaitForElement(Id("no-match"));
        Assert.Contains("engine=mesos", address.Uri, StringComparison.Ordinal);
        page.Find(Id("column-status")).Change(true);
        page.Find(Id("engine")).Change("");
        page.WaitForElement(Id("cluster-status"));
    }

    [Fact]
    public async Task OrderIsHeld_NewOnesAreCounted_DeletedOnesStayGreyed()
    {
        var blue = await World.AddClusterAsync();
        var page = Render<ClusterListPage>();
        page.WaitForElement(Id("cluster-row"));
        page.Find(Id("hold")).Click();

        var green = await World.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = "green", ClusterTemplateId = blue.ClusterTemplateId.ToString() }, Ct);
        await Events.PublishAsync(new(green.Value!.Uuid, "demo", ClusterChangeKinds.Cluster, 1, "CREATE_IN_PROGRESS", 0), Ct);
        page.WaitForAssertion(() => Assert.Contains("1 more", page.Find(Id("held-more")).TextContent, StringComparison.Ordinal));
        Assert.Single(page.FindAll(Id("cluster-row")));

        await using (var db = World.Database.CreateDbContext())
        {
            db.Clusters.Remove(db.Clusters.Single(c => c.Uuid == blue.Uuid));
            await db.SaveChangesAsync(Ct);
        }

        await Events.PublishAsync(new(blue.Uuid, "demo", ClusterChangeKinds.Removed, 2, null, null), Ct);
        page.WaitForAssertion(() => Assert.Equal("mg-gone", page.Find(Id("cluster-row")).ClassName));

        page.Find(Id("hold")).Click();
        page.WaitForAssertion(() => Assert.Equal(green.Value.Uuid.ToString(), page.Find(Id("cluster-row")).GetAttribute("data-uuid")));
    }

    [Fact]
    public async Task Many_AreDeletedAfterTheirNumberIsTyped_EachWithItsResult()
    {
        var blue = await World.AddClusterAsync();
        var green = await World.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = "green", ClusterTemplateId = blue.ClusterTemplateId.ToString() }, Ct);
        var dialogs = Dialogs;
        var page = Render<ClusterListPage>();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(Id("cluster-row")).Count));

        page.Find(Id("choose-all")).Change(true);
        page.WaitForElement(Id("bulk-delete")).Click();
        var run = dialogs.WaitForElement(Id("bulk-run"));
        Assert.True(run.HasAttribute("disabled"));
        Person.Become(TestCaller.Reader());
        dialogs.Find(Id("bulk-count")).Input("2");
        dialogs.Find(Id("bulk-run")).Click();
        dialogs.WaitForAssertion(() => Assert.Equal(["error", "error"], dialogs.FindAll(Id("bulk-row")).Select(r => r.GetAttribute("data-result"))));
        Assert.Contains("Policy doesn't allow cluster:delete", dialogs.Find(Id("bulk-row")).TextContent, StringComparison.Ordinal);
        dialogs.Find(Id("bulk-close")).Click();
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(Id("bulk"))));

        Person.Become(TestCaller.Member());
        page.FindAll(Id("choose"))[0].Change(true);
        page.WaitForElement(Id("bulk-delete")).Click();
        dialogs.WaitForElement(Id("bulk-count")).Input("1");
        dialogs.Find(Id("bulk-run")).Click();
        dialogs.WaitForAssertion(() => Assert.Equal("success", dialogs.Find(Id("bulk-row")).GetAttribute("data-result")));
        Assert.Equal(ClusterStatus.DeleteInProgress, (await World.ClusterQueries.GetAsync(TestCaller.Member(), green.Value!.Uuid.ToString(), Ct)).Value!.Status);
    }

    [Fact]
    public async Task AView_IsKeptByNameAndLeadsBack()
    {
        await World.AddClusterAsync();
        var address = Services.GetRequiredService<NavigationManager>();
        address.NavigateTo("/clusters?show=failed&page=2&cols=status");
        var views = Render<SavedViews>();

        views.Find(Id("views")).Click();
        views.Find(Id("view-name")).Input(" broken ");
        await views.Find("form").SubmitAsync();
        views.WaitForElement(Id("view"));
        var again = Render<SavedViews>();
        again.Find(Id("views")).Click();
        again.WaitForAssertion(() => Assert.Equal("broken", again.Find(Id("view")).TextContent));
        Assert.Equal("/clusters?show=failed&cols=status", again.Find(Id("view")).GetAttribute("href"));

        await again.Find(Id("view-remove")).ClickAsync();
        again.WaitForAssertion(() => Assert.Empty(again.FindAll(Id("view"))));
    }
}
