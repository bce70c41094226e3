using System.Globalization;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Operations;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Waits until the back end has made what was asked for.</summary>
internal sealed class ProvisioningStep(ClusterAccess access, IOptions<ConductorOptions> options) : IOperationStep
{
    /// <summary>How long a back end may take to show what it has accepted.</summary>
    internal static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    internal static readonly TimeSpan SettlingPause = TimeSpan.FromSeconds(2);

    public bool OnlyLooks => true;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var (operation, cluster) = (rows.Operation, rows.Cluster!);
        var observed = await access.ObserveAsync(cluster, rows.AddedGroup, operation.Uuid.ToString(), withEvents: true, cancellationToken);
        StepResult result = ClusterStateMachine.Judge(operation.Kind, observed) switch
        {
            Verdict.Done => new StepResult.Done(rows.AddedGroup is { } group ? $"All resources of {group.Name} are there." : "All of the cluster's resources are there."),
            Verdict.NextPart => new StepResult.NextPart(Describe(observed), OperationSteps.Drain),
            Verdict.Wait => new StepResult.Wait(Describe(observed), options.Value.FallbackInterval),
            Verdict.RollingBack => new StepResult.Wait("the cloud takes the failed change back", options.Value.FallbackInterval)
            {
                Effect = now => RollBack(now, observed.Reason),
            },
            Verdict.AskAgain when rows.Now - rows.NextStep!.StartedAt < Settling =>
                new StepResult.Wait("the cloud has accepted the request and not begun yet", SettlingPause),
            Verdict.AskAgain => new StepResult.TryAgain("The cloud has not begun what it was asked for") { From = OperationSteps.Infrastructure },
            Verdict.Vanished => new StepResult.Failed($"Stack with id {rows.AddedGroup?.StackId ?? cluster.StackId} not found: somebody deleted it outside Magnum."),
            Verdict.RolledBack => Failed(observed, OperationOutcome.RolledBack),
            Verdict.RollbackFailed => Failed(observed, OperationOutcome.RollbackFailed),
            _ => Failed(observed, OperationOutcome.Failed),
        };
        return result with { Observed = observed };
    }

    private static StepResult.Failed Failed(ObservedCluster observed, OperationOutcome outcome) =>
        new(observed.Reason ?? "The cloud reports a failure without saying why.") { Outcome = outcome };

    private static void RollBack(WorkRows rows, string? reason)
    {
        if (rows.Cluster is { Status: ClusterStatus.UpdateInProgress } cluster)
        {
            ClusterStateMachine.RollBack(cluster, reason, rows.Now);
        }
    }

    internal static string Describe(ObservedCluster observed)
    {
        if (observed is { Replacement: { } replacement, Reason: null })
        {
            return string.Create(CultureInfo.InvariantCulture, $"{replacement.Total - replacement.Left} of {replacement.Total} node(s) are replaced");
        }

        var open = observed.Stages.Where(s => s.Done < s.Total).Select(s => $"{s.Name} {s.Done}/{s.Total}");
        var list = string.Join(", ", open);
        var works = list.Length == 0 ? OperationSteps.CloudWorks : $"{OperationSteps.CloudWorks}: {list}";
        return observed.Reason is { } trouble ? $"{works}; it says: {trouble.TrimEnd('.')}" : works;
    }
}
