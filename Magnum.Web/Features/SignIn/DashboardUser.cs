using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;
using Magnum.Core.Sessions;
using Magnum.Web.Components.Localization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;

namespace Magnum.Web.Features.SignIn;

/// <inheritdoc cref="IDashboardUser" />
internal sealed class DashboardUser(
    AuthenticationStateProvider authentication, SessionService sessions, IIdentity identity, SignInThrottle throttle, TimeProvider time, IStringLocalizer<Text> text)
    : IDashboardUser
{
    private string? _sessionId;
    private string? _address;
    private bool _refused;

    /// <inheritdoc />
    public event Action? Changed;

    /// <inheritdoc />
    public TokenInfo? Token { get; private set; }

    /// <inheritdoc />
    public async ValueTask<TokenInfo?> GetTokenAsync(CancellationToken cancellationToken)
    {
        if (Token is null)
        {
            var state = await authentication.GetAuthenticationStateAsync();
            _sessionId = state.User.FindFirst(SessionAuthentication.SessionClaim)?.Value;
            _address = state.User.FindFirst(SessionAuthentication.AddressClaim)?.Value;
            Token = _sessionId is null ? null : await sessions.FindAsync(_sessionId, cancellationToken);
        }

        return Token;
    }

    /// <inheritdoc />
    public async ValueTask<Caller?> GetCallerAsync(CancellationToken cancellationToken) =>
        await GetTokenAsync(cancellationToken) is { } token && !_refused && token.ExpiresAt > time.GetUtcNow()
            ? new Caller(token, $"req-{Guid.NewGuid()}") { Door = "dashboard", Address = _address }
            : null;

    /// <inheritdoc />
    public void MarkExpired() => _refused = true;

    /// <inheritdoc />
    public async Task<Result<IReadOnlyList<ProjectInfo>>> ListProjectsAsync(CancellationToken cancellationToken)
    {
        if (await GetCallerAsync(cancellationToken) is not { } caller)
        {
            return new MagnumError.Forbidden(text["SignIn.Ended"]);
        }

        try
        {
            return Result.Success(await identity.ListProjectsAsync(caller.Token.Token, cancellationToken));
        }
        catch (CloudException trouble)
        {
            return new MagnumError.Unavailable(trouble.Message);
        }
    }

    /// <inheritdoc />
    public async Task<Result<Unit>> SwitchProjectAsync(string projectId, CancellationToken cancellationToken)
    {
        if (await GetCallerAsync(cancellationToken) is not { } caller)
        {
            return new MagnumError.Forbidden(text["SignIn.Ended"]);
        }

        try
        {
            return await UseAsync(await identity.SignInAsync(new Core.OpenStack.SignIn.Token(caller.Token.Token, projectId), cancellationToken), cancellationToken);
        }
        catch (CloudException trouble) when (trouble.Fault is CloudFault.Unauthorized or CloudFault.Forbidden)
        {
            return new MagnumError.Forbidden(text["Project.SwitchRefused"]);   // an application credential is bound to its project
        }
        catch (CloudException trouble)
        {
            return new MagnumError.Unavailable(trouble.Message);
        }
    }

    /// <inheritdoc />
    public async Task<Result<Unit>> SignInAgainAsync(SignInForm form, CancellationToken cancellationToken)
    {
        if (form.Missing is { } missing)
        {
            return new MagnumError.Invalid(text[missing]);
        }

        if (throttle.Wait(null, form.Subject) > TimeSpan.Zero)
        {
            return new MagnumError.Invalid(text["SignIn.TooMany"]);
        }

        try
        {
            var token = await identity.SignInAsync(form.ToSignIn(), cancellationToken);
            if (Token is { } before && before.UserId != token.UserId)
            {
                return new MagnumError.Invalid(text["SignIn.OtherUser", before.UserName]);   // before Keystone refuses them the project
            }

            if (Token?.ProjectId is { } project && token.ProjectId != project)
            {
                token = await identity.SignInAsync(new Core.OpenStack.SignIn.Token(token.Token, project), cancellationToken);
            }

            throttle.Succeeded(null, form.Subject);
            return await UseAsync(token, cancellationToken);
        }
        catch (CloudException trouble)
        {
            if (SignInProblem.IsTheirs(trouble))
            {
                throttle.Failed(null, form.Subject);
            }

            return new MagnumError.Invalid(text[SignInProblem.TextName(trouble, form.Method), identity.AuthUrl]);
        }
    }

    private async Task<Result<Unit>> UseAsync(TokenInfo token, CancellationToken cancellationToken)
    {
        if (_sessionId is null || !await sessions.ReplaceAsync(_sessionId, token, cancellationToken))
        {
            return new MagnumError.Forbidden(text["SignIn.Ended"]);
        }

        Token = token;
        _refused = false;
        Changed?.Invoke();
        return default(Unit);
    }
}
