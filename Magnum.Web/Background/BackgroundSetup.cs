using Magnum.Web.Startup;

namespace Magnum.Web.Background;

/// <summary>The work that repeats.</summary>
internal static class BackgroundSetup
{
    public static void AddMagnumBackground(this IServiceCollection services, MagnumRoles roles)
    {
        services.AddHostedService<HeartbeatService>();
        if (roles.HasFlag(MagnumRoles.Conductor))
        {
            services.AddHostedService<SyncService>();
            services.AddHostedService<ProgressService>();
            services.AddHostedService<SweepService>();
            services.AddHostedService<HealthService>();
        }
    }
}
