using Bunit;
using Magnum.Core.Clusters;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Tests.Support;
using Magnum.Web.Features.Clusters;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Web.Clusters;

public sealed class StuckPanelTests() : DashboardContext(ownTime: true)
{
    [Fact]
    public async Task NothingMoves_ThePageSaysSoThoughNobodyTellsIt_UntilSomethingDoes()
    {
        var cluster = await CreatingAsync();
        var page = Render<ClusterPage>(p => p.Add(c => c.Ident, cluster.Uuid.ToString()));
        page.WaitForElement(Id("overview"));
        Assert.Empty(page.FindAll(Id("stuck")));

        World.Time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal("waiting-for-node", page.WaitForElement($"{Id("stuck")} {Id("cause")}").GetAttribute("data-code"));
        Assert.Equal("It waits for: blue-0/node_ready", page.Find(Id("stuck-waits")).TextContent);
        Assert.Equal("2026-03-01T09:30:00.0000000Z", page.Find($"{Id("stuck-since")} mg-time").GetAttribute("datetime"));

        await AddEventAsync(cluster, null, "console", "The end of node blue-0's console:\ncurl: (6) Could not resolve host: keystone");
        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Event, 8, null, null), Ct);
        World.Time.Advance(TimeSpan.FromSeconds(30));
        page.WaitForAssertion(() => Assert.Equal("node-dns", page.Find($"{Id("stuck")} {Id("cause")}").GetAttribute("data-code")));
        Assert.EndsWith("Could not resolve host: keystone", page.Find($"{Id("stuck")} {Id("evidence")} pre").TextContent, StringComparison.Ordinal);

        await AddEventAsync(cluster, "CREATE_COMPLETE");
        await Events.PublishAsync(new(cluster.Uuid, cluster.ProjectId, ClusterChangeKinds.Event, 9, null, null), Ct);

        World.Time.Advance(TimeSpan.FromSeconds(30));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(Id("stuck"))));
    }

    private async Task<Cluster> CreatingAsync()
    {
        var template = await World.AddTemplateAsync();
        var cluster = (await World.Clusters.CreateAsync(TestCaller.Member(), new NewCluster { Name = "blue", ClusterTemplateId = template.Uuid.ToString() }, Ct)).Value!;
        await using (var db = World.Database.CreateDbContext())
        {
            var operation = await db.Operations.SingleAsync(o => o.ClusterUuid == cluster.Uuid, Ct);
            (operation.State, operation.Reason) = (OperationState.Waiting, "the cloud works on the cluster's resources: control-plane 0/1");
            await db.SaveChangesAsync(Ct);
        }

        await AddEventAsync(cluster, "CREATE_IN_PROGRESS");
        return cluster;
    }

    private async Task AddEventAsync(Cluster cluster, string? status, string kind = "resource", string message = "Report of node blue-0")
    {
        await using var db = World.Database.CreateDbContext();
        var row = await db.Clusters.SingleAsync(c => c.Uuid == cluster.Uuid, Ct);
        var operation = await db.Operations.SingleAsync(o => o.ClusterUuid == cluster.Uuid, Ct);
        var entry = ClusterEventWriter.Append(db, row, EventSource.Heat, EventLevel.Info, kind, message, World.Time.GetUtcNow(), operation);
        (entry.ResourceName, entry.ResourceType, entry.ResourceStatus) = (kind is "console" ? "blue-0" : "blue-0/node_ready", kind is "console" ? "OS::Nova::Server" : "OS::Heat::WaitCondition", status);
        await db.SaveChangesAsync(Ct);
    }
}
