namespace Magnum.Drivers.OpenStack;

/// <summary>The cloud that Magnum works in. Section <c>OpenStack</c>; the credential may come from clouds.yaml or <c>OS_*</c> instead.</summary>
public sealed class OpenStackOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "OpenStack";

    /// <summary>Keystone's address, with or without <c>/v3</c>.</summary>
    public string AuthUrl { get; set; } = "";

    /// <summary>Keystone's address as nodes and clients reach it; <see cref="AuthUrl"/> unless given.</summary>
    public string? PublicAuthUrl { get; set; }

    /// <summary>The region; without one the catalog's first endpoint is taken.</summary>
    public string? Region { get; set; }

    /// <summary>Which of the catalog's endpoints Magnum calls: <c>public</c>, <c>internal</c> or <c>admin</c>.</summary>
    public string Interface { get; set; } = "public";

    /// <summary>A PEM file with the authorities that the cloud's certificates are checked against; the system's unless given.</summary>
    public string? CaFile { get; set; }

    /// <summary>Accept any certificate. Only for clouds that one tries things with.</summary>
    public bool Insecure { get; set; }

    /// <summary>The service user; needed for trusts even where an application credential is configured.</summary>
    public string? UserName { get; set; }

    /// <summary>The service user's password.</summary>
    public string? Password { get; set; }

    /// <summary>The service user's domain by name; <c>Default</c> unless a name or id is given.</summary>
    public string? UserDomainName { get; set; }

    /// <summary>The service user's domain by id.</summary>
    public string? UserDomainId { get; set; }

    /// <summary>The service user's project by name.</summary>
    public string? ProjectName { get; set; }

    /// <summary>The service user's project by id.</summary>
    public string? ProjectId { get; set; }

    /// <summary>The project's domain by name; the user's unless given.</summary>
    public string? ProjectDomainName { get; set; }

    /// <summary>The project's domain by id.</summary>
    public string? ProjectDomainId { get; set; }

    /// <summary>An application credential to sign in with in place of the password.</summary>
    public string? ApplicationCredentialId { get; set; }

    /// <summary>Its name, where the id is not given; then the user is needed too.</summary>
    public string? ApplicationCredentialName { get; set; }

    /// <summary>Its secret.</summary>
    public string? ApplicationCredentialSecret { get; set; }

    /// <summary>Where the clusters' own users live.</summary>
    public TrusteeOptions Trustee { get; set; } = new();

    /// <summary>The longest that one call may take; 30 s.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that a call and its repetitions may take; 90 s.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(90);

    /// <summary>The largest answer that is read, in MiB; 32.</summary>
    public int MaxAnswerMegabytes { get; set; } = 32;

    /// <summary>Addresses that replace the catalog's, by service type; <c>%(project_id)s</c> is replaced.</summary>
    public IDictionary<string, string> Endpoints { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether Magnum signs in with an application credential.</summary>
    internal bool HasApplicationCredential => !string.IsNullOrEmpty(ApplicationCredentialSecret);

    /// <summary>Keystone's address for Magnum's own calls, ending in <c>/v3</c>.</summary>
    internal Uri IdentityUrl => WithVersion(AuthUrl);

    /// <summary>Keystone's address for others, ending in <c>/v3</c>.</summary>
    internal Uri PublicIdentityUrl => WithVersion(string.IsNullOrEmpty(PublicAuthUrl) ? AuthUrl : PublicAuthUrl);

    /// <inheritdoc />
    public override string ToString() => $"OpenStack {{ {AuthUrl}, user {UserName ?? ApplicationCredentialId ?? ApplicationCredentialName}, region {Region} }}";

    private static Uri WithVersion(string address)
    {
        var start = address.TrimEnd('/');
        start = start.EndsWith("/v2.0", StringComparison.Ordinal) ? start[..^"/v2.0".Length] : start;
        return new Uri(start.EndsWith("/v3", StringComparison.Ordinal) ? start : $"{start}/v3");
    }
}

/// <summary>The domain in which each cluster gets a user of its own, and who may make users there.</summary>
public sealed class TrusteeOptions
{
    /// <summary>The domain by name; <c>magnum</c>.</summary>
    public string DomainName { get; set; } = "magnum";

    /// <summary>The domain by id; wins over the name.</summary>
    public string? DomainId { get; set; }

    /// <summary>A user of that domain with the role <c>admin</c> on it; <c>magnum_domain_admin</c>.</summary>
    public string AdminUserName { get; set; } = "magnum_domain_admin";

    /// <summary>That user's password.</summary>
    public string? AdminPassword { get; set; }

    /// <inheritdoc />
    public override string ToString() => $"Trustee {{ {DomainId ?? DomainName}, admin {AdminUserName} }}";
}
