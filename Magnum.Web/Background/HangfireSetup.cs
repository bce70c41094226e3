using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Magnum.Core.Operations;
using Magnum.Web.Startup;

namespace Magnum.Web.Background;

/// <summary>Hangfire with the storage that goes with the database.</summary>
internal static class HangfireSetup
{
    public static void AddMagnumJobs(this IServiceCollection services, MagnumRoles roles, DatabaseOptions database, int workers)
    {
        services.AddHangfire(hangfire =>
        {
            hangfire.SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
                .UseSimpleAssemblyNameTypeSerializer()
                .UseRecommendedSerializerSettings();
            switch (database.Provider.ToUpperInvariant())
            {
                case "POSTGRES":
                    // Without long polling a job from another process waits for the next poll, up to 15 s.
                    hangfire.UsePostgreSqlStorage(
                        storage => storage.UseNpgsqlConnection(database.ConnectionString),
                        new PostgreSqlStorageOptions { EnableLongPolling = true, QueuePollInterval = TimeSpan.FromSeconds(1) });
                    break;
                case "SQLSERVER":
                    hangfire.UseSqlServerStorage(database.ConnectionString);
                    break;
                default:
                    hangfire.UseInMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromHours(1) });
                    break;
            }
        });
        services.AddSingleton<IOperationScheduler, HangfireOperationScheduler>();
        if (roles.HasFlag(MagnumRoles.Conductor))
        {
            services.AddHangfireServer(server =>
            {
                server.WorkerCount = workers;
                server.SchedulePollingInterval = TimeSpan.FromSeconds(1);
                server.CancellationCheckInterval = TimeSpan.FromSeconds(1);
                server.ShutdownTimeout = TimeSpan.FromSeconds(20);
            });
        }
    }
}
