using Magnum.Core.Errors;
using Magnum.Core.OpenStack;

namespace Magnum.Core.Validation;

/// <summary>What one request asks of the cloud, in the caller's name; each list is fetched once however many fields need it.</summary>
internal sealed class CloudLookups(IImages images, ICompute compute, INetworking networking, CloudCredential credential, CancellationToken cancellationToken)
{
    private readonly Dictionary<string, Task<Result<Image>>> _images = new(StringComparer.Ordinal);
    private Task<IReadOnlyList<Flavor>>? _flavors;
    private Task<IReadOnlyList<Network>>? _networks;
    private Task<IReadOnlyList<Subnet>>? _subnets;

    /// <summary>The image of this id or name.</summary>
    public Task<Result<Image>> ImageAsync(string ident)
    {
        if (!_images.TryGetValue(ident, out var image))
        {
            _images[ident] = image = FindImageAsync(ident);
        }

        return image;
    }

    /// <summary>The flavor of this id or name.</summary>
    public async Task<Result<Flavor>> FlavorAsync(string? ident, string field)
    {
        if (ident is null)
        {
            return new MagnumError.Invalid("Unable to find flavor None.") { Field = field };
        }

        var flavors = await (_flavors ??= compute.ListFlavorsAsync(credential, cancellationToken));
        var flavor = flavors.FirstOrDefault(f => f.Id == ident) ?? flavors.FirstOrDefault(f => f.Name == ident);
        return flavor is null ? new MagnumError.Invalid($"Unable to find flavor {ident}.") { Field = field } : flavor;
    }

    /// <summary>Null when there is exactly one such external network.</summary>
    public async Task<MagnumError?> CheckExternalNetworkAsync(string ident) => One(
        (await NetworksAsync()).Where(n => n.External), n => n.Id, n => n.Name, ident, "external_network_id", "external network", "networks", "network");

    /// <summary>Null when there is exactly one such network.</summary>
    public async Task<MagnumError?> CheckFixedNetworkAsync(string ident) => One(
        await NetworksAsync(), n => n.Id, n => n.Name, ident, "fixed_network", "fixed network", "networks", "network");

    /// <summary>Null when there is exactly one such subnet.</summary>
    public async Task<MagnumError?> CheckFixedSubnetAsync(string ident) => One(
        await (_subnets ??= networking.ListSubnetsAsync(credential, cancellationToken)),
        s => s.Id,
        s => s.Name,
        ident,
        "fixed_subnet",
        "fixed subnet",
        "subnets",
        "subnet");

    /// <summary>Null when the caller has such a key pair.</summary>
    public async Task<MagnumError?> CheckKeyPairAsync(string name) =>
        await compute.FindKeyPairAsync(credential, name, cancellationToken) is null
            ? new MagnumError.NotFound($"Unable to find keypair {name}.") { Field = "keypair" }
            : null;

    /// <summary>Begins the look-ups that will be needed, so that the cloud's services answer side by side.</summary>
    public async Task PrefetchAsync(string? image, bool flavors, bool networks, bool subnets)
    {
        var tasks = new List<Task>();
        if (image is not null)
        {
            tasks.Add(ImageAsync(image));
        }

        if (flavors)
        {
            tasks.Add(_flavors ??= compute.ListFlavorsAsync(credential, cancellationToken));
        }

        if (networks)
        {
            tasks.Add(NetworksAsync());
        }

        if (subnets)
        {
            tasks.Add(_subnets ??= networking.ListSubnetsAsync(credential, cancellationToken));
        }

        await Task.WhenAll(tasks);
    }

    private static MagnumError? One<T>(
        IEnumerable<T> all, Func<T, string> id, Func<T, string> name, string ident, string field, string what, string plural, string singular)
    {
        var items = all.ToList();
        if (items.Exists(i => id(i) == ident))
        {
            return null;
        }

        return items.Count(i => name(i) == ident) switch
        {
            0 => new MagnumError.Invalid($"Unable to find {what} {ident}.") { Field = field },
            1 => null,
            _ => new MagnumError.Conflict($"Multiple {plural} exist with same name '{ident}'. Please use the {singular} ID instead.") { Field = field },
        };
    }

    private Task<IReadOnlyList<Network>> NetworksAsync() => _networks ??= networking.ListNetworksAsync(credential, cancellationToken);

    private async Task<Result<Image>> FindImageAsync(string ident)
    {
        try
        {
            return await images.FindImagesAsync(credential, ident, cancellationToken) switch
            {
                [] => new MagnumError.Invalid($"Image {ident} could not be found.") { Field = "image_id" },
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
