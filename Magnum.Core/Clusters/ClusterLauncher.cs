using System.Globalization;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.Idempotency;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Magnum.Core.Quotas;
using Magnum.Core.Validation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Clusters;

/// <summary>Launches a cluster, or says what launching would do: the same checks on the same rows.</summary>
internal sealed partial class ClusterLauncher(
    IDbContextFactory<MagnumDbContext> dbFactory,
    PolicyEnforcer policy,
    ClusterValidator validator,
    ClusterQuota quota,
    ClusterWork work,
    IClusterDriverRegistry drivers,
    OwnerTrusts trusts,
    ISecretProtector protector,
    IOptions<ClusterOptions> options,
    TimeProvider time,
    ILogger<ClusterLauncher> logger)
{
    /// <summary>Checks of a plan without which asking the driver makes no sense.</summary>
    private static readonly string[] Fundamental = ["driver", "flavor", "flavor.master", "image"];

    public async Task<Result<Cluster>> CreateAsync(Caller caller, NewCluster request, OnceOnly<Cluster>? once, CancellationToken cancellationToken)
    {
        if (await FirstErrorAsync(validator.Bounds(request)) is { } outOfBounds)
        {
            return outOfBounds;
        }

        var found = await FindTemplateAsync(caller, request, cancellationToken);
        if (found.Value is not { } template)
        {
            return found.Error!;
        }

        var proposed = Build(caller, request, template);
        if (await FirstErrorAsync(validator.Shape(proposed, template)) is { } misshapen)
        {
            return misshapen;
        }

        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            var (limit, used) = await quota.ReadAsync(db, caller.ProjectId, cancellationToken);
            if (used >= limit)
            {
                return ClusterQuota.Exceeded(limit);   // said before the cloud is troubled; what counts is the count in the transaction
            }
        }

        var refused = CheckHidden(caller, template)
            ?? await FirstErrorAsync(validator.Cloud(proposed, await validator.LookupsAsync(proposed, caller, cancellationToken)));
        if (refused is not null)
        {
            return refused;
        }

        var trust = await trusts.CreateAsync(caller, cancellationToken);
        return trust.IsSuccess ? await StoreAsync(caller, request, template, proposed, trust.Value, once, cancellationToken) : trust.Error;
    }

    public async Task<Result<ClusterPlan>> PlanAsync(Caller caller, NewCluster request, CancellationToken cancellationToken)
    {
        var found = await FindTemplateAsync(caller, request, cancellationToken);
        return found.Value is { } template ? await PlanAsync(caller, request, template, cancellationToken) : found.Error!;
    }

    /// <summary>The same for a template that need not be stored.</summary>
    public async Task<Result<ClusterPlan>> PlanAsync(Caller caller, NewCluster request, ClusterTemplate template, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.ClusterCreate) is { } refused)
        {
            return refused;
        }

        var proposed = Build(caller, request, template);
        var cloud = await validator.LookupsAsync(proposed, caller, cancellationToken);
        var checks = new List<PreflightCheck>();
        await RunAsync(validator.Bounds(request));
        var inBounds = checks.Count == 0;
        await RunAsync([new ValidationRule("template", () => CheckHidden(caller, template)), .. validator.Shape(proposed, template), .. validator.Cloud(proposed, cloud)]);
        if (validator.UnknownLabels(proposed) is { } unknown)
        {
            checks.Add(unknown);
        }

        int limit, used;
        await using (var db = await dbFactory.CreateDbContextAsync(cancellationToken))
        {
            (limit, used) = await quota.ReadAsync(db, caller.ProjectId, cancellationToken);
        }

        if (used >= limit)
        {
            checks.Add(new PreflightCheck("quota.clusters", CheckOutcome.Fail, ClusterQuota.Exceeded(limit).Detail));
        }

        var sound = inBounds && !checks.Exists(c => c.Outcome == CheckOutcome.Fail && Fundamental.Contains(c.Id));
        var plan = sound ? await AskDriverAsync(caller, proposed, cancellationToken) : new ClusterPlan([], [], []);
        return new ClusterPlan(
            plan.Resources,
            [.. checks.Concat(plan.Checks).DistinctBy(c => (c.Id, c.Message))],
            [new QuotaProjection("clusters", used, 1, limit), .. plan.Quotas]);

        async Task RunAsync(IEnumerable<ValidationRule> rules)
        {
            foreach (var rule in rules)
            {
                if (rule.ToPreflight(await rule.CheckAsync()) is { } check)
                {
                    checks.Add(check);
                }
            }
        }
    }

    private static async Task<MagnumError?> FirstErrorAsync(IEnumerable<ValidationRule> rules)
    {
        foreach (var rule in rules)
        {
            if (await rule.CheckAsync() is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private Cluster Build(Caller caller, NewCluster request, ClusterTemplate template, Cluster? proposed = null) =>
        ClusterBuilder.Build(request, template, caller, options.Value, time.GetUtcNow(), proposed);

    private async Task<Result<ClusterTemplate>> FindTemplateAsync(Caller caller, NewCluster request, CancellationToken cancellationToken)
    {
        if (policy.Check(caller, PolicyRules.ClusterCreate) is { } refused)
        {
            return refused;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await ClusterTemplateLookup.FindForClusterAsync(db, caller, policy.IsAdmin(caller), request.ClusterTemplateId, cancellationToken);
    }

    private MagnumError? CheckHidden(Caller caller, ClusterTemplate template) => template.Hidden && !policy.IsAdmin(caller)
        ? new MagnumError.Forbidden("Not authorized.") { Field = "cluster_template_id" }
        : null;

    private async Task<ClusterPlan> AskDriverAsync(Caller caller, Cluster proposed, CancellationToken cancellationToken)
    {
        try
        {
            return await drivers.Find(proposed.Driver)!.PlanAsync(proposed, caller.Credential, cancellationToken);
        }
        catch (CloudException e) when (e.Fault is not CloudFault.Unauthorized)
        {
            return new ClusterPlan([], [new PreflightCheck("cloud", CheckOutcome.Fail, CloudTrouble.ToError(e).Detail)], []);
        }
        catch (DriverRefusedException e)
        {
            return new ClusterPlan([], [new PreflightCheck("driver.refused", CheckOutcome.Fail, e.Message)], []);
        }
    }

    private async Task<Result<Cluster>> StoreAsync(
        Caller caller, NewCluster request, ClusterTemplate template, Cluster proposed, string trustId, OnceOnly<Cluster>? once, CancellationToken cancellationToken)
    {
        var stored = false;
        var driver = drivers.Find(proposed.Driver)!;
        try
        {
            var kept = await driver.AdoptAsync(proposed, null, caller.Token, cancellationToken);
            var (protectedTrust, driverSecret) = (protector.Protect(trustId), kept is null ? null : protector.Protect(kept));
            var operationUuid = Guid.Empty;
            var result = await dbFactory.InTransactionAsync<Cluster>(
                async db =>
                {
                    if (!await ClusterTemplateLookup.LockAsync(db, template.Uuid, cancellationToken))
                    {
                        return new MagnumError.Invalid(ClusterTemplateLookup.NotFound(request.ClusterTemplateId).Detail) { Field = "cluster_template_id" };
                    }

                    if (await quota.TakeAsync(db, caller.ProjectId, cancellationToken) is { } exceeded)
                    {
                        return exceeded;
                    }

                    // Built anew with each try: rows of a failed one carry its numbers.
                    var cluster = Build(caller, request, template, proposed);
                    (cluster.TrustId, cluster.DriverSecret) = (protectedTrust, driverSecret);
                    if (await IdempotencyKeys.KeepAsync(db, once, cluster, time.GetUtcNow(), cancellationToken) is { } carriedOut)
                    {
                        return carriedOut;
                    }

                    db.Add(cluster);
                    operationUuid = work.Record(db, caller, cluster, OperationKind.Create, Payload(cluster), null, Message(cluster)).Uuid;
                    await db.SaveChangesAsync(cancellationToken);
                    return cluster;
                },
                cancellationToken);
            stored = result.IsSuccess;
            if (result.IsSuccess)
            {
                LogAccepted(logger, result.Value.Uuid, result.Value.ProjectId, result.Value.Driver, caller.RequestId);
                await work.AnnounceAsync(result.Value, operationUuid);
            }

            return result;
        }
        catch (DriverRefusedException e)
        {
            return new MagnumError.Invalid(e.Message);
        }
        finally
        {
            if (!stored)
            {
                await AbandonAsync(driver, proposed, caller);
                await trusts.DropAsync(trustId, caller);
            }
        }
    }

    /// <summary>Best effort, and whether or not the client still waits.</summary>
    private async Task AbandonAsync(IClusterDriver driver, Cluster cluster, Caller caller)
    {
        try
        {
            await driver.AbandonAsync(cluster, caller.Token, CancellationToken.None);
        }
        catch (CloudException e)
        {
            LogLeftOver(logger, e, cluster.Uuid, caller.ProjectId, driver.Description.Name, caller.RequestId);
        }
    }

    private static OperationPayload Payload(Cluster cluster) => new() { NodeCount = cluster.DefaultWorker.NodeCount };

    private static string Message(Cluster cluster) => string.Create(
        CultureInfo.InvariantCulture,
        $"asked for a cluster of {cluster.DefaultMaster.NodeCount} master(s) and {cluster.DefaultWorker.NodeCount} worker(s) from template {cluster.Template.Name}.");

    [LoggerMessage(LogLevel.Information, "Cluster {ClusterUuid} of project {ProjectId} accepted for driver {Driver} ({RequestId})")]
    private static partial void LogAccepted(ILogger logger, Guid clusterUuid, string projectId, string driver, string requestId);

    [LoggerMessage(LogLevel.Warning, "Cluster {ClusterUuid} of project {ProjectId} was not recorded, and what driver {Driver} had made for it could not be removed ({RequestId})")]
    private static partial void LogLeftOver(ILogger logger, Exception exception, Guid clusterUuid, string projectId, string driver, string requestId);
}
