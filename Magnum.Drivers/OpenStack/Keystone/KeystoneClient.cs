using System.Text.Json;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Keystone;

/// <summary>Keystone v3 (<c>docs.openstack.org/api-ref/identity/v3</c>). Trustees are in <see cref="TrusteeUsers"/>.</summary>
internal sealed class KeystoneClient(
    CloudApi api, CloudTransport transport, CloudSessions sessions, KeystoneTokens tokens, TrusteeUsers trustees, OpenStackOptions options)
    : IIdentity
{
    // Heat delegates once more when it makes a stack; one more is left for what Heat calls on the stack's behalf.
    private const int RedelegationDepth = 2;

    public Uri AuthUrl => options.PublicIdentityUrl;

    public string? Region => options.Region;

    public async Task<TokenInfo> SignInAsync(SignIn signIn, CancellationToken cancellationToken)
    {
        try
        {
            // A token without another project is only looked at: issued anew it would lose its project.
            var info = signIn is SignIn.Token { ProjectId: null } token
                ? await ReadAsync(token.Value, cancellationToken)
                : (await tokens.IssueAsync(KeystoneAuth.For(signIn), cancellationToken)).Info;
            sessions.Remember(info);
            return info;
        }
        catch (CloudException e) when (e.Fault is CloudFault.Unauthorized || (e.Fault is CloudFault.NotFound && signIn is not SignIn.Password))
        {
            throw Refused(signIn, e);
        }
    }

    public async Task<TokenInfo?> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (!KeystoneTokens.CanBeToken(token))
        {
            return null;
        }

        try
        {
            var answer = await api.SendAsync(
                Principal.ServiceUser.Instance, CloudServiceType.Identity, HttpMethod.Get, "auth/tokens",
                new CloudCall { SubjectToken = token }, cancellationToken);
            var info = KeystoneTokens.ToInfo(answer, token, out _);
            sessions.Remember(info);
            return info;
        }
        catch (CloudException e) when (e.Fault is CloudFault.NotFound)
        {
            return null;
        }
    }

    public async Task RevokeAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsBearerAsync(HttpMethod.Delete, "auth/tokens", token, token, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.Unauthorized or CloudFault.NotFound)
        {
            // Not valid any more, which is what was asked for.
        }
    }

    public async Task<IReadOnlyList<ProjectInfo>> ListProjectsAsync(string token, CancellationToken cancellationToken)
    {
        var answer = await SendAsBearerAsync(HttpMethod.Get, "auth/projects", token, null, cancellationToken);
        return [.. answer.Read(KeystoneJson.Default.ProjectsAnswer).Projects.Select(p => p.ToInfo())];
    }

    public async Task<ProjectInfo?> FindProjectAsync(string projectId, CancellationToken cancellationToken)
    {
        var found = await api.FindAsync(
            Principal.ServiceUser.Instance, CloudServiceType.Identity, $"projects/{Uri.EscapeDataString(projectId)}",
            KeystoneJson.Default.ProjectAnswer, cancellationToken);
        return found?.Project.ToInfo();
    }

    public async Task<IReadOnlyList<ProjectInfo>> ListAllProjectsAsync(CancellationToken cancellationToken)
    {
        var projects = new List<ProjectInfo>();
        var query = "";
        do
        {
            var page = await api.GetAsync(
                Principal.ServiceUser.Instance, CloudServiceType.Identity, $"projects{query}", KeystoneJson.Default.ProjectsAnswer, cancellationToken);
            projects.AddRange(page.Projects.Select(p => p.ToInfo()));
            query = page.Projects.Count == 0 ? null : Paging.QueryOf(page.Links?.Next);
        }
        while (query is not null);
        return projects;
    }

    public async Task<string> CreateTrustAsync(TokenInfo caller, CancellationToken cancellationToken)
    {
        var project = caller.ProjectId
            ?? throw new CloudException("identity", CloudFault.Invalid, "A token without a project cannot delegate anything.");
        var service = await sessions.GetAsync(Principal.ServiceUser.Instance, young: false, cancellationToken);
        IReadOnlyList<RoleRef> roles = caller.RoleIds.Count > 0
            ? [.. caller.RoleIds.Select(id => new RoleRef(id, null))]
            : [.. caller.Roles.Select(name => new RoleRef(null, name))];
        var body = new TrustRequest(new TrustBody(
            caller.UserId, service.UserId!, project, Impersonation: true, AllowRedelegation: true, RedelegationDepth, roles));
        try
        {
            var answer = await transport.SendAsync(
                AsBearer(HttpMethod.Post, "OS-TRUST/trusts", caller.Token) with
                {
                    Body = JsonSerializer.SerializeToUtf8Bytes(body, KeystoneJson.Default.TrustRequest),
                },
                cancellationToken);
            return answer.Read(KeystoneJson.Default.TrustAnswer).Trust.Id;
        }
        catch (CloudException e) when (e.Fault is CloudFault.Forbidden)
        {
            // Keystone gives no reason here; these are the ones it has.
            throw new CloudException(
                e.Service,
                CloudFault.Forbidden,
                "Keystone refused to let Magnum act for you: a token from a trust or a restricted application credential cannot delegate, "
                + $"and Keystone must allow trusts to be redelegated twice ([trust] max_redelegation_count). {e.Message}",
                e)
            {
                StatusCode = e.StatusCode,
                RequestId = e.RequestId,
            };
        }
    }

    public async Task DeleteTrustAsync(string trustId, CancellationToken cancellationToken)
    {
        var path = $"OS-TRUST/trusts/{Uri.EscapeDataString(trustId)}";
        var trust = new Principal.Trustee(trustId);
        try
        {
            // Impersonation makes this the trustor's own call, which needs no rights of ours.
            await api.DeleteAsync(trust, CloudServiceType.Identity, path, CloudCall.Plain, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is CloudFault.Unauthorized or CloudFault.Forbidden)
        {
            await api.DeleteAsync(Principal.ServiceUser.Instance, CloudServiceType.Identity, path, CloudCall.Plain, cancellationToken);
        }

        sessions.Remove(trust);
    }

    public Task<TrusteeUser> EnsureTrusteeAsync(string name, CancellationToken cancellationToken) =>
        trustees.EnsureAsync(name, cancellationToken);

    public Task SetTrusteeEnabledAsync(string userId, bool enabled, CancellationToken cancellationToken) =>
        trustees.SetEnabledAsync(userId, enabled, cancellationToken);

    public Task DeleteTrusteeAsync(string userId, CancellationToken cancellationToken) =>
        trustees.DeleteAsync(userId, cancellationToken);

    private async Task<TokenInfo> ReadAsync(string token, CancellationToken cancellationToken) =>
        KeystoneTokens.ToInfo(await SendAsBearerAsync(HttpMethod.Get, "auth/tokens", token, token, cancellationToken), token, out _);

    private Task<CloudAnswer> SendAsBearerAsync(HttpMethod method, string path, string token, string? subject, CancellationToken cancellationToken) =>
        transport.SendAsync(AsBearer(method, path, token) with { SubjectToken = subject, IsRepeatable = true }, cancellationToken);

    // Straight to Keystone: the bearer's catalog is not needed for that, and an unscoped token has none.
    private CloudRequest AsBearer(HttpMethod method, string path, string token) => KeystoneTokens.CanBeToken(token)
        ? new("identity", method, new Uri($"{options.IdentityUrl}/{path}")) { Token = token }
        : throw new CloudException("identity", CloudFault.Unauthorized, "The token is not valid.");

    private static CloudException Refused(SignIn signIn, CloudException refusal)
    {
        // Keystone says why only in a few cases (an expired password); else its sentence helps nobody.
        var generic = refusal.Message.StartsWith("The request you have made requires authentication", StringComparison.Ordinal);
        var message = (signIn, generic) switch
        {
            (_, false) => refusal.Message,
            (SignIn.Password { ProjectName: { } project }, _) =>
                $"The user name, password or domain is not right, or the user has no role in project {project}.",
            (SignIn.Password, _) => "The user name, password or domain is not right.",
            (SignIn.ApplicationCredential, _) => "The application credential or its secret is not right, or it has expired.",
            _ => "The token is not valid, or its bearer has no role in that project.",
        };
        return new CloudException("identity", CloudFault.Unauthorized, message, refusal)
        {
            StatusCode = refusal.StatusCode,
            RequestId = refusal.RequestId,
        };
    }
}
