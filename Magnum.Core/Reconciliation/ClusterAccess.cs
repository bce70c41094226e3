using Magnum.Core.Clusters;
using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation;

/// <summary>A cluster's driver and in whose name it is used.</summary>
internal sealed class ClusterAccess(IClusterDriverRegistry drivers, ISecretProtector protector, IOptions<ConductorOptions> options, TimeProvider time)
{
    /// <summary>The driver that carries the cluster; a refusal when it is not installed here.</summary>
    public IClusterDriver Driver(Cluster cluster) => drivers.Find(cluster.Driver)
        ?? throw new DriverRefusedException($"The driver {cluster.Driver}, which carries this cluster, is not installed or not enabled.", nothingChanged: true);

    /// <summary>For the owner, through the trust; Magnum's own for a cluster without one.</summary>
    public CloudCredential Credential(Cluster cluster) =>
        cluster.TrustId is null ? new CloudCredential.Service() : new CloudCredential.Trust(protector.Unprotect(cluster.TrustId), cluster.ProjectId);

    /// <summary>Looks, within the time for a call.</summary>
    /// <param name="group">An added group; null: the rest of the cluster.</param>
    public Task<ObservedCluster> ObserveAsync(Cluster cluster, NodeGroup? group, string generation, bool withEvents, CancellationToken cancellationToken) =>
        WithFallbackAsync(
            cluster,
            async credential =>
            {
                using var limit = new CancellationTokenSource(options.Value.CallTimeout, time);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                try
                {
                    return PublicText.Clean(await Driver(cluster).ObserveAsync(
                        new DriverRequest(cluster, credential, generation) { NodeGroup = group },
                        new ObserveOptions(withEvents, group is null ? cluster.EventMarker : group.EventMarker),
                        both.Token));
                }
                catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                {
                    throw new CloudException(
                        "orchestration", CloudFault.Unreachable, $"no answer within {options.Value.CallTimeout.TotalSeconds:0} s", e);
                }
            });

    /// <summary>Asks the back end to remove the cluster or a group of it; in Magnum's own name where the owner's trust is gone.</summary>
    /// <param name="group">An added group; null: the rest of the cluster.</param>
    public Task DeleteAsync(Cluster cluster, NodeGroup? group, string generation, CancellationToken cancellationToken)
    {
        var driver = Driver(cluster);
        return WithFallbackAsync(
            cluster,
            async credential =>
            {
                await driver.DeleteAsync(new DriverRequest(cluster, credential, generation) { NodeGroup = group }, cancellationToken);
                return true;
            });
    }

    /// <summary>Asks the cloud to remove what the cluster has made there by itself, within the time for a call.</summary>
    public Task<IReadOnlyList<string>> RemoveOwnMakingsAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        var driver = Driver(cluster);
        return WithFallbackAsync(
            cluster,
            async credential =>
            {
                using var limit = new CancellationTokenSource(options.Value.CallTimeout, time);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                return await driver.RemoveOwnMakingsAsync(cluster, credential, both.Token);
            });
    }

    /// <summary>
    /// Does what has to be possible when the owner has left: in his name, and in Magnum's own when Keystone no longer honours the trust.
    /// </summary>
    private async Task<T> WithFallbackAsync<T>(Cluster cluster, Func<CloudCredential, Task<T>> work)
    {
        CloudCredential credential;
        try
        {
            credential = Credential(cluster);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            credential = new CloudCredential.Service();   // the key ring is lost; deleting must be possible all the same
        }

        try
        {
            return await work(credential);
        }
        catch (CloudException e) when (credential is CloudCredential.Trust && IsTrustLost(e))
        {
            return await work(new CloudCredential.Service());
        }
    }

    /// <summary>Whether Keystone refuses the trust itself: it is gone, or its owner is, or has lost his roles.</summary>
    public static bool IsTrustLost(CloudException e) =>
        e is { Service: "identity", Fault: CloudFault.Unauthorized or CloudFault.Forbidden or CloudFault.NotFound };
}
