using Magnum.Core.Events;
using Magnum.Core.OpenStack;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>The nodes are there: their user may not sign in any more, so that no living secret stays in their user data.</summary>
internal sealed class FinishStep(IIdentity identity) : IOperationStep
{
    public bool OnlyLooks => true;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
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
}
