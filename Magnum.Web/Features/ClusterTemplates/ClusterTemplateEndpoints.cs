using System.Text.Json.Serialization.Metadata;
using Magnum.Core.ClusterTemplates;
using Magnum.Web.Api;
using Magnum.Web.Api.Http;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Output;
using Magnum.Web.Api.Patch;

namespace Magnum.Web.Features.ClusterTemplates;

/// <summary><c>/v1/clustertemplates</c>.</summary>
internal static class ClusterTemplateEndpoints
{
    private const string Argument = "cluster_template_ident";

    public static void MapClusterTemplates(this RouteGroupBuilder v1)
    {
        IReadOnlyList<JsonTypeInfo> template = [ClusterTemplateJson.Api.ClusterTemplateView];
        var list = new ApiRoute("get_all") { Query = ApiRoute.PageParameters, Collection = "clustertemplates", Answers = template };
        v1.MapGet("/clustertemplates", ListAsync).WithMetadata(list with { Summary = "Templates of the project, and public ones; all for administrators" });
        v1.MapGet("/clustertemplates/detail", ListDetailAsync).WithMetadata(list with { Summary = "The same" });
        v1.MapPost("/clustertemplates", CreateAsync).WithMetadata(new ApiRoute("post")
        {
            Summary = "Make a template",
            Body = "cluster_template",
            Input = ClusterTemplateInput.Schema,
            Status = StatusCodes.Status201Created,
            Answers = template,
            IsIdempotent = true,
        });
        v1.MapMissingIdent("/clustertemplates", Argument);
        v1.MapGet("/clustertemplates/{ident}", ShowAsync).WithMetadata(
            new ApiRoute("get_one") { Summary = "A template", Answers = template, HasEntityTag = true });
        v1.MapPatch("/clustertemplates/{ident}", PatchAsync).WithMetadata(
            new ApiRoute("patch") { Summary = "Change a template", Body = "patch", Answers = template, HasEntityTag = true });
        v1.MapDelete("/clustertemplates/{ident}", DeleteAsync).WithMetadata(
            new ApiRoute("delete") { Summary = "Delete a template that no cluster uses", Status = StatusCodes.Status204NoContent, HasEntityTag = true });
    }

    internal static Task<IResult> ListAsync(ApiRequest request, IClusterTemplateQueries templates, CancellationToken cancellationToken) =>
        PageAsync(request, templates, "/v1/clustertemplates", cancellationToken);

    internal static Task<IResult> ListDetailAsync(ApiRequest request, IClusterTemplateQueries templates, CancellationToken cancellationToken) =>
        PageAsync(request, templates, "/v1/clustertemplates/detail", cancellationToken);

    internal static async Task<IResult> CreateAsync(
        ApiRequest request, ClusterTemplateService templates, Idempotency idempotency, CancellationToken cancellationToken)
    {
        var input = ClusterTemplateInput.Schema.Read(request.Body);
        if (!input.IsSuccess)
        {
            return new ApiError(input.Error);
        }

        var spec = ClusterTemplateInput.ToSpec(input.Value);
        return await idempotency.AnswerAsync<ClusterTemplate>(
            request,
            once => templates.CreateAsync(request.Caller, spec, once, cancellationToken),
            made =>
            {
                var view = ClusterTemplateView.Of(made, request);
                return Idempotency.Keep(view, ClusterTemplateJson.Api.ClusterTemplateView, StatusCodes.Status201Created, view.Links[0].Href);
            },
            cancellationToken);
    }

    internal static async Task<IResult> ShowAsync(ApiRequest request, string ident, IClusterTemplateQueries templates, CancellationToken cancellationToken)
    {
        var found = await templates.GetAsync(request.Caller, ident, cancellationToken);
        return found.ToAnswer(template => EntityTag.Of(template).Answer(request, () => Answer(template, request)));
    }

    internal static async Task<IResult> PatchAsync(ApiRequest request, string ident, ClusterTemplateService templates, CancellationToken cancellationToken)
    {
        var operations = PatchOperation.ReadAll(request.Body, ClusterTemplateInput.Patch);
        if (!operations.IsSuccess)
        {
            return new ApiError(operations.Error);
        }

        var updated = await templates.UpdateAsync(
            request.Caller,
            ident,
            template => EntityTag.Of(template).Objection(request),
            present => ClusterTemplateInput.Change(present, operations.Value),
            cancellationToken);
        return updated.ToAnswer(template => Answer(template, request));
    }

    internal static async Task<IResult> DeleteAsync(ApiRequest request, string ident, ClusterTemplateService templates, CancellationToken cancellationToken)
    {
        var deleted = await templates.DeleteAsync(request.Caller, ident, template => EntityTag.Of(template).Objection(request), cancellationToken);
        return deleted.ToAnswer(_ => ApiResponse.NoContent());
    }

    private static async Task<IResult> PageAsync(
        ApiRequest request, IClusterTemplateQueries templates, string path, CancellationToken cancellationToken)
    {
        var query = PageQuery.Read(request, path);
        if (!query.IsSuccess)
        {
            return new ApiError(query.Error);
        }

        var page = await templates.ListAsync(request.Caller, query.Value.Request, cancellationToken);
        return page.ToAnswer(found => new Collection<ClusterTemplate, ClusterTemplateView>(
            "clustertemplates",
            found.Items,
            template => ClusterTemplateView.Of(template, request),
            ClusterTemplateJson.Api.ClusterTemplateView,
            query.Value,
            template => template.Uuid.ToString()));
    }

    private static IResult Answer(ClusterTemplate template, ApiRequest request) =>
        ApiResponse.Json(ClusterTemplateView.Of(template, request), ClusterTemplateJson.Api.ClusterTemplateView);
}
