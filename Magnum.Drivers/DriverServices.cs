using Magnum.Core.Drivers;
using Magnum.Drivers.ClusterApi;
using Magnum.Drivers.ClusterApi.Management;
using Magnum.Drivers.ClusterApi.Objects;
using Magnum.Drivers.ClusterApi.Observing;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Drivers.Heat.Kubernetes.Addons;
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
    /// <param name="clusterApi">The management cluster; without one configured there are no clusters by Cluster API.</param>
    /// <exception cref="DriverConfigurationException">The management cluster is configured, but not so that it can be used.</exception>
    public static IServiceCollection AddMagnumDrivers(this IServiceCollection services, DriverOptions? options = null, ClusterApiOptions? clusterApi = null)
    {
        options ??= new DriverOptions();
        services.AddSingleton(options);
        services.AddSingleton<HeatStacks>();
        services.AddSingleton<NodeWitness>();
        services.AddSingleton<StackObserver>();
        services.AddSingleton<CloudLookup>();
        services.AddSingleton<StackPlanner>();
        services.AddSingleton<HeatTools>();
        services.AddSingleton<CloudAccess>();
        services.AddSingleton<ServiceBalancers>();
        services.AddSingleton<IClusterDriver, KubernetesHeatDriver>();
        services.AddSingleton<IClusterDriver, SwarmHeatDriver>();
        services.AddSingleton<IClusterDriver, MesosHeatDriver>();
        if (clusterApi is { IsConfigured: true })
        {
            services.AddClusterApi(clusterApi);
        }

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

    private static void AddClusterApi(this IServiceCollection services, ClusterApiOptions options)
    {
        ClusterApiConfiguration.Check(options);
        services.AddSingleton(options);
        services.AddSingleton<ManagementCluster>();
        services.AddSingleton<ClusterClasses>();
        services.AddSingleton<ClusterSecrets>();
        services.AddSingleton<OwnerCredentials>();
        services.AddSingleton<ClusterObserver>();
        services.AddSingleton<ClusterApiPlanner>();
        services.AddSingleton<IClusterDriver, ClusterApiDriver>();
    }
}
