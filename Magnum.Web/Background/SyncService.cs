using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Background;

/// <summary>Follows what is in progress in the cloud.</summary>
internal sealed class SyncService(SyncReconciler sync, IOptions<ConductorOptions> options, TimeProvider time, ILogger<SyncService> logger)
    : PeriodicService(time, options.Value.SyncInterval, logger)
{
    protected override string Work => "Synchronisation";

    protected override Task RunOnceAsync(CancellationToken cancellationToken) => sync.RunOnceAsync(cancellationToken);
}
