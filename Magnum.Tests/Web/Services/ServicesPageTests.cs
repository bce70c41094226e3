using Bunit;
using Magnum.Core.Clusters;
using Magnum.Core.Diagnosis;
using Magnum.Core.Services;
using Magnum.Tests.Support;
using Magnum.Web.Features.Services;

namespace Magnum.Tests.Web.Services;

public sealed class ServicesPageTests : DashboardContext
{
    [Fact]
    public async Task TheAdministrator_SeesWhatTheConductorsHaveToDo_AndTheWayToTheJobs()
    {
        var template = await World.AddTemplateAsync();
        await World.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = template.Uuid.ToString() }, Ct);
        Person.Become(TestCaller.Admin());

        var page = Render<ServicesPage>();

        Assert.StartsWith("1", page.WaitForElement(Id("queued")).TextContent, StringComparison.Ordinal);
        Assert.Equal("/jobs", page.Find(Id("jobs")).GetAttribute("href"));
        page.Find(Id("no-failures"));
    }

    [Fact]
    public void EachCause_IsToldWithWhoActs_AndLeadsToTheClusters()
    {
        var cause = FailureCatalogue.All.First(c => c.Code == "no-valid-host");
        var cluster = Guid.NewGuid();
        var view = Render<BacklogView>(p => p.Add(v => v.Backlog, new Backlog(0, 0, 0, 2, null)).Add(v => v.Failures, [new FailureCount(cause, 3, DateTimeOffset.UnixEpoch, cluster)]));

        var row = view.Find(Id("failure"));
        Assert.Equal("no-valid-host", row.GetAttribute("data-code"));
        Assert.Contains("3", row.TextContent, StringComparison.Ordinal);
        Assert.Equal(["/clusters?cause=no-valid-host&all=True", $"/clusters/{cluster}?tab=progress"], row.QuerySelectorAll("a").Select(a => a.GetAttribute("href")));
        Assert.StartsWith("2", view.Find(Id("backing-off")).TextContent, StringComparison.Ordinal);
        Assert.Contains("show=failed", view.Find(Id("failed-clusters")).GetAttribute("href"), StringComparison.Ordinal);
    }

    [Fact]
    public void Members_SeeNothingOfIt()
    {
        var page = Render<ServicesPage>();
        page.WaitForElement(Id("no-permission"));
        Assert.Empty(page.FindAll(Id("queue")));
        Assert.Empty(page.FindAll(Id("jobs")));
    }
}
