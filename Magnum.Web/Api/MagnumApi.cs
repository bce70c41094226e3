using Magnum.Web.Api.Description;
using Magnum.Web.Api.Discovery;
using Magnum.Web.Api.Http;
using Magnum.Web.Features.Certificates;
using Magnum.Web.Features.Clusters;
using Magnum.Web.Features.ClusterTemplates;
using Magnum.Web.Features.Federations;
using Magnum.Web.Features.NodeGroups;
using Magnum.Web.Features.Quotas;
using Magnum.Web.Features.Services;
using Magnum.Web.Features.Stats;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Api;

/// <summary>Magnum's REST API: what it needs, and its pipeline.</summary>
public static class MagnumApi
{
    /// <summary>Registers what the API needs besides Core and its clients of the cloud.</summary>
    public static IServiceCollection AddMagnumApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MagnumApiOptions>().Bind(configuration.GetSection(MagnumApiOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MagnumApiOptions>, MagnumApiOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<TokenCache>();
        services.AddSingleton<Unauthenticated>();
        services.AddSingleton<Idempotency>();
        services.AddSingleton<EventStreams>();
        services.AddRouting();
        return services;
    }

    /// <summary>
    /// Answers every request that gets here: the branch has routes of its own, and an unknown one is Magnum's 404. Meant for a
    /// branch of the application that sees the requests of the API's listener alone.
    /// </summary>
    public static IApplicationBuilder UseMagnumApi(this IApplicationBuilder app)
    {
        app.UseMiddleware<RequestMiddleware>();
        app.UseMiddleware<PathMiddleware>();
        app.UseRouting();   // first only finds the route: who is let in depends on it
        app.UseMiddleware<AuthenticationMiddleware>();
        app.UseMiddleware<VersionMiddleware>();
        app.UseMiddleware<GateMiddleware>();
        app.UseEndpoints(endpoints =>
        {
            endpoints.MapDiscovery();
            endpoints.MapDescription();
            var v1 = endpoints.MapGroup("/v1");
            v1.MapClusterTemplates();
            v1.MapClusters();
            v1.MapHistory();
            v1.MapNodeGroups();
            v1.MapCertificates();
            v1.MapQuotas();
            v1.MapStats();
            v1.MapServices();
            v1.MapFederations();
        });
        return app;
    }
}
