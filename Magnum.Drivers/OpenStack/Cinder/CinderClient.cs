using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Cinder;

/// <summary>Cinder v3 (<c>docs.openstack.org/api-ref/block-storage/v3</c>).</summary>
internal sealed class CinderClient(CloudApi api) : IBlockStorage
{
    private static readonly CloudServiceType Cinder = CloudServiceType.BlockStorage;

    public Task<bool> IsAvailableAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        api.HasAsync(credential, Cinder, cancellationToken);

    public async Task<IReadOnlyList<string>> ListVolumeTypesAsync(CloudCredential credential, CancellationToken cancellationToken)
    {
        var types = new List<string>();
        var query = "";
        do
        {
            var page = await api.GetAsync(credential, Cinder, $"types{query}", CinderJson.Default.VolumeTypesAnswer, cancellationToken);
            types.AddRange(page.VolumeTypes.Select(t => t.Name));
            query = page.VolumeTypes.Count == 0 ? null : Paging.QueryOf(page.VolumeTypeLinks?.FirstOrDefault(l => l.Rel == "next")?.Href);
        }
        while (query is not null);

        // A cloud without a default type answers 404.
        var standard = await api.FindAsync(credential, Cinder, "types/default", CinderJson.Default.VolumeTypeAnswer, cancellationToken);
        return standard is null ? types : [.. types.OrderBy(t => t == standard.VolumeType.Name ? 0 : 1)];
    }

    public async Task<VolumeLimits> GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken)
    {
        var limits = (await api.GetAsync(credential, Cinder, "limits", CinderJson.Default.VolumeLimitsAnswer, cancellationToken)).Limits.Absolute;
        return new VolumeLimits(
            new Limit(limits.MaxTotalVolumes, limits.TotalVolumesUsed),
            new Limit(limits.MaxTotalVolumeGigabytes, limits.TotalGigabytesUsed));
    }
}
