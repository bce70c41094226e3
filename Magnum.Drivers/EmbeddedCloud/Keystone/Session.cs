namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>A valid token and what it stands for at this moment.</summary>
internal sealed record Session(string Token, TokenClaims Claims, UserRow User, IReadOnlyList<RoleRow> Roles)
{
    public ProjectRow? Project { get; init; }

    public DomainRow? Domain { get; init; }

    public TrustRow? Trust { get; init; }

    public bool IsAdmin => Roles.Any(r => r.Name is "admin");

    /// <summary>Whether this is an administrator of the whole cloud, or of the given domain.</summary>
    public bool Administers(string domainId) => IsAdmin && (Domain is null || Domain.Id == domainId);
}
