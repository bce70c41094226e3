using Magnum.Core.Errors;
using Magnum.Core.Paging;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.ClusterTemplates;

internal sealed class ClusterTemplateQueries(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy) : IClusterTemplateQueries
{
    public async Task<Result<Page<ClusterTemplate>>> ListAsync(Caller caller, PageRequest page, CancellationToken cancellationToken)
    {
        var admin = policy.IsAdmin(caller);
        if (policy.Check(caller, admin ? PolicyRules.ClusterTemplateGetAllAllProjects : PolicyRules.ClusterTemplateGetAll) is { } refused)
        {
            return refused;
        }

        MagnumError NotFound() => ClusterTemplateLookup.NotFound(page.Marker!);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var visible = ClusterTemplateLookup.Visible(db.ClusterTemplates.AsNoTracking(), caller, admin);
        var marker = default(IQueryable<ClusterTemplate>);
        if (page.Marker is not null)
        {
            if (!Identifier.TryUuid(page.Marker, out var uuid))
            {
                return NotFound();
            }

            marker = visible.Where(t => t.Uuid == uuid);
        }

        var rows = await ClusterTemplateSorting.Stored.PageAsync(visible, page, marker, NotFound, cancellationToken);
        return rows.IsSuccess ? new Page<ClusterTemplate>(await rows.Value.ToListAsync(cancellationToken)) : rows.Error;
    }

    public async Task<Result<ClusterTemplate>> GetAsync(Caller caller, string ident, CancellationToken cancellationToken)
    {
        var admin = policy.IsAdmin(caller);
        if (admin && policy.Check(caller, PolicyRules.ClusterTemplateGetOneAllProjects) is { } refusedAll)
        {
            return refusedAll;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await ClusterTemplateLookup.FindAsync(db, caller, admin, ident, tracked: false, cancellationToken);
        if (found.Error is MagnumError.NotFound && Identifier.TryUuid(ident, out var uuid))
        {
            found = await ClusterTemplateLookup.FindUsedAsync(db, caller, uuid, cancellationToken) is { } used ? used : found;
        }

        if (found.Value is { Public: false } template
            && policy.Check(caller, PolicyRules.ClusterTemplateGet, new PolicyTarget(template.ProjectId, template.UserId)) is { } refused)
        {
            return refused;
        }

        return found;
    }

    public async Task<IReadOnlyDictionary<Guid, int>> CountUsesAsync(IReadOnlyCollection<Guid> templates, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Clusters
            .Where(c => templates.Contains(c.ClusterTemplateId))
            .GroupBy(c => c.ClusterTemplateId)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
    }
}
