namespace Magnum.Core.OpenStack;

/// <summary>What a Keystone v3 token says about its bearer.</summary>
/// <param name="Token">The token itself.</param>
/// <param name="ProjectId">Null for unscoped and domain-scoped tokens.</param>
public sealed record TokenInfo(
    string Token,
    string UserId,
    string UserName,
    string? UserDomainId,
    string? UserDomainName,
    string? ProjectId,
    string? ProjectName,
    string? ProjectDomainId,
    IReadOnlyList<string> Roles,
    DateTimeOffset ExpiresAt,
    string? TrustId = null)
{
    /// <summary>Whether it came by an application credential that may hand nothing on.</summary>
    public bool IsRestricted { get; init; }

    /// <summary>Role ids, in the order of <see cref="Roles"/>; empty when not known.</summary>
    public IReadOnlyList<string> RoleIds { get; init; } = [];

    /// <summary>The service catalog that came with the token.</summary>
    public IReadOnlyList<CatalogEntry> Catalog { get; init; } = [];

    /// <inheritdoc />
    public override string ToString() => $"TokenInfo {{ User = {UserName}, Project = {ProjectName} }}";
}

/// <summary>One service of the catalog.</summary>
public sealed record CatalogEntry(string Type, string Name, IReadOnlyList<CatalogEndpoint> Endpoints);

/// <summary>One endpoint of a service.</summary>
public sealed record CatalogEndpoint(string Interface, string? Region, string Url);

/// <summary>A Keystone project.</summary>
public sealed record ProjectInfo(string Id, string Name, string? DomainId);

/// <summary>How somebody signs in.</summary>
public abstract record SignIn
{
    private SignIn()
    {
    }

    /// <summary>User name and password; without a project the token is unscoped.</summary>
    public sealed record Password(string UserName, string Secret, string UserDomain, string? ProjectName, string? ProjectDomain) : SignIn
    {
        /// <inheritdoc />
        public override string ToString() => $"Password {{ {UserName}@{UserDomain} }}";
    }

    /// <summary>An application credential by its id, or by its name with the user it belongs to.</summary>
    public sealed record ApplicationCredential(string IdOrName, string Secret, string? UserName, string? UserDomain) : SignIn
    {
        /// <inheritdoc />
        public override string ToString() => $"ApplicationCredential {{ {IdOrName} }}";
    }

    /// <summary>An existing token, scoped again to a project when one is given (id).</summary>
    public sealed record Token(string Value, string? ProjectId) : SignIn
    {
        /// <inheritdoc />
        public override string ToString() => $"Token {{ ProjectId = {ProjectId} }}";
    }
}

/// <summary>A user made for one cluster, by which its nodes identify themselves to Magnum.</summary>
public sealed record TrusteeUser(string Id, string Name, string Password)
{
    /// <inheritdoc />
    public override string ToString() => $"TrusteeUser {{ {Name} }}";
}

/// <summary>Keystone v3, as far as Magnum needs it. All methods throw <see cref="CloudException"/>.</summary>
public interface IIdentity
{
    /// <summary>The address that clients and nodes use, ending in <c>/v3</c>.</summary>
    Uri AuthUrl { get; }

    /// <summary>The region that is used; null: the cloud's only one.</summary>
    string? Region => null;

    /// <summary>Signs somebody in; <see cref="CloudFault.Unauthorized"/> when refused.</summary>
    Task<TokenInfo> SignInAsync(SignIn signIn, CancellationToken cancellationToken);

    /// <summary>Validates a token with the service user's credential; null when it is not valid. Not cached here.</summary>
    Task<TokenInfo?> ValidateAsync(string token, CancellationToken cancellationToken);

    /// <summary>Revokes a token; a token that is not valid any more is no error.</summary>
    Task RevokeAsync(string token, CancellationToken cancellationToken);

    /// <summary>The projects that the bearer of a token may use.</summary>
    Task<IReadOnlyList<ProjectInfo>> ListProjectsAsync(string token, CancellationToken cancellationToken);

    /// <summary>A project by id, looked up by the service user; null when there is none.</summary>
    Task<ProjectInfo?> FindProjectAsync(string projectId, CancellationToken cancellationToken);

    /// <summary>All projects, looked up by the service user, for an administrator's pages.</summary>
    Task<IReadOnlyList<ProjectInfo>> ListAllProjectsAsync(CancellationToken cancellationToken);

    /// <summary>Lets Magnum's service user act for the bearer of <paramref name="caller"/> in its project (impersonation, redelegation for Heat).</summary>
    /// <returns>The trust's id.</returns>
    Task<string> CreateTrustAsync(TokenInfo caller, CancellationToken cancellationToken);

    /// <summary>Ends a trust; one that is gone is no error. Uses the trust itself or, when the trustor is gone, the service user.</summary>
    Task DeleteTrustAsync(string trustId, CancellationToken cancellationToken);

    /// <summary>Makes (or finds, and gives a new password to) the cluster's user in the trustee domain.</summary>
    Task<TrusteeUser> EnsureTrusteeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Lets a trustee sign in, or not: nodes need it only while an operation makes nodes.</summary>
    Task SetTrusteeEnabledAsync(string userId, bool enabled, CancellationToken cancellationToken);

    /// <summary>Removes a trustee; one that is gone is no error.</summary>
    Task DeleteTrusteeAsync(string userId, CancellationToken cancellationToken);
}
