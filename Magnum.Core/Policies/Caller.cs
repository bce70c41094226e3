using Magnum.Core.OpenStack;

namespace Magnum.Core.Policies;

/// <summary>Who asks, as Keystone vouches for it. Both doors make one and every Core service takes it.</summary>
/// <param name="Token">The token behind the request, used for look-ups in the caller's name; never logged or stored with work.</param>
/// <param name="RequestId"><c>req-&lt;uuid&gt;</c>, carried into operations, events and logs.</param>
public sealed record Caller(TokenInfo Token, string RequestId)
{
    /// <summary>Where the request came in: <c>api</c> or <c>dashboard</c>.</summary>
    public string Door { get; init; } = "api";

    /// <summary>The client's address, where the door knows it.</summary>
    public string? Address { get; init; }

    /// <summary>The user's id.</summary>
    public string UserId => Token.UserId;

    /// <summary>The project's id; empty for a token without a project, which owns nothing.</summary>
    public string ProjectId => Token.ProjectId ?? "";

    /// <summary>The roles in that project.</summary>
    public IReadOnlyList<string> Roles => Token.Roles;

    /// <summary>Whether the token carries the role <c>admin</c>.</summary>
    public bool IsAdmin => Roles.Contains("admin", StringComparer.OrdinalIgnoreCase);

    /// <summary>The credential for look-ups in the caller's name.</summary>
    public CloudCredential Credential => new CloudCredential.UserToken(Token.Token, Token.ProjectId);

    /// <inheritdoc />
    public override string ToString() => $"Caller {{ User = {Token.UserName}, Project = {Token.ProjectName}, Request = {RequestId} }}";
}
