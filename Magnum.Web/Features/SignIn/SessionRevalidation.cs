using Magnum.Core.Sessions;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace Magnum.Web.Features.SignIn;

/// <summary>Ends circuits whose session was ended elsewhere, such as by signing out in another tab.</summary>
internal sealed class SessionRevalidation(ILoggerFactory loggerFactory, SessionService sessions) : RevalidatingServerAuthenticationStateProvider(loggerFactory)
{
    /// <inheritdoc />
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken) =>
        authenticationState.User.FindFirst(SessionAuthentication.SessionClaim)?.Value is { } id
        && await sessions.FindAsync(id, cancellationToken) is not null;
}
