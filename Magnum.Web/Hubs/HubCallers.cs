using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Magnum.Core.Sessions;
using Magnum.Web.Features.SignIn;

namespace Magnum.Web.Hubs;

/// <summary>Who connects to the hub: a signed-in browser by its cookie, a script by its Keystone token.</summary>
internal sealed class HubCallers(SessionService sessions, IIdentity identity, TimeProvider time)
{
    /// <summary>The caller; null when nobody vouches for the connection.</summary>
    public async Task<Caller?> FindAsync(HttpContext? context, CancellationToken cancellationToken)
    {
        if (context is null)
        {
            return null;
        }

        var token = Given(context.Request) is { } given
            ? await identity.ValidateAsync(given, cancellationToken)
            : SessionCookie.Read(context.Request) is { } secret ? await sessions.FindAsync(SessionService.IdOf(secret), cancellationToken) : null;
        return token is { ProjectId: not null } && token.ExpiresAt > time.GetUtcNow() ? new Caller(token, $"req-{Guid.NewGuid()}") : null;
    }

    // Browsers cannot set headers on a web socket: SignalR's clients then send the token in the query.
    private static string? Given(HttpRequest request) =>
        request.Headers["X-Auth-Token"].ToString() is { Length: > 0 } header ? header
        : request.Headers.Authorization.ToString() is { } bearer && bearer.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? bearer["Bearer ".Length..].Trim()
        : request.Query["access_token"].ToString() is { Length: > 0 } query ? query : null;
}
