using System.Text.Json.Nodes;

namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>The service catalog: DevStack's paths below the cloud's one address.</summary>
internal static class Catalog
{
    public const string Region = "RegionOne";

    private static readonly (string Type, string Name, string Path)[] Services =
    [
        ("identity", "keystone", "identity"),
        ("image", "glance", "image"),
        ("compute", "nova", "compute/v2.1"),
        ("network", "neutron", "network"),
        ("orchestration", "heat", "orchestration/v1/{0}"),
        ("volumev3", "cinderv3", "volume/v3/{0}"),
        ("block-storage", "cinder", "volume/v3/{0}"),
        ("load-balancer", "octavia", "load-balancer"),
        ("key-manager", "barbican", "key-manager"),
        ("container-infra", "magnum", ""),
    ];

    public static IEnumerable<JsonObject> ListServices() => Services.Select(s => new JsonObject
    {
        ["id"] = ServiceId(s.Type),
        ["type"] = s.Type,
        ["name"] = s.Name,
        ["description"] = "",
        ["enabled"] = true,
    });

    public static IEnumerable<JsonObject> ListEndpoints(Cloud cloud, string? projectId) =>
        Services.SelectMany(s => EndpointsOf(cloud, s.Type, s.Path, projectId ?? "%(project_id)s", s.Type));

    /// <summary>The catalog as a token carries it.</summary>
    public static JsonArray For(Cloud cloud, string projectId) => Services.Select(s => new JsonObject
    {
        ["id"] = ServiceId(s.Type),
        ["type"] = s.Type,
        ["name"] = s.Name,
        ["endpoints"] = EndpointsOf(cloud, s.Type, s.Path, projectId, null).ToJson(),
    }).ToJson();

    private static IEnumerable<JsonObject> EndpointsOf(Cloud cloud, string type, string path, string projectId, string? serviceType)
    {
        var url = type is "container-infra" ? cloud.Options.MagnumUrl : cloud.BaseUrl + path.Replace("{0}", projectId, StringComparison.Ordinal);
        foreach (var face in (string[])["public", "internal", "admin"])
        {
            var endpoint = new JsonObject
            {
                ["id"] = Ids.DeriveHex($"endpoint:{type}:{face}"),
                ["interface"] = face,
                ["region_id"] = Region,
                ["region"] = Region,
                ["url"] = url,
            };
            if (serviceType is not null)
            {
                endpoint["service_id"] = ServiceId(serviceType);
                endpoint["enabled"] = true;
            }

            yield return endpoint;
        }
    }

    private static string ServiceId(string type) => Ids.DeriveHex("service:" + type);
}
