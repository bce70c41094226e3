using System.Net;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Certificates;
using Magnum.Core.Drivers;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Conductor;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Web.Api;

/// <summary>The two routes by which nodes that are up ask about their certificates, without a token.</summary>
public sealed class NodeDoorTests : IAsyncLifetime
{
    private readonly ApiWorld _world = new();
    private readonly List<FakeNode> _nodes = [];
    private Guid _cluster;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => _world.Core.Time.GetUtcNow();

    public async ValueTask InitializeAsync()
    {
        _cluster = (await _world.Core.AddClusterAsync()).Uuid;
        await TestAuthorities.GiveAsync(_world.Core, _cluster);
        await using var db = _world.Core.Database.CreateDbContext();
        var row = await db.Clusters.Include(c => c.NodeGroups).SingleAsync(c => c.Uuid == _cluster, Ct);
        row.DefaultMaster.Nodes = [new ObservedNode("blue-master-0", null, null, null, null)];
        row.DefaultWorker.Nodes = [new ObservedNode("blue-worker-0", null, null, null, null)];
        await db.SaveChangesAsync(Ct);
    }

    public ValueTask DisposeAsync()
    {
        _nodes.ForEach(n => n.Dispose());
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Report_OfANode_IsAnsweredWithWhatHolds_AndWrittenDown_WithoutKeystone()
    {
        var answer = await ReportAsync(Node().Report(Now, "1"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(["phase", "ca", "renew"], answer.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("1", false), (answer.Json.GetProperty("phase").GetString(), answer.Json.GetProperty("renew").GetBoolean()));
        Assert.Equal(
            [("kubernetes", TestAuthorities.Kubernetes.Certificate), ("etcd", TestAuthorities.Etcd.Certificate), ("front-proxy", TestAuthorities.FrontProxy.Certificate)],
            answer.Json.GetProperty("ca").EnumerateObject().Select(p => (p.Name, p.Value.GetString()!)));
        Assert.Equal(0, _world.Validations);
        var row = Assert.Single(await RowsAsync());
        Assert.Equal(("blue-worker-0", "1", Now), (row.NodeName, row.Applied, row.SeenAt));
    }

    [Fact]
    public async Task Report_OfAMaster_IsAnsweredWithTheCredentialForTheCloud_AndOfAWorkerNot()
    {
        await using (var db = _world.Core.Database.CreateDbContext())
        {
            (await db.Clusters.SingleAsync(c => c.Uuid == _cluster, Ct)).DriverSecret = "protected:credential";
            await db.SaveChangesAsync(Ct);
        }

        var master = await ReportAsync(Node("blue-master-0").Report(Now, "1"));
        var worker = await ReportAsync(Node().Report(Now, "1"));
        var stranger = await ReportAsync(Node("blue-master-1").Report(Now, "1"));

        Assert.Equal("credential", master.Json.GetProperty("cloud_credential").GetString());
        Assert.DoesNotContain("credential", worker.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("credential", stranger.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfTheSameAgain_IsWrittenDownNowAndThenOnly()
    {
        var node = Node();
        var first = Now;
        await ReportAsync(node.Report(Now, "1"));
        _world.Core.Time.Advance(TimeSpan.FromMinutes(2));
        await ReportAsync(node.Report(Now, "1"));
        Assert.Equal(first, Assert.Single(await RowsAsync()).SeenAt);

        _world.Core.Time.Advance(TimeSpan.FromMinutes(8));
        await ReportAsync(node.Report(Now, "1"));

        Assert.Equal(Now, Assert.Single(await RowsAsync()).SeenAt);
    }

    [Fact]
    public async Task Report_OfANodeThatTheClusterDoesNotHave_LeavesNothing_AndRowsOfNodesThatWentGo()
    {
        Assert.Equal(HttpStatusCode.OK, (await ReportAsync(Node("blue-worker-7").Report(Now))).Status);
        Assert.Empty(await RowsAsync());
        await ReportAsync(Node().Report(Now));
        await using (var db = _world.Core.Database.CreateDbContext())
        {
            var group = await db.NodeGroups.SingleAsync(g => g.ClusterId == _cluster && g.Name == "default-worker", Ct);
            group.Nodes = [new ObservedNode("blue-worker-1", null, null, null, null)];
            await db.SaveChangesAsync(Ct);
        }

        await ReportAsync(Node("blue-worker-1").Report(Now));

        Assert.Equal("blue-worker-1", Assert.Single(await RowsAsync()).NodeName);
    }

    public static TheoryData<string> Wrong =>
    [
        "foreign", "person", "key", "applied", "stale", "early", "no time", "expired", "admin", "no certificate", "no base64", "unknown", "other", "no uuid",
    ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Report_ThatIsNotOfANodeHere_IsRefusedInTheSameWords(string what)
    {
        using var other = Node("blue-worker-0");
        var node = what switch
        {
            "foreign" => Node(ca: TestAuthorities.Foreign),
            "person" => Node(forNode: false),
            "expired" => Node(days: 1),
            "admin" => Node(commonName: "kubernetes-super-admin", organization: "system:masters"),
            _ => Node(),
        };
        if (what is "expired")
        {
            _world.Core.Time.Advance(TimeSpan.FromDays(2));
        }

        var cluster = what switch { "unknown" => Guid.NewGuid().ToString(), "no uuid" => "blue", _ => _cluster.ToString() };
        var report = node.Report(what switch { "stale" => Now.AddMinutes(-6), "early" => Now.AddMinutes(6), _ => Now }, "1", what is "other" ? Guid.NewGuid().ToString() : cluster);
        report = what switch
        {
            "key" => report with { Signature = other.Report(Now, "1").Signature },
            "applied" => report with { Applied = "2" },
            "no time" => report with { Time = "now" },
            "no certificate" => report with { Certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
            "no base64" => report with { Signature = "?" },
            _ => report,
        };

        AssertRefused(await ReportAsync(report, cluster));
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task Renewal_GivesTheSameOnceMore()
    {
        var node = Node();
        var answer = await RenewAsync(node.Renewal());

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("pem", Assert.Single(answer.Json.EnumerateObject()).Name);
        using var old = X509Certificate2.CreateFromPem(node.Certificate);
        using var renewed = X509Certificate2.CreateFromPem(answer.Json.GetProperty("pem").GetString());
        Assert.NotEqual(old.SerialNumber, renewed.SerialNumber);
        Assert.Equal(old.SubjectName.RawData, renewed.SubjectName.RawData);
        Assert.Equal(old.Extensions["2.5.29.17"]!.RawData, renewed.Extensions["2.5.29.17"]!.RawData);
        Assert.Equal(Now.AddDays(1825).UtcDateTime, renewed.NotAfter.ToUniversalTime(), TimeSpan.FromHours(1));

        // And it may be renewed again.
        node.Certificate = renewed.ExportCertificatePem();
        Assert.Equal(HttpStatusCode.OK, (await RenewAsync(node.Renewal())).Status);
        Assert.Equal(0, _world.Validations);
    }

    [Theory]
    [InlineData("foreign")]
    [InlineData("person")]
    [InlineData("key")]
    [InlineData("expired")]
    [InlineData("retired")]
    [InlineData("kubeconfig")]
    [InlineData("super-admin of a person")]
    [InlineData("other type")]
    [InlineData("no certificate")]
    [InlineData("unknown")]
    [InlineData("node that has gone")]
    public async Task Renewal_OfWhatNoNodeHereHas_IsRefusedInTheSameWords(string what)
    {
        using var other = Node();
        var node = what switch
        {
            "foreign" => Node(ca: TestAuthorities.Foreign),
            "person" => Node(forNode: false),
            "expired" => Node(days: 1),
            "kubeconfig" => Node(commonName: "admin", organization: "system:masters"),
            "node that has gone" => Node("blue-worker-7"),
            "super-admin of a person" => Node(commonName: "kubernetes-super-admin", organization: "system:masters", forNode: false),
            _ => Node(),
        };
        if (what is "expired")
        {
            _world.Core.Time.Advance(TimeSpan.FromDays(2));
        }

        if (what is "retired")
        {
            await using var db = _world.Core.Database.CreateDbContext();
            await db.Certificates.Where(c => c.Purpose == CertificatePurpose.Ca).ExecuteUpdateAsync(s => s.SetProperty(c => c.Role, CertificateRole.Retired), Ct);
        }

        var renewal = node.Renewal();
        renewal = what switch
        {
            "key" => renewal with { Signature = other.Sign(renewal.Csr) },
            "other type" => renewal with { Type = CaType.Etcd },
            "no certificate" => renewal with { Certificate = "none" },
            _ => renewal,
        };

        AssertRefused(await RenewAsync(renewal, what is "unknown" ? Guid.NewGuid() : _cluster));
    }

    [Theory]
    [InlineData("O=system:nodes, CN=system:node:blue-master-0", "10.0.0.9", "1.3.6.1.5.5.7.3.1", "subject")]
    [InlineData("O=system:masters, CN=kubernetes-super-admin", "10.0.0.9", "1.3.6.1.5.5.7.3.1", "subject")]
    [InlineData(null, "10.0.0.10", "1.3.6.1.5.5.7.3.1", "subjectAltName")]
    [InlineData(null, null, "1.3.6.1.5.5.7.3.1", "subjectAltName")]
    [InlineData(null, "10.0.0.9", "1.3.6.1.5.5.7.3.8", "extendedKeyUsage")]
    public async Task Renewal_ThatAsksForMore_IsRefused(string? subject, string? address, string usage, string difference)
    {
        var node = Node();

        var answer = await RenewAsync(node.Renewal(node.Csr(subject, address, usage)));

        Assert.Equal((HttpStatusCode.BadRequest, $"A renewal asks for what the old certificate has: {difference} is another one."), (answer.Status, answer.Detail));
    }

    [Fact]
    public async Task Renewal_OfAControlPlanesIdentity_IsItsMasters()
    {
        Assert.Equal(HttpStatusCode.OK, (await RenewAsync(Node(commonName: "kubernetes-super-admin", organization: "system:masters").Renewal())).Status);
        Assert.Equal(HttpStatusCode.OK, (await RenewAsync(Node(commonName: "kube-apiserver", organization: null).Renewal())).Status);
        Assert.Equal(HttpStatusCode.OK, (await RenewAsync(Node(commonName: "blue-master-0", organization: null, ca: TestAuthorities.Etcd).Renewal() with { Type = CaType.Etcd })).Status);
    }

    [Theory]
    [InlineData("node", true)]
    [InlineData("demo", false)]
    public async Task WhatWasSignedWithAToken_CanBeRenewed_ByNodesAlone(string token, bool renewable)
    {
        var node = Node();
        var signed = await _world.SendAsync("POST", "/v1/certificates", new { cluster_uuid = _cluster, csr = node.Csr(), ca_cert_type = "kubernetes" }, token);
        Assert.Equal(HttpStatusCode.Created, signed.Status);

        node.Certificate = signed.Json.GetProperty("pem").GetString()!;

        Assert.Equal(renewable ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await RenewAsync(node.Renewal())).Status);
    }

    [Theory]
    [InlineData("node")]
    [InlineData("renew")]
    public async Task TooMuch_IsNotRead_WhetherTheClusterExistsOrNot(string door)
    {
        foreach (var cluster in new[] { _cluster, Guid.NewGuid() })
        {
            var answer = await _world.SendAsync("POST", $"/v1/certificates/{cluster}/{door}", new { certificate = new string('x', 32 * 1024) }, token: null, version: null);

            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        }
    }

    [Theory]
    [InlineData("node", "certificate")]
    [InlineData("renew", "ca_cert_type")]
    public async Task MissingFields_AreNamed(string door, string field)
    {
        var answer = await _world.SendAsync("POST", $"/v1/certificates/{_cluster}/{door}", new { }, token: null, version: null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(field, answer.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "node")]
    [InlineData("PUT", "node")]
    [InlineData("POST", "other")]
    public async Task OtherVerbsAndPathsBeside_AskForAToken(string method, string door) =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await _world.SendAsync(method, $"/v1/certificates/{_cluster}/{door}", token: null)).Status);

    private static void AssertRefused(ApiAnswer answer) => Assert.Equal(
        (HttpStatusCode.Forbidden, "No node of a cluster here has signed this: its certificate, signature or time is not what it has to be."), (answer.Status, answer.Detail));

    private FakeNode Node(
        string name = "blue-worker-0", KeyMaterial? ca = null, bool forNode = true, string? commonName = null, string? organization = "system:nodes", int days = 365)
    {
        var node = new FakeNode(_cluster, name, ca ?? TestAuthorities.Kubernetes, Now, forNode, commonName, organization, days);
        _nodes.Add(node);
        return node;
    }

    private Task<ApiAnswer> ReportAsync(NodeReport report, string? cluster = null) => _world.SendAsync(
        "POST",
        $"/v1/certificates/{cluster ?? _cluster.ToString()}/node",
        new { certificate = report.Certificate, time = report.Time, applied = report.Applied, signature = report.Signature },
        token: null,
        version: null);

    private Task<ApiAnswer> RenewAsync(NodeRenewal renewal, Guid? cluster = null) => _world.SendAsync(
        "POST",
        $"/v1/certificates/{cluster ?? _cluster}/renew",
        new { ca_cert_type = renewal.Type is CaType.Etcd ? "etcd" : "kubernetes", certificate = renewal.Certificate, csr = renewal.Csr, signature = renewal.Signature },
        token: null,
        version: null);

    private async Task<List<NodeCertificate>> RowsAsync()
    {
        await using var db = _world.Core.Database.CreateDbContext();
        return await db.NodeCertificates.AsNoTracking().ToListAsync(Ct);
    }
}
