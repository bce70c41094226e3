using System.Security.Cryptography;
using Magnum.Core.Certificates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Clusters;

/// <summary>What the engine of a cluster says is in it, for those who may have a certificate of the cluster's: it is asked with one.</summary>
public sealed class EngineQueries
{
    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly PolicyEnforcer _policies;
    private readonly ClusterCertificates _certificates;
    private readonly IClusterDriverRegistry _drivers;
    private readonly ConductorOptions _options;
    private readonly TimeProvider _time;

    internal EngineQueries(
        IDbContextFactory<MagnumDbContext> dbFactory,
        PolicyEnforcer policies,
        ClusterCertificates certificates,
        IClusterDriverRegistry drivers,
        IOptions<ConductorOptions> options,
        TimeProvider time) =>
        (_dbFactory, _policies, _certificates, _drivers, _options, _time) = (dbFactory, policies, certificates, drivers, options.Value, time);

    /// <summary>Asks the engine now. Unavailable with the reason when it does not answer, unsupported when its driver has no way to look.</summary>
    public async Task<Result<EngineContents>> LookInsideAsync(Caller caller, string ident, CancellationToken cancellationToken)
    {
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await ClusterLookup.FindAsync(db, caller, all: false, ident, tracked: false, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var cluster = found.Value;
        if (_policies.Check(caller, PolicyRules.CertificateCreate, new PolicyTarget(cluster.ProjectId, cluster.UserId, cluster.TrusteeUserId)) is { } refusal)
        {
            return refusal;
        }

        if (cluster.ApiAddress is null)
        {
            return new MagnumError.Conflict($"Cluster {cluster.Name} has no API address yet.");
        }

        using var limit = new CancellationTokenSource(_options.HealthTimeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return _drivers.Find(cluster.Driver) is { } driver
                && await _certificates.FindAccessAsync(cluster.Uuid, both.Token) is { } access
                && await driver.LookInsideAsync(cluster, access, both.Token) is { } contents
                ? contents
                : new MagnumError.Unsupported($"Magnum has no way to look into cluster {cluster.Name}.");
        }
        catch (CloudException e)
        {
            return new MagnumError.Unavailable(e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new MagnumError.Unavailable($"The cluster {cluster.Name} did not answer within {_options.HealthTimeout.TotalSeconds:0} s.");
        }
        catch (CryptographicException)
        {
            return new MagnumError.Unavailable("Magnum cannot decrypt its certificate for the cluster: an operator has to restore its key ring.");
        }
    }
}
