using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>
/// Before nodes go, their engine moves what runs on them elsewhere. That is done as well as it can be: what does not move in time, or an engine that
/// cannot be asked, keeps nobody from getting rid of a node.
/// </summary>
internal sealed partial class DrainStep(
    ClusterAccess access, ChangeRequests requests, IOptions<ConductorOptions> options, TimeProvider time, ILogger<DrainStep> logger) : IOperationStep
{
    /// <summary>How long an engine that was well may be silent before it is left alone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    public bool OnlyLooks => false;

    public bool IsPreparation => true;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var nothing = new StepResult.Done("No node has to be freed of work.");
        if (options.Value.DrainTimeout <= TimeSpan.Zero || !ChangeRequests.ReachesEngine(rows))
        {
            return nothing;
        }

        var spent = rows.Now - (rows.NextStep!.StartedAt ?? rows.Now);
        using var limit = new CancellationTokenSource(options.Value.CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        DrainProgress progress;
        try
        {
            progress = await access.Driver(rows.Cluster!).DrainAsync(await requests.OfAsync(rows, both.Token), both.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotAsked(logger, e, rows.Operation.ClusterUuid, rows.Operation.RequestId);
            return spent < Patience
                ? new StepResult.Wait("the engine is asked to free nodes of work", Pause)
                : GoOn("The engine could not be asked to move work off the nodes that go");
        }

        if (progress.Waiting.Count == 0)
        {
            return rows.NextStep.Message is null ? nothing : new StepResult.Done("The nodes that go are free of work.");
        }

        var left = string.Join(", ", progress.Waiting.Take(5).Select(w => $"{w.Key} ({w.Value})")) + (progress.Waiting.Count > 5 ? $" and {progress.Waiting.Count - 5} more" : "");
        return spent < options.Value.DrainTimeout
            ? new StepResult.Wait($"work moves off {left}", Pause)
            : GoOn($"After {Trouble.Say(spent)}, work was left on {left}");
    }

    private static StepResult.Done GoOn(string what) =>
        new($"{what}; they go all the same.") { Effect = now => now.Tell(EventLevel.Warning, "nodes.drain", $"{what}; they go all the same.") };

    [LoggerMessage(LogLevel.Information, "Cluster {ClusterUuid}: its engine could not be asked to free nodes ({RequestId})")]
    private static partial void LogNotAsked(ILogger logger, Exception exception, Guid clusterUuid, string requestId);
}
