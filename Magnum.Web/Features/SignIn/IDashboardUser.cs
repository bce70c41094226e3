using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Policies;

namespace Magnum.Web.Features.SignIn;

/// <summary>The person in front of one browser tab.</summary>
public interface IDashboardUser
{
    /// <summary>Raised when project or token changed.</summary>
    event Action? Changed;

    /// <summary>The token last loaded; null before <see cref="GetTokenAsync"/> and when not signed in. May be expired.</summary>
    TokenInfo? Token { get; }

    /// <summary>Loads the token once per tab; null when not signed in.</summary>
    ValueTask<TokenInfo?> GetTokenAsync(CancellationToken cancellationToken);

    /// <summary>The caller for Core's services, with a request id of its own; null when not signed in or expired: sign in again then.</summary>
    ValueTask<Caller?> GetCallerAsync(CancellationToken cancellationToken);

    /// <summary>Tells that the cloud did not take the token.</summary>
    void MarkExpired();

    /// <summary>The projects to choose from.</summary>
    Task<Result<IReadOnlyList<ProjectInfo>>> ListProjectsAsync(CancellationToken cancellationToken);

    /// <summary>Goes on in another project.</summary>
    Task<Result<Unit>> SwitchProjectAsync(string projectId, CancellationToken cancellationToken);

    /// <summary>A fresh token for the same person and project, so that the page goes on where it was.</summary>
    Task<Result<Unit>> SignInAgainAsync(SignInForm form, CancellationToken cancellationToken);
}
