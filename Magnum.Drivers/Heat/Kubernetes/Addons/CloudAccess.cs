using System.Text.Json;
using System.Text.Json.Serialization;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Keystone;

namespace Magnum.Drivers.Heat.Kubernetes.Addons;

/// <summary>A cluster's credential for the cloud, as Magnum keeps it and as masters read it. Secret.</summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="FormerUserId">Whose the one before is, which stays until no master uses it any more.</param>
internal sealed record KeptCredential(string Id, string Secret, string UserId, string? FormerUserId)
{
    /// <summary>Null: there is none, or it cannot be read.</summary>
    public static KeptCredential? Read(string? kept) => kept is null ? null : JsonSerializer.Deserialize(kept, KeptCredentialJson.Default.KeptCredential);

    public string Write() => JsonSerializer.Serialize(this, KeptCredentialJson.Default.KeptCredential);

    public override string ToString() => $"KeptCredential {{ {Id} }}";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeptCredential))]
internal sealed partial class KeptCredentialJson : JsonSerializerContext;

/// <summary>
/// An application credential of its owner's in each cluster that has the cloud inside (label <c>cloud_provider_enabled</c>). A Heat stack is no place
/// for it, since whoever reads the project's stacks would have it: Magnum keeps it and tells it to the masters alone.
/// </summary>
internal sealed class CloudAccess(ClusterCredentials credentials, IIdentity identity, DriverOptions options)
{
    /// <summary>The label, for refusals and checks.</summary>
    public const string Label = "cloud_provider_enabled";

    /// <summary>
    /// Makes the credential of a new cluster, or a new one in the place of the one that is kept. The one before stays in Keystone until the next time,
    /// since masters take the new one within minutes only. A cluster that was made without one goes without.
    /// </summary>
    /// <returns>What Magnum is to keep; null: nothing.</returns>
    public async Task<string?> AdoptAsync(Cluster cluster, string? kept, TokenInfo owner, CancellationToken cancellationToken)
    {
        var design = new KubernetesDesign(cluster);
        if (!design.WantsCloudProvider || IsRecorded(cluster) && cluster.DriverSecret is null)
        {
            return null;
        }

        var former = KeptCredential.Read(kept);
        NewApplicationCredential made;
        try
        {
            made = await credentials.CreateAsync(cluster, owner, Roles, cancellationToken);
        }
        catch (DriverRefusedException) when (!design.AsksForCloudProvider && !IsRecorded(cluster))
        {
            return null;   // nobody asked for it: the cluster is made as one without the cloud inside, and the plan has said so
        }
        catch (DriverRefusedException e)
        {
            throw new DriverRefusedException($"Label {Label}: {e.Message}", nothingChanged: true, e);
        }

        if (IsRecorded(cluster))
        {
            await credentials.DropAsync(cluster, ClusterCredentials.Of(owner), owner.UserId, [made.Id, former?.Id], cancellationToken);
            foreach (var user in Users(cluster, former).Where(u => u != owner.UserId))
            {
                await credentials.DropAsync(cluster, new CloudCredential.Service(), user, [former?.Id], cancellationToken);
            }
        }

        return new KeptCredential(made.Id, made.Secret, owner.UserId, former?.UserId).Write();
    }

    /// <summary>Removes that of a cluster that was not recorded after all.</summary>
    public Task AbandonAsync(Cluster cluster, TokenInfo owner, CancellationToken cancellationToken) => new KubernetesDesign(cluster).WantsCloudProvider
        ? credentials.DropAsync(cluster, ClusterCredentials.Of(owner), owner.UserId, [], cancellationToken)
        : Task.CompletedTask;

    /// <summary>Removes a cluster's, all of them. Keystone lets administrators do it and the user himself, but nobody who acts for him by a trust.</summary>
    public async Task ReleaseAsync(Cluster cluster, string? kept, CancellationToken cancellationToken)
    {
        if (cluster.DriverSecret is null)
        {
            return;
        }

        foreach (var user in Users(cluster, KeptCredential.Read(kept)))
        {
            await credentials.DropAsync(cluster, new CloudCredential.Service(), user, [], cancellationToken);
        }
    }

    /// <summary>What stands in the way of a credential that the bearer of a token would make; null: nothing, or none is wanted.</summary>
    public async Task<PreflightCheck?> CheckAsync(KubernetesDesign design, CloudCredential credential, CancellationToken cancellationToken)
    {
        if (!design.WantsCloudProvider || credential is not CloudCredential.UserToken bearer || await identity.ValidateAsync(bearer.Token, cancellationToken) is not { } token)
        {
            return null;
        }

        var why = token.TrustId is not null || token.IsRestricted
            ? "Keystone lets nobody make one by a trust or by a restricted application credential"
            : token.Roles.Any(r => Roles.Contains(r, StringComparer.OrdinalIgnoreCase)) ? null : $"you have none of the roles {string.Join(", ", Roles)}";
        return why switch
        {
            null => new PreflightCheck("credential.cloud", CheckOutcome.Pass, "The cluster gets a credential of its own for load balancers and volumes."),
            _ when design.AsksForCloudProvider => new PreflightCheck(
                "credential.cloud", CheckOutcome.Fail, $"Label {Label}: the cluster needs an application credential, and {why}.", "labels"),
            _ => new PreflightCheck(
                "credential.cloud",
                CheckOutcome.Warning,
                $"The cluster will have no load balancers for services and no volumes for pods: these need an application credential, and {why}.",
                "labels"),
        };
    }

    private IReadOnlyList<string> Roles => options.CredentialRoles.Count > 0 ? [.. options.CredentialRoles] : ClusterCredentials.UsualRoles;

    private static bool IsRecorded(Cluster cluster) => cluster.Id != 0;

    private static IEnumerable<string> Users(Cluster cluster, KeptCredential? kept) =>
        new[] { kept?.UserId ?? cluster.UserId, kept?.FormerUserId }.OfType<string>().Distinct(StringComparer.Ordinal);
}
