using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>
/// The nodes are there: their user may not sign in any more, so that no living secret stays in their user data; and the engine need not remember
/// those that went.
/// </summary>
internal sealed partial class FinishStep(
    IIdentity identity,
    ClusterAccess access,
    ChangeRequests requests,
    IOptions<ConductorOptions> options,
    TimeProvider time,
    ILogger<FinishStep> logger) : IOperationStep
{
    public bool OnlyLooks => true;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        await ForgetNodesAsync(rows, cancellationToken);
        var done = new StepResult.Done("Credentials that only the nodes' start needed are withdrawn.");
        if (rows.Cluster!.TrusteeUserId is not { } userId)
        {
            return done;
        }

        try
        {
            await identity.SetTrusteeEnabledAsync(userId, enabled: false, cancellationToken);
            return done;
        }
        catch (CloudException e) when (!e.IsTransient && e.Fault is not CloudFault.Conflict)
        {
            // The cluster works: that is no failure of the operation, but somebody should know.
            return done with { Effect = now => now.Tell(EventLevel.Warning, "credentials", $"The nodes' user {userId} could not be disabled: {Trouble.Describe(e)}.") };
        }
    }

    /// <summary>Best effort: what an engine remembers of a node that is gone costs nothing but a line in its list.</summary>
    private async Task ForgetNodesAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        if (!ChangeRequests.ReachesEngine(rows))
        {
            return;
        }

        using var limit = new CancellationTokenSource(options.Value.CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await access.Driver(rows.Cluster!).ForgetNodesAsync(await requests.OfAsync(rows, both.Token), both.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotForgotten(logger, e, rows.Operation.ClusterUuid, rows.Operation.RequestId);
        }
    }

    [LoggerMessage(LogLevel.Information, "Cluster {ClusterUuid}: its engine could not be asked to forget nodes that are gone ({RequestId})")]
    private static partial void LogNotForgotten(ILogger logger, Exception exception, Guid clusterUuid, string requestId);
}
