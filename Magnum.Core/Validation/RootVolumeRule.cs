using Magnum.Core.Errors;

namespace Magnum.Core.Validation;

/// <summary>Nodes need a root disk: the flavor's, or a volume.</summary>
internal static class RootVolumeRule
{
    /// <summary>Null when a node of this flavor has a root disk.</summary>
    public static async Task<MagnumError?> CheckAsync(
        RequestLookups cloud, string? flavor, string field, IReadOnlyDictionary<string, string> labels, int defaultSize)
    {
        var size = LabelRules.BootVolumeSize(labels, defaultSize);
        if (!size.IsSuccess)
        {
            return size.Error;
        }

        var found = await cloud.FlavorAsync(flavor, field);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        return size.Value == 0 && found.Value.Disk == 0
            ? new MagnumError.Invalid("Flavor with zero root volume size is not supported when boot_volume_size is zero.") { Field = field }
            : null;
    }
}
