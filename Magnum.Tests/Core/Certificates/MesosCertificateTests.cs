using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Certificates;
using Magnum.Core.Errors;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Core.Certificates;

/// <summary>Nobody in a Mesos cluster needs a certificate, and its nodes get none.</summary>
public sealed class MesosCertificateTests : IAsyncLifetime
{
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
        row.Template = row.Template with { Coe = "mesos" };
        row.TrusteeUserId = TestCaller.Node().UserId;
        row.ApiAddress = "172.24.4.5";
        await db.SaveChangesAsync(Ct);
    }

    public ValueTask DisposeAsync()
    {
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task People_GetNoFileButMayHaveRequestsSigned()
    {
        Assert.IsType<MagnumError.Unsupported>((await Service.CreateAccessFileAsync(TestCaller.Member(), _cluster.ToString(), Ct)).Error);
        // "openstack coe cluster config" asks for this, and prints nothing of use for Mesos.
        Assert.True((await Service.SignAsync(TestCaller.Member(), _cluster.ToString(), Request("O=system:masters, CN=admin"), CaType.Kubernetes, Ct)).IsSuccess);
    }

    [Theory]
    [InlineData("O=system:nodes, CN=system:node:blue-worker-0")]
    [InlineData("O=swarm:nodes, CN=blue-worker-0")]
    public async Task Nodes_GetNothing(string subject)
    {
        Assert.IsType<MagnumError.Forbidden>((await Service.SignAsync(TestCaller.Node(), _cluster.ToString(), Request(subject), CaType.Kubernetes, Ct)).Error);
        Assert.IsType<MagnumError.Forbidden>((await Service.GetServiceAccountKeyAsync(TestCaller.Node(), _cluster.ToString(), Ct)).Error);
    }

    private static string Request(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
    }
}
