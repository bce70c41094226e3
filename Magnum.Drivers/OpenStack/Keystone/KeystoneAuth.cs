using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Keystone;

/// <summary>Builds the bodies by which somebody signs in.</summary>
internal static class KeystoneAuth
{
    private const string Unscoped = "unscoped";

    /// <summary>How Magnum itself signs in.</summary>
    /// <exception cref="CloudException">A credential that is not configured.</exception>
    public static AuthRequest For(Principal principal, OpenStackOptions options) => principal switch
    {
        Principal.Trustee trust => Password(ServiceUser(options), new AuthScope { Trust = new IdOnly(trust.TrustId) }),
        Principal.DomainAdmin => DomainAdmin(options.Trustee),
        _ when options.HasApplicationCredential => ApplicationCredential(options),
        _ => Password(ServiceUser(options), new AuthScope { Project = Project(options) }),
    };

    /// <summary>How a person signs in.</summary>
    public static AuthRequest For(SignIn signIn) => signIn switch
    {
        SignIn.Password password => Password(
            new AuthUser(null, password.UserName, Domain(password.UserDomain), password.Secret),
            password.ProjectName is null
                ? Unscoped
                : new AuthScope { Project = new AuthProject(null, password.ProjectName, Domain(password.ProjectDomain ?? password.UserDomain)) }),
        SignIn.ApplicationCredential credential => new(new AuthBody(new AuthIdentity(["application_credential"])
        {
            ApplicationCredential = credential.UserName is null
                ? new(credential.IdOrName, null, null, credential.Secret)
                : new(null, credential.IdOrName, new AuthUser(null, credential.UserName, Domain(credential.UserDomain), null), credential.Secret),
        })),
        SignIn.Token token => new(new AuthBody(
            new AuthIdentity(["token"]) { Token = new TokenMethod(token.Value) },
            token.ProjectId is null ? Unscoped : new AuthScope { Project = new AuthProject(token.ProjectId, null, null) })),
        _ => throw new ArgumentOutOfRangeException(nameof(signIn)),
    };

    private static AuthRequest Password(AuthUser user, object? scope) =>
        new(new AuthBody(new AuthIdentity(["password"]) { Password = new PasswordMethod(user) }, scope));

    private static AuthUser ServiceUser(OpenStackOptions options) => string.IsNullOrEmpty(options.UserName) || string.IsNullOrEmpty(options.Password)
        ? throw NotConfigured("OpenStack:UserName and OpenStack:Password", "the service user's password is needed to act through trusts")
        : new AuthUser(null, options.UserName, Domain(options.UserDomainId, options.UserDomainName), options.Password);

    private static AuthProject Project(OpenStackOptions options) => string.IsNullOrEmpty(options.ProjectId)
        ? new(null, options.ProjectName, Domain(options.ProjectDomainId ?? (options.ProjectDomainName is null ? options.UserDomainId : null), options.ProjectDomainName ?? options.UserDomainName))
        : new(options.ProjectId, null, null);

    private static AuthRequest ApplicationCredential(OpenStackOptions options) =>
        new(new AuthBody(new AuthIdentity(["application_credential"])
        {
            ApplicationCredential = string.IsNullOrEmpty(options.ApplicationCredentialId)
                ? new(
                    null,
                    options.ApplicationCredentialName,
                    new AuthUser(null, options.UserName, Domain(options.UserDomainId, options.UserDomainName), null),
                    options.ApplicationCredentialSecret!)
                : new(options.ApplicationCredentialId, null, null, options.ApplicationCredentialSecret!),
        }));

    private static AuthRequest DomainAdmin(TrusteeOptions options)
    {
        if (string.IsNullOrEmpty(options.AdminPassword))
        {
            throw NotConfigured("OpenStack:Trustee:AdminPassword", "clusters need a user in the trustee domain");
        }

        var domain = Domain(options.DomainId, options.DomainName);
        return Password(new AuthUser(null, options.AdminUserName, domain, options.AdminPassword), new AuthScope { Domain = domain });
    }

    private static AuthDomain Domain(string? id, string? name) =>
        string.IsNullOrEmpty(id) ? Domain(name) : new AuthDomain(id, null);

    // Keystone's first domain has the id "default" and the name "Default": people write either.
    private static AuthDomain Domain(string? name) =>
        name is "default" ? new AuthDomain("default", null) : new AuthDomain(null, string.IsNullOrEmpty(name) ? "Default" : name);

    private static CloudException NotConfigured(string keys, string why) =>
        new("identity", CloudFault.Invalid, $"{keys} is not configured: {why}.");
}
