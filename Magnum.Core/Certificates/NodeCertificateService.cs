using System.Globalization;
using System.Text;
using Magnum.Core.Credentials;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Certificates;

/// <summary>A node's report.</summary>
/// <param name="Certificate">Its kubelet's, as PEM.</param>
/// <param name="Time">When it was made, RFC 3339; also part of what is signed.</param>
/// <param name="Applied">The phase that the node has put into effect; empty: none that it knows of.</param>
/// <param name="Signature">Base64, by the certificate's key, over <c>uuid LF time LF applied</c>.</param>
public sealed record NodeReport(string Certificate, string Time, string Applied, string Signature);

/// <summary>What a node has to have.</summary>
/// <param name="Phase">To be reported when it is put into effect.</param>
/// <param name="Authorities">PEM; of several the first one signs.</param>
/// <param name="Renew">Whether certificates that the first one has not signed have to be renewed.</param>
/// <param name="CloudCredential">For masters: what the driver has Magnum keep for the cluster; null: nothing. Secret.</param>
public sealed record NodeInstructions(string Phase, IReadOnlyDictionary<CaType, string> Authorities, bool Renew, string? CloudCredential)
{
    /// <inheritdoc />
    public override string ToString() => $"NodeInstructions {{ Phase = {Phase} }}";
}

/// <summary>A node asks for the same certificate again.</summary>
/// <param name="Certificate">The old one, as PEM.</param>
/// <param name="Csr">PEM.</param>
/// <param name="Signature">Base64, by the old certificate's key, over the text of <paramref name="Csr"/>.</param>
public sealed record NodeRenewal(CaType Type, string Certificate, string Csr, string Signature);

/// <summary>
/// The door of nodes that are up. Their user in Keystone is disabled by then, so they prove who they are by the key of a certificate that this
/// cluster's CA has signed for a node. Whoever cannot is told the same, whether the cluster exists or not.
/// </summary>
public sealed partial class NodeCertificateService
{
    /// <summary>A node that only says that it lives is not written down more often.</summary>
    internal static readonly TimeSpan SeenPrecision = TimeSpan.FromMinutes(10);

    /// <summary>How far a node's clock may be from ours, and how long a report that somebody has read is worth anything.</summary>
    internal static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private const int LongestToken = 32;

    private static readonly MagnumError Refusal =
        new MagnumError.Forbidden("No node of a cluster here has signed this: its certificate, signature or time is not what it has to be.");

    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly ClusterCertificates _certificates;
    private readonly ISecretProtector _protector;
    private readonly CertificateOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeCertificateService> _logger;

    internal NodeCertificateService(
        IDbContextFactory<MagnumDbContext> dbFactory,
        ClusterCertificates certificates,
        ISecretProtector protector,
        IOptions<CertificateOptions> options,
        TimeProvider time,
        ILogger<NodeCertificateService> logger) =>
        (_dbFactory, _certificates, _protector, _options, _time, _logger) = (dbFactory, certificates, protector, options.Value, time, logger);

    /// <summary>Takes a node's report down and says what it has to have.</summary>
    public async Task<Result<NodeInstructions>> ReportAsync(string cluster, NodeReport report, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        if (!Identifier.TryUuid(cluster, out var uuid) || report.Applied.Length > LongestToken || !IsRecent(report.Time, now))
        {
            return Refusal;
        }

        using var certificate = PresentedCertificate.Parse(report.Certificate);
        var authorities = await _certificates.ListAuthoritiesAsync(uuid, cancellationToken);
        if (certificate is null
            || NodeSubjects.NodeOf(certificate.Subject) is not { } node
            || FindSigner(authorities, CaType.Kubernetes, certificate, now) is not { } signer
            || !certificate.HasSigned(Encoding.UTF8.GetBytes($"{cluster}\n{report.Time}\n{report.Applied}"), report.Signature))
        {
            return Refusal;
        }

        var phase = CaPhase.Of(authorities)!;

        // Its word that it has renewed its certificates is not taken while the one it shows is an old one.
        var applied = phase.Renews && signer.Generation != phase.Signing && report.Applied == phase.Token ? "" : report.Applied;
        if (!await RecordAsync(uuid, node, applied, now, cancellationToken))
        {
            return Refusal;
        }

        var due = phase.IsRotating && !await IsItsTurnAsync(uuid, node, phase.Token, cancellationToken) ? phase.Before : phase;
        return new NodeInstructions(
            due.Token,
            Enum.GetValues<CaType>().ToDictionary(type => type, type => due.Bundle(authorities, type.Purpose())),
            due.Renews,
            await FindCloudCredentialAsync(uuid, node, cancellationToken));
    }

    /// <summary>Signs what a node's certificate says once more, by the CA that signs now: the same subject, names and usages.</summary>
    public async Task<Result<string>> RenewAsync(string cluster, NodeRenewal renewal, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        using var certificate = PresentedCertificate.Parse(renewal.Certificate);
        if (!Identifier.TryUuid(cluster, out var uuid) || certificate is null || !NodeSubjects.Allows(certificate.Subject, renewal.Type))
        {
            return Refusal;
        }

        var authorities = await _certificates.ListAuthoritiesAsync(uuid, cancellationToken);
        if (FindSigner(authorities, renewal.Type, certificate, now) is null || !certificate.HasSigned(Encoding.UTF8.GetBytes(renewal.Csr), renewal.Signature))
        {
            return Refusal;
        }

        if (NodeSubjects.NodeOf(certificate.Subject) is { } node && !await HasAsync(uuid, node, cancellationToken))
        {
            return Refusal;   // it was taken away, and what its disk held shall not live on
        }

        var request = SigningRequest.Parse(renewal.Csr);
        if (!request.IsSuccess)
        {
            return request.Error;
        }

        if (certificate.DifferenceTo(request.Value) is { } difference)
        {
            return new MagnumError.Invalid($"A renewal asks for what the old certificate has: {difference} is another one.") { Field = "csr" };
        }

        var current = authorities.Single(a => a.Purpose == renewal.Type.Purpose() && a.Role is CertificateRole.Current);
        var signed = CertificateAuthority.Sign(_certificates.Open(current), request.Value, _options, now, forNode: true);
        LogRenewed(_logger, uuid, certificate.Subject.Name);
        return signed;
    }

    private static bool IsRecent(string time, DateTimeOffset now) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var made) && (made - now).Duration() <= ClockTolerance;

    /// <summary>The CA that has signed it for a node, of those that are trusted; null when none has.</summary>
    private ClusterCertificate? FindSigner(IEnumerable<ClusterCertificate> authorities, CaType type, PresentedCertificate certificate, DateTimeOffset now) =>
        authorities.FirstOrDefault(a => a.Purpose == type.Purpose() && a.Role is not CertificateRole.Retired && certificate.IsNodes(_certificates.Open(a), now));

    /// <summary>Masters keep the cluster's credential for the cloud up to date; it is no worker's business.</summary>
    private async Task<string?> FindCloudCredentialAsync(Guid cluster, string node, CancellationToken cancellationToken)
    {
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        var row = await db.Clusters.AsNoTracking().Include(c => c.NodeGroups).SingleOrDefaultAsync(c => c.Uuid == cluster && c.DriverSecret != null, cancellationToken);
        return row is not null && row.NodeGroups.Exists(g => g.IsMaster && g.Nodes.Exists(n => n.Name == node)) ? _protector.TryUnprotect(row.DriverSecret) : null;
    }

    private async Task<bool> HasAsync(Guid cluster, string node, CancellationToken cancellationToken)
    {
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        var groups = await db.NodeGroups.AsNoTracking().Where(g => g.ClusterId == cluster).ToListAsync(cancellationToken);
        return groups.Exists(g => g.Nodes.Exists(n => n.Name == node));
    }

    /// <summary>Writes down how far a node is, if the cluster has it; false when the cluster has gone meanwhile.</summary>
    private async Task<bool> RecordAsync(Guid cluster, string node, string applied, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        if (await db.NodeCertificates.SingleOrDefaultAsync(n => n.ClusterUuid == cluster && n.NodeName == node, cancellationToken) is { } row)
        {
            if (row.Applied != applied || now - row.SeenAt >= SeenPrecision)
            {
                (row.Applied, row.SeenAt) = (applied, now);
            }
        }
        else
        {
            var groups = await db.NodeGroups.AsNoTracking().Where(g => g.ClusterId == cluster).ToListAsync(cancellationToken);
            var names = groups.SelectMany(g => g.Nodes).Select(n => n.Name).ToHashSet(StringComparer.Ordinal);
            if (!names.Contains(node))
            {
                return groups.Count > 0;   // it is just being made, or was taken away and lives on
            }

            // There are never more rows than nodes for long: who comes takes those with him that have gone.
            var known = await db.NodeCertificates.Where(n => n.ClusterUuid == cluster).ToListAsync(cancellationToken);
            db.NodeCertificates.RemoveRange(known.Where(n => !names.Contains(n.NodeName)));
            db.NodeCertificates.Add(new NodeCertificate { ClusterUuid = cluster, NodeName = node, Applied = applied, SeenAt = now });
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // The same node reported twice at once, or its cluster was deleted: what stays is decided by what there is now.
            return await db.Clusters.AnyAsync(c => c.Uuid == cluster, cancellationToken);
        }
    }

    /// <summary>
    /// Masters follow one after the other, since each one's etcd and API are away for a moment; the first one last, so that what it does for the
    /// whole cluster is done when all others know the CAs. Workers need not wait.
    /// </summary>
    private async Task<bool> IsItsTurnAsync(Guid cluster, string node, string token, CancellationToken cancellationToken)
    {
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        var groups = await db.NodeGroups.AsNoTracking().Where(g => g.ClusterId == cluster).ToListAsync(cancellationToken);
        var before = groups.Where(g => g.IsMaster).SelectMany(g => g.Nodes).Select(n => n.Name)
            .OrderByDescending(n => n.Length).ThenByDescending(n => n, StringComparer.Ordinal)
            .ToList();
        if (!before.Contains(node))
        {
            return true;
        }

        before.RemoveRange(before.IndexOf(node), before.Count - before.IndexOf(node));
        return await db.NodeCertificates.CountAsync(
            n => n.ClusterUuid == cluster && n.Applied == token && before.Contains(n.NodeName), cancellationToken) == before.Count;
    }

    [LoggerMessage(LogLevel.Information, "A node of cluster {ClusterUuid} has renewed its certificate of {Subject}")]
    private static partial void LogRenewed(ILogger logger, Guid clusterUuid, string subject);
}
