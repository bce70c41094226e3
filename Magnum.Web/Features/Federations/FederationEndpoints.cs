using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Policies;
using Magnum.Web.Api;
using Magnum.Web.Api.Http;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Output;
using Magnum.Web.Api.Patch;

namespace Magnum.Web.Features.Federations;

/// <summary><c>/v1/federations</c>: the routes are part of the API; no engine ever had federations, so there are none.</summary>
internal static class FederationEndpoints
{
    private const string Argument = "federation_ident";

    private static readonly ResourceSchema Schema = new(
        "federation",
        new Field("uuid", new AnyType()),
        new Field("name", new TextType(1, 242)),
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
        v1.MapGet("/federations", (ApiRequest request, PolicyEnforcer policy) => List(request, policy, PolicyRules.FederationGetAll))
            .WithMetadata(list);
        v1.MapGet("/federations/detail", (ApiRequest request, PolicyEnforcer policy) => List(request, policy, PolicyRules.FederationDetail))
            .WithMetadata(list with { Handler = "detail" });
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

    private static IResult List(ApiRequest request, PolicyEnforcer policy, string rule)
    {
        if (policy.Check(request.Caller, rule) is { } refused)
        {
            return new ApiError(refused);
        }

        var query = PageQuery.Read(request, "/v1/federations");
        return query.ToAnswer(_ => ApiResponse.Json(new FederationList([]), FederationJson.Api.FederationList));
    }

    private static async Task<IResult> CreateAsync(
        ApiRequest request, PolicyEnforcer policy, IClusterQueries clusters, CancellationToken cancellationToken)
    {
        var input = Schema.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        if (policy.Check(request.Caller, PolicyRules.FederationCreate) is { } refused)
        {
            return new ApiError(refused);
        }

        if (input.Value.Text("hostcluster_id") is not { } host)
        {
            return Invalid("No hostcluster specified. Please specify a hostcluster_id.", "hostcluster_id");
        }

        var found = await clusters.GetAsync(request.Caller, host, cancellationToken);
        return !found.IsSuccess ? new ApiError(found.Error)
            : !input.Value.Map("properties").ContainsKey("dns-zone") ? Invalid("No DNS zone specified. Please specify a dns-zone in properties.", "properties")
            : new ApiError(new MagnumError.Unsupported("Federation is not supported."));
    }

    private static IResult Patch(ApiRequest request, string ident)
    {
        var operations = PatchOperation.ReadAll(request.Body, new PatchRules());
        return operations.ToAnswer(_ => NotFound(ident));
    }

    private static IResult NotFound(string ident) => new ApiError(new MagnumError.NotFound($"Federation {ident} could not be found."));

    private static IResult Invalid(string detail, string field) => new ApiError(new MagnumError.Invalid(detail) { Field = field });
}
