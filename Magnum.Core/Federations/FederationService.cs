using Magnum.Core.Clusters;
using Magnum.Core.Errors;
using Magnum.Core.Paging;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Federations;

/// <summary>The API has federations, no engine ever had them: there are none, and what is asked of them is checked all the same.</summary>
public sealed class FederationService(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy)
{
    private const string DnsZone = "dns-zone";

    private static readonly SortColumns<Federation> Columns = new SortColumns<Federation>(f => f.Id)
        .Add("uuid", f => f.Uuid)
        .Add("name", f => f.Name)
        .Add("project_id", f => f.ProjectId)
        .Add("hostcluster_id", f => f.HostClusterId == null, f => f.HostClusterId!)
        .Add("status", f => f.Status == null, f => f.Status!)
        .Add("status_reason", f => f.StatusReason == null, f => f.StatusReason!)
        .Add("created_at", f => f.CreatedAt)
        .Add("updated_at", f => f.UpdatedAt == null, f => f.UpdatedAt!.Value);

    /// <summary>The refusal of a federation that is not there, which is each one.</summary>
    public static MagnumError NotFound(string ident) => new MagnumError.NotFound($"Federation {ident} could not be found.");

    /// <param name="detail">Whether all of each federation is asked for, which has a rule of its own.</param>
    public async Task<Result<Page<Federation>>> ListAsync(Caller caller, bool detail, PageRequest page, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, detail ? PolicyRules.FederationDetail : PolicyRules.FederationGetAll) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var project = caller.ProjectId;
        var visible = db.Federations.AsNoTracking().Where(f => f.ProjectId == project);
        var marker = default(IQueryable<Federation>);
        if (page.Marker is not null)
        {
            if (!Identifier.TryUuid(page.Marker, out var uuid))
            {
                return NotFound(page.Marker);
            }

            marker = visible.Where(f => f.Uuid == uuid);
        }

        var rows = await Columns.PageAsync(visible, page, marker, () => NotFound(page.Marker!), cancellationToken);
        return rows.IsSuccess ? new Page<Federation>(await rows.Value.ToListAsync(cancellationToken)) : rows.Error;
    }

    /// <summary>What is wrong in itself is said first; then that no engine can do it.</summary>
    /// <param name="hostCluster">Uuid or name of a cluster of the caller's project, for administrators too.</param>
    public async Task<Result<Federation>> CreateAsync(
        Caller caller, string? hostCluster, IReadOnlyDictionary<string, string> properties, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.FederationCreate) is { } refused)
        {
            return refused;
        }

        if (hostCluster is null)
        {
            return new MagnumError.Invalid("No hostcluster specified. Please specify a hostcluster_id.") { Field = "hostcluster_id" };
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await ClusterLookup.FindAsync(db, caller, all: false, hostCluster, tracked: false, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        return properties.ContainsKey(DnsZone)
            ? new MagnumError.Unsupported("Federation is not supported.")
            : new MagnumError.Invalid($"No DNS zone specified. Please specify a {DnsZone} in properties.") { Field = "properties" };
    }
}
