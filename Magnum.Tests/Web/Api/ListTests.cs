using System.Net;
using Magnum.Core.Clusters;
using Magnum.Core.NodeGroups;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

/// <summary>Every list: by each of its columns, in both directions, page by page, where <c>next</c> says.</summary>
public sealed class ListTests : IDisposable
{
    private const int Items = 5;

    private readonly ApiWorld _world = new();

    public void Dispose() => _world.Dispose();

    /// <summary>The list, the key and the marker's field of its items, and columns by which it can be sorted.</summary>
    public static TheoryData<string, string, string, string> Lists => new()
    {
        {
            "/v1/clusters", "clusters", "uuid",
            "id uuid name project_id user_id cluster_template_id keypair docker_volume_size master_flavor_id flavor_id fixed_network fixed_subnet floating_ip_enabled"
            + " master_lb_enabled create_timeout discovery_url stack_id api_address coe_version container_version status status_reason health_status created_at updated_at"
        },
        { "/v1/clusters/detail", "clusters", "uuid", "id name status created_at" },
        {
            "/v1/clustertemplates", "clustertemplates", "uuid",
            "id uuid name project_id user_id coe image_id flavor_id master_flavor_id keypair_id external_network_id fixed_network fixed_subnet network_driver volume_driver"
            + " dns_nameserver apiserver_port docker_volume_size docker_storage_driver cluster_distro http_proxy https_proxy no_proxy registry_enabled insecure_registry"
            + " tls_disabled public hidden server_type master_lb_enabled floating_ip_enabled tags driver created_at updated_at"
        },
        { "/v1/clustertemplates/detail", "clustertemplates", "uuid", "id name created_at" },
        {
            "/v1/clusters/$cluster/nodegroups", "nodegroups", "uuid",
            "id uuid name cluster_id project_id role is_default node_count min_node_count max_node_count flavor_id image_id docker_volume_size stack_id status status_reason"
            + " version created_at updated_at"
        },
        { "/v1/quotas", "quotas", "id", "id project_id resource hard_limit created_at updated_at" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task AList_IsTheSameItemsByEveryColumn_AndTurnedAroundTheOtherWay(string path, string collection, string marker, string columns)
    {
        var (list, token) = (path.Replace("$cluster", await PlantAsync(), StringComparison.Ordinal), collection == "quotas" ? "admin" : "demo");
        var extra = collection == "quotas" ? "&all_tenants=True" : "";
        var all = await ReadAsync("asc", "id", limit: null);
        Assert.True(all.Count >= Items);
        foreach (var column in columns.Split(' '))
        {
            var (up, down) = (await ReadAsync("asc", column, limit: null), await ReadAsync("desc", column, limit: null));

            Assert.Equal((column, true), (column, up.Order(StringComparer.Ordinal).SequenceEqual(all.Order(StringComparer.Ordinal))));
            Assert.Equal((column, true), (column, down.Order(StringComparer.Ordinal).SequenceEqual(all.Order(StringComparer.Ordinal))));
            Assert.Equal(up, await ReadAsync("asc", column, limit: 2));
            Assert.Equal(down, await ReadAsync("desc", column, limit: 2));
        }

        Assert.Equal(Enumerable.Reverse(all), await ReadAsync("desc", "id", limit: null));

        async Task<List<string>> ReadAsync(string direction, string column, int? limit)
        {
            var found = new List<string>();
            var next = $"{list}?sort_key={column}&sort_dir={direction}{(limit is null ? "" : $"&limit={limit}")}{extra}";
            while (true)
            {
                var page = await _world.GetAsync(next, token);
                Assert.Equal((column, HttpStatusCode.OK), (column, page.Status));
                var items = page.Json.GetProperty(collection).EnumerateArray().Select(item => item.GetProperty(marker).ToString()).ToList();
                found.AddRange(items);
                if (!page.Json.TryGetProperty("next", out var link))
                {
                    Assert.True(items.Count < (limit ?? 1000));
                    return found;
                }

                Assert.Equal(
                    $"http://127.0.0.1:9511{list}?sort_key={column}&sort_dir={direction}&limit={limit}&marker={items[^1]}{extra}", link.GetString());
                next = link.GetString()!;
            }
        }
    }

    [Theory]
    [InlineData("/v1/clusters", "clusters", "/v1/clusters")]
    [InlineData("/clusters/", "clusters", "/v1/clusters")]
    [InlineData("/v1/clusters/detail/", "clusters", "/v1/clusters/detail")]
    [InlineData("/clustertemplates/detail", "clustertemplates", "/v1/clustertemplates/detail")]
    [InlineData("/v1/clusters/$cluster/nodegroups/", "nodegroups", "/v1/clusters/$cluster/nodegroups")]
    public async Task AFullPage_HasANext_AlsoWhenNothingFollows_AndAnEmptyOneHasNone(string path, string collection, string linked)
    {
        var cluster = await PlantAsync();
        path = path.Replace("$cluster", cluster, StringComparison.Ordinal);
        var all = (await _world.GetAsync(path)).Json;
        Assert.Equal([collection], all.EnumerateObject().Select(p => p.Name));   // no null in place of none
        var count = all.GetProperty(collection).GetArrayLength();

        var full = (await _world.GetAsync($"{path}?limit={count}")).Json;
        var beyond = (await _world.GetAsync(full.GetProperty("next").GetString()!)).Json;
        var larger = (await _world.GetAsync($"{path}?limit={count + 1}")).Json;

        Assert.StartsWith(
            $"http://127.0.0.1:9511{linked.Replace("$cluster", cluster, StringComparison.Ordinal)}?sort_key=id&sort_dir=asc&limit={count}&marker=",
            full.GetProperty("next").GetString(), StringComparison.Ordinal);
        Assert.Equal($$"""{"{{collection}}":[]}""", beyond.GetRawText());
        Assert.False(larger.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task AMarkerOfSomebodyElses_IsNotThere()
    {
        var theirs = await _world.Core.AddClusterAsync(caller: TestCaller.Member("alt", "alt-user"));

        Assert.Equal(HttpStatusCode.NotFound, (await _world.GetAsync($"/v1/clusters?marker={theirs.Uuid}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _world.GetAsync($"/v1/clustertemplates?marker={theirs.ClusterTemplateId}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _world.GetAsync($"/v1/clusters?marker={theirs.Uuid}", "admin")).Status);
    }

    [Theory]
    [InlineData("worker", "default-worker g1 g2 g3")]
    [InlineData("master", "default-master")]
    [InlineData("nothing", "")]
    public async Task NodeGroups_AreListedByRole(string role, string expected)
    {
        var groups = (await _world.GetAsync($"/v1/clusters/{await PlantAsync()}/nodegroups?role={role}")).Json.GetProperty("nodegroups");

        Assert.Equal(expected, string.Join(' ', groups.EnumerateArray().Select(g => g.GetProperty("name").GetString())));
    }

    /// <summary>Some of everything, with values that are there in one and not in the other.</summary>
    /// <returns>The uuid of the first cluster, which has more groups than its own two.</returns>
    private async Task<string> PlantAsync()
    {
        var first = Guid.Empty;
        for (var i = 0; i < Items; i++)
        {
            _world.Core.Time.Advance(TimeSpan.FromSeconds(1));
            var template = await _world.Core.AddTemplateAsync(spec: RequestWorld.Spec($"t{(i * 3) % Items}") with
            {
                Tags = i % 2 == 0 ? null : "x",
                KeyPairId = i % 2 == 0 ? "ops" : null,
                ApiserverPort = i == 3 ? 8443 : null,
                MasterLbEnabled = i % 2 == 0,
            });
            var cluster = await _world.Core.AddClusterAsync(
                i % 2 == 0 ? ClusterStatus.CreateComplete : ClusterStatus.CreateFailed,
                request: new NewCluster { Name = $"c{(i * 3) % Items}", ClusterTemplateId = template.Uuid.ToString(), DockerVolumeSize = i == 2 ? 5 : null, NodeCount = 2 });
            first = i == 0 ? cluster.Uuid : first;
            _world.Core.Identity.Projects.Add($"p{i}");
            await _world.SendAsync("POST", "/v1/quotas", new { project_id = $"p{i}", hard_limit = Items - i }, token: "admin");
        }

        await using var db = _world.Core.Database.CreateDbContext();
        db.NodeGroups.AddRange(Enumerable.Range(1, 3).Select(i => new NodeGroup
        {
            Uuid = Guid.NewGuid(),
            Name = $"g{i}",
            ClusterId = first,
            ProjectId = "demo",
            Role = NodeGroup.WorkerRole,
            NodeCount = 4 - i,
            MaxNodeCount = i == 2 ? 9 : null,
            Status = ClusterStatus.CreateComplete,
            CreatedAt = _world.Core.Time.GetUtcNow(),
        }));
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return first.ToString();
    }
}
