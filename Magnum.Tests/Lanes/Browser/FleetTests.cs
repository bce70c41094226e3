using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.NodeGroups;
using Magnum.Core.Persistence;
using Magnum.Tests.Support.Lanes;
using Microsoft.EntityFrameworkCore;
using static Microsoft.Playwright.Assertions;

namespace Magnum.Tests.Lanes.Browser;

/// <summary>A project of ten thousand clusters, on a product without a conductor: they are rows, and nobody is to look after them.</summary>
[Collection(nameof(BrowserLane))]
public sealed class FleetTests(BrowserLane lane)
{
    private const int Clusters = 10_000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Browser)]
    public async Task TenThousandClusters_AreCounted_Sorted_Found_AndTurnedOver()
    {
        await using var magnum = await MagnumProcess.StartAsync("fleet", new Dictionary<string, string> { ["Magnum:Roles"] = "web,api" }, Ct);
        var cloud = new EmbeddedCloudView(lane.Http, magnum.CloudUrl);
        await FillAsync(Path.Combine(magnum.DataDirectory, "magnum.db"), await cloud.ProjectIdAsync("demo", Ct));
        await using var demo = await lane.VisitAsync("fleet", of: magnum);
        await demo.SignInAsync("demo");
        await demo.WaitUntilLiveAsync();
        var rows = demo.Marked("clusters").Locator("tbody tr");

        await Expect(demo.Marked("total")).ToContainTextAsync("10,000");
        await Expect(demo.Marked("tile-failed")).ToContainTextAsync("100");
        await Expect(rows).ToHaveCountAsync(ClusterListPageSize);

        await demo.Page.GetByRole(Microsoft.Playwright.AriaRole.Columnheader).GetByText("Name").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("fleet-00000");
        await demo.Page.GetByRole(Microsoft.Playwright.AriaRole.Columnheader).GetByText("Name").ClickAsync();
        await Expect(rows.First).ToContainTextAsync("fleet-09999");
        await demo.Marked("page-next").ClickAsync();
        await Expect(rows.First).ToContainTextAsync($"fleet-{Clusters - 1 - ClusterListPageSize:D5}");

        await demo.Marked("quick-failed").ClickAsync();
        await Expect(demo.Marked("total")).ToContainTextAsync("100");
        await demo.Marked("search").FillAsync("fleet-04200");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows.First).ToContainTextAsync("fleet-04200");
        await demo.ShotAsync("found");

        var last = (Clusters + ClusterListPageSize - 1) / ClusterListPageSize;
        await demo.OpenAsync($"/clusters?sort=name&page={last}");
        await Expect(rows.Last).ToContainTextAsync("fleet-09999");
        await demo.Page.Keyboard.PressAsync("Control+k");
        await demo.Marked("palette-input").FillAsync("fleet-07777");
        await demo.Marked("palette").GetByText("fleet-07777").First.ClickAsync();
        await Expect(demo.Marked("cluster-head")).ToBeVisibleAsync();
        Assert.Empty(demo.Complaints);
    }

    private static int ClusterListPageSize => Magnum.Web.Features.Clusters.ClusterListQuery.PageSize;

    /// <summary>Of each hundred the first has failed.</summary>
    private static async Task FillAsync(string database, string project)
    {
        var now = TimeProvider.System.GetUtcNow();
        var template = new ClusterTemplate { Uuid = Guid.NewGuid(), Name = "k8s", ProjectId = project, UserId = "demo", CreatedAt = now, Coe = "kubernetes", ImageId = "ubuntu", Driver = "k8s_heat" };
        await using var db = new SqliteMagnumDbContext(new DbContextOptionsBuilder<SqliteMagnumDbContext>().UseSqlite($"Data Source={database};Default Timeout=60").Options);
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        db.Add(template);
        await db.SaveChangesAsync(Ct);
        foreach (var batch in Enumerable.Range(0, Clusters).Chunk(2500))
        {
            db.AddRange(batch.Select(i => Cluster(i, template, now)));
            await db.SaveChangesAsync(Ct);
            db.ChangeTracker.Clear();
        }
    }

    private static Cluster Cluster(int number, ClusterTemplate template, DateTimeOffset now)
    {
        var uuid = Guid.NewGuid();
        var status = number % 100 == 0 ? ClusterStatus.CreateFailed : ClusterStatus.CreateComplete;
        return new Cluster
        {
            Uuid = uuid,
            Name = $"fleet-{number:D5}",
            ProjectId = template.ProjectId,
            UserId = template.UserId,
            ClusterTemplateId = template.Uuid,
            Template = template.ToSnapshot(),
            Driver = template.Driver,
            Status = status,
            StatusChangedAt = now,
            CreatedAt = now.AddSeconds(number - Clusters),
            NodeGroups = [Group(NodeGroup.DefaultMasterName, NodeGroup.MasterRole, 1), Group(NodeGroup.DefaultWorkerName, NodeGroup.WorkerRole, 2)],
        };

        NodeGroup Group(string name, string role, int count) => new()
        {
            Uuid = Guid.NewGuid(),
            Name = name,
            ClusterId = uuid,
            ProjectId = template.ProjectId,
            Role = role,
            IsDefault = true,
            NodeCount = count,
            Status = status,
            CreatedAt = now,
        };
    }
}
