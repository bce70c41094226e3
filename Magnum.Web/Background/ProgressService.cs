using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Background;

/// <summary>Fetches the cloud's events of clusters in progress, eagerly for those that somebody watches.</summary>
internal sealed class ProgressService(ProgressReconciler progress, IOptions<ConductorOptions> options, TimeProvider time, ILogger<ProgressService> logger)
    : PeriodicService(time, options.Value.WatchedInterval, logger)
{
    protected override string Work => "Progress";

    protected override Task RunOnceAsync(CancellationToken cancellationToken) => progress.RunOnceAsync(cancellationToken);
}
