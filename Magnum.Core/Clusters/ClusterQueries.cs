using Magnum.Core.Diagnosis;
using Magnum.Core.Errors;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Paging;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Clusters;

internal sealed class ClusterQueries(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy, SharedReads shared, TimeProvider time) : IClusterQueries
{
    public async Task<Result<Page<ClusterSummary>>> ListAsync(Caller caller, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await PageAsync(db, caller, page, PolicyRules.ClusterGetAll, PolicyRules.ClusterGetAllAllProjects, cancellationToken);
        return rows.IsSuccess
            ? new Page<ClusterSummary>(await Summaries(db, rows.Value).ToListAsync(cancellationToken))
            : rows.Error;
    }

    public async Task<Result<Page<Cluster>>> ListDetailAsync(Caller caller, PageRequest page, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = await PageAsync(db, caller, page, PolicyRules.ClusterDetail, PolicyRules.ClusterDetailAllProjects, cancellationToken);
        if (!rows.IsSuccess)
        {
            return rows.Error;
        }

        // The groups in a second query: joined, each would carry its cluster's whole row.
        var clusters = await rows.Value.ToListAsync(cancellationToken);
        var uuids = clusters.Select(c => c.Uuid).ToList();
        var groups = (await db.NodeGroups.AsNoTracking().Where(g => uuids.Contains(g.ClusterId)).OrderBy(g => g.Id).ToListAsync(cancellationToken))
            .ToLookup(g => g.ClusterId);
        foreach (var cluster in clusters)
        {
            cluster.NodeGroups.AddRange(groups[cluster.Uuid]);
        }

        return new Page<Cluster>(clusters);
    }

    public async Task<Result<(IReadOnlyList<ClusterSummary> Items, int Total)>> SearchAsync(
        Caller caller, ClusterFilter filter, string sortKey, bool descending, int skip, int take, long? since, CancellationToken cancellationToken)
    {
        var all = filter.AllProjects && policy.IsAdmin(caller);
        if (policy.Check(caller, all ? PolicyRules.ClusterGetAllAllProjects : PolicyRules.ClusterGetAll) is { } refused)
        {
            return refused;
        }

        if (!ClusterSorting.Grid.TryGet(sortKey, out var column, out var unknown))
        {
            return unknown;
        }

        if (since is not { } change)
        {
            return await SearchAsync(caller, all, filter, column, descending, skip, take, cancellationToken);
        }

        var key = new SearchKey(
            all ? null : caller.ProjectId,
            filter.NameContains,
            Joined(filter.Statuses),
            filter.Health,
            filter.OwnOnly ? caller.UserId : null,
            filter.Coe,
            filter.ClusterTemplate,
            Joined(filter.Uuids),
            filter.Cause,
            sortKey,
            descending,
            skip,
            take);
        return await shared.ReadAsync(key, change, ct => SearchAsync(caller, all, filter, column, descending, skip, take, ct), cancellationToken);
    }

    public async Task<Result<Cluster>> GetAsync(Caller caller, string ident, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await GetAsync(db, caller, ident, cancellationToken);
    }

    public async Task<Result<IReadOnlyList<Operation>>> ListOperationsAsync(Caller caller, Guid clusterUuid, int limit, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await CheckHistoryAsync(db, caller, clusterUuid, cancellationToken) is { } refused)
        {
            return refused;
        }

        return Result.Success<IReadOnlyList<Operation>>(await db.Operations.AsNoTracking()
            .Include(o => o.Steps.OrderBy(s => s.Ordinal))
            .Where(o => o.ClusterUuid == clusterUuid)
            .OrderByDescending(o => o.Id)
            .Take(limit)
            .ToListAsync(cancellationToken));
    }

    public async Task<Result<IReadOnlyList<ClusterEvent>>> ListEventsAsync(
        Caller caller, Guid clusterUuid, long afterSequence, int limit, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        if (await CheckHistoryAsync(db, caller, clusterUuid, cancellationToken) is { } refused)
        {
            return refused;
        }

        return Result.Success<IReadOnlyList<ClusterEvent>>(await db.ClusterEvents.AsNoTracking()
            .Where(e => e.ClusterUuid == clusterUuid && e.Sequence > afterSequence)
            .OrderBy(e => e.Sequence)
            .Take(limit)
            .ToListAsync(cancellationToken));
    }

    public async Task<Result<Page<NodeGroup>>> ListNodeGroupsAsync(
        Caller caller, string clusterIdent, string? role, PageRequest page, CancellationToken cancellationToken)
    {
        var admin = policy.IsAdmin(caller);
        if (policy.Check(caller, admin ? PolicyRules.NodeGroupGetAllAllProjects : PolicyRules.NodeGroupGetAll) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var cluster = await ClusterLookup.FindAsync(db, caller, admin, clusterIdent, tracked: false, cancellationToken);
        if (!cluster.IsSuccess)
        {
            return cluster.Error;
        }

        var clusterUuid = cluster.Value.Uuid;
        var groups = db.NodeGroups.AsNoTracking().Where(g => g.ClusterId == clusterUuid);
        var marker = default(IQueryable<NodeGroup>);
        if (page.Marker is not null)
        {
            if (!Identifier.TryUuid(page.Marker, out var uuid))
            {
                return ClusterLookup.NodeGroupNotFound(page.Marker);
            }

            marker = groups.Where(g => g.Uuid == uuid);
        }

        var filtered = role is null ? groups : groups.Where(g => g.Role == role);
        var rows = await NodeGroupSorting.Stored.PageAsync(
            filtered, page, marker, () => ClusterLookup.NodeGroupNotFound(page.Marker!), cancellationToken);
        return rows.IsSuccess ? new Page<NodeGroup>(await rows.Value.ToListAsync(cancellationToken)) : rows.Error;
    }

    public async Task<Result<(Cluster Cluster, NodeGroup NodeGroup)>> GetNodeGroupAsync(
        Caller caller, string clusterIdent, string ident, CancellationToken cancellationToken)
    {
        var admin = policy.IsAdmin(caller);
        if (policy.Check(caller, admin ? PolicyRules.NodeGroupGetOneAllProjects : PolicyRules.NodeGroupGet) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var cluster = await ClusterLookup.FindAsync(db, caller, admin, clusterIdent, tracked: false, cancellationToken);
        if (!cluster.IsSuccess)
        {
            return cluster.Error;
        }

        var group = ClusterLookup.FindNodeGroup(cluster.Value, ident);
        return group.IsSuccess ? (cluster.Value, group.Value) : group.Error;
    }

    private async Task<(IReadOnlyList<ClusterSummary> Items, int Total)> SearchAsync(
        Caller caller, bool all, ClusterFilter filter, SortColumn<Cluster> column, bool descending, int skip, int take, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var rows = ClusterLookup.Visible(db.Clusters.AsNoTracking(), caller, all);
        if (filter.NameContains?.Trim() is { Length: > 0 } text)
        {
            var lower = text.ToLowerInvariant();
            rows = Identifier.TryUuid(text, out var uuid)
                ? rows.Where(c => c.Uuid == uuid)
                : rows.Where(c => c.Name.ToLower().Contains(lower));
        }

        if (filter.Statuses is { Count: > 0 } statuses)
        {
            rows = rows.Where(c => statuses.Contains(c.Status));
        }

        if (filter.Health is { } health)
        {
            rows = rows.Where(c => c.HealthStatus == health);
        }

        if (filter.OwnOnly)
        {
            var own = caller.UserId;
            rows = rows.Where(c => c.UserId == own);
        }

        if (filter.Coe is { } coe)
        {
            rows = rows.Where(c => db.ClusterTemplates.Any(t => t.Uuid == c.ClusterTemplateId && t.Coe == coe));
        }

        if (filter.ClusterTemplate is { } template)
        {
            rows = rows.Where(c => c.ClusterTemplateId == template);
        }

        if (filter.Uuids is { } uuids)
        {
            rows = rows.Where(c => uuids.Contains(c.Uuid));
        }

        if (filter.Cause is { } cause)
        {
            var project = caller.ProjectId;
            var failures = await RecentFailures.ListAsync(
                db, all ? db.Operations : db.Operations.Where(o => o.ProjectId == project), time.GetUtcNow(), cancellationToken);
            var failed = failures.Where(f => f.Cause.Code == cause).Select(f => f.Operation.ClusterUuid).ToHashSet();
            rows = rows.Where(c => failed.Contains(c.Uuid));
        }

        var total = await rows.CountAsync(cancellationToken);
        var items = await Summaries(db, column.Order(rows, descending).Skip(skip).Take(take)).ToListAsync(cancellationToken);
        return (items, total);
    }

    private static string? Joined<T>(IEnumerable<T>? items) => items is null ? null : string.Join(',', items);

    private static IQueryable<ClusterSummary> Summaries(MagnumDbContext db, IQueryable<Cluster> clusters) =>
        from c in clusters
        join t in db.ClusterTemplates on c.ClusterTemplateId equals t.Uuid into templates
        from t in templates.DefaultIfEmpty()
        select new ClusterSummary
        {
            Id = c.Id,
            Uuid = c.Uuid,
            Name = c.Name,
            ProjectId = c.ProjectId,
            ClusterTemplateId = c.ClusterTemplateId,
            KeyPair = c.KeyPair,
            NodeCount = c.NodeGroups.Where(g => g.Role != NodeGroup.MasterRole).Sum(g => g.NodeCount),
            MasterCount = c.NodeGroups.Where(g => g.Role == NodeGroup.MasterRole).Sum(g => g.NodeCount),
            DockerVolumeSize = c.DockerVolumeSize,
            Labels = c.Labels,
            MasterFlavorId = c.MasterFlavorId,
            FlavorId = c.FlavorId,
            CreateTimeout = c.CreateTimeout,
            StackId = c.StackId,
            Status = c.Status,
            StatusReason = c.StatusReason,
            HealthStatus = c.HealthStatus,
            CoeVersion = c.CoeVersion,
            Progress = c.Progress,
            Driver = c.Driver,
            TemplateName = t == null ? "" : t.Name,
            Coe = t == null ? "" : t.Coe,
            CreatedAt = c.CreatedAt,
            UpdatedAt = c.UpdatedAt,
            StatusChangedAt = c.StatusChangedAt,
        };

    private async Task<Result<IQueryable<Cluster>>> PageAsync(
        MagnumDbContext db, Caller caller, PageRequest page, string rule, string ruleForAll, CancellationToken cancellationToken)
    {
        var admin = policy.IsAdmin(caller);
        if (policy.Check(caller, admin ? ruleForAll : rule) is { } refused)
        {
            return refused;
        }

        var visible = ClusterLookup.Visible(db.Clusters.AsNoTracking(), caller, admin);
        var marker = default(IQueryable<Cluster>);
        if (page.Marker is not null)
        {
            if (!Identifier.TryUuid(page.Marker, out var uuid))
            {
                return ClusterLookup.NotFound(page.Marker);
            }

            marker = visible.Where(c => c.Uuid == uuid);
        }

        return await ClusterSorting.Stored.PageAsync(visible, page, marker, () => ClusterLookup.NotFound(page.Marker!), cancellationToken);
    }

    private async Task<Result<Cluster>> GetAsync(MagnumDbContext db, Caller caller, string ident, CancellationToken cancellationToken)
    {
        var admin = policy.IsAdmin(caller);
        if (admin && policy.Check(caller, PolicyRules.ClusterGetOneAllProjects) is { } refusedAll)
        {
            return refusedAll;
        }

        var found = await ClusterLookup.FindAsync(db, caller, admin, ident, tracked: false, cancellationToken);
        return found.Value is { } cluster
            && policy.Check(caller, PolicyRules.ClusterGet, new PolicyTarget(cluster.ProjectId, cluster.UserId)) is { } refused
                ? refused
                : found;
    }

    /// <summary>Operations and events outlive their cluster: then the record itself says whose they are.</summary>
    private async Task<MagnumError?> CheckHistoryAsync(MagnumDbContext db, Caller caller, Guid clusterUuid, CancellationToken cancellationToken)
    {
        var owner = await db.Clusters.Where(c => c.Uuid == clusterUuid).Select(c => c.ProjectId).FirstOrDefaultAsync(cancellationToken)
            ?? await db.Operations.Where(o => o.ClusterUuid == clusterUuid).Select(o => o.ProjectId).FirstOrDefaultAsync(cancellationToken);
        return owner is null || (owner != caller.ProjectId && !policy.IsAdmin(caller))
            ? ClusterLookup.NotFound(clusterUuid.ToString())
            : policy.Check(caller, PolicyRules.ClusterGet, new PolicyTarget(owner, caller.UserId));
    }

    /// <summary>All that the answer depends on, once the caller may have it: nothing else of the caller is asked.</summary>
    /// <param name="ProjectId">Null: all projects.</param>
    /// <param name="UserId">Null: everybody's clusters.</param>
    private sealed record SearchKey(
        string? ProjectId,
        string? NameContains,
        string? Statuses,
        HealthStatus? Health,
        string? UserId,
        string? Coe,
        Guid? ClusterTemplate,
        string? Uuids,
        string? Cause,
        string SortKey,
        bool Descending,
        int Skip,
        int Take);
}
