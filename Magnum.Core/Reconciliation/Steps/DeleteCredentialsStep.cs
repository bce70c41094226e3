using System.Security.Cryptography;
using Magnum.Core.Clusters;
using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.OpenStack;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Removes the nodes' user, what the driver has of the owner, and the trust. Only after the infrastructure: without them nothing could be removed any more.</summary>
internal sealed class DeleteCredentialsStep(IIdentity identity, IClusterDriverRegistry drivers, ISecretProtector protector) : IOperationStep
{
    public bool OnlyLooks => false;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var cluster = rows.Cluster!;
        var leftovers = new List<string>();
        await TryAsync(() => DeleteTrusteeAsync(cluster, cancellationToken), $"user {CredentialsStep.TrusteeName(cluster)}");
        await TryAsync(() => ReleaseAsync(cluster, cancellationToken), "the cluster's own credential");
        await TryAsync(() => DeleteTrustAsync(cluster, cancellationToken), "the trust of its owner");
        return new StepResult.Done("The cluster's credentials are removed.")
        {
            Effect = now => leftovers.ForEach(left => now.Tell(EventLevel.Warning, "credentials", left)),
        };

        async Task TryAsync(Func<Task> delete, string what)
        {
            try
            {
                await delete();
            }
            catch (CloudException e) when (!e.IsTransient && e.Fault is not CloudFault.Conflict)
            {
                // The infrastructure is gone; a user must not be kept from being rid of the cluster by Magnum's own rights.
                leftovers.Add($"In Keystone {what} is left over: {Trouble.Describe(e)}.");
            }
            catch (CryptographicException)
            {
                leftovers.Add($"In Keystone {what} is left over: its id cannot be decrypted.");
            }
        }
    }

    private async Task DeleteTrusteeAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        // Without an id a create may have been cut off right after making the user: by the name it is found.
        var userId = cluster.TrusteeUserId ?? (await identity.EnsureTrusteeAsync(CredentialsStep.TrusteeName(cluster), cancellationToken)).Id;
        await identity.DeleteTrusteeAsync(userId, cancellationToken);
    }

    private Task ReleaseAsync(Cluster cluster, CancellationToken cancellationToken) =>
        drivers.Find(cluster.Driver)?.ReleaseAsync(cluster, protector.TryUnprotect(cluster.DriverSecret), cancellationToken) ?? Task.CompletedTask;

    private async Task DeleteTrustAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        if (cluster.TrustId is { } protectedTrust)
        {
            await identity.DeleteTrustAsync(protector.Unprotect(protectedTrust), cancellationToken);
        }
    }
}
