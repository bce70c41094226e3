using System.Globalization;
using Magnum.Core.Audit;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Announcements;

/// <summary>Announcements: everyone reads them, administrators write them.</summary>
public sealed class AnnouncementService
{
    /// <summary>Characters of a message.</summary>
    public const int MaxLength = 500;

    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly PolicyEnforcer _policy;
    private readonly AuditTrail _audit;
    private readonly TimeProvider _time;

    internal AnnouncementService(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy, AuditTrail audit, TimeProvider time) =>
        (_dbFactory, _policy, _audit, _time) = (dbFactory, policy, audit, time);

    /// <summary>Told when one was added or removed in this process; others are seen when they are next read.</summary>
    public event Action? Changed;

    /// <summary>Those that hold now, the loudest first.</summary>
    public async Task<IReadOnlyList<Announcement>> ListCurrentAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        var current = await db.Announcements.AsNoTracking()
            .Where(a => a.StartsAt <= now && (a.EndsAt == null || a.EndsAt > now)).OrderByDescending(a => a.Id).Take(20).ToListAsync(cancellationToken);
        return [.. current.OrderByDescending(a => a.Level).ThenByDescending(a => a.Id)];
    }

    /// <summary>All, ended ones too, the newest first.</summary>
    public async Task<Result<IReadOnlyList<Announcement>>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (_policy.Check(caller, PolicyRules.AnnouncementEdit) is { } refused)
        {
            return refused;
        }

        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        return Result.Success<IReadOnlyList<Announcement>>(await db.Announcements.AsNoTracking().OrderByDescending(a => a.Id).Take(200).ToListAsync(cancellationToken));
    }

    /// <param name="endsAt">Null: until it is deleted.</param>
    public Task<Result<Announcement>> CreateAsync(Caller caller, string message, AnnouncementLevel level, DateTimeOffset? endsAt, CancellationToken cancellationToken) =>
        _audit.KeepAsync<Announcement>(caller, AuditActions.AnnouncementCreate, new AuditAbout(message), async () =>
        {
            if (_policy.Check(caller, PolicyRules.AnnouncementEdit) is { } refused)
            {
                return refused;
            }

            var (text, now) = (message.Trim(), _time.GetUtcNow());
            if (text.Length is 0 or > MaxLength)
            {
                return new MagnumError.Invalid($"An announcement has between 1 and {MaxLength} characters.") { Field = "message" };
            }

            if (endsAt <= now)
            {
                return new MagnumError.Invalid("An announcement ends in the future.") { Field = "ends_at" };
            }

            await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
            var announcement = new Announcement
            {
                Message = text,
                Level = level,
                StartsAt = now,
                EndsAt = endsAt,
                UserName = caller.Token.UserName,
                CreatedAt = now,
            };
            db.Add(announcement);
            await db.SaveChangesAsync(cancellationToken);
            Changed?.Invoke();
            return announcement;
        });

    public Task<Result<Unit>> DeleteAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        _audit.KeepAsync<Unit>(caller, AuditActions.AnnouncementDelete, new AuditAbout(id.ToString(CultureInfo.InvariantCulture)), async () =>
        {
            if (_policy.Check(caller, PolicyRules.AnnouncementEdit) is { } refused)
            {
                return refused;
            }

            await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
            if (await db.Announcements.Where(a => a.Id == id).ExecuteDeleteAsync(cancellationToken) == 0)
            {
                return new MagnumError.NotFound($"Announcement {id} could not be found.");
            }

            Changed?.Invoke();
            return default(Unit);
        });
}
