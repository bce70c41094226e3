using System.Text.Json.Serialization;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Api.Discovery;

/// <summary>The documents by which clients find the API and its versions; for everybody.</summary>
internal static class DiscoveryEndpoints
{
    private static readonly string[] Collections =
        ["clustertemplates", "clusters", "quotas", "certificates", "mservices", "stats", "federations", "nodegroups", "credentials"];

    public static void MapDiscovery(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/", Root).WithMetadata(new ApiRoute("get")
        {
            Summary = "The versions of the API",
            IsPublic = true,
            Answers = [DiscoveryJson.Api.RootDocument],
        });
        endpoints.MapGet("/v1", Version).WithMetadata(new ApiRoute("get")
        {
            Summary = "What version 1 has",
            IsPublic = true,
            Answers = [DiscoveryJson.Api.VersionDocument],
        });
    }

    internal static IResult Root(ApiRequest request) => ApiResponse.Json(
        new RootDocument(
            "OpenStack Magnum API",
            "Container clusters on OpenStack: Kubernetes, Docker Swarm and Mesos as a service.",
            [VersionOf(request)]),
        DiscoveryJson.Api.RootDocument);

    internal static IResult Version(ApiRequest request)
    {
        var links = Collections.ToDictionary(name => name, name => LinksOf(request, name));
        return ApiResponse.Json(
            new VersionDocument(
                "v1",
                [new MediaType("application/json", "application/vnd.openstack.magnum.v1+json")],
                [
                    new Link($"{request.BaseUrl}/v1/", "self"),
                    new Link("http://docs.openstack.org/developer/magnum/dev/api-spec-v1.html", "describedby") { Type = "text/html" },
                ],
                VersionOf(request),
                links["clustertemplates"],
                links["clusters"],
                links["quotas"],
                links["certificates"],
                links["mservices"],
                links["stats"],
                links["federations"],
                links["nodegroups"],
                links["credentials"]),
            DiscoveryJson.Api.VersionDocument);
    }

    private static VersionEntry VersionOf(ApiRequest request) =>
        new("v1", [new Link($"{request.BaseUrl}/v1/", "self")], "CURRENT", Microversion.Maximum.ToString(), Microversion.Minimum.ToString());

    private static IReadOnlyList<Link> LinksOf(ApiRequest request, string collection) =>
        Link.Of(request, collection == "nodegroups" ? "clusters/{cluster_id}/nodegroups" : $"{collection}/");
}

/// <summary><c>GET /</c>.</summary>
internal sealed record RootDocument(string Name, string Description, IReadOnlyList<VersionEntry> Versions);

/// <summary>A version as clients discover it.</summary>
internal sealed record VersionEntry(string Id, IReadOnlyList<Link> Links, string Status, string MaxVersion, string MinVersion);

/// <summary>What the version speaks.</summary>
internal sealed record MediaType(string Base, string Type);

/// <summary><c>GET /v1</c>.</summary>
internal sealed record VersionDocument(
    string Id,
    IReadOnlyList<MediaType> MediaTypes,
    IReadOnlyList<Link> Links,
    VersionEntry Version,
    [property: JsonPropertyName("clustertemplates")] IReadOnlyList<Link> ClusterTemplates,
    IReadOnlyList<Link> Clusters,
    IReadOnlyList<Link> Quotas,
    IReadOnlyList<Link> Certificates,
    [property: JsonPropertyName("mservices")] IReadOnlyList<Link> Services,
    IReadOnlyList<Link> Stats,
    IReadOnlyList<Link> Federations,
    [property: JsonPropertyName("nodegroups")] IReadOnlyList<Link> NodeGroups,
    IReadOnlyList<Link> Credentials);

[JsonSerializable(typeof(RootDocument))]
[JsonSerializable(typeof(VersionDocument))]
internal sealed partial class DiscoveryJson : JsonSerializerContext
{
    public static readonly DiscoveryJson Api = new(ApiJson.CreateOptions());
}
