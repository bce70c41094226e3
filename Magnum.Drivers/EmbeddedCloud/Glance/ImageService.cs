using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Glance;

/// <summary>An image of the cloud. They are the same in every embedded cloud, so they are not part of its state.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="MinDisk">GiB.</param>
/// <param name="MinRam">MiB.</param>
internal sealed record ImageRow(string Id, string Name, string DiskFormat, long Size, int MinDisk, int MinRam, IReadOnlyDictionary<string, string> Properties);

/// <summary>Glance without its HTTP.</summary>
internal sealed class ImageService
{
    public IReadOnlyList<ImageRow> Images { get; } =
    [
        Image("ubuntu-22.04-kube-v1.31.1", "qcow2", 2_361_393_152, 10, 2048, ("os_distro", "ubuntu"), ("os_version", "22.04"), ("kube_version", "v1.31.1")),
        Image("ubuntu-22.04-kube-v1.32.1", "qcow2", 2_404_384_768, 10, 2048, ("os_distro", "ubuntu"), ("os_version", "22.04"), ("kube_version", "v1.32.1")),
        Image("fedora-coreos-40-kube-v1.31.1", "qcow2", 1_759_510_528, 10, 2048, ("os_distro", "fedora-coreos"), ("os_version", "40"), ("kube_version", "v1.31.1")),
        Image("ubuntu-24.04", "qcow2", 617_611_264, 4, 512, ("os_distro", "ubuntu"), ("os_version", "24.04")),
        Image("cirros", "qcow2", 21_430_272, 1, 0),
    ];

    public ImageRow? Find(string? idOrName) => Images.FirstOrDefault(i => i.Id == idOrName) ?? Images.FirstOrDefault(i => i.Name == idOrName);

    public ImageRow Require(string idOrName) => Find(idOrName) ?? throw ApiFault.BadRequest($"Image {idOrName} could not be found.", "BadRequest");

    private static ImageRow Image(string name, string format, long size, int minDisk, int minRam, params (string Key, string Value)[] properties) =>
        new(Ids.Derive("image:" + name), name, format, size, minDisk, minRam, properties.ToDictionary(p => p.Key, p => p.Value));
}
