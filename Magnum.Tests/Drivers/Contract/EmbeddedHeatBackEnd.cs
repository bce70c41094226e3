using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Drivers.OpenStack;
using Magnum.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Magnum.Tests.Drivers.Contract;

/// <summary>A driver on Heat and the embedded cloud, over HTTP.</summary>
internal sealed class EmbeddedHeatBackEnd : DriverBackEnd
{
    private readonly EmbeddedCloudServer _cloud;
    private readonly SigningService _magnum;
    private readonly ServiceProvider _services;
    private readonly HttpClient _operator;

    private EmbeddedHeatBackEnd(EmbeddedCloudServer cloud, SigningService magnum, ServiceProvider services, IClusterDriver driver, WantedCluster wanted)
    {
        (_cloud, _magnum, _services, Driver, Wanted) = (cloud, magnum, services, driver, wanted);
        _operator = new HttpClient { BaseAddress = new Uri(cloud.AuthUrl, "/embedded/scenarios/") };
    }

    public override IClusterDriver Driver { get; }

    public override WantedCluster Wanted { get; }

    public override NodeEnrolment Enrolment => new(_cloud.AuthUrl.ToString(), _magnum.Url, CloudSeed.UserId("demo"), "demo");

    /// <param name="image">Name in the cloud.</param>
    /// <param name="newer">Likewise.</param>
    public static async Task<DriverBackEnd> StartAsync(string driver, string coe, string image, string? newer, Dictionary<string, string> labels)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var magnum = await SigningService.StartAsync(cancellationToken);
        var cloud = await EmbeddedCloudServer.StartAsync(new EmbeddedCloudOptions { Port = 0, Speed = 500 }, NullLoggerFactory.Instance, cancellationToken);
        var services = new ServiceCollection()
            .AddLogging()
            .AddMagnumOpenStack(new OpenStackOptions
            {
                AuthUrl = cloud.AuthUrl.ToString(),
                UserName = "demo",
                Password = "demo",
                ProjectName = "demo",
                UserDomainName = "Default",
                Region = "RegionOne",
            })
            .AddMagnumDrivers()
            .BuildServiceProvider();
        var images = await services.GetRequiredService<IImages>().ListImagesAsync(new CloudCredential.Service(), cancellationToken);
        string Id(string name) => images.Single(i => i.Name == name).Id;
        var wanted = new WantedCluster(coe, images.Single(i => i.Name == image).OsDistro!, Id(image), "m1.small", "public", newer is null ? null : Id(newer)) { Labels = labels };
        return new EmbeddedHeatBackEnd(cloud, magnum, services, services.GetRequiredService<IClusterDriverRegistry>().Find(driver)!, wanted);
    }

    public override Task SetReachableAsync(bool reachable, CancellationToken cancellationToken) => SwitchAsync("heat-503", !reachable, cancellationToken);

    public override Task BreakNodesAsync(Cluster cluster, CancellationToken cancellationToken) => SwitchAsync("node-fails", true, cancellationToken);

    public override Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellationToken)
    {
        var state = _cloud.Cloud.State;
        return Task.FromResult<IReadOnlyList<string>>(
        [
            .. _cloud.ListStacks().Select(s => $"stack {s.Name}").Concat(_cloud.ListServers().Select(s => $"server {s.Name}"))
                .Concat(state.Volumes.Volumes.Values.Select(v => $"volume {v.Id}"))
                .Concat(state.Network.Networks.Values.Where(n => n.Name.StartsWith("contract", StringComparison.Ordinal)).Select(n => $"network {n.Name}"))
                .Concat(state.Network.FloatingIps.Values.Select(f => $"floating IP {f.Id}"))
                .Order(StringComparer.Ordinal),
        ]);
    }

    public override async ValueTask DisposeAsync()
    {
        _operator.Dispose();
        await _services.DisposeAsync();
        await _cloud.DisposeAsync();
        await _magnum.DisposeAsync();
    }

    private async Task SwitchAsync(string scenario, bool on, CancellationToken cancellationToken)
    {
        using var answer = on
            ? await _operator.PutAsync(scenario, new StringContent("{}", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")), cancellationToken)
            : await _operator.DeleteAsync(scenario, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
