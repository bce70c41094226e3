using System.Text.Json.Nodes;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>Reads the <c>auth</c> object of <c>POST /v3/auth/tokens</c>: who somebody says to be, and where the token shall be good for.</summary>
internal sealed class Authenticator(Cloud cloud)
{
    private IdentityState State => cloud.State.Identity;

    /// <summary>401 for whatever does not fit together, without saying what; 400 for what cannot be read.</summary>
    public Session SignIn(JsonObject auth)
    {
        var identity = auth.Map("identity") ?? throw Malformed("identity");
        var methods = identity["methods"].Texts().ToList();
        if (methods.Count == 0)
        {
            throw Malformed("methods");
        }

        if (methods.Contains("application_credential"))
        {
            return WithApplicationCredential(identity.Map("application_credential") ?? throw Malformed("application_credential"));
        }

        string userId;
        DateTimeOffset? notAfter = null;
        var said = string.Join(',', methods);
        if (methods.Contains("password"))
        {
            userId = WithPassword(identity.Map("password")?.Map("user") ?? throw Malformed("user")).Id;
        }
        else if (methods.Contains("token"))
        {
            var session = cloud.Identity.FindSession(identity.Map("token").Text("id") ?? throw Malformed("token")) ?? throw ApiFault.Unauthorized();
            if (session.Trust is not null || session.Claims.ApplicationCredentialId is not null)
            {
                throw ApiFault.Forbidden("Using trust-scoped or application credential token to create another token. Create a new trust-scoped token instead.");
            }

            userId = session.User.Id;
            notAfter = session.Claims.ExpiresAt;
            said = string.Join(',', methods.Concat(session.Claims.Methods.Split(',')).Distinct());
        }
        else
        {
            throw ApiFault.Unauthorized();
        }

        return Scoped(auth, userId, said, notAfter);
    }

    private Session Scoped(JsonObject auth, string userId, string methods, DateTimeOffset? notAfter)
    {
        if (auth["scope"] is not JsonObject scope)
        {
            // Keystone scopes to the user's default project when nothing is said; "unscoped" asks it not to.
            var home = auth["scope"].Text() is "unscoped" ? null : State.Users[userId].DefaultProjectId;
            return cloud.Identity.Issue(userId, methods, projectId: home, notAfter: notAfter);
        }

        if (scope.Map("OS-TRUST:trust") is { } trust)
        {
            var id = trust.Text("id") ?? throw Malformed("OS-TRUST:trust");
            return State.Trusts.GetValueOrDefault(id) is { } found && found.TrusteeId == userId
                ? cloud.Identity.Issue(userId, methods, found.ProjectId, trustId: id, notAfter: found.ExpiresAt)
                : throw (State.Trusts.ContainsKey(id) ? ApiFault.Forbidden("The authenticated user is not the trustee of the trust.") : ApiFault.Unauthorized());
        }

        if (scope.Map("project") is { } project)
        {
            return cloud.Identity.Issue(userId, methods, projectId: FindProject(project)?.Id ?? throw ApiFault.Unauthorized(), notAfter: notAfter);
        }

        if (scope.Map("domain") is { } domain)
        {
            return cloud.Identity.Issue(userId, methods, domainId: FindDomain(domain)?.Id ?? throw ApiFault.Unauthorized(), notAfter: notAfter);
        }

        throw scope.ContainsKey("system") ? ApiFault.Unauthorized() : Malformed("scope");
    }

    private UserRow WithPassword(JsonObject user)
    {
        var found = FindUser(user);
        var password = user.Text("password") ?? throw Malformed("password");
        return found is { Enabled: true } && Secrets.Matches(password, found.Salt, found.Digest) ? found : throw ApiFault.Unauthorized();
    }

    private Session WithApplicationCredential(JsonObject given)
    {
        var secret = given.Text("secret") ?? throw Malformed("secret");
        var owner = given.Map("user") is { } user ? FindUser(user) : null;
        var credential = given.Text("id") is { } id
            ? State.ApplicationCredentials.GetValueOrDefault(id)
            : State.ApplicationCredentials.Values.FirstOrDefault(c => c.Name == given.Text("name") && c.UserId == owner?.Id);
        return credential is not null && !(credential.ExpiresAt <= cloud.Clock.Now) && Secrets.Matches(secret, credential.Salt, credential.Digest)
            ? cloud.Identity.Issue(credential.UserId, "application_credential", credential.ProjectId, applicationCredentialId: credential.Id, notAfter: credential.ExpiresAt)
            : throw ApiFault.Unauthorized();
    }

    private UserRow? FindUser(JsonObject user) => user.Text("id") is { } id
        ? State.Users.GetValueOrDefault(id)
        : user.Map("domain") is { } given
            ? FindDomain(given) is { } domain ? State.Users.Values.FirstOrDefault(u => u.Name == user.Text("name") && u.DomainId == domain.Id) : null
            : throw Malformed("domain");

    private ProjectRow? FindProject(JsonObject project) => project.Text("id") is { } id
        ? State.Projects.GetValueOrDefault(id)
        : project.Map("domain") is { } given
            ? FindDomain(given) is { } domain ? State.Projects.Values.FirstOrDefault(p => p.Name == project.Text("name") && p.DomainId == domain.Id) : null
            : throw Malformed("domain");

    private DomainRow? FindDomain(JsonObject domain) => domain.Text("id") is { } id
        ? State.Domains.GetValueOrDefault(id)
        : State.Domains.Values.FirstOrDefault(d => string.Equals(d.Name, domain.Text("name"), StringComparison.OrdinalIgnoreCase));

    private static ApiFault Malformed(string field) => ApiFault.BadRequest(
        $"Expecting to find {field} in auth. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.");
}
