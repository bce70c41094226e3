using System.Net;
using System.Security.Cryptography.X509Certificates;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Conductor;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Web.Api;

/// <summary>The token of a cluster's nodes, which has no project: good for the certificates of their own cluster, and for nothing else.</summary>
public sealed class NodeTokenTests : IAsyncLifetime
{
    private readonly ApiWorld _world = new();
    private FakeNode _node = null!;
    private Guid _own;
    private Guid _other;

    public async ValueTask InitializeAsync()
    {
        _own = (await _world.Core.AddClusterAsync()).Uuid;
        await TestAuthorities.GiveAsync(_world.Core, _own);
        _other = (await _world.Core.AddClusterAsync()).Uuid;
        await TestAuthorities.GiveAsync(_world.Core, _other, "trustee-2");
        _node = new FakeNode(_own, "blue-worker-0", TestAuthorities.Kubernetes, _world.Core.Time.GetUtcNow());
    }

    public ValueTask DisposeAsync()
    {
        _node.Dispose();
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("", "kubernetes")]
    [InlineData("?ca_cert_type=kubernetes", "kubernetes")]
    [InlineData("?ca_cert_type=etcd", "etcd")]
    [InlineData("/etcd", "etcd")]
    [InlineData("?ca_cert_type=front-proxy", "front-proxy")]
    [InlineData("?ca_cert_type=front_proxy", "front-proxy")]
    [InlineData("?ca_cert_type=service-account", "service-account")]
    public async Task TheOwnClustersAuthorities_AreRead(string query, string which)
    {
        var expected = which switch
        {
            "etcd" => TestAuthorities.Etcd.Certificate,
            "front-proxy" => TestAuthorities.FrontProxy.Certificate,
            "service-account" => TestAuthorities.ServiceAccount.PrivateKey,
            _ => TestAuthorities.Kubernetes.Certificate,
        };

        foreach (var ident in new[] { _own.ToString(), _own.ToString("N").ToUpperInvariant() })
        {
            var answer = await _world.GetAsync($"/v1/certificates/{ident}{query}", "node");

            Assert.Equal((HttpStatusCode.OK, _own, expected), (answer.Status, answer.Json.GetProperty("cluster_uuid").GetGuid(), answer.Json.GetProperty("pem").GetString()));
        }
    }

    [Theory]
    [InlineData(null, "O=system:nodes, CN=system:node:blue-worker-0")]
    [InlineData("kubernetes", "CN=kube-apiserver")]
    [InlineData("kubernetes", "O=system:masters, CN=kubernetes-super-admin")]
    [InlineData("etcd", "CN=blue-master-0")]
    [InlineData("front-proxy", "CN=front-proxy-client")]
    public async Task ANodesSubject_IsSignedByTheOwnCluster(string? type, string subject)
    {
        var answer = await SignAsync(_own, subject, type);

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var authority = type switch { "etcd" => TestAuthorities.Etcd, "front-proxy" => TestAuthorities.FrontProxy, _ => TestAuthorities.Kubernetes };
        using var signed = X509Certificate2.CreateFromPem(answer.Json.GetProperty("pem").GetString());
        Assert.True(CertificateChain.IsSignedBy(signed.ExportCertificatePem(), authority.Certificate));
    }

    [Theory]
    [InlineData("kubernetes", "O=system:masters, CN=admin")]   // what people ask for
    [InlineData("kubernetes", "O=system:masters, CN=system:node:blue-worker-0")]
    [InlineData("kubernetes", "CN=anything")]
    [InlineData("front-proxy", "CN=system:node:blue-worker-0")]
    [InlineData("etcd", "O=others, CN=blue-master-0")]
    public async Task AnotherSubject_IsRefused(string type, string subject)
    {
        var answer = await SignAsync(_own, subject, type);

        Assert.Equal(HttpStatusCode.Forbidden, answer.Status);
        Assert.StartsWith("A node may not ask for a certificate of ", answer.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?ca_cert_type=etcd")]
    [InlineData("?ca_cert_type=front-proxy")]
    [InlineData("?ca_cert_type=service-account")]
    [InlineData("?ca_cert_type=cloud-credential")]
    public async Task AnotherCluster_IsNotThere(string query)
    {
        foreach (var ident in new[] { _other.ToString(), Guid.NewGuid().ToString(), "blue" })
        {
            var shown = await _world.GetAsync($"/v1/certificates/{ident}{query}", "node");

            Assert.Equal((HttpStatusCode.NotFound, $"Cluster {ident} could not be found."), (shown.Status, shown.Detail));
        }

        var signed = await SignAsync(_other, "O=system:nodes, CN=system:node:blue-worker-0", null);
        Assert.Equal((HttpStatusCode.BadRequest, $"Cluster {_other} could not be found."), (signed.Status, signed.Detail));
    }

    [Fact]
    public async Task EverythingElse_IsRefused_OfTheOwnClusterToo()
    {
        var generation = (await _world.Core.LoadAsync(_own)).Generation;
        var others = _world.Routes.Where(r => r.Route is { IsPublic: false, AllowsUnscoped: false }).ToList();
        Assert.True(others.Count > 40);
        foreach (var route in others)
        {
            var path = route.Path.Replace("{cluster}", _own.ToString(), StringComparison.Ordinal).Replace("{ident}", _own.ToString(), StringComparison.Ordinal)
                .Replace("{project}", "demo", StringComparison.Ordinal).Replace("{resource}", "Cluster", StringComparison.Ordinal);

            var answer = await _world.SendAsync(route.Method, path, route.Route.Body is null ? null : new { }, token: "node");

            Assert.True(answer.Status == HttpStatusCode.Forbidden, $"{route.Operation} answered {(int)answer.Status} {answer.Text}");
            Assert.Equal("The token has no project. Ask Keystone for one that is scoped to a project.", answer.Detail);
        }

        Assert.Equal(generation, (await _world.Core.LoadAsync(_own)).Generation);
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("admin-of-demo")]
    public async Task TheServiceAccountKey_IsForNodesAlone(string token)
    {
        _world.Callers["admin-of-demo"] = TestCaller.With("demo", "demo-user", "admin", "member", "reader");

        var answer = await _world.GetAsync($"/v1/certificates/{_own}?ca_cert_type=service-account", token);

        Assert.Equal((HttpStatusCode.Forbidden, "Only the cluster's own nodes may read its service account key."), (answer.Status, answer.Detail));
        Assert.Equal(HttpStatusCode.OK, (await _world.GetAsync($"/v1/certificates/{_own}?ca_cert_type=kubernetes", token)).Status);
    }

    [Fact]
    public async Task TheCredentialForTheCloud_IsForNodesAlone()
    {
        _world.Callers["admin-of-demo"] = TestCaller.With("demo", "demo-user", "admin", "member", "reader");
        var none = await _world.GetAsync($"/v1/certificates/{_own}?ca_cert_type=cloud-credential", "node");
        await using (var db = _world.Core.Database.CreateDbContext())
        {
            (await db.Clusters.SingleAsync(c => c.Uuid == _own, TestContext.Current.CancellationToken)).DriverSecret = """protected:{"id":"app","secret":"s3cret"}""";
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }

        var told = await _world.GetAsync($"/v1/certificates/{_own}?ca_cert_type=cloud-credential", "node");

        Assert.Equal(HttpStatusCode.Conflict, none.Status);
        Assert.Equal(HttpStatusCode.OK, told.Status);
        Assert.Equal(["cluster_uuid", "cloud_credential"], told.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("""{"id":"app","secret":"s3cret"}""", told.Json.GetProperty("cloud_credential").GetString());
        foreach (var token in new[] { "demo", "admin-of-demo" })
        {
            var refused = await _world.GetAsync($"/v1/certificates/{_own}?ca_cert_type=cloud-credential", token);
            Assert.Equal((HttpStatusCode.Forbidden, "Only the cluster's own nodes may read its credential for the cloud."), (refused.Status, refused.Detail));
        }
    }

    [Fact]
    public async Task APersonsTokenWithoutAProject_FindsNoClusterEither()
    {
        _world.Callers["unscoped"] = TestCaller.With(null, "demo-user");

        Assert.Equal(HttpStatusCode.NotFound, (await _world.GetAsync($"/v1/certificates/{_own}", "unscoped")).Status);
    }

    private Task<ApiAnswer> SignAsync(Guid cluster, string subject, string? type) =>
        _world.SendAsync("POST", "/v1/certificates", new { cluster_uuid = cluster, csr = _node.Csr(subject), ca_cert_type = type }, "node");
}
