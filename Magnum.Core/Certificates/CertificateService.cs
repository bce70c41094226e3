using Magnum.Core.Audit;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Credentials;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Certificates;

/// <summary>Which CA of a cluster.</summary>
public enum CaType
{
    Kubernetes,
    Etcd,
    FrontProxy,
}

/// <summary>From the types of CAs to what is stored.</summary>
internal static class CaTypeExtensions
{
    public static CertificatePurpose Purpose(this CaType type) => type switch
    {
        CaType.Etcd => CertificatePurpose.EtcdCa,
        CaType.FrontProxy => CertificatePurpose.FrontProxyCa,
        _ => CertificatePurpose.Ca,
    };
}

/// <summary>What is to be known of a certificate of a cluster.</summary>
/// <param name="Generation">From 1, one more with each rotation.</param>
public sealed record CertificateFacts(CertificatePurpose Purpose, CertificateRole Role, int Generation, DateTimeOffset CreatedAt, DateTimeOffset NotAfter);

/// <summary>Reads CAs and signs requests, for people (both doors) and for the cluster's own nodes.</summary>
public sealed partial class CertificateService
{
    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly PolicyEnforcer _policies;
    private readonly ClusterCertificates _certificates;
    private readonly ISecretProtector _protector;
    private readonly CertificateOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CertificateService> _logger;
    private readonly AuditTrail _audit;

    internal CertificateService(
        IDbContextFactory<MagnumDbContext> dbFactory,
        PolicyEnforcer policies,
        ClusterCertificates certificates,
        ISecretProtector protector,
        IOptions<CertificateOptions> options,
        TimeProvider time,
        ILogger<CertificateService> logger,
        AuditTrail audit)
    {
        (_dbFactory, _policies, _certificates, _protector) = (dbFactory, policies, certificates, protector);
        (_options, _time, _logger, _audit) = (options.Value, time, logger, audit);
    }

    /// <summary>The CA's certificate as PEM, with the cluster's uuid; while CAs are rotated both, the one that signs first.</summary>
    public async Task<Result<(Guid ClusterUuid, string Pem)>> GetCaAsync(Caller caller, string clusterIdent, CaType type, CancellationToken cancellationToken)
    {
        var found = await FindAsync(caller, clusterIdent, PolicyRules.CertificateGet, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        return await _certificates.FindPemAsync(found.Value.Uuid, type.Purpose(), cancellationToken) is { } pem
            ? (found.Value.Uuid, pem)
            : NotMade(found.Value);
    }

    /// <summary>The cluster's CAs and key pairs with their ends, without the keys; the newest of each kind first.</summary>
    public async Task<Result<IReadOnlyList<CertificateFacts>>> ListAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken)
    {
        var found = await FindAsync(caller, clusterIdent, PolicyRules.CertificateGet, cancellationToken);
        if (found.Value is not { } cluster)
        {
            return found.Error!;
        }

        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        return Result.Success<IReadOnlyList<CertificateFacts>>(await db.Certificates.AsNoTracking()
            .Where(c => c.ClusterUuid == cluster.Uuid && c.Purpose != CertificatePurpose.ServiceAccount && c.Role != CertificateRole.Retired)
            .OrderBy(c => c.Purpose).ThenByDescending(c => c.Generation)
            .Select(c => new CertificateFacts(c.Purpose, c.Role, c.Generation, c.CreatedAt, c.NotAfter))
            .ToListAsync(cancellationToken));
    }

    /// <summary>Signs a certificate signing request (PEM). A node of the cluster may only ask for a node's subjects.</summary>
    public Task<Result<(Guid ClusterUuid, string Pem)>> SignAsync(
        Caller caller, string clusterIdent, string csrPem, CaType type, CancellationToken cancellationToken)
    {
        var request = SigningRequest.Parse(csrPem);
        return _audit.KeepAsync(
            caller,
            PolicyRules.CertificateCreate,
            new AuditAbout(clusterIdent, clusterIdent, request.Value?.Subject.Name),
            () => CheckAndSignAsync(caller, clusterIdent, request, type, cancellationToken));
    }

    private async Task<Result<(Guid ClusterUuid, string Pem)>> CheckAndSignAsync(
        Caller caller, string clusterIdent, Result<SigningRequest> request, CaType type, CancellationToken cancellationToken)
    {
        var found = await FindAsync(caller, clusterIdent, PolicyRules.CertificateCreate, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var cluster = found.Value;
        if (!request.IsSuccess)
        {
            return request.Error;
        }

        var grant = new NodeGrant(null, IsRenewable: false);
        if (IsNode(caller, cluster))
        {
            if (NodeGrant.For(cluster.Template.Coe, request.Value, type) is not { } granted)
            {
                return new MagnumError.Forbidden($"A node may not ask for a certificate of {request.Value.Subject.Name}.") { Field = "csr" };
            }

            grant = granted;
        }

        if (await _certificates.FindAsync(cluster.Uuid, type.Purpose(), cancellationToken) is not { } ca)
        {
            return NotMade(cluster);
        }

        var signed = CertificateAuthority.Sign(ca, request.Value, _options, _time.GetUtcNow(), grant.IsRenewable, grant.Life);
        if (!signed.IsSuccess)
        {
            return signed.Error;
        }

        LogSigned(_logger, cluster.Uuid, request.Value.Subject.Name, caller.UserId, caller.RequestId);
        return (cluster.Uuid, signed.Value);
    }

    /// <summary>The private key (PKCS#8 PEM) by which the cluster's masters sign service account tokens: for the cluster's own node user only.</summary>
    public async Task<Result<(Guid ClusterUuid, string Pem)>> GetServiceAccountKeyAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken)
    {
        var found = await FindAsync(caller, clusterIdent, PolicyRules.CertificateGet, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        if (Engines.IsSwarm(found.Value.Template.Coe) || Engines.IsMesos(found.Value.Template.Coe))
        {
            return new MagnumError.Forbidden($"A {found.Value.Template.Coe} cluster has no service accounts.") { Field = "ca_cert_type" };
        }

        if (!IsNode(caller, found.Value))
        {
            return new MagnumError.Forbidden("Only the cluster's own nodes may read its service account key.") { Field = "ca_cert_type" };
        }

        return await _certificates.FindAsync(found.Value.Uuid, CertificatePurpose.ServiceAccount, cancellationToken) is { } key
            ? (found.Value.Uuid, key.PrivateKey)
            : NotMade(found.Value);
    }

    /// <summary>What the driver has Magnum keep for the cluster: its credential for the cloud. For the cluster's own node user only.</summary>
    public async Task<Result<(Guid ClusterUuid, string Credential)>> GetCloudCredentialAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken)
    {
        var found = await FindAsync(caller, clusterIdent, PolicyRules.CertificateGet, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        if (!IsNode(caller, found.Value))
        {
            return new MagnumError.Forbidden("Only the cluster's own nodes may read its credential for the cloud.") { Field = "ca_cert_type" };
        }

        return _protector.TryUnprotect(found.Value.DriverSecret) is { } credential
            ? (found.Value.Uuid, credential)
            : new MagnumError.Conflict($"Cluster {found.Value.Name} has no credential for the cloud.");
    }

    /// <summary>
    /// What opens the cluster, with a fresh client certificate (<c>CN=admin, O=system:masters</c>): a kubeconfig, or a shell's lines for the
    /// <c>docker</c> client. Conflict while there is no API address; Mesos has none.
    /// </summary>
    public Task<Result<AccessFile>> CreateAccessFileAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken) =>
        _audit.KeepAsync(
            caller,
            PolicyRules.CertificateCreate,
            new AuditAbout(clusterIdent, clusterIdent, "access file for CN=admin, O=system:masters"),
            () => WriteAccessFileAsync(caller, clusterIdent, cancellationToken));

    private async Task<Result<AccessFile>> WriteAccessFileAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken)
    {
        var found = await FindAsync(caller, clusterIdent, PolicyRules.CertificateCreate, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var cluster = found.Value;
        if (Engines.IsMesos(cluster.Template.Coe))
        {
            return new MagnumError.Unsupported("Mesos and Marathon are served without certificates: there is no file to open a Mesos cluster with.");
        }

        if (cluster.ApiAddress is not { } address)
        {
            return new MagnumError.Conflict($"Cluster {cluster.Name} has no API address yet.");
        }

        if (await _certificates.FindAsync(cluster.Uuid, CertificatePurpose.Ca, cancellationToken) is not { } ca
            || await _certificates.FindPemAsync(cluster.Uuid, CertificatePurpose.Ca, cancellationToken) is not { } trusted)
        {
            return NotMade(cluster);
        }

        var client = CertificateAuthority.CreateClient(ca, _options, _time.GetUtcNow());
        LogSigned(_logger, cluster.Uuid, "CN=admin, O=system:masters", caller.UserId, caller.RequestId);
        return Engines.IsSwarm(cluster.Template.Coe)
            ? new AccessFile($"{cluster.Name}.docker.sh", "text/x-shellscript", DockerAccess.Write(cluster.Name, cluster.Uuid, address, trusted, client))
            : new AccessFile($"{cluster.Name}.kubeconfig", "application/yaml", Kubeconfig.Write(cluster.Name, address, trusted, client));
    }

    private static bool IsNode(Caller caller, Cluster cluster) => caller.UserId == cluster.TrusteeUserId;

    private static MagnumError.Conflict NotMade(Cluster cluster) => new($"The certificates of cluster {cluster.Name} are not made yet.");

    /// <summary>A node finds its own cluster and no other, by the user it signs in as; everybody else what the project and the policy allow.</summary>
    private async Task<Result<Cluster>> FindAsync(Caller caller, string ident, string rule, CancellationToken cancellationToken)
    {
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        if (caller.ProjectId.Length == 0 && Identifier.TryUuid(ident, out var uuid))
        {
            return await db.Clusters.AsNoTracking().SingleOrDefaultAsync(c => c.Uuid == uuid && c.TrusteeUserId == caller.UserId, cancellationToken) is { } own
                ? own
                : ClusterLookup.NotFound(ident);
        }

        var found = await ClusterLookup.FindAsync(db, caller, all: false, ident, tracked: false, cancellationToken);
        return found.IsSuccess && _policies.Check(caller, rule, new PolicyTarget(found.Value.ProjectId, found.Value.UserId, found.Value.TrusteeUserId)) is { } refusal
            ? refusal
            : found;
    }

    [LoggerMessage(LogLevel.Information, "Signed a certificate of cluster {ClusterUuid} for {Subject}, asked for by {UserId} in {RequestId}")]
    private static partial void LogSigned(ILogger logger, Guid clusterUuid, string subject, string userId, string requestId);
}
