using Magnum.Core.Clusters;
using Magnum.Core.OpenStack;
using Magnum.Drivers.ClusterApi.Management;
using Magnum.Drivers.ClusterApi.Objects;
using Magnum.Drivers.OpenStack.Keystone;

namespace Magnum.Drivers.ClusterApi;

/// <summary>
/// A cluster's application credential, by which Cluster API and the cluster itself use the cloud in its owner's name. Its secret is kept in the management
/// cluster only; that it is there, and which one it is, is read from there too.
/// </summary>
internal sealed class OwnerCredentials(ClusterCredentials credentials, ClusterSecrets secrets, ClusterApiOptions options)
{
    /// <summary>Makes a new one for the owner, puts it in the place of the one before, and removes that.</summary>
    /// <remarks>Cut off anywhere, it leaves a credential that nobody has the secret of at most: the next run and the cluster's removal find it by its name.</remarks>
    public async Task ReplaceAsync(Cluster cluster, TokenInfo owner, CancellationToken cancellationToken)
    {
        await secrets.EnsureNamespaceAsync(cluster, cancellationToken);
        var former = await secrets.FindCredentialAsync(cluster, cancellationToken);
        var made = await credentials.CreateAsync(cluster, owner, options.Roles, cancellationToken);
        try
        {
            await secrets.ApplyCredentialAsync(cluster, owner.UserId, made, cancellationToken);
        }
        catch
        {
            await credentials.DropAsync(
                cluster, ClusterCredentials.Of(owner), owner.UserId, [former?.Annotation(ClusterApiNames.CredentialAnnotation)], CancellationToken.None);
            throw;
        }

        await credentials.DropAsync(cluster, ClusterCredentials.Of(owner), owner.UserId, [made.Id], cancellationToken);
        if (former?.Annotation(ClusterApiNames.UserAnnotation) is { } formerOwner && formerOwner != owner.UserId)
        {
            await credentials.DropAsync(cluster, new CloudCredential.Service(), formerOwner, [], cancellationToken);
        }
    }

    /// <summary>Removes all of the cluster's.</summary>
    /// <param name="secret">Says whose they are; null: the cluster's owner's.</param>
    public async Task RemoveAsync(Cluster cluster, ApiObject? secret, CloudCredential credential, CancellationToken cancellationToken)
    {
        var userId = secret?.Annotation(ClusterApiNames.UserAnnotation) ?? cluster.UserId;

        // Keystone lets administrators do it and the user himself, but nobody who acts for him by a trust.
        await credentials.DropAsync(cluster, credential is CloudCredential.UserToken ? credential : new CloudCredential.Service(), userId, [], cancellationToken);
    }
}
