using Magnum.Core.Events;
using Magnum.Core.OpenStack;
using Microsoft.Extensions.Logging;

namespace Magnum.Core.Reconciliation.Steps;

/// <summary>
/// Asks the back end to remove the cluster, or a group of it; in Magnum's own name where the owner's trust is gone. What the cluster has made in the
/// cloud by itself goes first, as far as it goes in time.
/// </summary>
internal sealed partial class DeleteInfrastructureStep(ClusterAccess access, ILogger<DeleteInfrastructureStep> logger) : IOperationStep
{
    /// <summary>How long what the cluster has made is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    public bool OnlyLooks => false;

    public bool IsPreparation => false;

    public async Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        string? told = null;
        if (rows.AddedGroup is null && await FindLeftAsync(rows, cancellationToken) is { } left)
        {
            if (rows.Now - (rows.NextStep?.StartedAt ?? rows.Now) < Patience)
            {
                return new StepResult.Wait(left, Pause);
            }

            told = $"Before the cluster is removed, {left}: what is left has to be deleted by hand.";
        }

        await access.DeleteAsync(rows.Cluster!, rows.AddedGroup, rows.Operation.Uuid.ToString(), cancellationToken);
        return new StepResult.Done("The cloud has accepted the removal.")
        {
            Effect = told is null ? null : now => now.Tell(EventLevel.Warning, "services.left", told),
        };
    }

    /// <summary>What is to be waited for, as part of a sentence; null: nothing.</summary>
    private async Task<string?> FindLeftAsync(WorkRows rows, CancellationToken cancellationToken)
    {
        try
        {
            var left = await access.RemoveOwnMakingsAsync(rows.Cluster!, cancellationToken);
            return left.Count == 0 ? null : $"the cluster's own {string.Join(", ", left.Take(5))}{(left.Count > 5 ? $" and {left.Count - 5} more" : "")} had to go";
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not CloudException { Service: "identity", IsTransient: true })
        {
            // Whatever it is, nobody is kept from being rid of the cluster; but without Keystone nothing can be done at all.
            LogNotAsked(logger, e, rows.Operation.ClusterUuid, rows.Operation.RequestId);
            return "load balancers that the cluster has made could not be asked for";
        }
    }

    [LoggerMessage(LogLevel.Information, "Cluster {ClusterUuid}: what it has made in the cloud could not be removed ({RequestId})")]
    private static partial void LogNotAsked(ILogger logger, Exception exception, Guid clusterUuid, string requestId);
}
