using Magnum.Core.Errors;
using Magnum.Core.NodeGroups;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Clusters;

/// <summary>Finds clusters and their groups as the caller may see them: those of the project; all for administrators.</summary>
internal static class ClusterLookup
{
    public static MagnumError NotFound(string ident) => new MagnumError.NotFound($"Cluster {ident} could not be found.");

    public static MagnumError NodeGroupNotFound(string ident) => new MagnumError.NotFound($"Nodegroup {ident} could not be found.");

    public static IQueryable<Cluster> Visible(IQueryable<Cluster> clusters, Caller caller, bool all)
    {
        var project = caller.ProjectId;
        return all ? clusters : clusters.Where(c => c.ProjectId == project);
    }

    /// <summary>By uuid or name, with its groups.</summary>
    public static async Task<Result<Cluster>> FindAsync(
        MagnumDbContext db, Caller caller, bool all, string ident, bool tracked, CancellationToken cancellationToken)
    {
        if (Identifier.TryUuid(ident, out var uuid))
        {
            var cluster = tracked
                ? await db.Clusters.Include(c => c.NodeGroups).SingleOrDefaultAsync(c => c.Uuid == uuid, cancellationToken)
                : await CompiledQueries.Of(db.Model).Cluster(db, uuid, cancellationToken);
            return cluster is not null && (all || cluster.ProjectId == caller.ProjectId) ? cluster : NotFound(ident);
        }

        var named = await Visible(db.Clusters, caller, all)
            .Where(c => c.Name == ident).OrderBy(c => c.Id).Select(c => c.Uuid).Take(2).ToListAsync(cancellationToken);
        return named switch
        {
            [] => NotFound(ident),
            [var one] => await FindAsync(db, caller, all, one.ToString(), tracked, cancellationToken) is { IsSuccess: true } found ? found : NotFound(ident),
            _ => new MagnumError.Conflict("Multiple clusters exist with same name. Please use the cluster uuid instead."),
        };
    }

    /// <summary>A group of the cluster by uuid, row number or name.</summary>
    public static Result<NodeGroup> FindNodeGroup(Cluster cluster, string ident)
    {
        var group = Identifier.TryUuid(ident, out var uuid)
            ? cluster.NodeGroups.Find(g => g.Uuid == uuid)
            : cluster.NodeGroups.Find(g => g.Name == ident)
                ?? (long.TryParse(ident, out var id) ? cluster.NodeGroups.Find(g => g.Id == id) : null);
        return group is null ? NodeGroupNotFound(ident) : group;
    }
}
