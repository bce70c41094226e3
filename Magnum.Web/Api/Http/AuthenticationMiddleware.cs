using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Magnum.Web.Api.Output;

namespace Magnum.Web.Api.Http;

/// <summary>Lets nobody past the version documents and public routes without a token that Keystone vouches for.</summary>
internal sealed partial class AuthenticationMiddleware(
    RequestDelegate next, TokenCache tokens, Unauthenticated unauthenticated, ILogger<AuthenticationMiddleware> logger)
{
    private const string TokenHeader = "X-Auth-Token";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.Value is "/" or "/v1" or "/v1/" or "" or null || context.GetEndpoint()?.Metadata.GetMetadata<ApiRoute>() is { IsPublic: true })
        {
            await next(context);
            return;
        }

        TokenInfo? token;
        try
        {
            token = await tokens.ValidateAsync(TokenOf(context.Request), context.RequestAborted);
        }
        catch (CloudException e)
        {
            LogCannotValidate(logger, e);
            await ApiError.Of(StatusCodes.Status503ServiceUnavailable, "Keystone cannot validate tokens at present. Try again later.").ExecuteAsync(context);
            return;
        }

        if (token is null)
        {
            await unauthenticated.AnswerAsync(context);
            return;
        }

        var request = ApiRequest.Of(context);
        request.Caller = new Caller(token, request.RequestId) { Address = context.Connection.RemoteIpAddress?.ToString() };
        if (context.Features.Get<RequestLogScope>() is { } scope)
        {
            (scope.ProjectId, scope.UserId) = (token.ProjectId, token.UserId);
        }

        await next(context);
    }

    /// <summary>The token that came with a request; empty when none did.</summary>
    public static string TokenOf(HttpRequest request) =>
        request.Headers[TokenHeader] is [{ } token] ? token.Trim() : "";

    [LoggerMessage(LogLevel.Warning, "Keystone cannot be asked about a token")]
    private static partial void LogCannotValidate(ILogger logger, Exception exception);
}
