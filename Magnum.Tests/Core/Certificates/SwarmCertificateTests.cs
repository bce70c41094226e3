using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Certificates;
using Magnum.Core.Errors;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Certificates;

/// <summary>What a swarm's nodes get signed, and what people get who open one.</summary>
public sealed class SwarmCertificateTests : IAsyncLifetime
{
    private const string Server = "1.3.6.1.5.5.7.3.1";
    private const string Client = "1.3.6.1.5.5.7.3.2";

    private readonly RequestWorld _world = new(services => services.Configure<CertificateOptions>(o => o.RsaKeySize = 2048));
    private Guid _cluster;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CertificateService Service => _world.Get<CertificateService>();

    public async ValueTask InitializeAsync()
    {
        _cluster = (await _world.AddClusterAsync()).Uuid;
        await _world.Get<ClusterCertificates>().EnsureAsync(_cluster, "blue", Ct);
        await using var db = _world.Database.CreateDbContext();
        var row = await db.Clusters.SingleAsync(c => c.Uuid == _cluster, Ct);
        row.Template = row.Template with { Coe = "swarm" };
        row.TrusteeUserId = TestCaller.Node().UserId;
        row.ApiAddress = "tcp://172.24.4.5:2376";
        await db.SaveChangesAsync(Ct);
    }

    public ValueTask DisposeAsync()
    {
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task ANodeThatJoins_GetsAClientsCertificate_ForADay()
    {
        using var certificate = X509Certificate2.CreateFromPem((await SignAsync("O=swarm:nodes, CN=blue-worker-0", CaType.Kubernetes, Client)).Value.Pem);

        Assert.Equal(_world.Time.GetUtcNow().AddDays(1).UtcDateTime, certificate.NotAfter.ToUniversalTime());
        Assert.Equal([Client], certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(o => o.Value));
    }

    [Fact]
    public async Task AManager_GetsAServersCertificate_ThatLasts()
    {
        using var certificate = X509Certificate2.CreateFromPem((await SignAsync("O=swarm:managers, CN=blue-master-0", CaType.Kubernetes, Server)).Value.Pem);

        Assert.True(certificate.NotAfter.ToUniversalTime() > _world.Time.GetUtcNow().AddYears(4));
        Assert.Equal([Server], certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(o => o.Value));
    }

    [Fact]
    public async Task ANode_GetsNothingElse()
    {
        (string Subject, CaType Ca, string[] Usages)[] wishes =
        [
            ("O=swarm:managers, CN=blue-master-0", CaType.Kubernetes, [Server, Client]),
            ("O=swarm:managers, CN=blue-master-0", CaType.Kubernetes, [Client]),
            ("O=swarm:managers, CN=blue-master-0", CaType.Kubernetes, []),
            ("O=swarm:nodes, CN=blue-worker-0", CaType.Kubernetes, []),
            ("O=swarm:nodes, CN=blue-worker-0", CaType.Kubernetes, [Server]),
            ("O=swarm:nodes, CN=blue-worker-0", CaType.Etcd, [Client]),
            ("O=system:masters, CN=admin", CaType.Kubernetes, [Client]),
            ("O=system:nodes, CN=system:node:blue-worker-0", CaType.Kubernetes, [Client, Server]),
            ("CN=blue-worker-0", CaType.Kubernetes, [Client]),
        ];
        foreach (var (subject, ca, usages) in wishes)
        {
            Assert.IsType<MagnumError.Forbidden>((await SignAsync(subject, ca, usages)).Error);
        }

        Assert.IsType<MagnumError.Forbidden>((await Service.GetServiceAccountKeyAsync(TestCaller.Node(), _cluster.ToString(), Ct)).Error);
    }

    [Fact]
    public async Task ANodeOfKubernetes_GetsNothingOfASwarms()
    {
        await using (var db = _world.Database.CreateDbContext())
        {
            var row = await db.Clusters.SingleAsync(c => c.Uuid == _cluster, Ct);
            row.Template = row.Template with { Coe = "kubernetes" };
            await db.SaveChangesAsync(Ct);
        }

        Assert.IsType<MagnumError.Forbidden>((await SignAsync("O=swarm:nodes, CN=blue-worker-0", CaType.Kubernetes, Client)).Error);
    }

    [Fact]
    public async Task Access_IsAScriptThatSetsUpTheDockerClient()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A shell reads it.");
        var home = Directory.CreateTempSubdirectory("magnum-docker-access-");
        try
        {
            var file = (await Service.CreateAccessFileAsync(TestCaller.Member(), _cluster.ToString(), Ct)).Value!;
            Assert.Equal("blue.docker.sh", file.Name);
            Assert.DoesNotContain("PRIVATE KEY", file.ToString(), StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(home.FullName, file.Name), file.Text + "env\n", Ct);

            var said = await Support.Lanes.CommandLine.RunAsync("/bin/sh", [Path.Combine(home.FullName, file.Name)], new Dictionary<string, string> { ["HOME"] = home.FullName }, Ct);

            Assert.True(said.ExitCode == 0, said.ToString());
            Assert.Contains("DOCKER_HOST=tcp://172.24.4.5:2376\n", said.Output, StringComparison.Ordinal);
            Assert.Contains("DOCKER_TLS_VERIFY=1\n", said.Output, StringComparison.Ordinal);
            var folder = Path.Combine(home.FullName, ".docker/magnum", _cluster.ToString());
            Assert.Contains($"DOCKER_CERT_PATH={folder}\n", said.Output, StringComparison.Ordinal);
            using var client = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "cert.pem"), Path.Combine(folder, "key.pem"));
            using var ca = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(Path.Combine(folder, "ca.pem"), Ct));
            Assert.True(client.IsSignedBy(ca));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "key.pem")));
            }
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private async Task<Result<(Guid ClusterUuid, string Pem)>> SignAsync(string subject, CaType ca, params string[] usages)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256);
        if (usages.Length > 0)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(u => new Oid(u))], critical: false));
        }

        return await Service.SignAsync(TestCaller.Node(), _cluster.ToString(), request.CreateSigningRequestPem(), ca, Ct);
    }
}
