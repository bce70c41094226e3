using Magnum.Core.Credentials;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Certificates;

/// <summary>The clusters' certificates and keys in the database; private keys are protected there.</summary>
internal sealed class ClusterCertificates(
    IDbContextFactory<MagnumDbContext> dbFactory, ISecretProtector protector, IOptions<CertificateOptions> options, TimeProvider time)
{
    /// <summary>Makes what is not there yet, all at once; a run that comes second finds it.</summary>
    public async Task EnsureAsync(Guid clusterUuid, string clusterName, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var known = await db.Certificates.AsNoTracking().Where(c => c.ClusterUuid == clusterUuid).ToDictionaryAsync(c => c.Purpose, cancellationToken);
        var now = time.GetUtcNow();
        var name = clusterName.Length == 0 ? clusterUuid.ToString() : clusterName;
        foreach (var (purpose, make) in Recipes(name, now, () => Ca(db, known)))
        {
            if (!known.ContainsKey(purpose))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var made = make();
                db.Certificates.Add(new ClusterCertificate
                {
                    Uuid = Guid.NewGuid(),
                    ClusterUuid = clusterUuid,
                    Purpose = purpose,
                    Certificate = made.Certificate,
                    PrivateKey = protector.Protect(made.PrivateKey),
                    NotAfter = made.NotAfter.ToUniversalTime(),
                    CreatedAt = now,
                });
            }
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The certificate of a purpose with its key in clear; null when it is not made yet.</summary>
    public async Task<KeyMaterial?> FindAsync(Guid clusterUuid, CertificatePurpose purpose, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var row = await db.Certificates.AsNoTracking().SingleOrDefaultAsync(c => c.ClusterUuid == clusterUuid && c.Purpose == purpose, cancellationToken);
        return row is null ? null : Open(row);
    }

    /// <summary>The certificate alone, whose key is not touched; null when it is not made yet.</summary>
    public async Task<string?> FindPemAsync(Guid clusterUuid, CertificatePurpose purpose, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Certificates.Where(c => c.ClusterUuid == clusterUuid && c.Purpose == purpose)
            .Select(c => c.Certificate).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Removes all of a cluster.</summary>
    public async Task DeleteAsync(Guid clusterUuid, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Certificates.Where(c => c.ClusterUuid == clusterUuid).ExecuteDeleteAsync(cancellationToken);
    }

    private IEnumerable<(CertificatePurpose Purpose, Func<KeyMaterial> Make)> Recipes(string name, DateTimeOffset now, Func<KeyMaterial> ca) =>
    [
        (CertificatePurpose.Ca, () => CertificateAuthority.CreateCa(name, options.Value, now)),
        (CertificatePurpose.EtcdCa, () => CertificateAuthority.CreateCa($"{name}-etcd", options.Value, now)),
        (CertificatePurpose.FrontProxyCa, () => CertificateAuthority.CreateCa($"{name}-front-proxy", options.Value, now)),
        (CertificatePurpose.Client, () => CertificateAuthority.CreateClient(ca(), options.Value, now)),
        (CertificatePurpose.ServiceAccount, () => CertificateAuthority.CreateKeyPair(options.Value)),
    ];

    private KeyMaterial Ca(MagnumDbContext db, Dictionary<CertificatePurpose, ClusterCertificate> known) =>
        Open(known.TryGetValue(CertificatePurpose.Ca, out var row) ? row : db.Certificates.Local.Single(c => c.Purpose == CertificatePurpose.Ca));

    private KeyMaterial Open(ClusterCertificate row) => new(row.Certificate, protector.Unprotect(row.PrivateKey), row.NotAfter);
}
