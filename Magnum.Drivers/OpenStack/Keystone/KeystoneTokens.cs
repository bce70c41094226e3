using System.Text.Json;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Drivers.OpenStack.Keystone;

/// <summary>A token as Keystone issued it.</summary>
/// <param name="DomainId">Of a domain-scoped token.</param>
internal sealed record IssuedToken(TokenInfo Info, string? DomainId);

/// <summary>Issues tokens: what both the sessions and the sign-in page stand on.</summary>
internal sealed class KeystoneTokens(CloudTransport transport, OpenStackOptions options)
{
    private const int LongestToken = 8192;

    /// <summary>Whether a text can stand in a header as a token: what cannot is not valid, and must not look like a broken connection.</summary>
    public static bool CanBeToken(string text) => text.Length is > 0 and <= LongestToken && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    public async Task<IssuedToken> IssueAsync(AuthRequest auth, CancellationToken cancellationToken)
    {
        var request = new CloudRequest("identity", HttpMethod.Post, new Uri($"{options.IdentityUrl}/auth/tokens"))
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(auth, KeystoneJson.Default.AuthRequest),
            IsRepeatable = true,
        };
        var answer = await transport.SendAsync(request, cancellationToken);
        return answer.SubjectToken is { } token
            ? new IssuedToken(ToInfo(answer, token, out var domainId), domainId)
            : throw new CloudException("identity", CloudFault.Malformed, "Keystone issued a token without naming it (X-Subject-Token).")
            {
                StatusCode = answer.Status,
                RequestId = answer.RequestId,
            };
    }

    public static TokenInfo ToInfo(CloudAnswer answer, string token, out string? domainId)
    {
        var body = answer.Read(KeystoneJson.Default.TokenAnswer).Token;
        var roles = body.Roles ?? [];
        domainId = body.Domain?.Id;
        return new TokenInfo(
            token,
            body.User.Id,
            body.User.Name,
            body.User.Domain?.Id,
            body.User.Domain?.Name,
            body.Project?.Id,
            body.Project?.Name,
            body.Project?.Domain?.Id,
            [.. roles.Select(r => r.Name ?? r.Id)],
            body.ExpiresAt,
            body.Trust?.Id)
        {
            IsRestricted = body.ApplicationCredential is { Restricted: true },
            RoleIds = [.. roles.Select(r => r.Id)],
            Catalog = [.. (body.Catalog ?? []).Select(s => s.ToEntry())],
        };
    }
}
