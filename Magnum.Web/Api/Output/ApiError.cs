using Magnum.Core.Errors;

namespace Magnum.Web.Api.Output;

/// <summary>An error on its way out: the only place that makes a status and OpenStack's body of it.</summary>
internal sealed class ApiError : IResult
{
    private readonly int _status;
    private readonly string _code;
    private readonly string _detail;
    private readonly string? _title;

    /// <summary>What a caller can act on.</summary>
    public ApiError(MagnumError error)
        : this(StatusOf(error), error.Detail)
    {
    }

    private ApiError(int status, string detail, string? code = null, string? title = null) =>
        (_status, _code, _detail, _title) = (status, code ?? (status >= 500 ? "server" : "client"), detail, title);

    /// <summary>A refusal by routing or negotiation, which the reference gives no code.</summary>
    public static ApiError Routing(int status, string title, string detail = "") => new(status, detail, "", title);

    /// <summary>A refusal by a handler with another status than a <see cref="MagnumError"/> has.</summary>
    public static ApiError Of(int status, string detail) => new(status, detail);

    /// <inheritdoc />
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var requestId = ApiRequest.Of(httpContext).RequestId;
        return ApiResponse.WriteAsync(
            httpContext.Response,
            new ErrorBody([new ErrorEntry(requestId, _code, _status, _title ?? TitleOf(_detail), _detail, [])]),
            ApiContractsJson.Api.ErrorBody,
            _status);
    }

    private static string TitleOf(string detail) =>
        detail.IndexOf('.', StringComparison.Ordinal) is >= 0 and var stop ? detail[..stop] : detail;

    private static int StatusOf(MagnumError error) => error switch
    {
        MagnumError.Forbidden or MagnumError.OverQuota => StatusCodes.Status403Forbidden,
        MagnumError.NotFound => StatusCodes.Status404NotFound,
        MagnumError.Conflict => StatusCodes.Status409Conflict,
        MagnumError.Stale => StatusCodes.Status412PreconditionFailed,
        MagnumError.KeyReused => StatusCodes.Status422UnprocessableEntity,
        MagnumError.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };
}

/// <summary>From results to answers.</summary>
internal static class ApiErrorExtensions
{
    /// <summary>The answer of a result.</summary>
    public static IResult ToAnswer<T>(this Result<T> result, Func<T, IResult> success) =>
        result.Match(success, error => new ApiError(error));
}
