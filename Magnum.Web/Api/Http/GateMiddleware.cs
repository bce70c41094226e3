using Magnum.Core.Errors;
using Magnum.Web.Api.Input;
using Magnum.Web.Api.Output;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Magnum.Web.Api.Http;

/// <summary>Between routing and handler: everything that can be refused without knowing what the route does, in the reference's order.</summary>
internal sealed class GateMiddleware(RequestDelegate next, IOptions<MagnumApiOptions> options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = ApiRequest.Of(context);
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<ApiRoute>() is not { } route)
        {
            await RefuseRouteAsync(context, endpoint);
            return;
        }

        if (request.Version < route.Since)
        {
            await ApiError.Routing(
                StatusCodes.Status406NotAcceptable,
                "Not Acceptable",
                $"Version {request.Version} was requested but the requested API {route.Handler} is not supported for this version.").ExecuteAsync(context);
            return;
        }

        request.WantsStream = route.Streams && StreamAccept.Prefers(context.Request);
        if (!request.WantsStream && !AcceptsJson(context.Request))
        {
            await ApiError.Routing(StatusCodes.Status406NotAcceptable, "Not Acceptable", "This API speaks application/json only.").ExecuteAsync(context);
            return;
        }

        if (context.Request.Path.Value is not ("/" or ""))
        {
            VersionMiddleware.WriteHeaders(context.Response, request.Version.ToString());
        }

        if (await RefusalAsync(context, request, route) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    private static async Task RefuseRouteAsync(HttpContext context, Endpoint? endpoint)
    {
        if (endpoint?.RequestDelegate is { } notAllowed)
        {
            await notAllowed(context);   // routing's own answer where the path exists: it says which methods are allowed
        }

        await (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
            ? ApiError.Routing(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed")
            : ApiError.Routing(StatusCodes.Status404NotFound, "Not Found")).ExecuteAsync(context);
    }

    private async Task<IResult?> RefusalAsync(HttpContext context, ApiRequest request, ApiRoute route)
    {
        if (request.Caller is { Token.ProjectId: null, IsAdmin: false } && !route.AllowsUnscoped)
        {
            return new ApiError(new MagnumError.Forbidden("The token has no project. Ask Keystone for one that is scoped to a project."));
        }

        foreach (var parameter in context.Request.Query)
        {
            if (!route.Takes(parameter.Key, request.Version))
            {
                return new ApiError(new MagnumError.Invalid($"Unknown argument: \"{parameter.Key}\""));
            }
        }

        if (route.Body is null)
        {
            return null;
        }

        var (body, refusal) = await BodyReader.ReadAsync(
            context.Request, route.Body, Math.Min(route.MaxBodyBytes ?? int.MaxValue, options.Value.MaxBodyBytes), options.Value.MaxBodyDepth, context.RequestAborted);
        request.Body = body;
        return refusal;
    }

    private static bool AcceptsJson(HttpRequest request)
    {
        if (request.Headers.Accept is not { Count: > 0 } accept || !MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            return true;
        }

        foreach (var type in types)
        {
            if (type.Quality is not 0 && (type.MatchesAllTypes || type.MediaType.Equals("application/*", StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }
}
