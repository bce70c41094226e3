using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Clusters;

/// <summary>What clusters consist of in the cloud, asked of the cloud in the caller's own name.</summary>
public sealed class ClusterResourceQueries(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy, IClusterDriverRegistry drivers)
{
    /// <summary>Of a cluster of the caller's project, where the driver has a list.</summary>
    public Task<Result<IReadOnlyList<ClusterResource>>> ListAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        CloudTrouble.GuardAsync<IReadOnlyList<ClusterResource>>(async () =>
        {
            if (policy.Check(caller, PolicyRules.ClusterGet) is { } refused)
            {
                return refused;
            }

            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            var found = await ClusterLookup.FindAsync(db, caller, all: false, ident, tracked: false, cancellationToken);
            if (found.Value is not { } cluster)
            {
                return found.Error!;
            }

            return drivers.Find(cluster.Driver) is { } driver && await driver.ListResourcesAsync(cluster, caller.Credential, cancellationToken) is { } resources
                ? Result.Success(resources)
                : new MagnumError.Unsupported($"Driver {cluster.Driver} has no list of what a cluster consists of.");
        });
}
