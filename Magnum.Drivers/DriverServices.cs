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
        options ??= new DriverOptions();
        services.AddSingleton(options);
        services.AddSingleton<HeatStacks>();
        services.AddSingleton<NodeWitness>();
        services.AddSingleton<StackObserver>();
        services.AddSingleton<CloudLookup>();
        services.AddSingleton<StackPlanner>();
        services.AddSingleton<HeatTools>();
        services.AddSingleton<IClusterDriver, KubernetesHeatDriver>();
        services.AddSingleton<IClusterDriver, SwarmHeatDriver>();
        services.AddSingleton<IClusterDriver, MesosHeatDriver>();
        services.AddDriversOf(options);
        services.AddSingleton<IClusterDriverRegistry, ClusterDriverRegistry>();
        return services;
    }

    /// <summary>The drivers of others in <see cref="DriverOptions.Folder"/>; their constructors may ask for any service.</summary>
    internal static IServiceCollection AddDriversOf(this IServiceCollection services, DriverOptions options)
    {
        foreach (var type in options.Folder.Length == 0 ? [] : DriverFolder.Load(options.Folder))
        {
            services.AddSingleton(typeof(IClusterDriver), type);
        }

        return services;
    }
}
