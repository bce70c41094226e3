using System.Security.Cryptography;
using System.Text;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Idempotency;

/// <summary>An answer that is given again.</summary>
public sealed record KeptAnswer(int Status, string Body, string? Location = null);

/// <summary>A request that is carried out once, however often it comes within <see cref="IdempotencyKeys.Lifetime"/>.</summary>
/// <param name="Id">Of the caller's key; see <see cref="IdempotencyKeys.IdOf"/>.</param>
/// <param name="Fingerprint">Of what is asked for; see <see cref="IdempotencyKeys.FingerprintOf"/>.</param>
/// <param name="Answer">What is answered to the one who made the thing, and to all later ones.</param>
public sealed record OnceOnly<T>(string Id, string Fingerprint, Func<T, KeptAnswer> Answer);

/// <summary>Keys by which clients make sure that a request whose answer was lost is not carried out twice.</summary>
public static class IdempotencyKeys
{
    /// <summary>How long a key stands for its request.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    /// <summary>The row's key: the same word of another user or in another project is another key.</summary>
    public static string IdOf(Caller caller, string key) => Hash($"{caller.ProjectId}\n{caller.UserId}\n{key}");

    /// <summary>The hash of what is asked for.</summary>
    public static string FingerprintOf(string asked) => Hash(asked);

    /// <summary>The answer given before; null when the request has not been carried out.</summary>
    public static async Task<Result<KeptAnswer?>> FindAsync<T>(
        this IDbContextFactory<MagnumDbContext> factory, OnceOnly<T> once, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var db = await factory.CreateDbContextAsync(cancellationToken);
        var record = await db.IdempotencyRecords.AsNoTracking().SingleOrDefaultAsync(r => r.Id == once.Id, cancellationToken);
        if (record is null || record.CreatedAt <= now - Lifetime)
        {
            return default(KeptAnswer);
        }

        return record.Fingerprint == once.Fingerprint
            ? new KeptAnswer(record.Status, record.Body, record.Location)
            : new MagnumError.KeyReused("The Idempotency-Key has been used for another request. A key stands for one request: use a new one.");
    }

    /// <summary>
    /// Adds the record of what is being made to the transaction that makes it. A refusal when a record is there, whose answer is the
    /// request's; should one come in between, the database refuses the insertion.
    /// </summary>
    internal static async Task<MagnumError?> KeepAsync<T>(
        MagnumDbContext db, OnceOnly<T>? once, T made, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (once is null)
        {
            return null;
        }

        var before = now - Lifetime;
        await db.IdempotencyRecords.Where(r => r.Id == once.Id && r.CreatedAt <= before).ExecuteDeleteAsync(cancellationToken);
        if (await db.IdempotencyRecords.AnyAsync(r => r.Id == once.Id, cancellationToken))
        {
            return new MagnumError.Conflict("The request with this Idempotency-Key has been carried out.");
        }

        var answer = once.Answer(made);
        db.Add(new IdempotencyRecord
        {
            Id = once.Id,
            Fingerprint = once.Fingerprint,
            Status = answer.Status,
            Body = answer.Body,
            Location = answer.Location,
            CreatedAt = now,
        });
        return null;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
