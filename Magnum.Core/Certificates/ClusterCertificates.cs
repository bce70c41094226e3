using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
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
        var known = await db.Certificates.AsNoTracking().Where(c => c.ClusterUuid == clusterUuid && c.Role == CertificateRole.Current)
            .ToDictionaryAsync(c => c.Purpose, cancellationToken);
        foreach (var purpose in Enum.GetValues<CertificatePurpose>())
        {
            if (!known.ContainsKey(purpose))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var made = purpose is CertificatePurpose.Client
                    ? CertificateAuthority.CreateClient(Open(known[CertificatePurpose.Ca]), options.Value, time.GetUtcNow())
                    : Make(purpose, clusterUuid, clusterName);
                known[purpose] = Add(db, clusterUuid, purpose, made);
            }
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    /// <summary>The signing certificate of a purpose with its key in clear; null when it is not made yet.</summary>
    public async Task<KeyMaterial?> FindAsync(Guid clusterUuid, CertificatePurpose purpose, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var row = await db.Certificates.AsNoTracking().SingleOrDefaultAsync(
            c => c.ClusterUuid == clusterUuid && c.Purpose == purpose && c.Role == CertificateRole.Current, cancellationToken);
        return row is null ? null : Open(row);
    }

    /// <summary>The certificates that are trusted for a purpose, the signing one first; null when none is made yet. Keys are not touched.</summary>
    public async Task<string?> FindPemAsync(Guid clusterUuid, CertificatePurpose purpose, CancellationToken cancellationToken)
    {
        var authorities = await ListAuthoritiesAsync(clusterUuid, cancellationToken);
        return CaPhase.Of(authorities)?.Bundle(authorities, purpose);
    }

    /// <summary>How Magnum shows itself to the cluster's API; null when its certificates are not made yet.</summary>
    public async Task<EngineAccess?> FindAccessAsync(Guid clusterUuid, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = (await db.Certificates.AsNoTracking()
            .Where(c => c.ClusterUuid == clusterUuid && (c.Purpose == CertificatePurpose.Ca || c.Purpose == CertificatePurpose.Client))
            .ToListAsync(cancellationToken)).ToLookup(c => c.Purpose);
        List<ClusterCertificate> authorities = [.. rows[CertificatePurpose.Ca]];
        if (authorities.Count == 0 || rows[CertificatePurpose.Client].SingleOrDefault() is not { } client)
        {
            return null;
        }

        var key = Open(client);
        return new EngineAccess(CaPhase.Of(authorities)!.Bundle(authorities, CertificatePurpose.Ca), key.Certificate, key.PrivateKey);
    }

    /// <summary>The signing CAs with their keys in clear, for a back end that signs itself; null when they are not made yet.</summary>
    public async Task<ClusterAuthorities?> FindAuthoritiesAsync(Guid clusterUuid, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await db.Certificates.AsNoTracking().Where(c => c.ClusterUuid == clusterUuid && c.Role == CertificateRole.Current)
            .ToDictionaryAsync(c => c.Purpose, cancellationToken);
        return Pair(CertificatePurpose.Ca) is { } ca && Pair(CertificatePurpose.EtcdCa) is { } etcd && Pair(CertificatePurpose.FrontProxyCa) is { } proxy
            && Pair(CertificatePurpose.ServiceAccount) is { } accounts
            ? new ClusterAuthorities(ca, etcd, proxy, accounts)
            : null;

        PemPair? Pair(CertificatePurpose purpose) => rows.TryGetValue(purpose, out var row) && Open(row) is var key ? new PemPair(key.Certificate, key.PrivateKey) : null;
    }

    /// <summary>All CAs of a cluster, as rows for reading.</summary>
    public async Task<IReadOnlyList<ClusterCertificate>> ListAuthoritiesAsync(Guid clusterUuid, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await Authorities(db, clusterUuid).AsNoTracking().ToListAsync(cancellationToken);
    }

    /// <summary>Where the cluster stands with its CAs; null when they are not made yet.</summary>
    public async Task<CaPhase?> FindPhaseAsync(Guid clusterUuid, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await db.Certificates.AsNoTracking().Where(c => c.ClusterUuid == clusterUuid && c.Purpose == CertificatePurpose.Ca).ToListAsync(cancellationToken);
        return rows.Count == 0 ? null : CaPhase.Of(rows);
    }

    /// <summary>Whether a rotation was begun and not brought to its end. For use within a transaction.</summary>
    public static Task<bool> IsRotatingAsync(MagnumDbContext db, Guid clusterUuid, CancellationToken cancellationToken) =>
        db.Certificates.AnyAsync(c => c.ClusterUuid == clusterUuid && c.Role != CertificateRole.Current, cancellationToken);

    /// <summary>Makes the next CAs, which are trusted from then on; what an unfinished rotation made it leaves as it is.</summary>
    public Task MakeNextAsync(Guid clusterUuid, string clusterName, CancellationToken cancellationToken) => ChangeAsync(
        clusterUuid,
        (db, rows) =>
        {
            if (rows.TrueForAll(r => r.Role is CertificateRole.Current))
            {
                foreach (var current in rows)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Add(db, clusterUuid, current.Purpose, Make(current.Purpose, clusterUuid, clusterName), CertificateRole.Next, current.Generation + 1);
                }
            }
        },
        cancellationToken);

    /// <summary>Lets the next CAs sign from now on, and gives Magnum's own client a certificate of theirs; without next ones all stays.</summary>
    public Task SwitchAsync(Guid clusterUuid, CancellationToken cancellationToken) => ChangeAsync(
        clusterUuid,
        (db, rows) =>
        {
            foreach (var next in rows.FindAll(r => r.Role is CertificateRole.Next))
            {
                rows.Single(r => r.Purpose == next.Purpose && r.Role is CertificateRole.Current).Role = CertificateRole.Previous;
                next.Role = CertificateRole.Current;
                if (next.Purpose is CertificatePurpose.Ca)
                {
                    // Before the old CA goes and not after: every master trusts both now, and some will have forgotten the old one soon.
                    var client = db.Certificates.Single(c => c.ClusterUuid == clusterUuid && c.Purpose == CertificatePurpose.Client);
                    Fill(client, CertificateAuthority.CreateClient(Open(next), options.Value, time.GetUtcNow()));
                    client.Generation = next.Generation;
                }
            }
        },
        cancellationToken);

    /// <summary>Takes the previous CAs out of what is trusted.</summary>
    public Task RetireAsync(Guid clusterUuid, CancellationToken cancellationToken) => ChangeAsync(
        clusterUuid,
        (_, rows) => rows.FindAll(r => r.Role is CertificateRole.Previous).ForEach(r => r.Role = CertificateRole.Retired),
        cancellationToken);

    /// <summary>Deletes the CAs that are trusted no more.</summary>
    public async Task DeleteRetiredAsync(Guid clusterUuid, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Certificates.Where(c => c.ClusterUuid == clusterUuid && c.Role == CertificateRole.Retired).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>Removes all of a cluster.</summary>
    public async Task DeleteAsync(Guid clusterUuid, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Certificates.Where(c => c.ClusterUuid == clusterUuid).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>A row's key in clear.</summary>
    public KeyMaterial Open(ClusterCertificate row) => new(row.Certificate, protector.Unprotect(row.PrivateKey), row.NotAfter);

    private static IQueryable<ClusterCertificate> Authorities(MagnumDbContext db, Guid clusterUuid) => db.Certificates.Where(
        c => c.ClusterUuid == clusterUuid
            && (c.Purpose == CertificatePurpose.Ca || c.Purpose == CertificatePurpose.EtcdCa || c.Purpose == CertificatePurpose.FrontProxyCa));

    /// <summary>Changes the CAs of all purposes at once, so that they are in one phase together whenever somebody looks.</summary>
    private async Task ChangeAsync(Guid clusterUuid, Action<MagnumDbContext, List<ClusterCertificate>> change, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        change(db, await Authorities(db, clusterUuid).ToListAsync(cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
    }

    private KeyMaterial Make(CertificatePurpose purpose, Guid clusterUuid, string clusterName)
    {
        var name = clusterName.Length == 0 ? clusterUuid.ToString() : clusterName;
        return purpose switch
        {
            CertificatePurpose.Ca => CertificateAuthority.CreateCa(name, options.Value, time.GetUtcNow()),
            CertificatePurpose.EtcdCa => CertificateAuthority.CreateCa($"{name}-etcd", options.Value, time.GetUtcNow()),
            CertificatePurpose.FrontProxyCa => CertificateAuthority.CreateCa($"{name}-front-proxy", options.Value, time.GetUtcNow()),
            _ => CertificateAuthority.CreateKeyPair(options.Value),
        };
    }

    private ClusterCertificate Add(
        MagnumDbContext db, Guid clusterUuid, CertificatePurpose purpose, KeyMaterial made, CertificateRole role = CertificateRole.Current, int generation = 1)
    {
        var row = new ClusterCertificate { Uuid = Guid.NewGuid(), ClusterUuid = clusterUuid, Purpose = purpose, Role = role, Generation = generation };
        Fill(row, made);
        db.Certificates.Add(row);
        return row;
    }

    private void Fill(ClusterCertificate row, KeyMaterial made)
    {
        row.Certificate = made.Certificate;
        row.PrivateKey = protector.Protect(made.PrivateKey);
        row.NotAfter = made.NotAfter.ToUniversalTime();
        row.CreatedAt = time.GetUtcNow();
    }
}
