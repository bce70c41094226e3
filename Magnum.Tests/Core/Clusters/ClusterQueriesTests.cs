using System.Diagnostics.CodeAnalysis;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Errors;
using Magnum.Core.NodeGroups;
using Magnum.Core.Paging;
using Magnum.Core.Policies;
using Magnum.Tests.Support;

namespace Magnum.Tests.Core.Clusters;

/// <summary>A thousand clusters, filled once: nobody here changes them.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "Made by xunit.")]
public sealed class ClusterQueriesTests(ClusterQueriesTests.Crowd crowd) : IClassFixture<ClusterQueriesTests.Crowd>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> SortKeys =>
    [
        "id", "uuid", "name", "project_id", "user_id", "cluster_template_id", "keypair", "docker_volume_size", "master_flavor_id", "flavor_id",
        "fixed_network", "fixed_subnet", "floating_ip_enabled", "master_lb_enabled", "create_timeout", "discovery_url", "stack_id", "api_address",
        "coe_version", "container_version", "status", "status_reason", "health_status", "created_at", "updated_at",
    ];

    [Theory]
    [MemberData(nameof(SortKeys))]
    public async Task List_PageByPage_ShowsEachRowOnceInOrder_BothWays(string key)
    {
        var up = await WalkAsync(key, descending: false);
        var down = await WalkAsync(key, descending: true);

        Assert.Equal(Crowd.OfDemo, up.Count);
        Assert.Equal(Crowd.OfDemo, up.Distinct().Count());
        Assert.Equal(up, down.AsEnumerable().Reverse());
    }

    [Fact]
    public async Task List_ByName_TiesFollowTheRowNumber()
    {
        var rows = (await crowd.Queries.ListAsync(TestCaller.Reader(), new PageRequest(1000, SortKey: "name"), Ct)).Value!.Items;

        Assert.Equal(rows.OrderBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Id).Select(r => r.Uuid), rows.Select(r => r.Uuid));
        Assert.True(rows.Select(r => r.Name).Distinct().Count() < rows.Count);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("node_count")]
    [InlineData("labels")]
    [InlineData("")]
    public async Task List_UnknownSortKey_IsRefused(string key) => Assert.Equal(
        $"The sort_key value \"{key}\" is an invalid field for sorting",
        (await crowd.Queries.ListAsync(TestCaller.Reader(), new PageRequest(10, SortKey: key), Ct)).Error?.Detail);

    [Fact]
    public async Task List_MarkerOfAnotherProjectOrNone_IsNotFound()
    {
        var foreign = (await crowd.Queries.ListAsync(TestCaller.Reader("alt"), new PageRequest(1), Ct)).Value!.Items[0].Uuid.ToString();

        foreach (var marker in new[] { foreign, Guid.Empty.ToString(), "abc" })
        {
            var result = await crowd.Queries.ListAsync(TestCaller.Reader(), new PageRequest(10, marker), Ct);
            Assert.Equal($"Cluster {marker} could not be found.", Assert.IsType<MagnumError.NotFound>(result.Error).Detail);
        }
    }

    [Fact]
    public async Task List_CountsNodesOfTheGroups_AndNamesTheTemplate()
    {
        var row = (await crowd.Queries.ListAsync(TestCaller.Reader(), new PageRequest(1), Ct)).Value!.Items[0];

        Assert.Equal((1, 5, "k8s", "kubernetes"), (row.MasterCount, row.NodeCount, row.TemplateName, row.Coe));
    }

    [Fact]
    public async Task List_AdministratorsSeeAll_OthersTheirProject_TokensWithoutProjectNothing()
    {
        Assert.Equal(Crowd.OfDemo, await CountAsync(TestCaller.Reader()));
        Assert.Equal(Crowd.OfAlt, await CountAsync(TestCaller.Reader("alt")));
        Assert.Equal(Crowd.OfDemo + Crowd.OfAlt, await CountAsync(TestCaller.Admin()));
        Assert.Equal(0, await CountAsync(TestCaller.Reader("empty")));
        Assert.IsType<MagnumError.Forbidden>((await crowd.Queries.ListAsync(TestCaller.With(null, "me", "reader"), new PageRequest(1), Ct)).Error);
        Assert.IsType<MagnumError.Forbidden>((await crowd.Queries.ListAsync(TestCaller.With("demo", "me", "member"), new PageRequest(1), Ct)).Error);

        async Task<int> CountAsync(Caller caller) =>
            (await crowd.Queries.ListDetailAsync(caller, new PageRequest(2000), Ct)).Value!.Items.Count;
    }

    [Fact]
    public async Task ListDetail_BringsTheGroups()
    {
        var clusters = (await crowd.Queries.ListDetailAsync(TestCaller.Reader(), new PageRequest(20, SortKey: "name", Descending: true), Ct)).Value!.Items;

        Assert.Equal(20, clusters.Count);
        Assert.All(clusters, c => Assert.Equal((1, 5), (c.MasterCount, c.NodeCount)));
    }

    [Fact]
    public async Task Get_ByAnySpellingOfTheUuid_OrByName()
    {
        var uuid = crowd.Named("single");

        foreach (var ident in new[] { uuid.ToString(), uuid.ToString().ToUpperInvariant(), uuid.ToString("N"), "single" })
        {
            var found = await crowd.Queries.GetAsync(TestCaller.Reader(), ident, Ct);
            Assert.Equal(uuid, found.Value?.Uuid);
            Assert.Equal(2, found.Value!.NodeGroups.Count);
        }

        Assert.Equal("Cluster nothing could not be found.", (await crowd.Queries.GetAsync(TestCaller.Reader(), "nothing", Ct)).Error?.Detail);
        Assert.IsType<MagnumError.NotFound>((await crowd.Queries.GetAsync(TestCaller.Reader("alt"), uuid.ToString(), Ct)).Error);
        Assert.Null((await crowd.Queries.GetAsync(TestCaller.Admin(), uuid.ToString(), Ct)).Error);
        Assert.IsType<MagnumError.Forbidden>((await crowd.Queries.GetAsync(TestCaller.With("demo", "me", "member"), uuid.ToString(), Ct)).Error);
    }

    [Fact]
    public async Task Get_AmbiguousName_IsAConflict() => Assert.Equal(
        "Multiple clusters exist with same name. Please use the cluster uuid instead.",
        Assert.IsType<MagnumError.Conflict>((await crowd.Queries.GetAsync(TestCaller.Reader(), "name-1", Ct)).Error).Detail);

    [Fact]
    public async Task Search_FiltersSortsAndCounts()
    {
        var named = await SearchAsync(new ClusterFilter(NameContains: "NAME-1"), "name");
        var failed = await SearchAsync(new ClusterFilter(Statuses: [ClusterStatus.CreateFailed]), "node_count");
        var healthy = await SearchAsync(new ClusterFilter(Health: HealthStatus.Healthy), "created_at");
        var all = await SearchAsync(new ClusterFilter(AllProjects: true), "id");

        Assert.Equal((Crowd.OfDemo - 1) / 10, named.Total);
        Assert.Equal(5, named.Items.Count);
        Assert.All(failed.Items, c => Assert.Equal(ClusterStatus.CreateFailed, c.Status));
        Assert.All(healthy.Items, c => Assert.Equal(HealthStatus.Healthy, c.HealthStatus));
        Assert.Equal(Crowd.OfDemo, all.Total);   // asking is not enough: one has to be an administrator
        Assert.Equal(
            Crowd.OfDemo + Crowd.OfAlt,
            (await crowd.Queries.SearchAsync(TestCaller.Admin(), new ClusterFilter(AllProjects: true), "id", false, 0, 1, null, Ct)).Value.Total);
        Assert.Equal(0, (await crowd.Queries.SearchAsync(TestCaller.Admin(), new ClusterFilter(), "id", false, 0, 1, null, Ct)).Value.Total);

        async Task<(IReadOnlyList<ClusterSummary> Items, int Total)> SearchAsync(ClusterFilter filter, string key) =>
            (await crowd.Queries.SearchAsync(TestCaller.Reader(), filter, key, true, 3, 5, null, Ct)).Value;
    }

    [Fact]
    public async Task Search_BecauseOfAChange_IsSharedByThoseWhoMayHaveTheSame()
    {
        var first = await SearchAsync(TestCaller.Reader());

        Assert.Same(first, await SearchAsync(TestCaller.Member("demo", "somebody")));
        Assert.Equal(Crowd.OfAlt, (await SearchAsync(TestCaller.Reader("alt")))?.Count);
        Assert.Equal(Crowd.OfDemo, (await SearchAsync(TestCaller.Reader(), new ClusterFilter(AllProjects: true)))?.Count);   // asked for, and not theirs
        Assert.Equal(Crowd.OfDemo + Crowd.OfAlt, (await SearchAsync(TestCaller.Admin(), new ClusterFilter(AllProjects: true)))?.Count);
        Assert.Null(await SearchAsync(TestCaller.With("demo", "me", "member")));   // refused, though the answer is there
        foreach (var user in new[] { "user-0", "user-1" })
        {
            var own = await SearchAsync(TestCaller.Reader("demo", user), new ClusterFilter(OwnOnly: true));
            Assert.NotSame(first, own);
            Assert.Same(own, await SearchAsync(TestCaller.Reader("demo", user), new ClusterFilter(OwnOnly: true)));
            Assert.All(own!, c => Assert.Equal(user, crowd.OwnerOf(c.Uuid)));
        }

        ClusterFilter[] others =
        [
            new(NameContains: "name"), new(Statuses: [ClusterStatus.CreateFailed]), new(Statuses: [ClusterStatus.CreateFailed, ClusterStatus.CreateComplete]),
            new(Health: HealthStatus.Healthy), new(Coe: "kubernetes"), new(ClusterTemplate: first![0].ClusterTemplateId), new(Uuids: [first[0].Uuid]), new(Uuids: [first[1].Uuid]),
        ];
        var answers = new List<object?> { first };
        foreach (var filter in others)
        {
            answers.Add(await SearchAsync(TestCaller.Reader(), filter));
        }

        foreach (var (key, descending, skip, take) in new[] { ("name", false, 0, 2000), ("id", true, 0, 2000), ("id", false, 1, 2000), ("id", false, 0, 2) })
        {
            answers.Add((await crowd.Queries.SearchAsync(TestCaller.Reader(), new ClusterFilter(), key, descending, skip, take, 0, Ct)).Value.Items);
        }

        Assert.Equal(answers.Count, answers.Distinct(ReferenceEqualityComparer.Instance).Count());

        async Task<IReadOnlyList<ClusterSummary>?> SearchAsync(Caller caller, ClusterFilter? filter = null) =>
            (await crowd.Queries.SearchAsync(caller, filter ?? new ClusterFilter(), "id", false, 0, 2000, 0, Ct)).Value.Items;
    }

    [Fact]
    public async Task NodeGroups_ListedFilteredPagedAndFound()
    {
        var ident = crowd.Named("single").ToString();
        var all = (await crowd.Queries.ListNodeGroupsAsync(TestCaller.Reader(), ident, null, new PageRequest(10), Ct)).Value!.Items;
        var second = (await crowd.Queries.ListNodeGroupsAsync(
            TestCaller.Reader(), "single", null, new PageRequest(10, all[0].Uuid.ToString(), "max_node_count"), Ct)).Value!.Items;

        Assert.Equal([NodeGroup.DefaultMasterName, NodeGroup.DefaultWorkerName], all.Select(g => g.Name));
        Assert.Equal([NodeGroup.DefaultWorkerName], second.Select(g => g.Name));
        Assert.Single((await crowd.Queries.ListNodeGroupsAsync(TestCaller.Reader(), ident, "worker", new PageRequest(10), Ct)).Value!.Items);
        Assert.Empty((await crowd.Queries.ListNodeGroupsAsync(TestCaller.Reader(), ident, "nothing", new PageRequest(10), Ct)).Value!.Items);
        Assert.Equal(all[1].Uuid, (await crowd.Queries.GetNodeGroupAsync(TestCaller.Reader(), ident, "default-worker", Ct)).Value.NodeGroup.Uuid);
        Assert.Equal(
            "Nodegroup nothing could not be found.", (await crowd.Queries.GetNodeGroupAsync(TestCaller.Reader(), ident, "nothing", Ct)).Error?.Detail);
        Assert.Equal(
            $"Cluster {ident} could not be found.",
            (await crowd.Queries.ListNodeGroupsAsync(TestCaller.Reader("alt"), ident, null, new PageRequest(10), Ct)).Error?.Detail);
        Assert.Null((await crowd.Queries.GetNodeGroupAsync(TestCaller.Admin(), ident, "default-worker", Ct)).Error);
    }

    private async Task<List<Guid>> WalkAsync(string key, bool descending)
    {
        var seen = new List<Guid>();
        for (string? marker = null; ;)
        {
            var page = await crowd.Queries.ListAsync(TestCaller.Reader(), new PageRequest(193, marker, key, descending), Ct);
            Assert.Null(page.Error);
            seen.AddRange(page.Value!.Items.Select(c => c.Uuid));
            if (page.Value.Items.Count < 193 || seen.Count > 2 * Crowd.OfDemo)
            {
                return seen;
            }

            marker = page.Value.Items[^1].Uuid.ToString();
        }
    }

    /// <summary>Clusters with many equal and many missing values.</summary>
    public sealed class Crowd : IDisposable
    {
        public const int OfDemo = 1001;
        public const int OfAlt = 7;

        private static readonly ClusterStatus[] Statuses = Enum.GetValues<ClusterStatus>();

        private readonly RequestWorld _world = new();
        private readonly Dictionary<string, Guid> _named = [];

        public Crowd()
        {
            using var db = _world.Database.CreateDbContext();
            var template = new ClusterTemplate { ProjectId = "demo", UserId = "u" };
            template.Apply(RequestWorld.Spec() with { Uuid = Guid.NewGuid(), Driver = "k8s_heat" });
            db.Add(template);
            for (var i = 0; i < OfDemo + OfAlt; i++)
            {
                db.Add(New(i, template, i < OfDemo ? "demo" : "alt", i == OfDemo - 1 ? "single" : $"name-{i % 10}"));
            }

            db.SaveChanges();
        }

        public IClusterQueries Queries => _world.ClusterQueries;

        public Guid Named(string name) => _named[name];

        public string OwnerOf(Guid cluster)
        {
            using var db = _world.Database.CreateDbContext();
            return db.Clusters.Single(c => c.Uuid == cluster).UserId;
        }

        public void Dispose() => _world.Dispose();

        private Cluster New(int i, ClusterTemplate template, string project, string name)
        {
            var made = _world.Time.GetUtcNow().AddSeconds(i % 17);
            var cluster = new Cluster
            {
                Uuid = Guid.NewGuid(),
                Name = name,
                ProjectId = project,
                UserId = $"user-{i % 3}",
                ClusterTemplateId = template.Uuid,
                Template = template.ToSnapshot(),
                Driver = "k8s_heat",
                KeyPair = i % 2 == 0 ? null : $"key-{i % 5}",
                DockerVolumeSize = i % 3 == 0 ? null : i % 7,
                FlavorId = i % 4 == 0 ? null : "m1.small",
                FloatingIpEnabled = i % 2 == 0,
                MasterLbEnabled = i % 3 == 0,
                CreateTimeout = 60,
                StackId = i % 6 == 0 ? null : $"stack-{i}",
                ApiAddress = i % 2 == 0 ? null : $"https://10.0.0.{i % 9}:6443",
                Status = Statuses[i % Statuses.Length],
                HealthStatus = i % 4 == 3 ? null : (HealthStatus)(i % 4),
                CreatedAt = made,
                UpdatedAt = i % 2 == 0 ? null : made.AddHours(1),
                StatusChangedAt = made,
            };
            _named[name] = cluster.Uuid;
            foreach (var (group, role, count) in new[] { (NodeGroup.DefaultMasterName, NodeGroup.MasterRole, 1), (NodeGroup.DefaultWorkerName, NodeGroup.WorkerRole, 5) })
            {
                cluster.NodeGroups.Add(new NodeGroup
                {
                    Uuid = Guid.NewGuid(),
                    Name = group,
                    Role = role,
                    IsDefault = true,
                    NodeCount = count,
                    ClusterId = cluster.Uuid,
                    ProjectId = project,
                    CreatedAt = made,
                });
            }

            return cluster;
        }
    }
}
