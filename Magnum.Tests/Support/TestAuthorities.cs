using Magnum.Core.Certificates;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Support;

/// <summary>CAs that are made once for all tests, since keys take long, and given to clusters as if they were theirs.</summary>
internal static class TestAuthorities
{
    private static readonly DateTimeOffset Made = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly CertificateOptions Options = new() { RsaKeySize = 2048 };
    private static readonly Lazy<IReadOnlyList<KeyMaterial>> All = new(
        () => [.. new[] { "blue", "blue-etcd", "blue-front-proxy", "blue" }.Select(name => CertificateAuthority.CreateCa(name, Options, Made))]);

    private static readonly Lazy<KeyMaterial> ServiceAccounts = new(() => CertificateAuthority.CreateKeyPair(Options));

    public static KeyMaterial Kubernetes => All.Value[0];

    public static KeyMaterial Etcd => All.Value[1];

    public static KeyMaterial FrontProxy => All.Value[2];

    /// <summary>Another cluster's, of the same name.</summary>
    public static KeyMaterial Foreign => All.Value[3];

    public static KeyMaterial ServiceAccount => ServiceAccounts.Value;

    /// <summary>Gives them to a cluster, and to its nodes the user of this caller.</summary>
    public static async Task GiveAsync(RequestWorld world, Guid cluster, string trustee = "trustee")
    {
        await using var db = world.Database.CreateDbContext();
        (await db.Clusters.SingleAsync(c => c.Uuid == cluster, RequestWorld.Ct)).TrusteeUserId = trustee;
        foreach (var (purpose, key) in new[]
                 {
                     (CertificatePurpose.Ca, Kubernetes), (CertificatePurpose.EtcdCa, Etcd), (CertificatePurpose.FrontProxyCa, FrontProxy),
                     (CertificatePurpose.ServiceAccount, ServiceAccount),
                 })
        {
            db.Certificates.Add(new ClusterCertificate
            {
                Uuid = Guid.NewGuid(),
                ClusterUuid = cluster,
                Purpose = purpose,
                Certificate = key.Certificate,
                PrivateKey = $"protected:{key.PrivateKey}",
                NotAfter = key.NotAfter,
                CreatedAt = Made,
            });
        }

        await db.SaveChangesAsync(RequestWorld.Ct);
    }
}
