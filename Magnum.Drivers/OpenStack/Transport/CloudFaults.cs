using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Authentication;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.OpenStack.Transport;

/// <summary>Turns whatever can go wrong in a call into the one exception that callers know.</summary>
internal static class CloudFaults
{
    public static CloudException FromAnswer(CloudAnswer answer, RetryConditionHeaderValue? retryAfter, DateTimeOffset now)
    {
        var body = CloudErrorBody.Parse(answer.Body);
        return new CloudException(answer.Service, FaultOf(answer.Status, body), body.Message ?? WithoutWords(answer))
        {
            StatusCode = answer.Status,
            RequestId = answer.RequestId,
            RetryAfter = DelayOf(retryAfter, now),
        };
    }

    public static CloudException TimedOut(CloudRequest request, TimeSpan limit, Exception inner) =>
        new(
            request.Service,
            CloudFault.Unreachable,
            string.Create(CultureInfo.InvariantCulture, $"The {request.Service} service at {request.Address.Authority} did not answer within {limit.TotalSeconds:0.#} s."),
            inner);

    public static CloudException Unreachable(CloudRequest request, Exception inner)
    {
        var why = inner is HttpRequestException http ? http.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "its name could not be resolved",
            HttpRequestError.ConnectionError => "the connection was refused or lost",
            HttpRequestError.SecureConnectionError => $"TLS failed: {InnermostTls(http)}",
            HttpRequestError.ResponseEnded => "the connection was closed before the answer",
            _ => "the connection failed",
        }
        : "the connection was lost while reading the answer";
        return new(request.Service, CloudFault.Unreachable, $"The {request.Service} service at {request.Address.Authority} could not be reached: {why}.", inner);
    }

    public static CloudException TooLarge(CloudRequest request, long limit) =>
        new(request.Service, CloudFault.Malformed, string.Create(CultureInfo.InvariantCulture, $"The {request.Service} service's answer is larger than {limit / 1024 / 1024} MiB."));

    /// <summary>Whether the connection failed for TLS, where trying again cannot help.</summary>
    public static bool IsTls(CloudException exception) =>
        exception.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError };

    private static CloudFault FaultOf(int status, CloudErrorBody body) => status switch
    {
        401 => CloudFault.Unauthorized,
        403 or 409 or 400 when IsLimit(body) => CloudFault.OverLimit,
        403 => CloudFault.Forbidden,
        404 => CloudFault.NotFound,
        408 => CloudFault.Unreachable,
        409 => CloudFault.Conflict,
        413 or 429 => CloudFault.OverLimit,
        >= 500 => CloudFault.ServerError,
        >= 300 and < 400 => CloudFault.Malformed,
        _ => CloudFault.Invalid,
    };

    // compute and volumes answer a full quota with 403 or 413, network with 409 OverQuota, orchestration with 400 or 403 RequestLimitExceeded.
    private static bool IsLimit(CloudErrorBody body) =>
        body.Type is "OverQuota" or "RequestLimitExceeded" or "overLimit"
        || (body.Message is { } text
            && (text.Contains("quota exceeded", StringComparison.OrdinalIgnoreCase) || text.Contains("exceeds quota", StringComparison.OrdinalIgnoreCase)));

    private static string WithoutWords(CloudAnswer answer) => answer.Status is >= 300 and < 400
        ? string.Create(CultureInfo.InvariantCulture, $"The {answer.Service} service redirected the call ({answer.Status}), which is not expected.")
        : string.Create(CultureInfo.InvariantCulture, $"The {answer.Service} service answered {answer.Status} without saying why.");

    private static TimeSpan? DelayOf(RetryConditionHeaderValue? retryAfter, DateTimeOffset now) => retryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    private static string InnermostTls(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is AuthenticationException)
            {
                return e.Message.TrimEnd('.');
            }
        }

        return exception.Message.TrimEnd('.');
    }
}
