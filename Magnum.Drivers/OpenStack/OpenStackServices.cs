using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack.Cinder;
using Magnum.Drivers.OpenStack.Glance;
using Magnum.Drivers.OpenStack.Heat;
using Magnum.Drivers.OpenStack.Keystone;
using Magnum.Drivers.OpenStack.Neutron;
using Magnum.Drivers.OpenStack.Nova;
using Magnum.Drivers.OpenStack.Octavia;
using Magnum.Drivers.OpenStack.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Magnum.Drivers.OpenStack;

/// <summary>Registers the clients of a cloud.</summary>
public static class OpenStackServices
{
    /// <summary>Clients for the cloud that the options describe. They are read when the first client is made.</summary>
    public static IServiceCollection AddMagnumOpenStack(this IServiceCollection services, Func<IServiceProvider, OpenStackOptions> options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddHttpClient(CloudTransport.ClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => Handler(provider.GetRequiredService<OpenStackOptions>()))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        services.AddSingleton<CloudTransport>();
        services.AddSingleton<CloudSessions>();
        services.AddSingleton<CloudApi>();
        services.AddSingleton<KeystoneTokens>();
        services.AddSingleton<TrusteeUsers>();
        services.AddSingleton<ApplicationCredentials>();
        services.AddSingleton<ClusterCredentials>();
        services.AddSingleton<HeatClient>();
        services.AddSingleton<IIdentity, KeystoneClient>();
        services.AddSingleton<ICompute, NovaClient>();
        services.AddSingleton<NeutronClient>();
        services.AddSingleton<INetworking>(provider => provider.GetRequiredService<NeutronClient>());
        services.AddSingleton<OctaviaClient>();
        services.AddSingleton<IImages, GlanceClient>();
        services.AddSingleton<IBlockStorage, CinderClient>();
        services.AddSingleton<CloudLookups>();
        return services;
    }

    /// <summary>Clients for the cloud that the options describe.</summary>
    public static IServiceCollection AddMagnumOpenStack(this IServiceCollection services, OpenStackOptions options) =>
        services.AddMagnumOpenStack(_ => options);

    private static SocketsHttpHandler Handler(OpenStackOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            // Connections are renewed for the sake of address changes; the handler itself then needs no rotation.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // Below what web servers before OpenStack keep idle connections open.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(4),
            ConnectTimeout = TimeSpan.FromSeconds(10),
            AutomaticDecompression = DecompressionMethods.All,
            // A redirect would carry the token to wherever it leads.
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) => errors is SslPolicyErrors.None || options.Insecure;
        if (!string.IsNullOrEmpty(options.CaFile))
        {
            handler.SslOptions.CertificateChainPolicy = Authorities(options.CaFile);
        }

        return handler;
    }

    private static X509ChainPolicy Authorities(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
