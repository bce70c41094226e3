using Magnum.Core.ClusterTemplates;
using Magnum.Core.Errors;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Clusters;

/// <summary>What an upgrade asks for.</summary>
/// <param name="ClusterTemplate">Uuid or name of the template to move to.</param>
/// <param name="MaxBatchSize">Nodes replaced at once; null: the driver decides.</param>
/// <param name="NodeGroup">Uuid or name; null: the default workers.</param>
public sealed record ClusterUpgrade(string ClusterTemplate, int? MaxBatchSize, string? NodeGroup);

/// <summary>Moves clusters to another template's version.</summary>
public sealed class ClusterUpgradeService(IDbContextFactory<MagnumDbContext> dbFactory, PolicyEnforcer policy)
{
    /// <summary>What is wrong in itself is said first; then that no driver can do it.</summary>
    public async Task<Result<Cluster>> UpgradeAsync(Caller caller, string ident, ClusterUpgrade upgrade, CancellationToken cancellationToken)
    {
        var admin = policy.IsAdmin(caller);
        if (admin && policy.Check(caller, PolicyRules.ClusterUpgradeAllProjects) is { } refusedAll)
        {
            return refusedAll;
        }

        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var found = await ClusterLookup.FindAsync(db, caller, admin, ident, tracked: false, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        var cluster = found.Value;
        if (policy.Check(caller, PolicyRules.ClusterUpgrade, new PolicyTarget(cluster.ProjectId, cluster.UserId)) is { } refused)
        {
            return refused;
        }

        var template = await ClusterTemplateLookup.FindAsync(db, caller, admin, upgrade.ClusterTemplate, tracked: false, cancellationToken);
        if (!template.IsSuccess)
        {
            return template.Error;
        }

        if (upgrade.NodeGroup is not null)
        {
            var group = ClusterLookup.FindNodeGroup(cluster, upgrade.NodeGroup);
            if (!group.IsSuccess)
            {
                return group.Error;
            }

            if (!group.Value.IsDefault && template.Value.Uuid != cluster.ClusterTemplateId)
            {
                return new MagnumError.Conflict(
                    $"Cluster Template is not valid for upgrade: Nodegroup {group.Value.Name} can be upgraded only to match cluster's template ({cluster.Template.Name}).")
                {
                    Field = "cluster_template",
                };
            }
        }

        return cluster.Status.IsSettled()
            ? new MagnumError.Unsupported("Upgrading a cluster is not supported by this driver.")
            : new MagnumError.WrongState($"Upgrading a cluster when status is \"{cluster.Status.ToWire()}\" is not supported.");
    }
}
