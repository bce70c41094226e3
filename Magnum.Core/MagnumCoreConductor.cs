using Magnum.Core.Certificates;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Reconciliation;
using Magnum.Core.Reconciliation.Steps;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Magnum.Core;

/// <summary>Registers what carries out the work that requests record.</summary>
public static class MagnumCoreConductor
{
    /// <summary>
    /// The stream of changes, certificates, the operations' runner. They need from elsewhere: the context factory, Keystone, the drivers'
    /// registry, the operations' scheduler, the protector of secrets. Sections of the configuration are bound by whoever composes.
    /// </summary>
    public static IServiceCollection AddMagnumConductor(this IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ConductorOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ConductorOptions>, ConductorOptionsValidator>();
        services.AddOptions<CertificateOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<CertificateOptions>, CertificateOptionsValidator>();

        services.TryAddSingleton<IClusterEvents, ClusterEvents>();
        services.TryAddSingleton<ClusterCertificates>();
        services.AddSingleton<ConductorIdentity>();
        services.AddSingleton<OperationLeases>();
        services.AddSingleton<LeaseTable>();
        services.AddSingleton<WorkStore>();
        services.AddSingleton<ClusterAccess>();
        services.AddSingleton<OperationEnding>();
        services.AddSingleton<DriftReconciler>();
        services.AddSingleton<Retention>();
        services.AddSingleton<Upkeep>();

        services.AddSingleton<CredentialsStep>();
        services.AddSingleton<KeyMaking>();
        services.AddSingleton<CertificatesStep>();
        services.AddSingleton<ChangeRequests>();
        services.AddSingleton<DrainStep>();
        services.AddSingleton<InfrastructureStep>();
        services.AddSingleton<ProvisioningStep>();
        services.AddSingleton<FinishStep>();
        services.AddSingleton<NodeFollowing>();
        services.AddSingleton<NextCertificatesStep>();
        services.AddSingleton<TrustStep>();
        services.AddSingleton<ReissueStep>();
        services.AddSingleton<RetireStep>();
        services.AddSingleton<FinishRotationStep>();
        services.AddSingleton<StopStep>();
        services.AddSingleton<RemoveNodeGroupsStep>();
        services.AddSingleton<DeleteInfrastructureStep>();
        services.AddSingleton<RemovalStep>();
        services.AddSingleton<DeleteCertificatesStep>();
        services.AddSingleton<DeleteCredentialsStep>();
        services.AddSingleton<StepCatalog>();

        // Constructors are internal, as what these are made of is: the container alone would not see them.
        services.AddSingleton(p => new OperationRunner(
            p.GetRequiredService<OperationLeases>(),
            p.GetRequiredService<WorkStore>(),
            p.GetRequiredService<StepCatalog>(),
            p.GetRequiredService<OperationEnding>(),
            p.GetRequiredService<ConductorIdentity>(),
            p.GetRequiredService<IOperationScheduler>(),
            p.GetRequiredService<IOptions<ConductorOptions>>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<OperationRunner>>()));
        services.AddSingleton(p => new SyncReconciler(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<LeaseTable>(),
            p.GetRequiredService<IClusterDriverRegistry>(),
            p.GetRequiredService<IOperationScheduler>(),
            p.GetRequiredService<IOptions<ConductorOptions>>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<SyncReconciler>>()));
        services.AddSingleton(p => new ProgressReconciler(
            p.GetRequiredService<SyncReconciler>(),
            p.GetRequiredService<WorkStore>(),
            p.GetRequiredService<ClusterAccess>(),
            p.GetRequiredService<IClusterEvents>(),
            p.GetRequiredService<IOptions<ConductorOptions>>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<ProgressReconciler>>()));
        services.AddSingleton(p => new HealthReconciler(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<WorkStore>(),
            p.GetRequiredService<IClusterDriverRegistry>(),
            p.GetRequiredService<ClusterCertificates>(),
            p.GetRequiredService<LeaseTable>(),
            p.GetRequiredService<Upkeep>(),
            p.GetRequiredService<IOptions<ConductorOptions>>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<HealthReconciler>>()));
        services.AddSingleton(p => new SweepReconciler(
            p.GetRequiredService<IDbContextFactory<MagnumDbContext>>(),
            p.GetRequiredService<WorkStore>(),
            p.GetRequiredService<DriftReconciler>(),
            p.GetRequiredService<Retention>(),
            p.GetRequiredService<IOperationScheduler>(),
            p.GetRequiredService<IOptions<ConductorOptions>>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<SweepReconciler>>()));
        return services;
    }
}
