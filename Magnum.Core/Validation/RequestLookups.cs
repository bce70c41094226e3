using Magnum.Core.Errors;
using Magnum.Core.OpenStack;

namespace Magnum.Core.Validation;

/// <summary>What one request asks of the cloud, in the caller's name, with the refusals in the API's words.</summary>
internal sealed class RequestLookups(CloudLookups cloud, IImages images, CloudCredential credential, CancellationToken cancellationToken)
{
    private readonly Dictionary<string, Task<Result<Image>>> _images = new(StringComparer.Ordinal);

    /// <summary>The image of this id or name, which says its distribution.</summary>
    public Task<Result<Image>> ImageAsync(string ident)
    {
        if (!_images.TryGetValue(ident, out var image))
        {
            _images[ident] = image = FindImageAsync(ident);
        }

        return image;
    }

    /// <summary>The flavor of this id or name.</summary>
    public async Task<Result<Flavor>> FlavorAsync(string? ident, string field) =>
        ident is not null && await cloud.FindFlavorAsync(credential, ident, cancellationToken) is { } flavor
            ? flavor
            : new MagnumError.Invalid($"Unable to find flavor {ident ?? "None"}.") { Field = field };

    /// <summary>Null when there is exactly one such external network.</summary>
    public async Task<MagnumError?> CheckExternalNetworkAsync(string ident) =>
        One(await cloud.FindExternalNetworksAsync(credential, ident, cancellationToken), ident, "external_network_id", "external network", "network");

    /// <summary>Null when there is exactly one such network.</summary>
    public async Task<MagnumError?> CheckFixedNetworkAsync(string ident) =>
        One(await cloud.FindNetworksAsync(credential, ident, cancellationToken), ident, "fixed_network", "fixed network", "network");

    /// <summary>Null when there is exactly one such subnet.</summary>
    public async Task<MagnumError?> CheckFixedSubnetAsync(string ident) =>
        One(await cloud.FindSubnetsAsync(credential, ident, cancellationToken), ident, "fixed_subnet", "fixed subnet", "subnet");

    /// <summary>Null when the caller has such a key pair.</summary>
    public async Task<MagnumError?> CheckKeyPairAsync(string name) =>
        await cloud.FindKeyPairAsync(credential, name, cancellationToken) is null
            ? new MagnumError.NotFound($"Unable to find keypair {name}.") { Field = "keypair" }
            : null;

    /// <summary>Asks the cloud's services side by side for what the checks will need one after the other.</summary>
    public Task PrefetchAsync(string image, string? flavor, string? network, string? subnet) => Task.WhenAll(
        ImageAsync(image),
        flavor is null ? Task.CompletedTask : cloud.FindFlavorAsync(credential, flavor, cancellationToken),
        network is null ? Task.CompletedTask : cloud.FindNetworksAsync(credential, network, cancellationToken),
        subnet is null ? Task.CompletedTask : cloud.FindSubnetsAsync(credential, subnet, cancellationToken));

    private static MagnumError? One<T>(IReadOnlyList<T> found, string ident, string field, string what, string singular) => found.Count switch
    {
        0 => new MagnumError.Invalid($"Unable to find {what} {ident}.") { Field = field },
        1 => null,
        _ => new MagnumError.Conflict($"Multiple {singular}s exist with same name '{ident}'. Please use the {singular} ID instead.") { Field = field },
    };

    private async Task<Result<Image>> FindImageAsync(string ident)
    {
        try
        {
            var found = await cloud.FindImagesAsync(credential, ident, cancellationToken);
            if (found is [{ OsDistro: null or "" }])
            {
                found = await images.FindImagesAsync(credential, ident, cancellationToken);   // its property may just have been set
            }

            return found switch
            {
                [] => new MagnumError.Invalid($"Image {ident} could not be found.") { Field = "image_id" },
                [{ OsDistro: null or "" }] => new MagnumError.Invalid($"Image {ident} doesn't contain os_distro field.") { Field = "image_id" },
                [var one] => one,
                _ => new MagnumError.Conflict($"Multiple images exist with same name '{ident}'. Please use the image ID instead.") { Field = "image_id" },
            };
        }
        catch (CloudException e) when (e.Fault is CloudFault.Forbidden)
        {
            return new MagnumError.Forbidden($"Not authorized for image {ident}.") { Field = "image_id" };
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound)
        {
            return new MagnumError.Invalid($"Image {ident} could not be found.") { Field = "image_id" };
        }
    }
}
