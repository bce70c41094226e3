using Magnum.Core.OpenStack;
using Magnum.Core.Sessions;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Localization;

namespace Magnum.Web.Features.SignIn;

/// <summary>What a circuit cannot do, since it has no response to set cookies on: sign out, choose a language.</summary>
internal static partial class SessionEndpoints
{
    /// <summary>Languages of the dashboard.</summary>
    public static readonly IReadOnlyList<string> Cultures = ["en", "zh-Hans"];

    /// <summary>Adds the endpoints.</summary>
    public static void MapSession(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/sign-out", SignOutAsync).ExcludeFromDescription();
        endpoints.MapGet("/language/{culture}", SetLanguage).ExcludeFromDescription();
    }

    private static async Task<IResult> SignOutAsync(
        HttpContext context, IAntiforgery antiforgery, SessionService sessions, IIdentity identity, ILogger<SessionService> logger, CancellationToken cancellationToken)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.BadRequest();
        }

        if (SessionCookie.Read(context.Request) is { } secret)
        {
            var id = SessionService.IdOf(secret);
            var token = await sessions.FindAsync(id, cancellationToken);
            await sessions.CloseAsync(id, cancellationToken);
            SessionCookie.Clear(context);
            if (token is not null)
            {
                await RevokeAsync(identity, token, logger, cancellationToken);
            }
        }

        return Results.LocalRedirect("~/sign-in?signedOut=true");
    }

    private static async Task RevokeAsync(IIdentity identity, TokenInfo token, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await identity.RevokeAsync(token.Token, cancellationToken);
        }
        catch (CloudException trouble)
        {
            LogNotRevoked(logger, token.UserId, trouble);   // the session is gone all the same
        }
    }

    private static IResult SetLanguage(string culture, string? returnUrl, HttpContext context)
    {
        if (Cultures.Contains(culture))
        {
            context.Response.Cookies.Append(
                CookieRequestCultureProvider.DefaultCookieName,
                CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture)),
                new CookieOptions { IsEssential = true, SameSite = SameSiteMode.Lax, MaxAge = TimeSpan.FromDays(365), Secure = context.Request.IsHttps });
        }

        return Results.LocalRedirect(LocalUrl.Of(returnUrl));
    }

    [LoggerMessage(LogLevel.Warning, "Token of user {UserId} could not be revoked")]
    private static partial void LogNotRevoked(ILogger logger, string userId, Exception exception);
}
