using System.Security.Cryptography;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Keystone;

/// <summary>The clusters' users in the trustee domain, kept by the domain's administrator.</summary>
internal sealed class TrusteeUsers(CloudApi api, CloudSessions sessions)
{
    private static readonly Principal Admin = Principal.DomainAdmin.Instance;

    public async Task<TrusteeUser> EnsureAsync(string name, CancellationToken cancellationToken)
    {
        var password = NewPassword();
        if (await FindAsync(name, cancellationToken) is { } known)
        {
            await RenewAsync(known, password, cancellationToken);
            return new TrusteeUser(known, name, password);
        }

        var body = new UserBody
        {
            Name = name,
            DomainId = await DomainIdAsync(cancellationToken),
            Description = "A Magnum cluster's nodes",
            Password = password,
            Enabled = true,
        };
        try
        {
            var answer = await SendAsync(HttpMethod.Post, "users", body, cancellationToken);
            return new TrusteeUser(answer.Read(KeystoneJson.Default.UserAnswer).User.Id, name, password);
        }
        catch (CloudException e) when (e.Fault is CloudFault.Conflict)
        {
            // Made meanwhile by another conductor, or by a call of ours whose answer was lost.
            var made = await FindAsync(name, cancellationToken)
                ?? throw new CloudException(e.Service, CloudFault.Conflict, $"Keystone has a user {name} that the trustee domain does not show: {e.Message}", e);
            await RenewAsync(made, password, cancellationToken);
            return new TrusteeUser(made, name, password);
        }
    }

    public Task SetEnabledAsync(string userId, bool enabled, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, $"users/{Uri.EscapeDataString(userId)}", new UserBody { Enabled = enabled }, cancellationToken);

    public Task DeleteAsync(string userId, CancellationToken cancellationToken) =>
        api.DeleteAsync(Admin, CloudServiceType.Identity, $"users/{Uri.EscapeDataString(userId)}", CloudCall.Plain, cancellationToken);

    private Task<CloudAnswer> RenewAsync(string userId, string password, CancellationToken cancellationToken) =>
        SendAsync(
            HttpMethod.Patch, $"users/{Uri.EscapeDataString(userId)}", new UserBody { Password = password, Enabled = true }, cancellationToken);

    private async Task<string?> FindAsync(string name, CancellationToken cancellationToken)
    {
        var found = await api.GetAsync(
            Admin,
            CloudServiceType.Identity,
            $"users?domain_id={Uri.EscapeDataString(await DomainIdAsync(cancellationToken))}&name={Uri.EscapeDataString(name)}",
            KeystoneJson.Default.UsersAnswer,
            cancellationToken);
        return found.Users.FirstOrDefault(u => string.Equals(u.Name, name, StringComparison.Ordinal))?.Id;
    }

    private async Task<string> DomainIdAsync(CancellationToken cancellationToken) =>
        (await sessions.GetAsync(Admin, young: false, cancellationToken)).DomainId
        ?? throw new CloudException("identity", CloudFault.Malformed, "Keystone did not scope the trustee administrator's token to the domain.");

    private Task<CloudAnswer> SendAsync(HttpMethod method, string path, UserBody body, CancellationToken cancellationToken) =>
        api.SendAsync(
            Admin,
            CloudServiceType.Identity,
            method,
            path,
            CloudCall.With(new UserRequest(body), KeystoneJson.Default.UserRequest) with { IsRepeatable = method == HttpMethod.Patch },
            cancellationToken);

    // Letters of both cases, digits and a sign whatever chance gives, for clouds with rules for passwords.
    private static string NewPassword() => $"Mg1-{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 40)}";
}
