using System.Reflection;
using Magnum.Core.Audit;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Quotas;
using Magnum.Core.Reconciliation;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Magnum.Tests.Core.Audit;

public sealed class AuditTrailTests : IDisposable
{
    private readonly RequestWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task EveryChange_LeavesOneRecord()
    {
        _world.Driver.Description = _world.Driver.Description with { Capabilities = DriverCapabilities.Resize | DriverCapabilities.NodeGroups };
        var admin = TestCaller.Admin();
        var member = TestCaller.Member() with { Door = "dashboard", Address = "192.0.2.7" };
        var cluster = await _world.AddClusterAsync(caller: member);
        await _world.SetApiAddressAsync(cluster.Uuid);
        var uuid = cluster.Uuid.ToString();
        await _world.Clusters.ResizeAsync(member, uuid, new ClusterResize(3, [], null), Ct);
        await _world.FinishAsync(cluster.Uuid, ClusterStatus.UpdateComplete);
        await _world.Clusters.RotateCaAsync(member, uuid, Ct);   // the driver cannot
        await _world.Get<NodeGroupService>().CreateAsync(member, "blue", new NewNodeGroup { Name = "gpu", NodeCount = 1 }, Ct);
        await _world.FinishAsync(cluster.Uuid, ClusterStatus.UpdateComplete);
        await _world.Get<NodeGroupService>().UpdateAsync(member, uuid, "gpu", g => new NodeGroupUpdate(g.MinNodeCount, 9, g.NodeLabels, g.NodeTaints), Ct);
        await _world.FinishAsync(cluster.Uuid, ClusterStatus.UpdateComplete);
        await _world.Get<NodeGroupService>().DeleteAsync(member, uuid, "gpu", Ct);
        await _world.FinishAsync(cluster.Uuid, ClusterStatus.UpdateComplete);
        await _world.Get<CertificateService>().SignAsync(member, uuid, "no request", CaType.Kubernetes, Ct);
        await _world.Clusters.RetryAsync(member, uuid, Ct);
        await _world.Clusters.DeleteAsync(admin, uuid, Ct);
        await _world.Templates.UpdateAsync(member, cluster.ClusterTemplateId.ToString(), s => s with { Tags = "old" }, Ct);
        await _world.Templates.DeleteAsync(member, cluster.ClusterTemplateId.ToString(), Ct);
        await _world.Get<QuotaService>().CreateAsync(admin, "alt", Quota.ClusterResource, 4, Ct);
        await _world.Get<QuotaService>().UpdateAsync(admin, "alt", Quota.ClusterResource, 5, Ct);
        await _world.Get<QuotaService>().DeleteAsync(admin, "alt", Quota.ClusterResource, Ct);

        var records = (await RecordsAsync()).Reverse().ToList();

        Assert.Equal(
            ["clustertemplate:create", "cluster:create", "cluster:resize", "certificate:rotate_ca", "nodegroup:create", "nodegroup:update", "nodegroup:delete",
                "certificate:create", "cluster:retry", "cluster:delete", "clustertemplate:update", "clustertemplate:delete", "quota:create", "quota:update", "quota:delete"],
            records.Select(r => r.Action));
        Assert.Empty(records.Select(r => r.Action).Except(AuditActions.All));
        var resize = records[2];
        Assert.Equal(("blue", cluster.Uuid, "demo", "dashboard", "192.0.2.7"), (resize.Subject, resize.ClusterUuid, resize.ProjectId, resize.Door, resize.Address));
        Assert.Equal("default workers to 3, 0 node(s) chosen", resize.Detail);
        Assert.Equal(("blue", cluster.Uuid), (records[4].Subject.Split('/')[0], records[4].ClusterUuid));
        Assert.Contains("CSR", records[7].Refusal, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(("demo", "api"), (records[9].ProjectId, records[9].Door));   // the cluster's project, not the administrator's
        Assert.Equal(("alt", "limit 5"), (records[13].ProjectId, records[13].Detail));
        Assert.Equal(["certificate:rotate_ca", "certificate:create", "cluster:retry", "clustertemplate:delete"], records.Where(r => r.Refusal is not null).Select(r => r.Action));
    }

    [Fact]
    public async Task ReportsOfHealth_AreNoRequests_UnlessTheyAreRefusedOrAskForMore()
    {
        var uuid = (await _world.AddClusterAsync()).Uuid.ToString();
        var report = new ClusterUpdate(HealthStatus: HealthStatus.Unhealthy);
        await _world.Clusters.UpdateAsync(TestCaller.Member(), uuid, report, Ct);
        Assert.DoesNotContain(await RecordsAsync(), r => r.Action is "cluster:update");

        await _world.Clusters.UpdateAsync(TestCaller.Reader(), uuid, report, Ct);
        await _world.Clusters.UpdateAsync(TestCaller.Member(), uuid, report with { NodeCount = 3 }, Ct);

        var kept = (await RecordsAsync()).Where(r => r.Action is "cluster:update").ToList();
        Assert.Equal([false, true], kept.Select(r => r.Refusal is not null));
    }

    /// <summary>What labels are set to is nobody's business, in the audit or elsewhere.</summary>
    [Fact]
    public async Task LabelsAreNotOnRecord()
    {
        var template = await _world.AddTemplateAsync();
        await _world.Clusters.CreateAsync(
            TestCaller.Member(),
            new NewCluster { Name = "green", ClusterTemplateId = template.Uuid.ToString(), Labels = new Dictionary<string, string> { ["http_proxy"] = "http://u:geheim@proxy" } },
            Ct);

        var records = await RecordsAsync();

        Assert.Contains(records, r => r.Action is "cluster:create");
        Assert.All(records, r => Assert.DoesNotContain("geheim", $"{r.Subject}{r.Detail}{r.Refusal}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhoMayReadWhat()
    {
        var cluster = await _world.AddClusterAsync();
        var queries = _world.Get<AuditQueries>();

        var all = await queries.SearchAsync(TestCaller.Admin(), new AuditFilter(AllProjects: true), 0, 10, Ct);
        var member = await queries.SearchAsync(TestCaller.Member(), new AuditFilter(), 0, 10, Ct);
        var own = await queries.ListOfClusterAsync(TestCaller.Reader(), cluster.Uuid, 10, Ct);
        var foreign = await queries.ListOfClusterAsync(TestCaller.Member("alt"), cluster.Uuid, 10, Ct);

        Assert.Equal(2, all.Value.Total);
        Assert.IsType<MagnumError.Forbidden>(member.Error);
        Assert.Equal("cluster:create", Assert.Single(own.Value!).Action);
        Assert.IsType<MagnumError.NotFound>(foreign.Error);
    }

    [Fact]
    public async Task Search_NarrowsByTextActionOutcomeAndTime()
    {
        await _world.AddClusterAsync();
        _world.Time.Advance(TimeSpan.FromHours(1));
        await _world.Clusters.DeleteAsync(TestCaller.Member(), "nothing", Ct);
        var queries = _world.Get<AuditQueries>();

        Assert.Equal(["cluster:create"], await Actions(new AuditFilter(true, Text: "BLUE")));
        Assert.Equal(["cluster:delete"], await Actions(new AuditFilter(true, RefusedOnly: true)));
        Assert.Equal(["clustertemplate:create"], await Actions(new AuditFilter(true, Action: "clustertemplate:create")));
        Assert.Equal(["cluster:delete"], await Actions(new AuditFilter(true, From: _world.Time.GetUtcNow())));
        Assert.Equal(["cluster:create", "clustertemplate:create"], await Actions(new AuditFilter(true, Until: _world.Time.GetUtcNow())));

        async Task<IEnumerable<string>> Actions(AuditFilter filter) => (await queries.SearchAsync(TestCaller.Admin(), filter, 0, 10, Ct)).Value.Items.Select(r => r.Action);
    }

    [Fact]
    public async Task OldRecordsGo()
    {
        await _world.AddClusterAsync();
        _world.Time.Advance(TimeSpan.FromDays(399));
        await _world.Clusters.DeleteAsync(TestCaller.Member(), "nothing", Ct);
        _world.Time.Advance(TimeSpan.FromDays(2));

        await new Retention(_world.Database, Options.Create(new ConductorOptions()), Options.Create(new AuditOptions()), _world.Time).RunOnceAsync(Ct);

        Assert.Equal("cluster:delete", Assert.Single(await RecordsAsync()).Action);
    }

    /// <summary>A service that somebody adds a change to has to say what it is on record as.</summary>
    [Fact]
    public void ServicesThatChangeThings_HaveTheTrail()
    {
        Type[] services = [typeof(ClusterService), typeof(ClusterUpgradeService), typeof(Magnum.Core.Credentials.CredentialService), typeof(NodeGroupService),
            typeof(ClusterTemplateService), typeof(CertificateService), typeof(QuotaService), typeof(QuotaRequestService), typeof(Magnum.Core.Announcements.AnnouncementService)];

        Assert.All(services, s => Assert.Contains(s.GetFields(BindingFlags.Instance | BindingFlags.NonPublic), f => f.FieldType == typeof(AuditTrail)));
    }

    private async Task<IReadOnlyList<AuditRecord>> RecordsAsync()
    {
        await using var db = _world.Database.CreateDbContext();
        return await db.AuditRecords.AsNoTracking().OrderByDescending(r => r.Id).ToListAsync(Ct);
    }
}
