
namespace Magnum.Drivers.Heat.Preflight;

/// <summary>Volumes.</summary>
internal static class StorageChecks
{
    public static void Run(CheckList checks, PlannedDesign design, CloudAnswers cloud)
    {
        if (!design.NeedsVolumes || checks.Take(cloud.Volumes, "volume.service", "The volume service", isNeeded: true) is not { } present)
        {
            return;
        }

        string[] asked = [.. design.Volumes(design.Masters).Concat(design.Volumes(design.Workers)).Select(v => $"{v.Name}_size").Distinct(StringComparer.Ordinal)];
        var field = asked is ["docker_volume_size"] ? asked[0] : "labels";
        checks.Judge(
            "volume.service",
            present is true ? [] : [$"Volumes are asked for ({string.Join(", ", asked)}), and this cloud has no volume service."],
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
