using System.Security.Claims;
using System.Text.Encodings.Web;
using Magnum.Core.OpenStack;
using Magnum.Core.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Features.SignIn;

/// <summary>Who a browser is, by the cookie that names its session.</summary>
internal sealed class SessionAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SessionService sessions, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "MagnumSession";

    /// <summary>Claim with the session's key; it never leaves the server.</summary>
    public const string SessionClaim = "magnum:session";

    /// <summary>Claim with the browser's address, for the audit.</summary>
    public const string AddressClaim = "magnum:address";

    /// <summary>A principal for a session.</summary>
    public static ClaimsPrincipal Principal(string sessionId, TokenInfo token, string? address = null) => new(new ClaimsIdentity(
        [
            new Claim(SessionClaim, sessionId),
            new Claim(ClaimTypes.NameIdentifier, token.UserId),
            new Claim(ClaimTypes.Name, token.UserName),
            .. token.Roles.Select(r => new Claim(ClaimTypes.Role, r)),
            .. address is null ? Array.Empty<Claim>() : [new Claim(AddressClaim, address)],
        ],
        SchemeName));

    /// <inheritdoc />
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (SessionCookie.Read(Request) is not { } secret)
        {
            return AuthenticateResult.NoResult();
        }

        var id = SessionService.IdOf(secret);
        var token = await sessions.FindAsync(id, Context.RequestAborted);
        // A circuit that reconnects may be of an expired session: it asks its owner to sign in again and keeps the form.
        return token is null || (token.ExpiresAt <= time.GetUtcNow() && !Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal))
            ? AuthenticateResult.NoResult()
            : AuthenticateResult.Success(new AuthenticationTicket(Principal(id, token, Context.Connection.RemoteIpAddress?.ToString()), SchemeName));
    }

    /// <inheritdoc />
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Request.Path.StartsWithSegments("/hubs", StringComparison.Ordinal))
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else
        {
            Response.Redirect(QueryHelpers.AddQueryString("/sign-in", "returnUrl", $"{Request.Path}{Request.QueryString}"));
        }

        return Task.CompletedTask;
    }
}
