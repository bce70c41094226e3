using Magnum.Core.OpenStack;

namespace Magnum.Drivers.Heat.Preflight;

/// <summary>What the servers of one role have to have.</summary>
/// <param name="Key">Part of the checks' ids: <c>master</c>, <c>worker</c>.</param>
/// <param name="Field">The request's field for the flavor.</param>
/// <param name="NeedsRam">MiB; below it nothing works.</param>
/// <param name="WantsVcpus">Below it things are slow.</param>
internal sealed record MachineRole(string Key, string Field, int NeedsRam, int WantsVcpus);

/// <summary>Images and flavors.</summary>
internal static class MachineChecks
{
    private const int SmallDisk = 10;

    /// <summary>The one image that is meant.</summary>
    public static Image? FindImage(CheckList checks, Answer<IReadOnlyList<Image>> answer, string wanted, IReadOnlyCollection<string> distros)
    {
        const string Field = "image_id";
        if (checks.Take(answer, "image.exists", $"Image {wanted}", isNeeded: true, Field) is not { } found)
        {
            return null;
        }

        if (found is not [var image])
        {
            checks.Fail("image.exists", found.Count == 0 ? $"Image {wanted} could not be found." : $"{found.Count} images are called {wanted}: use an id.", Field);
            return null;
        }

        checks.Pass("image.exists", $"Image {image.Name} is there.", Field);
        if (image.Status is "active")
        {
            checks.Pass("image.status", $"Image {image.Name} is active.", Field);
        }
        else
        {
            checks.Fail("image.status", $"Image {image.Name} is {image.Status}, not active.", Field);
        }

        if (image.OsDistro is { } distro && distros.Contains(distro))
        {
            checks.Pass("image.os_distro", $"Image {image.Name} is a {distro} image.", Field);
        }
        else
        {
            checks.Fail(
                "image.os_distro",
                image.OsDistro is null
                    ? $"Image {image.Name} does not say what it is: set its property os_distro to one of {string.Join(", ", distros)}."
                    : $"Image {image.Name} is a {image.OsDistro} image, which this driver does not know: it takes {string.Join(", ", distros)}.",
                Field);
        }

        return image;
    }

    /// <param name="diskVolume">GiB of the volume that the servers boot from; 0 for the flavor's disk.</param>
    public static Flavor? FindFlavor(
        CheckList checks, Answer<IReadOnlyList<Flavor>> answer, string? wanted, MachineRole role, Image? image, int diskVolume)
    {
        var id = $"flavor.{role.Key}";
        if (wanted is null)
        {
            checks.Fail(id, $"No flavor for {role.Key} nodes is given, by the cluster or its template.", role.Field);
            return null;
        }

        if (answer.Value is not { } flavors)
        {
            checks.Take(answer, id, $"Flavor {wanted}", isNeeded: true, role.Field);
            return null;
        }

        var flavor = flavors.FirstOrDefault(f => f.Id == wanted) ?? flavors.FirstOrDefault(f => f.Name == wanted);
        if (flavor is null)
        {
            checks.Fail(id, $"Flavor {wanted} could not be found.", role.Field);
            return null;
        }

        checks.Pass(id, $"Flavor {flavor.Name} has {flavor.Vcpus} vCPU and {flavor.Ram} MiB.", role.Field);
        Fits(checks, flavor, role, image, diskVolume);
        return flavor;
    }

    private static void Fits(CheckList checks, Flavor flavor, MachineRole role, Image? image, int diskVolume)
    {
        var memory = Math.Max(role.NeedsRam, image?.MinRam ?? 0);
        if (flavor.Ram < memory)
        {
            var why = memory == role.NeedsRam ? $"a {role.Key} needs" : $"image {image!.Name} needs";
            checks.Fail($"flavor.{role.Key}.ram", $"Flavor {flavor.Name} has {flavor.Ram} MiB of memory, and {why} {memory}.", role.Field);
        }

        if (flavor.Vcpus < role.WantsVcpus)
        {
            checks.Warn($"flavor.{role.Key}.vcpus", $"Flavor {flavor.Name} has {flavor.Vcpus} vCPU; {role.WantsVcpus} are recommended for a {role.Key}.", role.Field);
        }

        if (diskVolume == 0 && flavor.Disk == 0)
        {
            checks.Fail($"flavor.{role.Key}.disk", $"Flavor {flavor.Name} has no disk of its own: choose another one, or a volume by label boot_volume_size.", role.Field);
            return;
        }

        var disk = diskVolume > 0 ? diskVolume : flavor.Disk;
        var what = diskVolume > 0 ? "The boot volume" : $"The disk of flavor {flavor.Name}";
        var field = diskVolume > 0 ? "labels" : role.Field;
        if (disk < image?.MinDisk)
        {
            checks.Fail($"flavor.{role.Key}.disk", $"{what} has {disk} GiB, and image {image.Name} needs {image.MinDisk}.", field);
        }
        else if (disk < SmallDisk)
        {
            checks.Warn($"flavor.{role.Key}.disk", $"{what} has {disk} GiB; system images and containers want {SmallDisk} and more.", field);
        }
    }
}
