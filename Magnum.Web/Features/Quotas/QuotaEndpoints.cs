using System.Globalization;
using Magnum.Core.Quotas;
using Magnum.Web.Api;
using Magnum.Web.Api.Http;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Features.Quotas;

/// <summary><c>/v1/quotas</c>.</summary>
internal static class QuotaEndpoints
{
    public static void MapQuotas(this RouteGroupBuilder v1)
    {
        var one = new ApiRoute("get_one") { Answers = [QuotaJson.Api.QuotaView] };
        v1.MapGet("/quotas", ListAsync).WithMetadata(one with
        {
            Handler = "get_all",
            Summary = "Quotas",
            Query = [.. ApiRoute.PageParameters, "all_tenants"],
            Collection = "quotas",
        });
        v1.MapPost("/quotas", CreateAsync).WithMetadata(one with
        {
            Handler = "post",
            Summary = "Give a project a quota",
            Body = "quota",
            Input = QuotaInput.Schema,
            Status = StatusCodes.Status201Created,
        });
        v1.MapMissingIdent("/quotas", "project_id");
        v1.MapMethods("/quotas/{project}", [HttpMethods.Get, HttpMethods.Patch, HttpMethods.Delete], () => MissingIdent.Refuse("resource"))
            .WithMetadata(new ApiRoute("get_one") { IsRefusal = true });
        v1.MapGet("/quotas/{project}/{resource}", ShowAsync).WithMetadata(one with
        {
            Summary = "A project's quota, or the default",
            Answers = [QuotaJson.Api.QuotaView, QuotaJson.Api.DefaultQuotaView],
        });
        v1.MapPatch("/quotas/{project}/{resource}", PatchAsync).WithMetadata(one with
        {
            Handler = "patch",
            Summary = "Change a quota",
            Body = "quota",
            Input = QuotaInput.Schema,
            Status = StatusCodes.Status202Accepted,
        });
        v1.MapDelete("/quotas/{project}/{resource}", DeleteAsync).WithMetadata(
            new ApiRoute("delete") { Summary = "Give a project the default again", Status = StatusCodes.Status204NoContent });
    }

    internal static async Task<IResult> ListAsync(ApiRequest request, QuotaService quotas, CancellationToken cancellationToken)
    {
        if (request.Boolean("all_tenants", out var allTenants) is { } refused)
        {
            return new ApiError(refused);
        }

        var query = PageQuery.Read(request, "/v1/quotas", numericMarker: true, "all_tenants");
        if (!query.IsSuccess)
        {
            return new ApiError(query.Error);
        }

        var page = await quotas.ListAsync(request.Caller, allTenants, query.Value.Request, cancellationToken);
        return page.ToAnswer(found => new Collection<Quota, QuotaView>(
            "quotas", found.Items, QuotaView.Of, QuotaJson.Api.QuotaView, query.Value, quota => quota.Id.ToString(CultureInfo.InvariantCulture)));
    }

    internal static async Task<IResult> ShowAsync(
        ApiRequest request, string project, string resource, QuotaService quotas, CancellationToken cancellationToken)
    {
        var found = await quotas.GetAsync(request.Caller, project, resource, cancellationToken);
        return found.ToAnswer(quota => quota.Id == 0
            ? ApiResponse.Json(new DefaultQuotaView(quota.HardLimit, quota.ProjectId, quota.Resource), QuotaJson.Api.DefaultQuotaView)
            : Answer(quota, StatusCodes.Status200OK));
    }

    internal static async Task<IResult> CreateAsync(ApiRequest request, QuotaService quotas, CancellationToken cancellationToken)
    {
        var input = QuotaInput.Schema.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var created = await quotas.CreateAsync(
            request.Caller, input.Value.Text("project_id"), input.Value.Text("resource")!, input.Value.Integer("hard_limit")!.Value, cancellationToken);
        return created.ToAnswer(quota => Answer(quota, StatusCodes.Status201Created));
    }

    internal static async Task<IResult> PatchAsync(
        ApiRequest request, string project, string resource, QuotaService quotas, CancellationToken cancellationToken)
    {
        var input = QuotaInput.Schema.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var updated = await quotas.UpdateAsync(request.Caller, project, resource, input.Value.Integer("hard_limit")!.Value, cancellationToken);
        return updated.ToAnswer(quota => Answer(quota, StatusCodes.Status202Accepted));
    }

    internal static async Task<IResult> DeleteAsync(
        ApiRequest request, string project, string resource, QuotaService quotas, CancellationToken cancellationToken)
    {
        var deleted = await quotas.DeleteAsync(request.Caller, project, resource, cancellationToken);
        return deleted.ToAnswer(_ => ApiResponse.NoContent());
    }

    private static IResult Answer(Quota quota, int status) => ApiResponse.Json(QuotaView.Of(quota), QuotaJson.Api.QuotaView, status);
}
