namespace Magnum.Core.OpenStack;

/// <summary>A Glance image.</summary>
/// <param name="Properties">The image's own properties, such as <c>os_distro</c>, <c>kube_version</c>, <c>magnum_driver</c>.</param>
/// <param name="MinDisk">GiB.</param>
/// <param name="MinRam">MiB.</param>
public sealed record Image(string Id, string Name, string Status, int MinDisk, int MinRam, IReadOnlyDictionary<string, string> Properties)
{
    /// <summary>The distribution, by which a driver is chosen.</summary>
    public string? OsDistro => Properties.GetValueOrDefault("os_distro");
}

/// <summary>Glance. All methods throw <see cref="CloudException"/>.</summary>
public interface IImages
{
    /// <summary>All images that the credential can see.</summary>
    Task<IReadOnlyList<Image>> ListImagesAsync(CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>Images whose id or, when none has that id, whose name is as given: none, one or several.</summary>
    Task<IReadOnlyList<Image>> FindImagesAsync(CloudCredential credential, string idOrName, CancellationToken cancellationToken);
}
