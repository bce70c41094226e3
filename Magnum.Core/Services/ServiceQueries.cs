using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Services;

/// <summary>Reads who beats. Administrators only.</summary>
public sealed class ServiceQueries(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policies, TimeProvider time)
{
    /// <summary>How long after its last beat a service counts as up.</summary>
    public static readonly TimeSpan DownAfter = TimeSpan.FromSeconds(180);

    /// <summary>All services; the API shows only conductors.</summary>
    public async Task<Result<IReadOnlyList<MagnumService>>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (policies.Check(caller, PolicyRules.ServiceGetAll) is { } refusal)
        {
            return refusal;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return Result.Success<IReadOnlyList<MagnumService>>(await db.Services.AsNoTracking().OrderBy(s => s.Id).ToListAsync(cancellationToken));
    }

    /// <summary>Whether it is up now.</summary>
    public bool IsUp(MagnumService service) =>
        !service.ForcedDown && time.GetUtcNow() - (service.LastSeenUp ?? service.UpdatedAt ?? service.CreatedAt) <= DownAfter;
}
