using Microsoft.Extensions.Options;

namespace Magnum.Web.Api.Http;

/// <summary>Answers <c>/healthcheck</c>, and puts <c>/v1</c> in front of paths that begin without it: the bookmark links do.</summary>
internal sealed class PathMiddleware(RequestDelegate next, IOptions<MagnumApiOptions> options)
{
    private static readonly PathString V1 = new("/v1");

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (path == "/healthcheck")
        {
            return HealthAsync(context);
        }

        if (path.HasValue && path != "/" && !path.StartsWithSegments(V1, StringComparison.Ordinal))
        {
            context.Request.Path = V1.Add(path);
        }

        return next(context);
    }

    private Task HealthAsync(HttpContext context)
    {
        var draining = options.Value.DrainFile is { Length: > 0 } file && File.Exists(file);
        context.Response.StatusCode = draining ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.ContentType = "text/plain";
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.WriteAsync(draining ? "DISABLED BY FILE" : "OK", context.RequestAborted);
    }
}
