using System.Net;
using Magnum.Drivers.EmbeddedCloud.Barbican;
using Magnum.Drivers.EmbeddedCloud.Cinder;
using Magnum.Drivers.EmbeddedCloud.Glance;
using Magnum.Drivers.EmbeddedCloud.Heat.Api;
using Magnum.Drivers.EmbeddedCloud.Http;
using Magnum.Drivers.EmbeddedCloud.Keystone;
using Magnum.Drivers.EmbeddedCloud.Neutron;
using Magnum.Drivers.EmbeddedCloud.Nova;
using Magnum.Drivers.EmbeddedCloud.Octavia;
using Magnum.Drivers.EmbeddedCloud.Scenarios;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Magnum.Drivers.EmbeddedCloud;

/// <summary>
/// An OpenStack in the box for trying, demonstrations, tests and training: Keystone, Nova, Neutron, Glance, Heat, Cinder and Octavia over HTTP,
/// laid out as DevStack does. Users: <c>admin</c>, <c>demo</c>, <c>alt_demo</c>, <c>demo_reader</c>, each with its name as password.
/// </summary>
public sealed partial class EmbeddedCloudServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _closing = new();
    private readonly NodePlayer _nodes;
    private readonly ILogger _logger;
    private Task _running = Task.CompletedTask;

    private EmbeddedCloudServer(WebApplication app, Cloud cloud, ILoggerFactory loggers)
    {
        _app = app;
        Cloud = cloud;
        _nodes = new NodePlayer(cloud, loggers.CreateLogger<NodePlayer>());
        _logger = loggers.CreateLogger<EmbeddedCloudServer>();
    }

    /// <summary>Where it listens, ending in a slash.</summary>
    public Uri BaseUrl => Cloud.BaseUrl;

    /// <summary>What clients sign in at: <c>OS_AUTH_URL</c>.</summary>
    public Uri AuthUrl => new(Cloud.BaseUrl, "identity/v3");

    /// <summary>How much faster than real time passes.</summary>
    public double Speed
    {
        get => Cloud.Clock.Speed;
        set => Cloud.SetSpeed(value);
    }

    internal Cloud Cloud { get; }

    /// <summary>Starts a cloud; it works on until disposed.</summary>
    /// <exception cref="ArgumentException">The host is not a loopback address and remote access was not allowed, or the speed is not above 0.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    /// <exception cref="InvalidOperationException">The state file cannot be read.</exception>
    public static async Task<EmbeddedCloudServer> StartAsync(EmbeddedCloudOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (!(options.Speed > 0))
        {
            throw new ArgumentException($"The embedded cloud's speed must be above 0, not {options.Speed}.", nameof(options));
        }

        var address = await ResolveAsync(options, cancellationToken);
        var cloud = new Cloud(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(EmbeddedCloudServer).Assembly.GetName().Name });
        builder.Services.AddSingleton<ILoggerFactory>(new QuietLoggers(loggers));
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024 * 1024;
            kestrel.Listen(address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.UseRouting();
        foreach (var api in Apis(cloud))
        {
            api.Map(app);
        }

        var server = new EmbeddedCloudServer(app, cloud, loggers);
        try
        {
            await app.StartAsync(cancellationToken);
            var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            cloud.BaseUrl = new UriBuilder("http", options.Host, new Uri(bound).Port).Uri;
            cloud.Touch();
            await cloud.SaveAsync(cancellationToken);
            server._running = Task.WhenAll(server.KeepAsync(cloud.RunAsync), server.KeepAsync(server.PlayNodesAsync), server.KeepAsync(server._nodes.FollowAsync));
            LogStarted(server._logger, cloud.BaseUrl, options.Speed);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The stacks that exist, nested ones left out, oldest first.</summary>
    public IReadOnlyList<EmbeddedStackInfo> ListStacks()
    {
        lock (Cloud.Gate)
        {
            return [.. Cloud.State.Stacks.Values.Where(s => s.ParentId is null && !s.IsDeleted).OrderBy(s => s.CreatedAt)
                .Select(s => new EmbeddedStackInfo(s.Id, s.Name, s.ProjectId, s.State, s.Reason, [.. s.Tags]))];
        }
    }

    /// <summary>The servers that exist, oldest first.</summary>
    public IReadOnlyList<EmbeddedServerInfo> ListServers()
    {
        lock (Cloud.Gate)
        {
            return [.. Cloud.State.Compute.Servers.Values.OrderBy(s => s.CreatedAt)
                .Select(s => new EmbeddedServerInfo(s.Id, s.Name, s.ProjectId, s.Status, s.Fault?.Message, s.UserData))];
        }
    }

    /// <summary>Switches a scenario on, as <c>PUT /embedded/scenarios/{name}</c> does.</summary>
    /// <param name="name">One of those in <c>docs/embedded-cloud.md</c>.</param>
    /// <param name="stack">Only for stacks with this in their name; null for all.</param>
    /// <param name="duration">How long, in real time; null until switched off.</param>
    /// <exception cref="ArgumentException">There is no such scenario.</exception>
    public void SwitchOn(string name, string? stack = null, TimeSpan? duration = null)
    {
        if (!ScenarioBoard.Known.ContainsKey(name))
        {
            throw new ArgumentException($"There is no scenario '{name}'.", nameof(name));
        }

        lock (Cloud.Gate)
        {
            Cloud.Scenarios.SwitchOn(new ActiveScenario { Name = name, Stack = stack, Until = Cloud.Clock.Now + duration });
        }

        Cloud.Touch();
    }

    /// <summary>Switches a scenario off, or (null) all of them.</summary>
    public void SwitchOff(string? name = null)
    {
        lock (Cloud.Gate)
        {
            Cloud.Scenarios.SwitchOff(name);
        }

        Cloud.Touch();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _running;
        await _app.DisposeAsync();
        await Cloud.SaveAsync(CancellationToken.None);
        _nodes.Dispose();
        Cloud.Dispose();
        _closing.Dispose();
    }

    private static IEnumerable<ServiceApi> Apis(Cloud cloud) =>
    [
        new TokenApi(cloud), new DelegationApi(cloud), new DirectoryApi(cloud),
        new ImageApi(cloud), new ServerApi(cloud), new ComputeApi(cloud), new NetworkApi(cloud), new VolumeApi(cloud), new LoadBalancerApi(cloud), new KeyManagerApi(cloud),
        new StackApi(cloud), new StackPartsApi(cloud),
        new EmbeddedApi(cloud),
    ];

    private static async Task<IPAddress> ResolveAsync(EmbeddedCloudOptions options, CancellationToken cancellationToken)
    {
        if (!IPAddress.TryParse(options.Host, out var address))
        {
            address = (await Dns.GetHostAddressesAsync(options.Host, cancellationToken))[0];
        }

        return IPAddress.IsLoopback(address) || options.AllowRemote
            ? address
            : throw new ArgumentException($"The embedded cloud listens on loopback addresses only, not on {options.Host}: its passwords are public. Allow remote access explicitly if that is what you want.", nameof(options));
    }

    private async Task PlayNodesAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await _nodes.PlayAsync(cancellationToken);
            await Cloud.Compute.ReportsWaiting.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The loop's outermost edge: what goes wrong is logged, and the cloud works on.</summary>
    private async Task KeepAsync(Func<CancellationToken, Task> loop)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await loop(_closing.Token);
            }
            catch (OperationCanceledException) when (_closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogLoopFailed(_logger, e);
                await Task.Delay(TimeSpan.FromSeconds(1), Cloud.Clock.Time, CancellationToken.None);
            }
        }
    }

    [LoggerMessage(LogLevel.Information, "The embedded cloud listens on {BaseUrl} at speed {Speed}")]
    private static partial void LogStarted(ILogger logger, Uri baseUrl, double speed);

    [LoggerMessage(LogLevel.Error, "The embedded cloud stumbled")]
    private static partial void LogLoopFailed(ILogger logger, Exception exception);
}
