using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>Waits until the operation that was cancelled has let go: what its running step makes has to be known before it is removed.</summary>
internal sealed class StopStep(IDbContextFactory<MagnumDbContext> dbFactory) : IOperationStep
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public bool OnlyLooks => false;

    public bool IsPreparation => true;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        var (clusterUuid, now) = (rows.Operation.ClusterUuid, rows.Now);
        await using var db = await dbFactory.CreateDbContextAsync(cancellationToken);
        var held = await db.Operations.AnyAsync(
            o => o.ClusterUuid == clusterUuid && o.State == OperationState.Cancelled && o.LeaseUntil > now, cancellationToken);

        // Most let go within a second or two; one that was killed holds its lease to the end.
        var waited = rows.Now - (rows.NextStep?.StartedAt ?? rows.Now);
        return held
            ? new StepResult.Wait("the operation before ends its running step", waited < ShortestPause ? ShortestPause : waited < LongestPause ? waited : LongestPause)
            : new StepResult.Done("No other work goes on.");
    }
}
