using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.OpenStack;
using Magnum.Core.Quotas;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Support;

/// <summary>
/// An API with something of each kind to be asked wrongly for, shared by tests that only ask for what is refused. In project demo: the templates <c>k8s</c>,
/// <c>lb</c>, <c>flavorless</c>, <c>mapper</c>, <c>hidden</c> and twice <c>twin</c>; the clusters <c>blue</c> (made from the public template <c>used</c>, complete, workers from 1
/// to 5), <c>busy</c> (being made), <c>plain</c> (without TLS) and twice <c>twin</c>. In project alt: a template <c>theirs</c> and a quota. The token
/// <c>full</c> is of a project that may have no cluster.
/// </summary>
public sealed class RefusalWorld : IAsyncLifetime
{
    private readonly ApiWorld _api = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    internal ApiWorld Api => _api;

    /// <summary>The public template that <c>blue</c> is made from.</summary>
    public Guid Used { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var core = _api.Core;
        _api.Callers["full"] = TestCaller.Member("full", "full-user");
        core.Images.Images.AddRange(
        [
            FakeImages.New("plain", null), FakeImages.New("windows", "windows"), FakeImages.New("odd", "ubuntu", ("magnum_driver", "nobody")),
            FakeImages.New("twin", "ubuntu"), FakeImages.New("twin", "ubuntu") with { Id = "twin-2" },
        ]);
        core.Networking.Networks.AddRange(
        [
            new Network("t1", "twin", External: false, Shared: false, "demo", []), new Network("t2", "twin", External: false, Shared: false, "demo", []),
            new Network("t3", "twin-public", External: true, Shared: true, null, []), new Network("t4", "twin-public", External: true, Shared: true, null, []),
        ]);
        core.Networking.Subnets.AddRange(
        [
            new Subnet("s1", "twin", "private-id", "10.1.0.0/24", 4, "10.1.0.1"), new Subnet("s2", "twin", "private-id", "10.2.0.0/24", 4, "10.2.0.1"),
        ]);

        await core.AddTemplateAsync();
        await core.AddTemplateAsync(spec: RequestWorld.Spec("lb") with { MasterLbEnabled = true });
        await core.AddTemplateAsync(spec: RequestWorld.Spec("flavorless") with { FlavorId = null, MasterFlavorId = null });
        await core.AddTemplateAsync(spec: RequestWorld.Spec("mapper") with { DockerStorageDriver = "devicemapper", DockerVolumeSize = 3 });
        await core.AddTemplateAsync(spec: RequestWorld.Spec("twin"));
        await core.AddTemplateAsync(spec: RequestWorld.Spec("twin"));
        await core.AddTemplateAsync(TestCaller.Member("alt", "alt-user"), RequestWorld.Spec("theirs"));
        var admin = TestCaller.With("demo", "demo-user", "admin");
        await core.AddTemplateAsync(admin, RequestWorld.Spec("hidden") with { Hidden = true });
        var used = await core.AddTemplateAsync(admin, RequestWorld.Spec("used") with { Public = true, Tags = "a" });
        Used = used.Uuid;
        var blue = await AddAsync("blue", used, ClusterStatus.CreateComplete);
        await AddAsync("busy", used, ClusterStatus.CreateInProgress);
        await AddAsync("twin", used, ClusterStatus.CreateComplete);
        await AddAsync("twin", used, ClusterStatus.CreateComplete);
        await AddAsync("plain", await core.AddTemplateAsync(spec: RequestWorld.Spec("open") with { TlsDisabled = true }), ClusterStatus.CreateComplete);
        await TestAuthorities.GiveAsync(core, blue.Uuid);
        await using var db = core.Database.CreateDbContext();
        var row = await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == blue.Uuid, Ct);
        row.ApiAddress = "https://10.0.0.1:6443";
        (row.DefaultWorker.MinNodeCount, row.DefaultWorker.MaxNodeCount) = (1, 5);
        db.Add(new Quota { ProjectId = "alt", HardLimit = 5, CreatedAt = core.Time.GetUtcNow() });
        db.Add(new Quota { ProjectId = "full", HardLimit = 0, CreatedAt = core.Time.GetUtcNow() });
        await db.SaveChangesAsync(Ct);
    }

    public ValueTask DisposeAsync()
    {
        _api.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends what has to be refused, and sees to it that it is refused in OpenStack's shape and leaves nothing behind.</summary>
    /// <param name="detail">The beginning of it.</param>
    internal async Task AssertRefusedAsync(
        string method, string path, string? body, int status, string detail, string token = "demo", string version = "1.14")
    {
        var before = await StateAsync();

        var answer = await _api.SendAsync(method, path, string.IsNullOrEmpty(body) ? null : body, token, version);

        Assert.True(status == (int)answer.Status, $"{(int)answer.Status} {answer.Text}");
        Assert.StartsWith(detail, answer.Detail, StringComparison.Ordinal);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.Matches("^req-[0-9a-f-]{36}$", answer.Header("X-OpenStack-Request-Id"));
        Assert.Equal(($"container-infrastructure-management {version}", "OpenStack-API-Version"), (answer.Header("OpenStack-API-Version"), answer.Header("Vary")));
        var stop = answer.Detail.IndexOf('.', StringComparison.Ordinal);
        Assert.Equal(
            ("client", status, stop < 0 ? answer.Detail : answer.Detail[..stop], "[]"),
            (answer.Error.GetProperty("code").GetString(), answer.Error.GetProperty("status").GetInt32(), answer.Error.GetProperty("title").GetString(), answer.Error.GetProperty("links").GetRawText()));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>A signing request of a person, or one with something besides.</summary>
    internal static string Csr(string subject = "CN=admin, O=system:masters", params IEnumerable<X509Extension> extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request.CreateSigningRequestPem();
    }

    private async Task<Cluster> AddAsync(string name, ClusterTemplate template, ClusterStatus status) =>
        await _api.Core.AddClusterAsync(status, request: new NewCluster { Name = name, ClusterTemplateId = template.Uuid.ToString(), NodeCount = 2 });

    /// <summary>What there is, down to every change of it.</summary>
    private async Task<string> StateAsync()
    {
        await using var db = _api.Core.Database.CreateDbContext();
        return JsonSerializer.Serialize(new
        {
            Templates = await db.ClusterTemplates.SumAsync(t => t.Generation + 1000, Ct),
            Clusters = await db.Clusters.SumAsync(c => c.Generation + 1000, Ct),
            Groups = await db.NodeGroups.CountAsync(Ct),
            Operations = await db.Operations.CountAsync(Ct),
            Quotas = await db.Quotas.SumAsync(q => q.HardLimit + 1000, Ct),
            Trusts = _api.Core.Identity.Trusts.Count,
        });
    }
}
