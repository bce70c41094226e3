using Magnum.Core.Federations;
using Magnum.Web.Api;
using Magnum.Web.Api.Http;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Output;
using Magnum.Web.Api.Patch;
using Magnum.Web.Features.Clusters;

namespace Magnum.Web.Features.Federations;

/// <summary><c>/v1/federations</c>: the routes are part of the API; no engine ever had federations, so there are none.</summary>
internal static class FederationEndpoints
{
    private const string Argument = "federation_ident";

    private static readonly ResourceSchema Schema = new(
        "federation",
        new Field("uuid", new AnyType()),
        new Field("name", ClusterInput.Name),
        new Field("hostcluster_id", new TextType()),
        new Field("member_ids", new TextListType()),
        new Field("status", new AnyType()),
        new Field("status_reason", new AnyType()),
        new Field("properties", new MapType(Strict: true)),
        new Field("links", new AnyType()) { ReadOnly = true },
        new Field("project_id", new AnyType()) { ReadOnly = true },
        new Field("created_at", new AnyType()) { ReadOnly = true },
        new Field("updated_at", new AnyType()) { ReadOnly = true });

    public static void MapFederations(this RouteGroupBuilder v1)
    {
        var list = new ApiRoute("get_all")
        {
            Summary = "Federations: there are none",
            Query = ApiRoute.PageParameters,
            Answers = [FederationJson.Api.FederationList],
        };
        var one = new ApiRoute("get_one") { Summary = "A federation: there is none", Answers = [ApiContractsJson.Api.UuidOnly] };
        v1.MapGet("/federations", ListAsync).WithMetadata(list);
        v1.MapGet("/federations/detail", ListDetailAsync).WithMetadata(list with { Handler = "detail" });
        v1.MapPost("/federations", CreateAsync).WithMetadata(new ApiRoute("post")
        {
            Summary = "Make a federation: not supported",
            Body = "federation",
            Input = Schema,
            Status = StatusCodes.Status202Accepted,
            Answers = [ApiContractsJson.Api.UuidOnly],
        });
        v1.MapMissingIdent("/federations", Argument);
        v1.MapGet("/federations/{ident}", (string ident) => NotFound(ident)).WithMetadata(one);
        v1.MapPatch("/federations/{ident}", Patch).WithMetadata(
            one with { Handler = "patch", Body = "patch", Query = ["rollback"], Status = StatusCodes.Status202Accepted });
        v1.MapDelete("/federations/{ident}", (string ident) => NotFound(ident))
            .WithMetadata(one with { Handler = "delete", Answers = [], Status = StatusCodes.Status204NoContent });
    }

    internal static Task<IResult> ListAsync(ApiRequest request, FederationService federations, CancellationToken cancellationToken) =>
        PageAsync(request, federations, detail: false, cancellationToken);

    internal static Task<IResult> ListDetailAsync(ApiRequest request, FederationService federations, CancellationToken cancellationToken) =>
        PageAsync(request, federations, detail: true, cancellationToken);

    private static async Task<IResult> PageAsync(ApiRequest request, FederationService federations, bool detail, CancellationToken cancellationToken)
    {
        var query = PageQuery.Read(request, "/v1/federations");
        if (!query.IsSuccess)
        {
            return new ApiError(query.Error);
        }

        var page = await federations.ListAsync(request.Caller, detail, query.Value.Request, cancellationToken);
        return page.ToAnswer(_ => ApiResponse.Json(new FederationList([]), FederationJson.Api.FederationList));
    }

    private static async Task<IResult> CreateAsync(ApiRequest request, FederationService federations, CancellationToken cancellationToken)
    {
        var input = Schema.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var created = await federations.CreateAsync(
            request.Caller, input.Value.Text("hostcluster_id"), input.Value.Map("properties"), cancellationToken);
        return created.ToAnswer(federation => ApiResponse.Accepted(federation.Uuid));
    }

    private static IResult Patch(ApiRequest request, string ident)
    {
        if (request.Boolean("rollback", out _) is { } refused)
        {
            return new ApiError(refused);
        }

        var operations = PatchOperation.ReadAll(request.Body, new PatchRules());
        return operations.ToAnswer(_ => NotFound(ident));
    }

    private static IResult NotFound(string ident) => new ApiError(FederationService.NotFound(ident));
}
