using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Background;

/// <summary>Finds work that was lost, and clusters that changed behind our back.</summary>
internal sealed class SweepService(SweepReconciler sweep, IOptions<ConductorOptions> options, TimeProvider time, ILogger<SweepService> logger)
    : PeriodicService(time, options.Value.SweepInterval, logger)
{
    protected override string Work => "Sweep";

    protected override Task RunOnceAsync(CancellationToken cancellationToken) => sweep.RunOnceAsync(cancellationToken);
}
