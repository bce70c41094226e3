using System.Text.Json.Serialization;
using Magnum.Core.Services;
using Magnum.Web.Api;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Features.Services;

/// <summary><c>/v1/mservices</c>: conductors alone, as ever.</summary>
internal static class ServiceEndpoints
{
    public static void MapServices(this RouteGroupBuilder v1) => v1.MapGet("/mservices", ListAsync).WithMetadata(new ApiRoute("get_all")
    {
        Summary = "Conductors",
        Collection = "mservices",
        Answers = [ServiceJson.Api.ServiceView],
    });

    internal static async Task<IResult> ListAsync(ApiRequest request, ServiceQueries services, CancellationToken cancellationToken)
    {
        var listed = await services.ListAsync(request.Caller, cancellationToken);
        return listed.ToAnswer(all => new Collection<MagnumService, ServiceView>(
            "mservices",
            [.. all.Where(s => s.Binary == MagnumService.ConductorBinary)],
            service => ServiceView.Of(service, services.IsUp(service)),
            ServiceJson.Api.ServiceView));
    }
}

/// <summary>A conductor.</summary>
/// <param name="State"><c>up</c> or <c>down</c>.</param>
internal sealed record ServiceView(
    string Host,
    string Binary,
    string State,
    long Id,
    int ReportCount,
    bool Disabled,
    string? DisabledReason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? UpdatedAt)
{
    public static ServiceView Of(MagnumService service, bool up) => new(
        service.Host, service.Binary, up ? "up" : "down", service.Id, service.ReportCount, service.Disabled, service.DisabledReason, service.CreatedAt, service.UpdatedAt);
}

[JsonSerializable(typeof(ServiceView))]
internal sealed partial class ServiceJson : JsonSerializerContext
{
    public static readonly ServiceJson Api = new(ApiJson.CreateOptions());
}
