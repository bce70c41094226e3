using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Credentials;

/// <summary>Re-issues the credential that a cluster uses towards OpenStack, in the name of the caller.</summary>
public sealed class CredentialService(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy)
{
    /// <summary>What is wrong in itself is said first; then that no driver can do it yet.</summary>
    public async Task<Result<Cluster>> RotateAsync(Caller caller, string clusterIdent, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.CredentialRotate) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await ClusterLookup.FindAsync(db, caller, all: false, clusterIdent, tracked: false, cancellationToken);
        return found.Match<Result<Cluster>>(
            cluster => cluster.Status.IsSettled() || cluster.Status is ClusterStatus.UpdateFailed or ClusterStatus.UpdateInProgress
                ? new MagnumError.Unsupported("Credential rotation is not supported by driver.")
                : new MagnumError.WrongState($"Rotating the credential of a cluster when cluster status is \"{cluster.Status.ToWire()}\" is not supported."),
            error => error);
    }
}
