using Magnum.Web.Api.Output;
using Microsoft.Net.Http.Headers;

namespace Magnum.Web.Api.Http;

/// <summary>Reads the version header for everything under <c>/v1</c>.</summary>
internal sealed class VersionMiddleware(RequestDelegate next)
{
    private const string MinimumHeader = "OpenStack-API-Minimum-Version";
    private const string MaximumHeader = "OpenStack-API-Maximum-Version";

    private static readonly Link Help = new("http://docs.openstack.org/api-guide/compute/microversions.html", "help");

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.Value is "/" or "" or null)
        {
            return next(context);
        }

        var header = context.Request.Headers.TryGetValue(Microversion.Header, out var values) ? values.ToString() : null;
        switch (Microversion.Parse(header))
        {
            case MicroversionRequest.Accepted accepted:
                ApiRequest.Of(context).Version = accepted.Version;
                return next(context);
            case MicroversionRequest.Unsupported unsupported:
                WriteHeaders(context.Response, unsupported.Asked);
                return ApiResponse.WriteAsync(
                    context.Response,
                    new VersionErrorBody(
                    [
                        new VersionErrorEntry(
                            "magnum.microversion-unsupported",
                            "Requested microversion is unsupported",
                            unsupported.Why,
                            Microversion.Maximum.ToString(),
                            Microversion.Minimum.ToString(),
                            [Help]),
                    ]),
                    ApiContractsJson.Api.VersionErrorBody,
                    StatusCodes.Status406NotAcceptable);
            case MicroversionRequest.Malformed malformed:
                return ApiError.Routing(StatusCodes.Status406NotAcceptable, "Not Acceptable", malformed.Why).ExecuteAsync(context);
            case var other:
                throw new InvalidOperationException($"{other} is no answer to a version header.");
        }
    }

    /// <summary>The headers of every answer that comes from a route.</summary>
    public static void WriteHeaders(HttpResponse response, string version)
    {
        response.Headers[Microversion.Header] = $"{Microversion.Service} {version}";
        response.Headers[MinimumHeader] = $"{Microversion.Service} {Microversion.Minimum}";
        response.Headers[MaximumHeader] = $"{Microversion.Service} {Microversion.Maximum}";
        response.Headers[HeaderNames.Vary] = Microversion.Header;
    }
}
