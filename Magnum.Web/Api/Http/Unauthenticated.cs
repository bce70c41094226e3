using Magnum.Core.OpenStack;
using Magnum.Web.Api.Output;
using Microsoft.Net.Http.Headers;

namespace Magnum.Web.Api.Http;

/// <summary>401 as Keystone says it: clients of OpenStack sign in again when they read it.</summary>
internal sealed class Unauthenticated(IIdentity identity, TokenCache tokens)
{
    private static readonly KeystoneErrorBody Body =
        new(new KeystoneError(StatusCodes.Status401Unauthorized, "Unauthorized", "The request you have made requires authentication."));

    /// <param name="forget">The token was valid when it was last looked at, and another service refused it since.</param>
    public Task AnswerAsync(HttpContext context, bool forget = false)
    {
        if (forget)
        {
            tokens.Forget(AuthenticationMiddleware.TokenOf(context.Request));
        }

        context.Response.Headers[HeaderNames.WWWAuthenticate] = $"Keystone uri=\"{identity.AuthUrl}\"";
        return ApiResponse.WriteAsync(context.Response, Body, ApiContractsJson.Api.KeystoneErrorBody, StatusCodes.Status401Unauthorized);
    }
}
