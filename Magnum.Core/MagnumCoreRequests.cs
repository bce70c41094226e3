using Magnum.Core.Announcements;
using Magnum.Core.Audit;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Credentials;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.Federations;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Magnum.Core.Prices;
using Magnum.Core.Quotas;
using Magnum.Core.Releases;
using Magnum.Core.Services;
using Magnum.Core.Stats;
using Magnum.Core.UserStates;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core;

/// <summary>Registers what both doors call.</summary>
public static class MagnumCoreRequests
{
    /// <summary>
    /// Policy, queries and services of templates, clusters, quotas and stats. They need from elsewhere: the context factory, the clients of
    /// the cloud, the drivers' registry, the operations' scheduler, the stream of changes, the protector of secrets.
    /// </summary>
    public static IServiceCollection AddMagnumRequests(this IServiceCollection services)
    {
        services.AddOptions();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<PolicyEnforcer>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<AuditQueries>();
        services.AddSingleton<UserStateStore>();
        services.AddSingleton<QuotaRequestChanges>();
        services.AddSingleton<SharedReads>();
        services.AddSingleton<IValidateOptions<KubernetesOptions>, KubernetesOptionsValidator>();
        services.AddSingleton<KubernetesReleases>();
        services.AddSingleton<IValidateOptions<PriceOptions>, PriceOptionsValidator>();
        services.AddSingleton<PriceList>();

        services.AddScoped<ClusterTemplateValidator>();
        services.AddScoped<ClusterValidator>();
        services.AddScoped<NodeGroupValidator>();
        services.AddScoped<ClusterQuota>();
        services.AddScoped<ClusterWork>();
        services.AddScoped<ClusterTransaction>();
        services.AddScoped<OwnerTrusts>();
        services.AddScoped<ClusterLauncher>();
        services.AddScoped<ClusterChanger>();

        services.AddScoped<IClusterQueries, ClusterQueries>();
        services.AddScoped<ClusterHistory>();
        services.AddScoped<ClusterResourceQueries>();
        services.AddScoped<IClusterTemplateQueries, ClusterTemplateQueries>();
        services.AddScoped<QuotaService>();
        services.AddScoped(p => new StatsService(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(), p.GetRequiredService<PolicyEnforcer>(), p.GetRequiredService<ClusterQuota>(), p.GetRequiredService<SharedReads>()));
        services.AddScoped<FederationService>();

        // Their constructors are internal, as what they are made of is: the container alone would not see them.
        services.AddScoped(p => new ClusterService(p.GetRequiredService<ClusterLauncher>(), p.GetRequiredService<ClusterChanger>(), p.GetRequiredService<AuditTrail>()));
        services.AddScoped(p => new ClusterUpgradeService(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<PolicyEnforcer>(),
            p.GetRequiredService<ClusterTransaction>(),
            p.GetRequiredService<ClusterWork>(),
            p.GetRequiredService<IClusterDriverRegistry>(),
            p.GetRequiredService<AuditTrail>()));
        services.AddScoped(p => new CredentialService(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<PolicyEnforcer>(),
            p.GetRequiredService<OwnerTrusts>(),
            p.GetRequiredService<IClusterDriverRegistry>(),
            p.GetRequiredService<ISecretProtector>(),
            p.GetRequiredService<ClusterTransaction>(),
            p.GetRequiredService<ClusterWork>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<AuditTrail>()));
        services.AddScoped(p => new NodeGroupService(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<PolicyEnforcer>(),
            p.GetRequiredService<NodeGroupValidator>(),
            p.GetRequiredService<ClusterTransaction>(),
            p.GetRequiredService<ClusterWork>(),
            p.GetRequiredService<IClusterDriverRegistry>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<AuditTrail>()));
        services.AddScoped(p => new ClusterTemplateService(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<PolicyEnforcer>(),
            p.GetRequiredService<ClusterTemplateValidator>(),
            p.GetRequiredService<ClusterLauncher>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<ClusterTemplateService>>(),
            p.GetRequiredService<AuditTrail>()));
        services.AddScoped(p => new QuotaRequestService(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<PolicyEnforcer>(),
            p.GetRequiredService<ClusterQuota>(),
            p.GetRequiredService<AuditTrail>(),
            p.GetRequiredService<QuotaRequestChanges>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new AnnouncementService(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<PolicyEnforcer>(),
            p.GetRequiredService<AuditTrail>(),
            p.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ClusterCertificates>();
        services.AddSingleton(p => new CertificateService(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<PolicyEnforcer>(),
            p.GetRequiredService<ClusterCertificates>(),
            p.GetRequiredService<ISecretProtector>(),
            p.GetRequiredService<IOptions<CertificateOptions>>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<CertificateService>>(),
            p.GetRequiredService<AuditTrail>()));
        services.AddSingleton(p => new EngineQueries(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<PolicyEnforcer>(),
            p.GetRequiredService<ClusterCertificates>(),
            p.GetRequiredService<IClusterDriverRegistry>(),
            p.GetRequiredService<IOptions<ConductorOptions>>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new NodeCertificateService(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<ClusterCertificates>(),
            p.GetRequiredService<ISecretProtector>(),
            p.GetRequiredService<IOptions<CertificateOptions>>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<NodeCertificateService>>()));
        services.AddSingleton<OperationDurations>();
        services.AddSingleton<ServiceQueries>();
        services.AddSingleton<ServiceRegistry>();
        return services;
    }
}
