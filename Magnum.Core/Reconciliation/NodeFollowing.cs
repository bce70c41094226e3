using System.Globalization;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Reconciliation;

/// <summary>Waits for the nodes of a cluster to have put a phase of its CAs into effect.</summary>
internal sealed class NodeFollowing(IDbContextFactory<MagnumDbContext> dbFactory)
{
    /// <summary>Nodes ask every other minute: looking for them more often than this shows nothing new.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private const int MostNames = 10;

    /// <param name="done">What is told when all have.</param>
    /// <param name="what">What the nodes have to do, for "n of m nodes ...".</param>
    public async Task<StepResult> WaitAsync(WorkRows rows, CaPhase phase, string done, string what, CancellationToken cancellationToken)
    {
        var cluster = rows.Cluster!;
        var applied = await AppliedAsync(cluster, phase.Token, cancellationToken);
        var nodes = cluster.NodeGroups.SelectMany(g => g.Nodes).Select(n => n.Name).ToList();
        var missing = nodes.FindAll(n => !applied.Contains(n));
        if (missing.Count == 0)
        {
            return new StepResult.Done(done);
        }

        var names = string.Join(", ", missing.Take(MostNames));
        var more = missing.Count > MostNames ? string.Create(CultureInfo.InvariantCulture, $" and {missing.Count - MostNames} more") : "";
        var message = string.Create(CultureInfo.InvariantCulture, $"{nodes.Count - missing.Count} of {nodes.Count} node(s) {what}, not yet {names}{more}");
        return new StepResult.Wait(message, Pause)
        {
            Effect = now =>
            {
                if (now.NextStep is { } step)
                {
                    step.Progress = Math.Max(step.Progress, 100 * (nodes.Count - missing.Count) / nodes.Count);
                }
            },
        };
    }

    private async Task<HashSet<string>> AppliedAsync(Cluster cluster, string token, CancellationToken cancellationToken)
    {
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        return await db.NodeCertificates.Where(n => n.ClusterUuid == cluster.Uuid && n.Applied == token).Select(n => n.NodeName).ToHashSetAsync(cancellationToken);
    }
}
