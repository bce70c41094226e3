using Magnum.Core.OpenStack;

namespace Magnum.Web.Components.Parts;

/// <summary>Asks the cloud's services, all at once, in the person's name. A service that does not answer costs its own list only.</summary>
internal sealed class CloudChoicesLoader(IImages images, ICompute compute, INetworking networking)
{
    /// <summary>Loads all lists. An ended token is an exception: signing in again helps.</summary>
    public async Task<CloudChoices> LoadAsync(CloudCredential credential, CancellationToken cancellationToken)
    {
        var image = TryAsync(() => images.ListImagesAsync(credential, cancellationToken));
        var flavor = TryAsync(() => compute.ListFlavorsAsync(credential, cancellationToken));
        var network = TryAsync(() => networking.ListNetworksAsync(credential, cancellationToken));
        var subnet = TryAsync(() => networking.ListSubnetsAsync(credential, cancellationToken));
        var keyPair = TryAsync(() => compute.ListKeyPairsAsync(credential, cancellationToken));
        var balancers = TryAsync<object>(async () => await networking.HasLoadBalancersAsync(credential, cancellationToken));
        return new CloudChoices
        {
            Images = await image,
            Flavors = await flavor,
            Networks = await network,
            Subnets = await subnet,
            KeyPairs = await keyPair,
            HasLoadBalancers = await balancers is true,
        };
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (CloudException trouble) when (trouble.Fault is not CloudFault.Unauthorized)
        {
            return null;
        }
    }
}
