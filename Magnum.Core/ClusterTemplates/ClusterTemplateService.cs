using Magnum.Core.Audit;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Idempotency;
using Magnum.Core.OpenStack;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Magnum.Core.ClusterTemplates;

/// <summary>What people and scripts do to templates, for both doors.</summary>
public sealed partial class ClusterTemplateService
{
    /// <summary>What may change of a template in use, and of any template without asking the cloud again.</summary>
    private static readonly HashSet<string> Outward = ["name", "public", "hidden", "tags"];

    private const int Tries = 3;

    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly PolicyEnforcer _policy;
    private readonly ClusterTemplateValidator _validator;
    private readonly ClusterLauncher _launcher;
    private readonly TimeProvider _time;
    private readonly ILogger<ClusterTemplateService> _logger;
    private readonly AuditTrail _audit;

    internal ClusterTemplateService(
        IDbContextFactory<MagnumDbContext> dbFactory,
        PolicyEnforcer policy,
        ClusterTemplateValidator validator,
        ClusterLauncher launcher,
        TimeProvider time,
        ILogger<ClusterTemplateService> logger,
        AuditTrail audit)
    {
        (_dbFactory, _policy, _validator, _launcher, _time, _logger, _audit) = (dbFactory, policy, validator, launcher, time, logger, audit);
    }

    /// <summary>Checks everything against the cloud in the caller's name, resolves the driver and stores.</summary>
    public Task<Result<ClusterTemplate>> CreateAsync(Caller caller, ClusterTemplateSpec spec, CancellationToken cancellationToken) =>
        CreateAsync(caller, spec, null, cancellationToken);

    /// <summary>The same, at most once for the caller's key: the second time it is refused.</summary>
    public Task<Result<ClusterTemplate>> CreateAsync(
        Caller caller, ClusterTemplateSpec spec, OnceOnly<ClusterTemplate>? once, CancellationToken cancellationToken) =>
        _audit.KeepAsync(
            caller, PolicyRules.ClusterTemplateCreate, new AuditAbout(spec.Name), () => CheckAndInsertAsync(caller, spec, once, cancellationToken), Found);

    /// <summary>
    /// What a cluster would take of a template as it is being designed, by the checks that storing it and launching from it make. Changes nothing.
    /// What speaks against the template itself is an error, what speaks against the cluster a check of the plan.
    /// </summary>
    /// <param name="ident">The stored template that is being changed, by uuid or name; null: a new one.</param>
    public Task<Result<ClusterPlan>> PlanAsync(
        Caller caller, string? ident, ClusterTemplateSpec spec, int masterCount, int nodeCount, CancellationToken cancellationToken) =>
        CloudTrouble.GuardAsync<ClusterPlan>(async () =>
        {
            var cloud = _validator.Lookups(caller, cancellationToken);
            var resolved = ident is null ? await ResolveNewAsync(caller, spec, cloud) : await ResolvePresentAsync(caller, ident, spec, cloud, cancellationToken);
            if (!resolved.IsSuccess)
            {
                return resolved.Error;
            }

            var template = new ClusterTemplate { ProjectId = caller.ProjectId, UserId = caller.UserId, CreatedAt = _time.GetUtcNow() };
            template.Apply(resolved.Value with { Uuid = resolved.Value.Uuid ?? Guid.NewGuid(), Name = resolved.Value.Name ?? "" });
            var request = new NewCluster { ClusterTemplateId = template.Uuid.ToString(), MasterCount = masterCount, NodeCount = nodeCount };
            return await _launcher.PlanAsync(caller, request, template, cancellationToken);
        });

    /// <summary>Loads by uuid or name, lets <paramref name="change"/> make a new spec of the present one (JSON Patch, a form), checks and stores.</summary>
    public Task<Result<ClusterTemplate>> UpdateAsync(
        Caller caller, string ident, Func<ClusterTemplateSpec, Result<ClusterTemplateSpec>> change, CancellationToken cancellationToken) =>
        UpdateAsync(caller, ident, _ => null, change, cancellationToken);

    /// <summary>The same, unless something speaks against it: asked of the template that is changed.</summary>
    public Task<Result<ClusterTemplate>> UpdateAsync(
        Caller caller,
        string ident,
        Func<ClusterTemplate, MagnumError?> objection,
        Func<ClusterTemplateSpec, Result<ClusterTemplateSpec>> change,
        CancellationToken cancellationToken) =>
        _audit.KeepAsync(
            caller, PolicyRules.ClusterTemplateUpdate, new AuditAbout(ident), () => CheckAndStoreAsync(caller, ident, objection, change, cancellationToken), Found);

    /// <summary>Refused while a cluster uses it.</summary>
    public Task<Result<Unit>> DeleteAsync(Caller caller, string ident, CancellationToken cancellationToken) =>
        DeleteAsync(caller, ident, _ => null, cancellationToken);

    /// <summary>The same, unless something speaks against it: asked of the present template, which nobody changes meanwhile.</summary>
    public Task<Result<Unit>> DeleteAsync(
        Caller caller, string ident, Func<ClusterTemplate, MagnumError?> objection, CancellationToken cancellationToken) =>
        _audit.KeepAsync(caller, PolicyRules.ClusterTemplateDelete, new AuditAbout(ident), () => RemoveAsync(caller, ident, objection, cancellationToken));

    private static AuditFound Found(ClusterTemplate template) => new(template.Name, template.ProjectId);

    private Task<Result<ClusterTemplate>> CheckAndInsertAsync(
        Caller caller, ClusterTemplateSpec spec, OnceOnly<ClusterTemplate>? once, CancellationToken cancellationToken) =>
        CloudTrouble.GuardAsync<ClusterTemplate>(async () =>
        {
            var cloud = _validator.Lookups(caller, cancellationToken);
            var resolved = await ResolveNewAsync(caller, spec, cloud);
            if (!resolved.IsSuccess)
            {
                return resolved.Error;
            }

            var refused = await _validator.CheckCloudAsync(resolved.Value, cloud)
                ?? (spec.Public || spec.Hidden ? CheckPublish(caller) : null)
                ?? await _validator.CheckRootVolumesAsync(resolved.Value, cloud);
            return refused is not null
                ? refused
                : await InsertAsync(caller, resolved.Value, once, cancellationToken);
        });

    private Task<Result<ClusterTemplate>> CheckAndStoreAsync(
        Caller caller,
        string ident,
        Func<ClusterTemplate, MagnumError?> objection,
        Func<ClusterTemplateSpec, Result<ClusterTemplateSpec>> change,
        CancellationToken cancellationToken) =>
        CloudTrouble.GuardAsync<ClusterTemplate>(async () =>
        {
            if (CheckAll(caller, PolicyRules.ClusterTemplateUpdateAllProjects) is { } refusedAll)
            {
                return refusedAll;
            }

            // The cloud is asked outside of the transaction; who changed the template meanwhile is found out by its generation.
            for (var attempt = 1; ; attempt++)
            {
                var present = await FindAsync(caller, ident, cancellationToken);
                if (present.Value is not { } template)
                {
                    return present;
                }

                if ((_policy.Check(caller, PolicyRules.ClusterTemplateUpdate, TargetOf(template)) ?? objection(template)) is { } refused)
                {
                    return refused;
                }

                var next = await CheckChangeAsync(caller, template, change, cancellationToken);
                if (!next.IsSuccess)
                {
                    return next.Error;
                }

                var stored = await StoreChangeAsync(caller, template, next.Value, cancellationToken);
                if (stored is not { Error: MagnumError.Conflict } || attempt == Tries)
                {
                    return stored;
                }
            }
        });

    private async Task<Result<Unit>> RemoveAsync(
        Caller caller, string ident, Func<ClusterTemplate, MagnumError?> objection, CancellationToken cancellationToken)
    {
        if (CheckAll(caller, PolicyRules.ClusterTemplateDeleteAllProjects) is { } refusedAll)
        {
            return refusedAll;
        }

        return await _dbFactory.InTransactionAsync<Unit>(
            async db =>
            {
                var found = await ClusterTemplateLookup.FindAsync(db, caller, _policy.IsAdmin(caller), ident, tracked: true, cancellationToken);
                if (found.Value is not { } template)
                {
                    return found.Error!;
                }

                if ((_policy.Check(caller, PolicyRules.ClusterTemplateDelete, TargetOf(template)) ?? objection(template)) is { } refused)
                {
                    return refused;
                }

                // The row's lock first: a create that is about to use the template waits here or is counted below.
                await ClusterTemplateLookup.LockAsync(db, template.Uuid, cancellationToken);
                if (await db.Clusters.AnyAsync(c => c.ClusterTemplateId == template.Uuid, cancellationToken))
                {
                    return InUse(template);
                }

                db.Remove(template);
                await db.SaveChangesAsync(cancellationToken);
                LogDeleted(_logger, template.Uuid, template.ProjectId, caller.RequestId);
                return new Unit();
            },
            cancellationToken);
    }

    private static MagnumError InUse(ClusterTemplate template) =>
        new MagnumError.Invalid($"ClusterTemplate {template.Uuid} is referenced by one or multiple clusters.");

    private static PolicyTarget TargetOf(ClusterTemplate template) => new(template.ProjectId, template.UserId);

    private static Task PrefetchAsync(Validation.RequestLookups cloud, ClusterTemplateSpec spec) => cloud.PrefetchAsync(
        spec.ImageId!, spec.FlavorId ?? spec.MasterFlavorId, spec.ExternalNetworkId ?? spec.FixedNetwork, spec.FixedSubnet);

    private MagnumError? CheckAll(Caller caller, string rule) => _policy.IsAdmin(caller) ? _policy.Check(caller, rule) : null;

    private MagnumError? CheckPublish(Caller caller) => _policy.Check(caller, PolicyRules.ClusterTemplatePublish) is null
        ? null
        : new MagnumError.Forbidden("Not authorized to set public or hidden flag for cluster template.");

    /// <summary>A new template with its driver and what follows from it.</summary>
    private async Task<Result<ClusterTemplateSpec>> ResolveNewAsync(Caller caller, ClusterTemplateSpec spec, Validation.RequestLookups cloud)
    {
        var refused = _validator.CheckBounds(spec)
            ?? _policy.Check(caller, PolicyRules.ClusterTemplateCreate)
            ?? _validator.CheckEngine(spec);
        if (refused is not null)
        {
            return refused;
        }

        await PrefetchAsync(cloud, spec);
        return await _validator.ResolveAsync(spec, cloud);
    }

    /// <summary>A stored template as it would be after a change.</summary>
    private async Task<Result<ClusterTemplateSpec>> ResolvePresentAsync(
        Caller caller, string ident, ClusterTemplateSpec spec, Validation.RequestLookups cloud, CancellationToken cancellationToken)
    {
        if (CheckAll(caller, PolicyRules.ClusterTemplateUpdateAllProjects) is { } refusedAll)
        {
            return refusedAll;
        }

        var present = await FindAsync(caller, ident, cancellationToken);
        if (present.Value is not { } template)
        {
            return present.Error!;
        }

        if ((_policy.Check(caller, PolicyRules.ClusterTemplateUpdate, TargetOf(template)) ?? _validator.CheckBounds(spec)) is { } refused)
        {
            return refused;
        }

        var before = template.ToSpec();
        return await ResolveChangeAsync(spec with { Uuid = before.Uuid }, before, ClusterTemplateMapping.ChangedFields(before, spec), cloud);
    }

    private async Task<Result<ClusterTemplate>> InsertAsync(
        Caller caller, ClusterTemplateSpec spec, OnceOnly<ClusterTemplate>? once, CancellationToken cancellationToken)
    {
        var uuid = spec.Uuid ?? Guid.NewGuid();
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        if (spec.Uuid is not null && await db.ClusterTemplates.AnyAsync(t => t.Uuid == uuid, cancellationToken))
        {
            return Taken(uuid);
        }

        var template = new ClusterTemplate { ProjectId = caller.ProjectId, UserId = caller.UserId, CreatedAt = _time.GetUtcNow() };
        template.Apply(spec with { Uuid = uuid, Name = spec.Name ?? NameGenerator.Next("template") });
        db.Add(template);
        if (await IdempotencyKeys.KeepAsync(db, once, template, template.CreatedAt, cancellationToken) is { } carriedOut)
        {
            return carriedOut;
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (DatabaseErrors.IsUniqueViolation(e))
        {
            return Taken(uuid);
        }

        LogCreated(_logger, template.Uuid, template.ProjectId, caller.RequestId);
        return template;

        static MagnumError Taken(Guid uuid) => new MagnumError.Conflict($"A ClusterTemplate with UUID {uuid} already exists.") { Field = "uuid" };
    }

    private async Task<Result<ClusterTemplate>> FindAsync(Caller caller, string ident, CancellationToken cancellationToken)
    {
        await using var db = await _dbFactory.CreateDbContextAsync(cancellationToken);
        return await ClusterTemplateLookup.FindAsync(db, caller, _policy.IsAdmin(caller), ident, tracked: false, cancellationToken);
    }

    /// <summary>Stores what was checked; a conflict when the template is not the one that was checked any more.</summary>
    private async Task<Result<ClusterTemplate>> StoreChangeAsync(
        Caller caller, ClusterTemplate present, ClusterTemplateSpec next, CancellationToken cancellationToken)
    {
        var fields = ClusterTemplateMapping.ChangedFields(present.ToSpec(), next);
        if (fields.Count == 0)
        {
            return present;
        }

        return await _dbFactory.InTransactionAsync<ClusterTemplate>(
            async db =>
            {
                // The row's lock first: a create that is about to use the template waits here or is counted below.
                if (!await ClusterTemplateLookup.LockAsync(db, present.Uuid, cancellationToken))
                {
                    return ClusterTemplateLookup.NotFound(present.Uuid.ToString());
                }

                var template = await db.ClusterTemplates.SingleAsync(t => t.Uuid == present.Uuid, cancellationToken);
                if (template.Generation != present.Generation)
                {
                    return new MagnumError.Conflict($"ClusterTemplate {present.Uuid} was changed by somebody else meanwhile. Try again.");
                }

                if (!MayChangeInUse(fields, next) && await db.Clusters.AnyAsync(c => c.ClusterTemplateId == template.Uuid, cancellationToken))
                {
                    return InUse(template);
                }

                template.Apply(next);
                template.UpdatedAt = _time.GetUtcNow();
                template.Generation++;
                await db.SaveChangesAsync(cancellationToken);
                LogUpdated(_logger, template.Uuid, template.ProjectId, caller.RequestId);
                return template;
            },
            cancellationToken);
    }

    /// <summary>The changed spec, checked; equal to the present one when nothing changes.</summary>
    private async Task<Result<ClusterTemplateSpec>> CheckChangeAsync(
        Caller caller,
        ClusterTemplate template,
        Func<ClusterTemplateSpec, Result<ClusterTemplateSpec>> change,
        CancellationToken cancellationToken)
    {
        var before = template.ToSpec();
        var changed = change(before);
        if (!changed.IsSuccess)
        {
            return changed.Error;
        }

        var after = changed.Value with { Uuid = before.Uuid, Name = changed.Value.Name ?? NameGenerator.Next("template") };
        var fields = ClusterTemplateMapping.ChangedFields(before, after);
        if (fields.Count == 0)
        {
            return before;
        }

        if (_validator.CheckBounds(after) is { } outOfBounds)
        {
            return outOfBounds;
        }

        var deep = !fields.IsSubsetOf(Outward);
        var cloud = _validator.Lookups(caller, cancellationToken);
        if (deep)
        {
            var resolved = await ResolveChangeAsync(after, before, fields, cloud);
            if (!resolved.IsSuccess)
            {
                return resolved.Error;
            }

            after = resolved.Value;
        }

        var refused = (deep ? await _validator.CheckCloudAsync(after, cloud) : null)
            ?? (fields.Contains("public") || fields.Contains("hidden") ? CheckPublish(caller) : null)
            ?? (deep ? await _validator.CheckRootVolumesAsync(after, cloud) : null);
        return refused is null ? after : refused;
    }

    private async Task<Result<ClusterTemplateSpec>> ResolveChangeAsync(
        ClusterTemplateSpec after, ClusterTemplateSpec before, HashSet<string> fields, Validation.RequestLookups cloud)
    {
        if (_validator.CheckEngine(after) is { } refused)
        {
            return refused;
        }

        await PrefetchAsync(cloud, after);

        // A driver that somebody names is taken at their word; one that was found is found again for another image or engine.
        var other = fields.Contains("image_id") || fields.Contains("coe") || fields.Contains("server_type");
        var resolved = await _validator.ResolveAsync(other && !fields.Contains("driver") ? after with { Driver = null } : after, cloud);
        return resolved.IsSuccess
            ? resolved.Value with { ClusterDistro = fields.Contains("cluster_distro") || !other ? after.ClusterDistro ?? before.ClusterDistro : resolved.Value.ClusterDistro }
            : resolved;
    }

    /// <summary>Exactly one of: the name, made public, hidden either way, other tags.</summary>
    private static bool MayChangeInUse(HashSet<string> fields, ClusterTemplateSpec after) => fields.Count == 1 && fields.Single() switch
    {
        "name" or "hidden" => true,
        "public" => after.Public,
        "tags" => after.Tags is not null,
        _ => false,
    };

    [LoggerMessage(LogLevel.Information, "Cluster template {ClusterTemplateUuid} created in project {ProjectId} ({RequestId})")]
    private static partial void LogCreated(ILogger logger, Guid clusterTemplateUuid, string projectId, string requestId);

    [LoggerMessage(LogLevel.Information, "Cluster template {ClusterTemplateUuid} of project {ProjectId} changed ({RequestId})")]
    private static partial void LogUpdated(ILogger logger, Guid clusterTemplateUuid, string projectId, string requestId);

    [LoggerMessage(LogLevel.Information, "Cluster template {ClusterTemplateUuid} of project {ProjectId} deleted ({RequestId})")]
    private static partial void LogDeleted(ILogger logger, Guid clusterTemplateUuid, string projectId, string requestId);
}
