using System.Security.Cryptography;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Microsoft.Extensions.Logging;

namespace Magnum.Drivers.OpenStack.Keystone;

/// <summary>
/// Application credentials by which clusters use the cloud in their owners' names: what they are called, which roles they get, how they go. All of
/// a cluster's begin with the same words, so that one whose secret was lost before anybody kept it is found again.
/// </summary>
internal sealed partial class ClusterCredentials(ApplicationCredentials keystone, ILogger<ClusterCredentials> logger)
{
    /// <summary>Roles of a cluster's credential, unless an operator names others.</summary>
    public static readonly IReadOnlyList<string> UsualRoles = ["member", "load-balancer_member"];

    /// <summary>The owner's own token.</summary>
    public static CloudCredential Of(TokenInfo owner) => new CloudCredential.UserToken(owner.Token, owner.ProjectId);

    /// <summary>Makes one for the owner, with those of the roles that he has. A refusal says what he can do about it.</summary>
    public async Task<NewApplicationCredential> CreateAsync(Cluster cluster, TokenInfo owner, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        var roles = owner.Roles.Where(r => wanted.Contains(r, StringComparer.OrdinalIgnoreCase)).ToList();
        if (roles.Count == 0)
        {
            throw new DriverRefusedException(
                $"You have none of the roles that a cluster needs in project {owner.ProjectName ?? owner.ProjectId}: {string.Join(", ", wanted)}.", nothingChanged: true);
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

    /// <summary>Deletes the cluster's credentials of a user but those to keep. What Keystone does not let Magnum remove is told to the operator, and holds nothing up.</summary>
    /// <param name="keep">Ids; null among them is nothing.</param>
    public async Task DropAsync(Cluster cluster, CloudCredential credential, string userId, IReadOnlyCollection<string?> keep, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var old in await keystone.ListAsync(credential, userId, cancellationToken))
            {
                if (old.Name.StartsWith(PrefixOf(cluster), StringComparison.Ordinal) && !keep.Contains(old.Id))
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

    private static string PrefixOf(Cluster cluster) => $"magnum-{cluster.Uuid}-";

    [LoggerMessage(LogLevel.Warning, "Keystone does not let Magnum remove application credentials {Prefix}* of user {UserId}, made for cluster {ClusterUuid} of project {ProjectId}; an administrator can")]
    private static partial void LogLeftOver(ILogger logger, Exception exception, Guid clusterUuid, string projectId, string prefix, string userId);
}
