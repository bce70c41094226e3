using System.Globalization;
using System.Security.Cryptography;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.ClusterApi.Management;
using Magnum.Drivers.ClusterApi.Objects;
using Magnum.Drivers.OpenStack.Keystone;
using Microsoft.Extensions.Logging;

namespace Magnum.Drivers.ClusterApi;

/// <summary>
/// A cluster's application credential, by which Cluster API and the cluster itself use the cloud in its owner's name. Its secret is kept in the management
/// cluster only; that it is there, and which one it is, is read from there too.
/// </summary>
internal sealed partial class OwnerCredentials(
    ApplicationCredentials keystone, ClusterSecrets secrets, ClusterApiOptions options, ILogger<OwnerCredentials> logger)
{
    /// <summary>Makes a new one for the owner, puts it in the place of the one before, and removes that.</summary>
    /// <remarks>Cut off anywhere, it leaves a credential that nobody has the secret of at most: the next run and the cluster's removal find it by its name.</remarks>
    public async Task ReplaceAsync(Cluster cluster, TokenInfo owner, CancellationToken cancellationToken)
    {
        await secrets.EnsureNamespaceAsync(cluster, cancellationToken);
        var former = await secrets.FindCredentialAsync(cluster, cancellationToken);
        var made = await CreateAsync(cluster, owner, cancellationToken);
        try
        {
            await secrets.ApplyCredentialAsync(cluster, owner.UserId, made, cancellationToken);
        }
        catch
        {
            await DropAsync(cluster, CredentialOf(owner), owner.UserId, except: former?.Annotation(ClusterApiNames.CredentialAnnotation), CancellationToken.None);
            throw;
        }

        await DropAsync(cluster, CredentialOf(owner), owner.UserId, made.Id, cancellationToken);
        if (former?.Annotation(ClusterApiNames.UserAnnotation) is { } formerOwner && formerOwner != owner.UserId)
        {
            await DropAsync(cluster, new CloudCredential.Service(), formerOwner, except: null, cancellationToken);
        }
    }

    /// <summary>Removes all of the cluster's; what Keystone does not let Magnum remove is told to the operator, and holds nothing up.</summary>
    /// <param name="secret">Says whose they are; null: the cluster's owner's.</param>
    public async Task RemoveAsync(Cluster cluster, ApiObject? secret, CloudCredential credential, CancellationToken cancellationToken)
    {
        var userId = secret?.Annotation(ClusterApiNames.UserAnnotation) ?? cluster.UserId;

        // Keystone lets administrators do it and the user himself, but nobody who acts for him by a trust.
        await DropAsync(cluster, credential is CloudCredential.UserToken ? credential : new CloudCredential.Service(), userId, except: null, cancellationToken);
    }

    private async Task<NewApplicationCredential> CreateAsync(Cluster cluster, TokenInfo owner, CancellationToken cancellationToken)
    {
        var roles = owner.Roles.Where(r => options.Roles.Contains(r, StringComparer.OrdinalIgnoreCase)).ToList();
        if (roles.Count == 0)
        {
            throw new DriverRefusedException(
                $"You have none of the roles that a cluster needs in project {owner.ProjectName ?? owner.ProjectId}: {string.Join(", ", options.Roles)}.", nothingChanged: true);
        }

        try
        {
            return await keystone.CreateAsync(
                owner, $"{PrefixOf(cluster)}{RandomNumberGenerator.GetHexString(8, lowercase: true)}", $"Magnum cluster {cluster.Name} ({cluster.Uuid})", roles, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.Forbidden)
        {
            throw new DriverRefusedException(
                $"Keystone does not let you make an application credential, which the cluster needs: sign in with a password, or with an unrestricted application credential. {e.Message}",
                nothingChanged: true,
                e);
        }
    }

    /// <summary>Deletes the cluster's credentials of a user but one.</summary>
    private async Task DropAsync(Cluster cluster, CloudCredential credential, string userId, string? except, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var old in await keystone.ListAsync(credential, userId, cancellationToken))
            {
                if (old.Name.StartsWith(PrefixOf(cluster), StringComparison.Ordinal) && old.Id != except)
                {
                    await keystone.DeleteAsync(credential, userId, old.Id, cancellationToken);
                }
            }
        }
        catch (CloudException e) when (e.Fault is CloudFault.Forbidden or CloudFault.Unauthorized)
        {
            LogLeftOver(logger, e, cluster.Uuid, cluster.ProjectId, PrefixOf(cluster), userId);
        }
    }

    private static CloudCredential CredentialOf(TokenInfo owner) => new CloudCredential.UserToken(owner.Token, owner.ProjectId);

    private static string PrefixOf(Cluster cluster) => string.Create(CultureInfo.InvariantCulture, $"magnum-{cluster.Uuid}-");

    [LoggerMessage(LogLevel.Warning, "Keystone does not let Magnum remove application credentials {Prefix}* of user {UserId}, made for cluster {ClusterUuid} of project {ProjectId}; an administrator can")]
    private static partial void LogLeftOver(ILogger logger, Exception exception, Guid clusterUuid, string projectId, string prefix, string userId);
}
