using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Keystone;

/// <summary>An application credential as Keystone lists it; the secret is only told to who makes it.</summary>
internal sealed record ApplicationCredential(string Id, string Name);

/// <summary>An application credential that has just been made. Secret.</summary>
internal sealed record NewApplicationCredential(string Id, string Secret)
{
    public override string ToString() => $"NewApplicationCredential {{ {Id} }}";
}

/// <summary>Application credentials, by which a program acts for a user in one project (Keystone v3, <c>/users/{id}/application_credentials</c>).</summary>
internal sealed class ApplicationCredentials(CloudApi api)
{
    /// <summary>Makes a restricted one, which cannot make others. Keystone takes the user's own token only: neither a trust's nor a restricted credential's.</summary>
    /// <param name="roles">Names; the bearer has to have them.</param>
    public async Task<NewApplicationCredential> CreateAsync(
        TokenInfo owner, string name, string description, IReadOnlyList<string> roles, CancellationToken cancellationToken)
    {
        var body = new ApplicationCredentialRequest(new ApplicationCredentialBody(name, description, [.. roles.Select(r => new RoleRef(null, r))]));
        var answer = await api.SendAsync(
            new CloudCredential.UserToken(owner.Token, owner.ProjectId),
            CloudServiceType.Identity,
            HttpMethod.Post,
            PathOf(owner.UserId),
            CloudCall.With(body, KeystoneJson.Default.ApplicationCredentialRequest),
            cancellationToken);
        var made = answer.Read(KeystoneJson.Default.ApplicationCredentialAnswer).ApplicationCredential;
        return new NewApplicationCredential(made.Id, made.Secret);
    }

    /// <summary>A user's.</summary>
    public async Task<IReadOnlyList<ApplicationCredential>> ListAsync(CloudCredential credential, string userId, CancellationToken cancellationToken) =>
        (await api.FindAsync(credential, CloudServiceType.Identity, PathOf(userId), KeystoneJson.Default.ApplicationCredentialsAnswer, cancellationToken))
            ?.ApplicationCredentials ?? [];

    /// <summary>Deletes one; what is gone already is deleted, as all are of a user who is gone.</summary>
    public Task DeleteAsync(CloudCredential credential, string userId, string id, CancellationToken cancellationToken) =>
        api.DeleteAsync(credential, CloudServiceType.Identity, $"{PathOf(userId)}/{Uri.EscapeDataString(id)}", CloudCall.Plain, cancellationToken);

    private static string PathOf(string userId) => $"users/{Uri.EscapeDataString(userId)}/application_credentials";
}
