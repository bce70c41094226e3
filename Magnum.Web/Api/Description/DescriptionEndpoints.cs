using Magnum.Web.Api.Output;

namespace Magnum.Web.Api.Description;

/// <summary><c>/openapi/v1.json</c>: the API as it is in this process, for everybody.</summary>
internal static class DescriptionEndpoints
{
    /// <summary>Where it stands once <c>/v1</c> is in front.</summary>
    private const string Path = "/v1/openapi/v1.json";

    public static void MapDescription(this IEndpointRouteBuilder endpoints)
    {
        // Made when it is first asked for, when all routes are there; they never change.
        var document = new Lazy<byte[]>(() => OpenApiDocument.Write(endpoints.DataSources.SelectMany(s => s.Endpoints)));
        endpoints.MapGet(Path, () => Results.Bytes(document.Value, ApiResponse.JsonType)).WithMetadata(new ApiRoute("openapi")
        {
            Summary = "This description",
            IsPublic = true,
            Beyond = true,
        });
    }
}
