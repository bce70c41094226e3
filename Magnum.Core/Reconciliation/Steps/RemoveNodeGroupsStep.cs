using Magnum.Core.Drivers;
using Magnum.Core.Operations;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Removes the groups that were added, each with its own piece of the back end: the network and the rules that they stand on can only go after them.</summary>
internal sealed class RemoveNodeGroupsStep(ClusterAccess access) : IOperationStep
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    public bool OnlyLooks => false;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var cluster = rows.Cluster!;
        var added = cluster.NodeGroups.FindAll(g => !g.IsDefault);
        var left = new List<string>();
        foreach (var group in added)
        {
            var observed = await access.ObserveAsync(cluster, group, rows.Operation.Uuid.ToString(), withEvents: false, cancellationToken);
            if (observed.State is ObservedState.Absent)
            {
                continue;
            }

            left.Add(group.Name);
            if (observed is { IsDeleting: true, State: ObservedState.InProgress })
            {
                continue;
            }

            await access.DeleteAsync(cluster, group, rows.Operation.Uuid.ToString(), cancellationToken);
            if (observed is { IsDeleting: true, State: ObservedState.Failed })
            {
                return new StepResult.TryAgain($"The cloud has not removed all of {group.Name} ({observed.Reason?.TrimEnd('.') ?? "it does not say why"})");
            }
        }

        return left.Count == 0
            ? new StepResult.Done("The node groups that were added are gone.")
            : new StepResult.Wait($"the cloud removes {string.Join(", ", left)}", Pause)
            {
                Effect = now =>
                {
                    if (now.NextStep is { Name: OperationSteps.NodeGroups } step)
                    {
                        step.Progress = Math.Max(step.Progress, 100 * (added.Count - left.Count) / added.Count);
                    }
                },
            };
    }
}
