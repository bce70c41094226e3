namespace Magnum.Core.Sessions;

/// <summary>A signed-in browser: the cookie names this row, the Keystone token stays here.</summary>
public sealed class DashboardSession
{
    /// <summary>SHA-256 of the secret in the cookie, hexadecimal.</summary>
    public string Id { get; internal set; } = "";

    public string UserId { get; internal set; } = "";

    /// <summary>The token with its roles and projects as JSON, protected.</summary>
    public string Payload { get; internal set; } = "";

    /// <summary>Never later than the token's own end.</summary>
    public DateTimeOffset ExpiresAt { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }
}
