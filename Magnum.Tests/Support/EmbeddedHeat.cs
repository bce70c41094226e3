using Magnum.Core.Drivers;
using Magnum.Drivers;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.OpenStack;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Magnum.Tests.Support;

/// <summary>The drivers on an embedded cloud of their own, over HTTP, with somebody who signs what nodes ask for.</summary>
internal sealed class EmbeddedHeat : IAsyncDisposable
{
    private EmbeddedHeat(EmbeddedCloudServer cloud, SigningService magnum, ServiceProvider services) => (Cloud, Magnum, Services) = (cloud, magnum, services);

    public EmbeddedCloudServer Cloud { get; }

    public SigningService Magnum { get; }

    public ServiceProvider Services { get; }

    /// <summary>What nodes are given.</summary>
    public NodeEnrolment Enrolment => new(Cloud.AuthUrl.ToString(), Magnum.Url, CloudSeed.UserId("demo"), "demo");

    public static async Task<EmbeddedHeat> StartAsync(CancellationToken cancellationToken)
    {
        var magnum = await SigningService.StartAsync(cancellationToken);
        var cloud = await EmbeddedCloudServer.StartAsync(new EmbeddedCloudOptions { Port = 0, Speed = 500 }, NullLoggerFactory.Instance, cancellationToken);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMagnumOpenStack(new OpenStackOptions
        {
            AuthUrl = cloud.AuthUrl.ToString(),
            UserName = "demo",
            Password = "demo",
            ProjectName = "demo",
            UserDomainName = "Default",
            Region = "RegionOne",
        });
        services.AddMagnumDrivers();
        return new EmbeddedHeat(cloud, magnum, services.BuildServiceProvider());
    }

    public IClusterDriver Driver(string name) => Services.GetRequiredService<IClusterDriverRegistry>().Find(name)!;

    public async ValueTask DisposeAsync()
    {
        await Services.DisposeAsync();
        await Cloud.DisposeAsync();
        await Magnum.DisposeAsync();
    }
}
