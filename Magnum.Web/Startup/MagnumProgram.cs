using Magnum.Core.Persistence;
using Magnum.Drivers;
using Magnum.Drivers.OpenStack.Configuration;
using Microsoft.Extensions.Options;

namespace Magnum.Web.Startup;

/// <summary>What the binary does: by default everything, or one of the commands.</summary>
internal static class MagnumProgram
{
    private const string Usage = """
        Usage: Magnum.Web [command] [--Section:Key=value ...]

          (no command)     run the roles of Magnum:Roles
          db upgrade       bring the database's schema up to date
          db version       show the schema's version
          embedded-cloud   run the embedded cloud alone
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var words = args.TakeWhile(a => !a.StartsWith('-')).ToArray();
        var builder = MagnumHost.CreateBuilder([.. args.Skip(words.Length)]);
        try
        {
            switch (words)
            {
                case []:
                    await RunServerAsync(builder);
                    return 0;
                case ["db", "upgrade" or "version"]:
                    await RunDatabaseAsync(builder, words[1]);
                    return 0;
                case ["embedded-cloud"]:
                    await RunCloudAsync(builder);
                    return 0;
                default:
                    await Console.Error.WriteLineAsync(Usage);
                    return 2;
            }
        }
        catch (Exception problem) when (problem is MagnumConfigurationException or OpenStackConfigurationException or DriverConfigurationException
            or OptionsValidationException or InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" }
            or IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException })
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }
    }

    private static async Task RunServerAsync(WebApplicationBuilder builder)
    {
        var host = await MagnumHost.BuildAsync(builder);
        await using var cloud = host.Cloud;
        await using var app = host.App;
        await app.StartAsync();
        Console.Out.WriteLine(StartupBanner.Compose(host.Options, cloud?.AuthUrl));
        await app.WaitForShutdownAsync();
    }

    private static async Task RunDatabaseAsync(WebApplicationBuilder builder, string verb)
    {
        await using var app = MagnumHost.BuildForDatabase(builder);
        var migrator = app.Services.GetRequiredService<DatabaseMigrator>();
        if (verb == "upgrade")
        {
            await migrator.UpgradeAsync(CancellationToken.None);
        }

        var (current, pending) = await migrator.VersionAsync(CancellationToken.None);
        Console.Out.WriteLine($"version: {current ?? "none"}; pending: {(pending.Count == 0 ? "none" : string.Join(", ", pending))}");
    }

    private static async Task RunCloudAsync(WebApplicationBuilder builder)
    {
        var options = MagnumHost.ReadOptions(builder.Configuration);
        using var loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
        await using var cloud = await EmbeddedCloudStartup.StartAsync(builder.Configuration, options, loggers, CancellationToken.None);
        Console.Out.WriteLine($"  Embedded cloud   {cloud.AuthUrl}");
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stop.Cancel();
        };
        await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
