using System.Globalization;
using Magnum.Core.Audit;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Errors;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Clusters;

/// <summary>What an upgrade asks for.</summary>
/// <param name="ClusterTemplate">Uuid or name of the template to move to.</param>
/// <param name="MaxBatchSize">Workers replaced at once; null: one.</param>
/// <param name="NodeGroup">Uuid or name; null: masters and default workers.</param>
public sealed record ClusterUpgrade(string ClusterTemplate, int? MaxBatchSize, string? NodeGroup);

/// <summary>Moves clusters to another template's image and version.</summary>
public sealed class ClusterUpgradeService
{
    private const string Field = "cluster_template";

    private readonly IDbContextFactory<MagnumDbContext> _dbFactory;
    private readonly PolicyEnforcer _policy;
    private readonly ClusterTransaction _transaction;
    private readonly ClusterWork _work;
    private readonly IClusterDriverRegistry _drivers;
    private readonly AuditTrail _audit;

    internal ClusterUpgradeService(
        IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy, ClusterTransaction transaction, ClusterWork work, IClusterDriverRegistry drivers, AuditTrail audit) =>
        (_dbFactory, _policy, _transaction, _work, _drivers, _audit) = (dbFactory, policy, transaction, work, drivers, audit);

    /// <summary>All that can be known to be wrong is said before anything is recorded.</summary>
    public Task<Result<Cluster>> UpgradeAsync(Caller caller, string ident, ClusterUpgrade upgrade, CancellationToken cancellationToken) =>
        _audit.KeepAsync(
            caller,
            PolicyRules.ClusterUpgrade,
            new AuditAbout(ident, ident, $"{upgrade.NodeGroup ?? "whole cluster"} to template {upgrade.ClusterTemplate}"),
            () => BeginAsync(caller, ident, upgrade, cancellationToken),
            AuditFound.Of);

    private async Task<Result<Cluster>> BeginAsync(Caller caller, string ident, ClusterUpgrade upgrade, CancellationToken cancellationToken)
    {
        ClusterTemplate template;
        await using (var db = await _dbFactory.CreateDbContextAsync(cancellationToken))
        {
            var admin = _policy.IsAdmin(caller);
            if (admin && _policy.Check(caller, PolicyRules.ClusterUpgradeAllProjects) is { } refusedAll)
            {
                return refusedAll;
            }

            var found = await ClusterLookup.FindAsync(db, caller, admin, ident, tracked: false, cancellationToken);
            if (found.Value is not { } cluster)
            {
                return found;
            }

            if (_policy.Check(caller, PolicyRules.ClusterUpgrade, new PolicyTarget(cluster.ProjectId, cluster.UserId)) is { } refused)
            {
                return refused;
            }

            var wanted = await ClusterTemplateLookup.FindAsync(db, caller, admin, upgrade.ClusterTemplate, tracked: false, cancellationToken);
            if (wanted.Value is null)
            {
                return wanted.Error!;
            }

            template = wanted.Value;
            var moved = Move(cluster, template, upgrade);
            if (moved.Value is not { } added)
            {
                return moved.Error!;
            }

            if (await AskDriverAsync(caller, cluster, added.Group, cancellationToken) is { } objection)
            {
                return objection;
            }
        }

        return await _transaction.ChangeAsync(caller, ident, new ClusterRight(PolicyRules.ClusterUpgrade, PolicyRules.ClusterUpgradeAllProjects), async (db, cluster) =>
        {
            var former = FormerTemplate.Of(cluster);
            var moved = Move(cluster, template, upgrade);
            if (moved.Value is not { } added)
            {
                return moved.Error!;
            }

            if (await ClusterWork.FindActiveAsync(db, cluster, cancellationToken) is not null)
            {
                return new MagnumError.Conflict($"Upgrading has to wait: another change of cluster {cluster.Uuid} is being carried out. Try again when it is done.");
            }

            var payload = new OperationPayload { ClusterTemplateId = template.Uuid, MaxBatchSize = upgrade.MaxBatchSize, Former = former };
            var what = added.Group is { } group ? $"{group.Name} to be upgraded" : "an upgrade";
            var message = string.Create(CultureInfo.InvariantCulture, $"asked for {what} to template {template.Name}, {upgrade.MaxBatchSize ?? 1} worker(s) at a time.");
            return _work.Record(db, caller, cluster, OperationKind.Upgrade, payload, added.Group, message).Uuid;
        }, cancellationToken);
    }

    /// <summary>Moves the rows, if the template and the state allow it.</summary>
    private Result<Moved> Move(Cluster cluster, ClusterTemplate template, ClusterUpgrade upgrade)
    {
        var group = default(NodeGroup);
        if (upgrade.NodeGroup is not null)
        {
            var named = ClusterLookup.FindNodeGroup(cluster, upgrade.NodeGroup);
            if (named.Value is null)
            {
                return named.Error!;
            }

            group = named.Value.IsDefault ? null : named.Value;
            if (group is not null && template.Uuid != cluster.ClusterTemplateId)
            {
                return Unfit($"Nodegroup {group.Name} can be upgraded only to match cluster's template ({cluster.Template.Name}).");
            }
        }

        if (!ClusterStateMachine.CanStart(OperationKind.Upgrade, cluster.Status))
        {
            return new MagnumError.WrongState($"Upgrading a cluster when status is \"{cluster.Status.ToWire()}\" is not supported.");
        }

        if (!_drivers.Can(cluster, DriverCapabilities.Upgrade))
        {
            return new MagnumError.Unsupported("Upgrading a cluster is not supported by this driver.");
        }

        if (Difference(cluster, template) is { } difference)
        {
            return Unfit(difference);
        }

        if (group is not null)
        {
            group.ImageId = template.ImageId;
            return new Moved(group);
        }

        cluster.ClusterTemplateId = template.Uuid;
        // All else of a cluster is what it was made with.
        cluster.Template = cluster.Template with { Uuid = template.Uuid, Name = template.Name, ImageId = template.ImageId };
        FollowVersion(cluster, template);
        foreach (var own in cluster.NodeGroups.Where(g => g.IsDefault))
        {
            own.ImageId = template.ImageId;
        }

        return new Moved(null);
    }

    /// <summary>Why a cluster cannot go to a template, as far as the rows tell; null when it may.</summary>
    public string? Difference(Cluster cluster, ClusterTemplate template)
    {
        var present = cluster.Template;
        var networks = _drivers.Find(cluster.Driver)?.Description.NetworkDrivers[0];
        return Differs("COE", present.Coe, template.Coe)
            ?? Differs("cluster distro", present.ClusterDistro, template.ClusterDistro)
            ?? Differs("server type", present.ServerType, template.ServerType)
            ?? Differs("driver", cluster.Driver, template.Driver)
            ?? Differs("network driver", present.NetworkDriver ?? networks, template.NetworkDriver ?? networks);

        static string? Differs(string what, string? present, string? wanted) =>
            present == wanted ? null : $"its {what} is {wanted ?? "none"}, and the cluster's is {present ?? "none"}.";
    }

    private async Task<MagnumError?> AskDriverAsync(Caller caller, Cluster upgraded, NodeGroup? group, CancellationToken cancellationToken)
    {
        try
        {
            await _drivers.Find(upgraded.Driver)!.CheckUpgradeAsync(upgraded, group, caller.Credential, cancellationToken);
            return null;
        }
        catch (CloudException e) when (e.Fault is not CloudFault.Unauthorized)
        {
            return CloudTrouble.ToError(e);
        }
        catch (DriverRefusedException e)
        {
            return Unfit(e.Message);
        }
    }

    /// <summary>The label that asks for a version follows the template.</summary>
    private void FollowVersion(Cluster cluster, ClusterTemplate template)
    {
        if (_drivers.Find(cluster.Driver)!.Description.VersionLabel is not { } label)
        {
            return;
        }

        var labels = cluster.Labels.Where(l => l.Key != label).ToDictionary();
        if (template.Labels.TryGetValue(label, out var version))
        {
            labels[label] = version;
        }

        cluster.Labels = labels;
    }

    private static MagnumError.Conflict Unfit(string why) => new($"Cluster Template is not valid for upgrade: {why}") { Field = Field };

    /// <param name="Group">The added group that is upgraded; null: the cluster with its default groups.</param>
    private sealed record Moved(NodeGroup? Group);
}
