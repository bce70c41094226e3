using System.Text.RegularExpressions;
using Magnum.Core.OpenStack;
using Magnum.Core.Persistence;
using Magnum.Web.Api.Output;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Api.Http;

/// <summary>The outermost part: request id, log scope and line, and an answer in Magnum's shape whatever happens inside.</summary>
internal sealed partial class RequestMiddleware(
    RequestDelegate next, IOptions<MagnumApiOptions> options, TimeProvider time, ILogger<RequestMiddleware> logger)
{
    /// <summary>Answers carry the local id in it; what requests carry is the id of a larger whole.</summary>
    public const string RequestIdHeader = "X-OpenStack-Request-Id";

    private const int ClientClosed = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        var started = time.GetTimestamp();
        var requestId = RequestIdScope.New();
        context.Response.Headers[RequestIdHeader] = requestId;
        var request = new ApiRequest(context, requestId)
        {
            BaseUrl = BaseAddress.Of(context.Request, options.Value.TrustForwardedHeaders),
            MaxLimit = options.Value.MaxLimit,
        };
        var scope = new RequestLogScope(requestId) { GlobalRequestId = GlobalIdOf(context.Request) };
        context.Features.Set(request);
        context.Features.Set(scope);
        using var logging = logger.BeginScope(scope);
        using var cloudCalls = RequestIdScope.Begin(requestId);
        var path = context.Request.Path;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = ClientClosed;   // for the log only: nobody is there to read it
            }
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, request, e);
        }

        LogAnswered(logger, context.Request.Method, path.ToUriComponent(), context.Response.StatusCode, time.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task AnswerAsync(HttpContext context, ApiRequest request, Exception exception)
    {
        // What was prepared for the answer that will not come goes; the version's headers and the id stay.
        context.Response.Headers.ContentType = default;
        context.Response.Headers.ContentLength = null;
        context.Response.Headers.Location = default;
        if (exception is CloudException { Fault: CloudFault.Unauthorized })
        {
            LogCloudTrouble(logger, exception);
            await context.RequestServices.GetRequiredService<Unauthenticated>().AnswerAsync(context, forget: true);
            return;
        }

        var error = exception switch
        {
            BadHttpRequestException bad => ApiError.Of(bad.StatusCode, "The request cannot be read."),
            CloudException cloud => OfCloud(cloud),
            _ when DatabaseErrors.IsBusy(exception) => ApiError.Of(StatusCodes.Status503ServiceUnavailable, "Magnum's database is busy. Try again in a moment."),
            _ => ApiError.Of(StatusCodes.Status500InternalServerError, $"An unexpected error occurred. It is logged under the request id {request.RequestId}."),
        };
        switch (exception)
        {
            case BadHttpRequestException:
                break;
            case CloudException:
                LogCloudTrouble(logger, exception);
                break;
            default:
                LogUnexpected(logger, exception);
                break;
        }

        await error.ExecuteAsync(context);
    }

    private static ApiError OfCloud(CloudException e) => e.Fault switch
    {
        CloudFault.Forbidden => ApiError.Of(StatusCodes.Status403Forbidden, $"The cloud's {e.Service} service does not allow this to the caller."),
        CloudFault.Unreachable or CloudFault.ServerError or CloudFault.Malformed or CloudFault.NoEndpoint or CloudFault.OverLimit =>
            ApiError.Of(StatusCodes.Status503ServiceUnavailable, $"The cloud's {e.Service} service does not answer as it should. Try again later."),
        _ => ApiError.Of(StatusCodes.Status500InternalServerError, $"The cloud's {e.Service} service refused what Magnum asked it."),
    };

    private static string? GlobalIdOf(HttpRequest request) =>
        request.Headers[RequestIdHeader].ToString() is { Length: > 0 } id && GlobalId().IsMatch(id) ? id : null;

    [GeneratedRegex("^req-[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
    private static partial Regex GlobalId();

    [LoggerMessage(LogLevel.Information, "{Method} {Path} answered {Status} in {Milliseconds:0.0} ms")]
    private static partial void LogAnswered(ILogger logger, string method, string path, int status, double milliseconds);

    [LoggerMessage(LogLevel.Warning, "The cloud could not be used")]
    private static partial void LogCloudTrouble(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Error, "A request failed unexpectedly")]
    private static partial void LogUnexpected(ILogger logger, Exception exception);
}
