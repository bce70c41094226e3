using System.Globalization;
using Magnum.Core.Audit;
using Magnum.Core.Errors;
using Magnum.Core.OpenStack;
using Magnum.Core.Paging;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Quotas;

/// <summary>A project's limit and use, for the administrator's page.</summary>
/// <param name="Stored">Null: the default holds.</param>
public sealed record QuotaUsage(string ProjectId, int Limit, int Used, Quota? Stored);

/// <summary>Limits on clusters per project.</summary>
public sealed class QuotaService(
    IDbContextFactory<MagnumDbContext> dbFactory,
    PolicyEnforcer policy,
    IIdentity identity,
    IOptions<QuotaOptions> options,
    TimeProvider time,
    AuditTrail audit)
{
    private static readonly SortColumns<Quota> Columns = new SortColumns<Quota>(q => q.Id)
        .Add("project_id", q => q.ProjectId)
        .Add("resource", q => q.Resource)
        .Add("hard_limit", q => q.HardLimit)
        .Add("created_at", q => q.CreatedAt)
        .Add("updated_at", q => q.UpdatedAt == null, q => q.UpdatedAt!.Value);

    /// <summary>Stored quotas; of all projects only for administrators who ask for it.</summary>
    public async Task<Result<Page<Quota>>> ListAsync(Caller caller, bool allProjects, PageRequest page, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.QuotaGetAll) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var own = caller.ProjectId;
        var visible = db.Quotas.AsNoTracking().Where(q => allProjects || q.ProjectId == own);
        var marker = default(IQueryable<Quota>);
        if (page.Marker is not null)
        {
            if (!long.TryParse(page.Marker, out var id))
            {
                return FieldError.Invalid("marker", page.Marker, "Value should be an integer");
            }

            marker = visible.Where(q => q.Id == id);
        }

        var rows = await Columns.PageAsync(
            visible, page, marker, () => new MagnumError.NotFound($"Quota {page.Marker} could not be found."), cancellationToken);
        return rows.IsSuccess ? new Page<Quota>(await rows.Value.ToListAsync(cancellationToken)) : rows.Error;
    }

    /// <summary>The stored quota, or one with the default limit and id 0.</summary>
    public async Task<Result<Quota>> GetAsync(Caller caller, string projectId, string resource, CancellationToken cancellationToken)
    {
        if (CheckRead(caller, projectId) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.Quotas.AsNoTracking().SingleOrDefaultAsync(q => q.ProjectId == projectId && q.Resource == resource, cancellationToken)
            ?? new Quota { ProjectId = projectId, HardLimit = options.Value.MaxClustersPerProject };
    }

    /// <summary>A limit for a project that has none stored; the project has to exist in Keystone.</summary>
    public Task<Result<Quota>> CreateAsync(Caller caller, string? projectId, string resource, int hardLimit, CancellationToken cancellationToken) =>
        audit.KeepAsync(
            caller, PolicyRules.QuotaCreate, About(projectId, hardLimit), () => InsertAsync(caller, projectId, resource, hardLimit, cancellationToken), Found);

    public Task<Result<Quota>> UpdateAsync(Caller caller, string projectId, string resource, int hardLimit, CancellationToken cancellationToken) =>
        audit.KeepAsync(
            caller, PolicyRules.QuotaUpdate, About(projectId, hardLimit), () => ReplaceAsync(caller, projectId, resource, hardLimit, cancellationToken), Found);

    public Task<Result<Unit>> DeleteAsync(Caller caller, string projectId, string resource, CancellationToken cancellationToken) =>
        audit.KeepAsync(
            caller,
            PolicyRules.QuotaDelete,
            About(projectId, null),
            () => RemoveAsync(caller, projectId, resource, cancellationToken),
            _ => new AuditFound(projectId, projectId));

    private static AuditAbout About(string? projectId, int? limit) =>
        new(projectId, Detail: limit is null ? "the default limit again" : string.Create(CultureInfo.InvariantCulture, $"limit {limit}"));

    private static AuditFound Found(Quota quota) => new(quota.ProjectId, quota.ProjectId);

    private Task<Result<Quota>> InsertAsync(Caller caller, string? projectId, string resource, int hardLimit, CancellationToken cancellationToken) =>
        CloudTrouble.GuardAsync<Quota>(async () =>
        {
            if ((CheckValues(resource, hardLimit) ?? policy.Check(caller, PolicyRules.QuotaCreate)) is { } refused)
            {
                return refused;
            }

            if (string.IsNullOrEmpty(projectId))
            {
                return new MagnumError.Invalid("Must provide a valid project ID.") { Field = "project_id" };
            }

            if (await identity.FindProjectAsync(projectId, cancellationToken) is null)
            {
                return new MagnumError.NotFound($"The project_id {projectId} could not be found.") { Field = "project_id" };
            }

            await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
            var quota = new Quota { ProjectId = projectId, Resource = resource, HardLimit = hardLimit, CreatedAt = time.GetUtcNow() };
            if (await db.Quotas.AnyAsync(q => q.ProjectId == projectId && q.Resource == resource, cancellationToken))
            {
                return Taken(quota);
            }

            db.Add(quota);
            try
            {
                await db.SaveChangesAsync(cancellationToken);
                return quota;
            }
            catch (DbUpdateException e) when (DatabaseErrors.IsUniqueViolation(e))
            {
                return Taken(quota);
            }
        });

    private async Task<Result<Quota>> ReplaceAsync(Caller caller, string projectId, string resource, int hardLimit, CancellationToken cancellationToken)
    {
        if ((FieldError.Range("hard_limit", hardLimit, 0) ?? policy.Check(caller, PolicyRules.QuotaUpdate)) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var quota = await db.Quotas.SingleOrDefaultAsync(q => q.ProjectId == projectId && q.Resource == resource, cancellationToken);
        if (quota is null)
        {
            return NotFound(projectId, resource);
        }

        quota.HardLimit = hardLimit;
        quota.UpdatedAt = time.GetUtcNow();
        await db.SaveChangesAsync(cancellationToken);
        return quota;
    }

    private async Task<Result<Unit>> RemoveAsync(Caller caller, string projectId, string resource, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.QuotaDelete) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var deleted = await db.Quotas.Where(q => q.ProjectId == projectId && q.Resource == resource).ExecuteDeleteAsync(cancellationToken);
        return deleted == 0 ? NotFound(projectId, resource) : new Unit();
    }

    /// <summary>Limit and use of one project.</summary>
    public async Task<Result<QuotaUsage>> GetUsageAsync(Caller caller, string projectId, CancellationToken cancellationToken)
    {
        var quota = await GetAsync(caller, projectId, Quota.ClusterResource, cancellationToken);
        if (quota.Value is not { } present)
        {
            return quota.Error!;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var used = await db.Clusters.CountAsync(c => c.ProjectId == projectId, cancellationToken);
        return new QuotaUsage(projectId, present.HardLimit, used, present.Id == 0 ? null : present);
    }

    /// <summary>Limit and use of every project that has a stored quota or a cluster. Administrators only.</summary>
    public async Task<Result<IReadOnlyList<QuotaUsage>>> ListUsageAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.QuotaGetAll) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var stored = await db.Quotas.AsNoTracking().Where(q => q.Resource == Quota.ClusterResource).ToDictionaryAsync(q => q.ProjectId, cancellationToken);
        var used = await db.Clusters
            .GroupBy(c => c.ProjectId)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        return Result.Success<IReadOnlyList<QuotaUsage>>([.. stored.Keys.Union(used.Keys).Order(StringComparer.Ordinal).Select(project =>
        {
            var quota = stored.GetValueOrDefault(project);
            return new QuotaUsage(project, quota?.HardLimit ?? options.Value.MaxClustersPerProject, used.GetValueOrDefault(project), quota);
        })]);
    }

    private static MagnumError? CheckValues(string resource, int hardLimit) => resource == Quota.ClusterResource
        ? FieldError.Range("hard_limit", hardLimit, 0)
        : FieldError.OneOf("resource", resource, [Quota.ClusterResource]);

    private static MagnumError NotFound(string projectId, string resource) =>
        new MagnumError.NotFound($"Quota could not be found: project_id {projectId} resource {resource}.");

    private static MagnumError Taken(Quota quota) =>
        new MagnumError.Conflict($"Quota for project {quota.ProjectId} already exists for resource {quota.Resource}.") { Field = "project_id" };

    private MagnumError? CheckRead(Caller caller, string projectId) => policy.Check(caller, PolicyRules.QuotaGet)
        ?? (projectId != caller.ProjectId && !policy.IsAdmin(caller) ? new MagnumError.Forbidden("Not authorized.") : null);
}
