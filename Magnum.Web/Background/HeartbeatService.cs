using Magnum.Core.Operations;
using Magnum.Core.Reconciliation;
using Magnum.Core.Services;
using Magnum.Web.Startup;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Background;

/// <summary>Says every few seconds that this process lives, once per role.</summary>
internal sealed class HeartbeatService(
    ServiceRegistry registry, ConductorIdentity identity, MagnumOptions magnum, IOptions<ConductorOptions> options, TimeProvider time, ILogger<HeartbeatService> logger)
    : PeriodicService(time, options.Value.HeartbeatInterval, logger)
{
    private static readonly (MagnumRoles Role, string Binary)[] Binaries =
        [(MagnumRoles.Conductor, MagnumService.ConductorBinary), (MagnumRoles.Api, "magnum-api"), (MagnumRoles.Web, "magnum-web")];

    protected override string Work => "Heartbeat";

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var roles = magnum.ParseRoles();
        foreach (var (role, binary) in Binaries)
        {
            if (roles.HasFlag(role))
            {
                await registry.BeatAsync(identity.Host, binary, identity.InstanceId, cancellationToken);
            }
        }
    }
}
