using Magnum.Core.Audit;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Credentials;

/// <summary>
/// Re-issues the credential that Magnum uses for a cluster towards OpenStack, in the name of the caller, who becomes the owner: the cure when the
/// former owner has left or lost the roles. It is done when it is answered; the cluster's status stays.
/// </summary>
public sealed class CredentialService
{
    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly PolicyEnforcer _policy;
    private readonly OwnerTrusts _trusts;
    private readonly IClusterDriverRegistry _drivers;
    private readonly ISecretProtector _protector;
    private readonly ClusterTransaction _transaction;
    private readonly ClusterWork _work;
    private readonly TimeProvider _time;

    private readonly AuditTrail _audit;

    internal CredentialService(
        IDbContextFactory<MagnumDbContext> dbFactory,
        PolicyEnforcer policy,
        OwnerTrusts trusts,
        IClusterDriverRegistry drivers,
        ISecretProtector protector,
        ClusterTransaction transaction,
        ClusterWork work,
        TimeProvider time,
        AuditTrail audit)
    {
        (_dbFactory, _policy, _trusts, _drivers) = (dbFactory, policy, trusts, drivers);
        (_protector, _transaction, _work, _time, _audit) = (protector, transaction, work, time, audit);
    }

    public Task<Result<Cluster>> RotateAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken) =>
        _audit.KeepAsync(
            caller,
            PolicyRules.CredentialRotate,
            new AuditAbout(clusterIdent, clusterIdent),
            () => CloudTrouble.GuardAsync(() => ReplaceAsync(caller, clusterIdent, cancellationToken)),
            AuditFound.Of);

    private async Task<Result<Cluster>> ReplaceAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken)
    {
        if (_policy.Check(caller, PolicyRules.CredentialRotate) is { } refused)
        {
            return refused;
        }

        Cluster cluster;
        await using (var db = await _dbFactory.CreateDbContextAsync(cancellationToken))
        {
            var found = await ClusterLookup.FindAsync(db, caller, all: false, clusterIdent, tracked: false, cancellationToken);
            if (!found.IsSuccess)
            {
                return found.Error;
            }

            cluster = found.Value;
        }

        if (Check(cluster) is { } wrong)
        {
            return wrong;
        }

        var made = await _trusts.CreateAsync(caller, cancellationToken);
        if (!made.IsSuccess)
        {
            return made.Error;
        }

        var superfluous = made.Value;
        try
        {
            await TryAsync(cluster, made.Value, cancellationToken);
            var kept = await _drivers.Find(cluster.Driver)!.AdoptAsync(cluster, _protector.TryUnprotect(cluster.DriverSecret), caller.Token, cancellationToken);
            var former = default(string);
            var changed = await _transaction.ChangeAsync(
                caller,
                cluster.Uuid.ToString(),
                new ClusterRight(PolicyRules.CredentialRotate, OwnProject: true),
                (db, row) =>
                {
                    if (Check(row) is { } meanwhile)
                    {
                        return Task.FromResult<Result<Guid?>>(meanwhile);
                    }

                    former = row.TrustId;
                    (row.TrustId, row.UserId) = (_protector.Protect(made.Value), caller.UserId);
                    row.DriverSecret = kept is null ? row.DriverSecret : _protector.Protect(kept);
                    row.Touch(_time.GetUtcNow());
                    _work.Note(db, caller, row, null, "has put the cluster in their own name: Magnum acts for them from now on.");
                    return Task.FromResult<Result<Guid?>>(default(Guid?));
                },
                cancellationToken);
            superfluous = changed.IsSuccess ? _protector.TryUnprotect(former) : made.Value;
            return changed;
        }
        catch (DriverRefusedException e)
        {
            return new MagnumError.Forbidden(e.Message);
        }
        finally
        {
            if (superfluous is not null)
            {
                await _trusts.DropAsync(superfluous, caller);
            }
        }
    }

    private MagnumError? Check(Cluster cluster) =>
        !cluster.Status.IsSettled() && !cluster.Status.IsFailed() && cluster.Status is not ClusterStatus.UpdateInProgress   // failures too may be cured by it
            ? new MagnumError.WrongState($"Rotating the credential of a cluster when cluster status is \"{cluster.Status.ToWire()}\" is not supported.")
            : _drivers.Can(cluster, DriverCapabilities.RotateCredential)
                ? null
                : new MagnumError.Unsupported("Credential rotation is not supported by driver.");

    /// <summary>A trust by which the cluster cannot be seen is not put in the place of one that may work.</summary>
    private Task TryAsync(Cluster cluster, string trustId, CancellationToken cancellationToken) => _drivers.Find(cluster.Driver)!.ObserveAsync(
        new DriverRequest(cluster, new CloudCredential.Trust(trustId, cluster.ProjectId), Guid.Empty.ToString()), new ObserveOptions(WithEvents: false, null), cancellationToken);
}
