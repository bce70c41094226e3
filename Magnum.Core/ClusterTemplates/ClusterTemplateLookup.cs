using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.ClusterTemplates;

/// <summary>Finds templates as the caller may see them.</summary>
internal static class ClusterTemplateLookup
{
    public static MagnumError NotFound(string ident) => new MagnumError.NotFound($"ClusterTemplate {ident} could not be found.");

    /// <summary>Own ones, hidden or not, and what others publish; all for administrators.</summary>
    public static IQueryable<ClusterTemplate> Visible(IQueryable<ClusterTemplate> templates, Caller caller, bool admin)
    {
        var project = caller.ProjectId;
        return admin ? templates : templates.Where(t => t.ProjectId == project || (t.Public && !t.Hidden));
    }

    /// <summary>By uuid or name among what the caller sees.</summary>
    public static async Task<Result<ClusterTemplate>> FindAsync(
        MagnumDbContext db, Caller caller, bool admin, string ident, bool tracked, CancellationToken cancellationToken)
    {
        if (Identifier.TryUuid(ident, out var uuid))
        {
            var query = CompiledQueries.Of(db.Model);
            var template = tracked
                ? await db.ClusterTemplates.SingleOrDefaultAsync(t => t.Uuid == uuid, cancellationToken)
                : await query.ClusterTemplate(db, uuid, cancellationToken);
            return template is not null && (admin || template.ProjectId == caller.ProjectId || (template.Public && !template.Hidden))
                ? template
                : NotFound(ident);
        }

        var rows = tracked ? db.ClusterTemplates : db.ClusterTemplates.AsNoTracking();
        var found = await Visible(rows, caller, admin).Where(t => t.Name == ident).OrderBy(t => t.Id).Take(2).ToListAsync(cancellationToken);
        return found switch
        {
            [] => NotFound(ident),
            [var one] => one,
            _ => new MagnumError.Conflict("Multiple ClusterTemplates exist with same name. Please use the ClusterTemplate uuid instead."),
        };
    }

    /// <summary>
    /// What a cluster of the caller's project was made from, also when others have hidden it since: clients read the template of a cluster
    /// before they reach the cluster.
    /// </summary>
    public static Task<ClusterTemplate?> FindUsedAsync(MagnumDbContext db, Caller caller, Guid uuid, CancellationToken cancellationToken)
    {
        var project = caller.ProjectId;
        return db.ClusterTemplates.AsNoTracking().SingleOrDefaultAsync(
            t => t.Uuid == uuid && t.Public && db.Clusters.Any(c => c.ProjectId == project && c.ClusterTemplateId == uuid), cancellationToken);
    }

    /// <summary>For a new cluster: the caller's own project's, or public ones; not other projects' private ones, not even for administrators.</summary>
    public static async Task<Result<ClusterTemplate>> FindForClusterAsync(
        MagnumDbContext db, Caller caller, bool admin, string ident, CancellationToken cancellationToken)
    {
        var project = caller.ProjectId;
        var usable = db.ClusterTemplates.AsNoTracking().Where(t => t.ProjectId == project || (t.Public && (admin || !t.Hidden)));
        usable = Identifier.TryUuid(ident, out var uuid) ? usable.Where(t => t.Uuid == uuid) : usable.Where(t => t.Name == ident);
        var found = await usable.OrderBy(t => t.Id).Take(2).ToListAsync(cancellationToken);
        return found switch
        {
            // 400 and not 404: what the URL names exists, what the body names does not.
            [] => new MagnumError.Invalid(NotFound(ident).Detail) { Field = "cluster_template_id" },
            [var one] => one,
            _ => new MagnumError.Conflict("Multiple ClusterTemplates exist with same name. Please use the ClusterTemplate uuid instead.")
            {
                Field = "cluster_template_id",
            },
        };
    }

    /// <summary>Takes the row's lock until the transaction ends; false when the template is gone.</summary>
    public static async Task<bool> LockAsync(MagnumDbContext db, Guid uuid, CancellationToken cancellationToken) =>
        await db.ClusterTemplates.Where(t => t.Uuid == uuid)
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.Generation, t => t.Generation), cancellationToken) > 0;
}
