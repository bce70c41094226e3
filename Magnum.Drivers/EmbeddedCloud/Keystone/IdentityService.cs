using System.Security.Cryptography;
using Magnum.Drivers.EmbeddedCloud.Http;

namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>Keystone without its HTTP: who is who, and who may what where.</summary>
internal sealed class IdentityService(Cloud cloud)
{
    private static readonly Dictionary<string, string[]> Implied = new() { ["admin"] = ["member", "reader"], ["member"] = ["reader"] };

    public IdentityState State => cloud.State.Identity;

    /// <summary>What a token stands for; null when it is not, or no longer, valid.</summary>
    public Session? FindSession(string token)
    {
        if (TokenClaims.Read(token, State.TokenKey) is not { } claims
            || claims.ExpiresAt <= cloud.Clock.Now
            || State.Revoked.ContainsKey(claims.AuditId)
            || State.Users.GetValueOrDefault(claims.UserId) is not { Enabled: true } user
            || claims.IssuedAt < user.TokensValidFrom
            || (!user.StackUser && claims.IssuedAt < State.TokensValidFrom))
        {
            return null;
        }

        return Resolve(token, claims, user);
    }

    /// <summary>Issues a token; 401 when the user has no role where the token is to be good for.</summary>
    public Session Issue(string userId, string methods, string? projectId = null, string? domainId = null, string? trustId = null, string? applicationCredentialId = null, DateTimeOffset? notAfter = null, TimeSpan? lifetime = null)
    {
        // Tokens are compared with "valid from" moments at the resolution they carry.
        var now = DateTimeOffset.FromUnixTimeMilliseconds(cloud.Clock.Now.ToUnixTimeMilliseconds());
        var expires = now + (lifetime ?? cloud.Options.TokenLifetime);
        expires = notAfter < expires ? notAfter.Value : expires;
        var claims = new TokenClaims(userId, projectId, domainId, trustId, applicationCredentialId, methods, now, expires, RandomNumberGenerator.GetHexString(16, lowercase: true));
        var user = State.Users.GetValueOrDefault(userId) is { Enabled: true } found ? found : throw ApiFault.Unauthorized();
        return Resolve(claims.Sign(State.TokenKey), claims, user) ?? throw ApiFault.Unauthorized();
    }

    public void Revoke(Session session)
    {
        foreach (var old in State.Revoked.Where(r => r.Value < cloud.Clock.Now).Select(r => r.Key).ToList())
        {
            State.Revoked.Remove(old);
        }

        State.Revoked[session.Claims.AuditId] = session.Claims.ExpiresAt;
    }

    /// <summary>The roles of a user on a project or domain, with those that they imply.</summary>
    public IReadOnlyList<RoleRow> RolesOf(string userId, string? projectId, string? domainId) =>
        Expand(State.Assignments.Where(a => a.UserId == userId && a.ProjectId == projectId && a.DomainId == domainId).Select(a => a.RoleId));

    public IEnumerable<ProjectRow> ProjectsOf(string userId) =>
        State.Projects.Values.Where(p => p.Enabled && State.Assignments.Any(a => a.UserId == userId && a.ProjectId == p.Id));

    public UserRow AddUser(string id, string name, string domainId, string? password)
    {
        if (State.Users.Values.Any(u => u.DomainId == domainId && u.Name == name))
        {
            throw ApiFault.Conflict($"Conflict occurred attempting to store user - Duplicate entry found with name {name} at domain ID {domainId}.");
        }

        var user = new UserRow { Id = id, Name = name, DomainId = domainId };
        SetPassword(user, password ?? Ids.NewHex());
        user.TokensValidFrom = null;
        State.Users[id] = user;
        return user;
    }

    public void SetPassword(UserRow user, string password)
    {
        (user.Salt, user.Digest) = Secrets.Digest(password);
        user.TokensValidFrom = DateTimeOffset.FromUnixTimeMilliseconds(cloud.Clock.Now.ToUnixTimeMilliseconds());
    }

    public void RemoveUser(string id)
    {
        State.Users.Remove(id);
        State.Assignments.RemoveAll(a => a.UserId == id);
        foreach (var trust in State.Trusts.Values.Where(t => t.TrustorId == id || t.TrusteeId == id).ToList())
        {
            State.Trusts.Remove(trust.Id);
        }

        foreach (var credential in State.ApplicationCredentials.Values.Where(c => c.UserId == id).ToList())
        {
            State.ApplicationCredentials.Remove(credential.Id);
        }
    }

    /// <summary>A user of Heat's own domain with a token for one signal endpoint, as Heat makes them for wait conditions.</summary>
    public (string UserId, string Token) AddStackUser(string name, string projectId)
    {
        var user = AddUser(Ids.NewHex(), name, CloudSeed.HeatDomainId, null);
        user.StackUser = true;
        State.Assignments.Add(new AssignmentRow(CloudSeed.RoleId("heat_stack_user"), user.Id, projectId, null));
        return (user.Id, Issue(user.Id, "password", projectId, lifetime: TimeSpan.FromDays(30)).Token);
    }

    public IReadOnlyList<RoleRow> Expand(IEnumerable<string> roleIds)
    {
        var names = roleIds.Select(id => State.Roles.GetValueOrDefault(id)?.Name).OfType<string>().ToList();
        return [.. names.Concat(names.SelectMany(n => Implied.GetValueOrDefault(n) ?? [])).Distinct().Select(n => State.Roles[CloudSeed.RoleId(n)])];
    }

    private Session? Resolve(string token, TokenClaims claims, UserRow user)
    {
        if (claims.TrustId is { } trustId)
        {
            return ResolveTrust(token, claims, user, trustId);
        }

        var project = claims.ProjectId is null ? null : State.Projects.GetValueOrDefault(claims.ProjectId);
        var domain = claims.DomainId is null ? null : State.Domains.GetValueOrDefault(claims.DomainId);
        var roles = project is null && domain is null ? [] : RolesOf(user.Id, project?.Id, domain?.Id);
        if (claims.ApplicationCredentialId is { } credentialId)
        {
            if (State.ApplicationCredentials.GetValueOrDefault(credentialId) is not { } credential)
            {
                return null;
            }

            roles = Expand(credential.RoleIds.Intersect(roles.Select(r => r.Id)));
        }

        var scoped = claims.ProjectId is not null || claims.DomainId is not null;
        if (scoped && (roles.Count == 0 || project is { Enabled: false } || (project is null && domain is null)))
        {
            return null;
        }

        return new Session(token, claims, user, roles) { Project = project, Domain = domain };
    }

    private Session? ResolveTrust(string token, TokenClaims claims, UserRow user, string trustId)
    {
        if (State.Trusts.GetValueOrDefault(trustId) is not { } trust
            || (trust.TrusteeId != user.Id && trust.TrustorId != user.Id)
            || trust.ExpiresAt <= cloud.Clock.Now
            || State.Users.GetValueOrDefault(trust.TrustorId) is not { Enabled: true } trustor
            || trust.ProjectId is null
            || State.Projects.GetValueOrDefault(trust.ProjectId) is not { Enabled: true } project)
        {
            return null;
        }

        // The trustor may have lost a role since; then the trust is not good for it any more.
        var held = RolesOf(trustor.Id, project.Id, null).Select(r => r.Id).ToHashSet();
        return trust.RoleIds.All(held.Contains)
            ? new Session(token, claims, trust.Impersonation ? trustor : user, Expand(trust.RoleIds)) { Project = project, Trust = trust }
            : null;
    }
}
