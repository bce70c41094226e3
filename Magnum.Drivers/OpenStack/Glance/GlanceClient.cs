using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Glance;

/// <summary>Glance v2 (<c>docs.openstack.org/api-ref/image/v2</c>).</summary>
internal sealed class GlanceClient(CloudApi api) : IImages
{
    private static readonly CloudServiceType Glance = CloudServiceType.Image;

    public Task<IReadOnlyList<Image>> ListImagesAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        ListAsync(credential, "?limit=1000", cancellationToken);

    public async Task<IReadOnlyList<Image>> FindImagesAsync(CloudCredential credential, string idOrName, CancellationToken cancellationToken)
    {
        if (Guid.TryParse(idOrName, out _)
            && await api.FindAsync(credential, Glance, $"images/{Uri.EscapeDataString(idOrName)}", GlanceJson.Default.ImageBody, cancellationToken) is { } image)
        {
            return [image.ToImage()];
        }

        // Glance takes what stands before a colon for an operator, so such names are looked for here.
        var named = idOrName.Contains(':', StringComparison.Ordinal)
            ? await ListImagesAsync(credential, cancellationToken)
            : await ListAsync(credential, $"?name={Uri.EscapeDataString(idOrName)}", cancellationToken);
        return [.. named.Where(i => string.Equals(i.Name, idOrName, StringComparison.Ordinal))];
    }

    private async Task<IReadOnlyList<Image>> ListAsync(CloudCredential credential, string? query, CancellationToken cancellationToken)
    {
        var images = new List<Image>();
        while (query is not null)
        {
            var page = await api.GetAsync(credential, Glance, $"images{query}", GlanceJson.Default.ImagesAnswer, cancellationToken);
            images.AddRange(page.Images.Select(i => i.ToImage()));
            query = page.Images.Count == 0 ? null : Paging.QueryOf(page.Next);
        }

        return images;
    }
}
