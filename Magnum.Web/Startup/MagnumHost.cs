using Magnum.Core;
using Magnum.Core.Audit;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.Operations;
using Magnum.Core.Persistence;
using Magnum.Core.Policies;
using Magnum.Core.Prices;
using Magnum.Core.Quotas;
using Magnum.Core.Releases;
using Magnum.Drivers;
using Magnum.Drivers.ClusterApi;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.OpenStack;
using Magnum.Drivers.OpenStack.Configuration;
using Magnum.Web.Api;
using Magnum.Web.Background;
using Magnum.Web.Components;
using Magnum.Web.Secrets;

namespace Magnum.Web.Startup;

/// <summary>A composed product: the application, and the cloud in the box when there is no other.</summary>
internal sealed record MagnumHost(WebApplication App, EmbeddedCloudServer? Cloud, MagnumOptions Options)
{
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // Started from elsewhere, the copy of appsettings.json beside the binary is the one that holds.
        var content = File.Exists("appsettings.json") ? Directory.GetCurrentDirectory() : AppContext.BaseDirectory;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = content });
        // Requests have ids of their own, which are OpenStack's: the trace ids beside them would only fill the lines.
        builder.Logging.Configure(logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.None);
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 * 1024 * 1024;
        });
        return builder;
    }

    public static MagnumOptions ReadOptions(IConfiguration configuration)
    {
        var options = configuration.GetSection(MagnumOptions.Section).Get<MagnumOptions>() ?? new MagnumOptions();
        options.DataDirectory = Path.GetFullPath(options.DataDirectory);
        return options;
    }

    public static DatabaseOptions ReadDatabase(IConfiguration configuration, MagnumOptions options)
    {
        var database = configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        if (database.ConnectionString.Length == 0)
        {
            database.ConnectionString = database.Provider.Equals("Sqlite", StringComparison.OrdinalIgnoreCase)
                ? $"Data Source={Path.Combine(options.DataDirectory, "magnum.db")}"
                : throw new MagnumConfigurationException($"Database:ConnectionString is needed with Database:Provider {database.Provider}.");
        }

        return database;
    }

    public static async Task<MagnumHost> BuildAsync(WebApplicationBuilder builder)
    {
        var options = ReadOptions(builder.Configuration);
        var database = ReadDatabase(builder.Configuration, options);
        var roles = options.ParseRoles();
        Directory.CreateDirectory(options.DataDirectory);
        var openStack = OpenStackConfiguration.Resolve(builder.Configuration, ProcessEnvironment.Instance);
        EmbeddedCloudServer? cloud = null;
        if (openStack is null)
        {
            var loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
            cloud = await EmbeddedCloudStartup.StartAsync(builder.Configuration, options, loggers, CancellationToken.None);
            openStack = EmbeddedCloudStartup.Credentials(cloud);
        }

        List<string> urls = [];
        if (roles.HasFlag(MagnumRoles.Web))
        {
            urls.Add(options.Web.Url);
        }

        urls.Add(options.Api.Url);
        builder.WebHost.UseUrls([.. urls]);

        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddMagnumSecrets(builder.Configuration, options);
        services.AddMagnumDatabase(database.Provider, database.ConnectionString);
        services.AddMagnumRequests();
        services.AddMagnumConductor();
        services.AddMagnumOpenStack(openStack);
        services.AddMagnumDrivers(
            builder.Configuration.GetSection("Drivers").Get<DriverOptions>(), builder.Configuration.GetSection(ClusterApiOptions.Section).Get<ClusterApiOptions>());
        services.AddOptions<QuotaOptions>().BindConfiguration(QuotaOptions.Section);
        services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PolicyOptions>().BindConfiguration(PolicyOptions.Section);
        services.AddOptions<ClusterOptions>().BindConfiguration(ClusterOptions.Section);
        services.AddOptions<ClusterTemplateOptions>().BindConfiguration(ClusterTemplateOptions.Section);
        services.AddOptions<KubernetesOptions>().BindConfiguration(KubernetesOptions.Section).ValidateOnStart();
        services.AddOptions<PriceOptions>().BindConfiguration(PriceOptions.Section).ValidateOnStart();
        services.AddOptions<CertificateOptions>().BindConfiguration(CertificateOptions.Section);
        services.AddOptions<ConductorOptions>()
            .Configure(conductor => conductor.MagnumUrl = $"{options.Api.EffectivePublicUrl}/v1")
            .BindConfiguration(ConductorOptions.Section);
        services.AddMagnumJobs(roles, database, builder.Configuration.GetValue("Conductor:Workers", 20));
        services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        if (roles.HasFlag(MagnumRoles.Api))
        {
            services.AddMagnumApi(builder.Configuration);
        }

        if (roles.HasFlag(MagnumRoles.Web))
        {
            services.AddMagnumDashboard();
            services.Configure<DashboardOptions>(dashboard =>
            {
                dashboard.Region = openStack.Region;
                dashboard.EmbeddedCloud = cloud is not null;
                dashboard.ApiUrl = cloud is not null || options.Api.PublicUrl.Length > 0 ? options.Api.EffectivePublicUrl : null;   // what is listened on need not be an address
            });
        }

        services.AddMagnumBackground(roles);
        var app = builder.Build();
        app.Services.GetRequiredService<IClusterDriverRegistry>();   // says now what is wrong with the drivers' configuration
        if (database.UpgradeOnStart)
        {
            await app.Services.GetRequiredService<DatabaseMigrator>().UpgradeAsync(CancellationToken.None);
        }

        app.UseApiListener(options);
        app.UseMagnumHealth();
        if (roles.HasFlag(MagnumRoles.Web))
        {
            app.UseRouting();
            app.MapMagnumDashboard();
            app.MapJobsDashboard();
        }

        return new MagnumHost(app, cloud, options);
    }

    public static WebApplication BuildForDatabase(WebApplicationBuilder builder)
    {
        var options = ReadOptions(builder.Configuration);
        var database = ReadDatabase(builder.Configuration, options);
        Directory.CreateDirectory(options.DataDirectory);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddMagnumDatabase(database.Provider, database.ConnectionString);
        return builder.Build();
    }
}
