using Magnum.Drivers.Heat.Preflight;

namespace Magnum.Drivers.Heat.Kubernetes;

/// <summary>Volumes.</summary>
internal static class StorageChecks
{
    public static void Run(CheckList checks, KubernetesDesign design, CloudAnswers cloud)
    {
        if (!design.NeedsVolumes || checks.Take(cloud.Volumes, "volume.service", "The volume service", isNeeded: true) is not { } present)
        {
            return;
        }

        var field = design.BootVolumeSize > 0 || design.EtcdVolumeSize > 0 ? "labels" : "docker_volume_size";
        checks.Judge(
            "volume.service",
            present is true ? [] : ["Volumes are asked for (boot_volume_size, etcd_volume_size or docker_volume_size), and this cloud has no volume service."],
            "The cloud has a volume service.",
            field);
        string[] wanted = [.. design.VolumeTypes];
        if (present is true && wanted.Length > 0 && checks.Take(cloud.VolumeTypes, "volume.type", "The volume types", isNeeded: false, "labels") is { } types)
        {
            checks.Judge(
                "volume.type",
                wanted.Where(t => !types.Contains(t)).Select(t => $"There is no volume type {t}; there are {string.Join(", ", types)}."),
                $"Volume type {string.Join(", ", wanted)} is there.",
                "labels");
        }
    }
}
