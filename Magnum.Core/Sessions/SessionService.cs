using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Magnum.Core.Credentials;
using Magnum.Core.OpenStack;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Sessions;

/// <summary>Sessions of the dashboard. The browser has a random secret, the database its hash and the protected token: neither alone is of use.</summary>
public sealed class SessionService(IDbContextFactory<MagnumDbContext> dbFactory, ISecretProtector protector, TimeProvider time)
{
    /// <summary>How long an expired session is kept, so that its owner can sign in again without losing a half-filled form.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(12);

    /// <summary>The row's key for the secret in a cookie.</summary>
    public static string IdOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Starts a session.</summary>
    /// <returns>The secret for the browser, 256 random bits in base64url.</returns>
    public async Task<string> OpenAsync(TokenInfo token, CancellationToken cancellationToken)
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var now = time.GetUtcNow();
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        db.Sessions.Add(new DashboardSession
        {
            Id = IdOf(secret),
            UserId = token.UserId,
            Payload = Protect(token),
            ExpiresAt = token.ExpiresAt,
            CreatedAt = now,
        });
        await db.SaveChangesAsync(cancellationToken);
        var dead = now - Grace;
        await db.Sessions.Where(s => s.ExpiresAt < dead).ExecuteDeleteAsync(cancellationToken);
        return secret;
    }

    /// <summary>The token of a session, even if expired a short while ago; null when the session was ended or its key is lost.</summary>
    public async Task<TokenInfo?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var dead = time.GetUtcNow() - Grace;
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var payload = await db.Sessions.AsNoTracking().Where(s => s.Id == id && s.ExpiresAt >= dead).Select(s => s.Payload).SingleOrDefaultAsync(cancellationToken);
        if (payload is null)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<TokenInfo>(protector.Unprotect(payload));
        }
        catch (CryptographicException)
        {
            return null;   // the key ring was replaced: sign in again
        }
    }

    /// <summary>Puts another token of the same user into a session: another project, or a fresh one.</summary>
    /// <returns>False when the session has ended or is another user's.</returns>
    public async Task<bool> ReplaceAsync(string id, TokenInfo token, CancellationToken cancellationToken)
    {
        var payload = Protect(token);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Sessions.Where(s => s.Id == id && s.UserId == token.UserId).ExecuteUpdateAsync(
            s => s.SetProperty(x => x.Payload, payload).SetProperty(x => x.ExpiresAt, token.ExpiresAt), cancellationToken) == 1;
    }

    /// <summary>Ends a session; one that is gone is no error.</summary>
    public async Task CloseAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await db.Sessions.Where(s => s.Id == id).ExecuteDeleteAsync(cancellationToken);
    }

    // The catalog is long and nobody reads it from here: clients have their own.
    private string Protect(TokenInfo token) => protector.Protect(JsonSerializer.Serialize(token with { Catalog = [] }));
}
