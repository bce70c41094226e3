using Magnum.Core.OpenStack;

namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>
/// The addresses of one catalog in one region and interface. Kept instead of the catalog itself, because a session is remembered
/// for each cluster at work and catalogs are large.
/// </summary>
internal sealed class ServiceEndpoints
{
    private readonly Dictionary<string, string> _addresses = new(StringComparer.Ordinal);
    private readonly string _where;

    private ServiceEndpoints(string where) => _where = where;

    public static ServiceEndpoints From(IReadOnlyList<CatalogEntry> catalog, string? projectId, OpenStackOptions options)
    {
        var wanted = options.Interface;
        var endpoints = new ServiceEndpoints($"interface {wanted}{(options.Region is null ? "" : $", region {options.Region}")}");
        foreach (var service in CloudServiceType.All)
        {
            // Keystone is where it was configured to be: catalogs often name an address that only others can reach.
            var address = service == CloudServiceType.Identity ? options.IdentityUrl.ToString() : Override(service, options)
                ?? Candidates(service, catalog, options.Region, wanted).FirstOrDefault(url => service.BaseFor(url, projectId) is not null);
            if (address is not null && service.BaseFor(address, projectId) is { } start)
            {
                endpoints._addresses[service.Name] = start;
            }
        }

        return endpoints;
    }

    public bool Has(CloudServiceType service) => _addresses.ContainsKey(service.Name);

    public string BaseOf(CloudServiceType service) =>
        _addresses.GetValueOrDefault(service.Name) ?? throw new CloudException(
            service.Name, CloudFault.NoEndpoint, $"The service catalog has no {service.Name} endpoint ({_where}).");

    private static string? Override(CloudServiceType service, OpenStackOptions options) =>
        service.Aliases.Append(service.Name)
            .Select(alias => options.Endpoints.TryGetValue(alias, out var url) ? url : null)
            .FirstOrDefault(url => !string.IsNullOrEmpty(url));

    private static IEnumerable<string> Candidates(CloudServiceType service, IReadOnlyList<CatalogEntry> catalog, string? region, string wanted) =>
        from alias in service.Aliases
        from entry in catalog
        where string.Equals(entry.Type, alias, StringComparison.Ordinal)
        from endpoint in entry.Endpoints
        where string.Equals(endpoint.Interface, wanted, StringComparison.Ordinal)
            && (region is null || string.Equals(endpoint.Region, region, StringComparison.Ordinal))
        select endpoint.Url;
}
