using Magnum.Core.Credentials;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.UserStates;

/// <summary>Keeps things for the caller alone. Only the caller, in the same project, can have them back.</summary>
public sealed class UserStateStore(IDbContextFactory<MagnumDbContext> dbFactory, ISecretProtector protector, TimeProvider time)
{
    /// <summary>Characters of one thing.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>How long something that nobody touches is kept.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    /// <summary>Null when nothing is kept, or nothing that can be decrypted any more.</summary>
    public async Task<string?> FindAsync(Caller caller, string key, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return protector.TryUnprotect(await Own(db, caller, key).Select(s => s.Content).SingleOrDefaultAsync(cancellationToken));
    }

    /// <summary>Takes the place of what was kept before.</summary>
    public async Task<Result<Unit>> KeepAsync(Caller caller, string key, string content, CancellationToken cancellationToken)
    {
        if (content.Length > MaxLength)
        {
            return new MagnumError.Invalid($"What is to be kept has {content.Length:N0} characters; at most {MaxLength:N0} are.");
        }

        var (secret, now) = (protector.Protect(content), time.GetUtcNow());
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await ReplaceAsync(db, caller, key, secret, now, cancellationToken))
        {
            return default(Unit);
        }

        db.Add(new UserState { UserId = caller.UserId, ProjectId = caller.ProjectId, Key = key, Content = secret, UpdatedAt = now });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (DatabaseErrors.IsUniqueViolation(e))
        {
            await ReplaceAsync(db, caller, key, secret, now, cancellationToken);   // another window was first
        }

        return default(Unit);
    }

    /// <summary>Nothing is kept under the key afterwards.</summary>
    public async Task RemoveAsync(Caller caller, string key, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        await Own(db, caller, key).ExecuteDeleteAsync(cancellationToken);
    }

    private static async Task<bool> ReplaceAsync(MagnumDbContext db, Caller caller, string key, string secret, DateTimeOffset now, CancellationToken cancellationToken) =>
        await Own(db, caller, key).ExecuteUpdateAsync(s => s.SetProperty(k => k.Content, secret).SetProperty(k => k.UpdatedAt, now), cancellationToken) > 0;

    private static IQueryable<UserState> Own(MagnumDbContext db, Caller caller, string key)
    {
        var (user, project) = (caller.UserId, caller.ProjectId);
        return db.UserStates.Where(s => s.UserId == user && s.ProjectId == project && s.Key == key);
    }
}
