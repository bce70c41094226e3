using System.Text.RegularExpressions;

namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>A kind of service: what catalogs call it, and what its addresses must end in.</summary>
/// <param name="Name">The official service type.</param>
/// <param name="Aliases">Types under which catalogs list it, the preferred first.</param>
/// <param name="Version">The version segment of the path; null when the address is taken as it is.</param>
/// <param name="ProjectInPath">Whether the project's id follows the version.</param>
internal sealed partial record CloudServiceType(string Name, IReadOnlyList<string> Aliases, string? Version, bool ProjectInPath)
{
    public static readonly CloudServiceType Identity = new("identity", ["identity"], "v3", false);
    public static readonly CloudServiceType Orchestration = new("orchestration", ["orchestration"], "v1", true);
    public static readonly CloudServiceType Compute = new("compute", ["compute"], "v2.1", false);
    public static readonly CloudServiceType Network = new("network", ["network"], "v2.0", false);
    public static readonly CloudServiceType Image = new("image", ["image"], "v2", false);
    public static readonly CloudServiceType BlockStorage = new("block-storage", ["volumev3", "block-storage", "block-store", "volume"], "v3", true);
    public static readonly CloudServiceType LoadBalancer = new("load-balancer", ["load-balancer"], "v2", false);
    public static readonly CloudServiceType ContainerInfra = new("container-infra", ["container-infra", "container-infrastructure"], null, false);

    /// <summary>All that Magnum calls, to which a session's endpoints are cut down.</summary>
    public static readonly IReadOnlyList<CloudServiceType> All =
        [Identity, Orchestration, Compute, Network, Image, BlockStorage, LoadBalancer, ContainerInfra];

    /// <summary>The base address that paths are put behind, without a final slash; null when the address is of another major version.</summary>
    public string? BaseFor(string endpoint, string? projectId)
    {
        var address = WithProject(endpoint, projectId).TrimEnd('/');
        if (Version is null)
        {
            return address;
        }

        var version = VersionSegment().Match(address);
        if (!version.Success)
        {
            return WithProjectBehind($"{address}/{Version}", projectId);
        }

        // compute/v2 still serves what v2.1 does under its old name, so only the major version counts.
        if (version.Groups["major"].Value != MajorOf(Version))
        {
            return null;
        }

        return version.Groups["rest"].Length == 0 ? WithProjectBehind(address, projectId) : address;
    }

    private string WithProjectBehind(string address, string? projectId) =>
        ProjectInPath && projectId is not null ? $"{address}/{projectId}" : address;

    private static string WithProject(string endpoint, string? projectId)
    {
        foreach (var placeholder in (string[])["%(project_id)s", "%(tenant_id)s", "$(project_id)s", "$(tenant_id)s", "{project_id}"])
        {
            endpoint = endpoint.Replace(placeholder, projectId, StringComparison.Ordinal);
        }

        return endpoint;
    }

    private static string MajorOf(string version) => version[1..].Split('.')[0];

    [GeneratedRegex(@"/v(?<major>\d+)(\.\d+)?(?<rest>/.*)?$")]
    private static partial Regex VersionSegment();
}
