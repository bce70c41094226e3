using Bunit;
using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Tests.Support;
using Magnum.Web.Features.Clusters;
using Microsoft.AspNetCore.Components;
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
}
