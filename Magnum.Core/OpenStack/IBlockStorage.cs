namespace Magnum.Core.OpenStack;

/// <summary>Limits and use of a project in Cinder.</summary>
/// <param name="Gigabytes">GiB over all volumes.</param>
public sealed record VolumeLimits(Limit Volumes, Limit Gigabytes);

/// <summary>Cinder. All methods throw <see cref="CloudException"/>.</summary>
public interface IBlockStorage
{
    /// <summary>Whether the catalog has a block storage service.</summary>
    Task<bool> IsAvailableAsync(CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>Names of the volume types, the default one first.</summary>
    Task<IReadOnlyList<string>> ListVolumeTypesAsync(CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>The project's limits.</summary>
    Task<VolumeLimits> GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken);
}
