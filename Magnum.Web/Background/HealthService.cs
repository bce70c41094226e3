using Magnum.Core.Reconciliation;

namespace Magnum.Web.Background;

/// <summary>Asks the clusters' engines how they are.</summary>
internal sealed class HealthService(HealthReconciler health, TimeProvider time, ILogger<HealthService> logger) : PeriodicService(time, Pause, logger)
{
    /// <summary>Between two passes over those that are due.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    protected override string Work => "Health";

    protected override Task RunOnceAsync(CancellationToken cancellationToken) => health.RunOnceAsync(cancellationToken);
}
