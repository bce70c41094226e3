using Magnum.Core.Drivers;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Drivers.Heat.Mesos;
using Magnum.Drivers.Heat.Observing;
using Magnum.Drivers.Heat.Preflight;
using Magnum.Drivers.Heat.Swarm;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Drivers;

/// <summary>Registers the engine drivers.</summary>
public static class DriverServices
{
    /// <summary>The drivers and their registry; the clients of the cloud come from <see cref="OpenStack.OpenStackServices"/>.</summary>
    public static IServiceCollection AddMagnumDrivers(this IServiceCollection services, DriverOptions? options = null)
    {
        services.AddSingleton(options ?? new DriverOptions());
        services.AddSingleton<HeatStacks>();
        services.AddSingleton<NodeWitness>();
        services.AddSingleton<StackObserver>();
        services.AddSingleton<CloudLookup>();
        services.AddSingleton<StackPlanner>();
        services.AddSingleton<HeatTools>();
        services.AddSingleton<IClusterDriver, KubernetesHeatDriver>();
        services.AddSingleton<IClusterDriver, SwarmHeatDriver>();
        services.AddSingleton<IClusterDriver, MesosHeatDriver>();
        services.AddSingleton<IClusterDriverRegistry, ClusterDriverRegistry>();
        return services;
    }
}
