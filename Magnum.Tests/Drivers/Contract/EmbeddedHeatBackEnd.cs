using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Drivers.Contract;

/// <summary>A driver on Heat and the embedded cloud.</summary>
internal sealed class EmbeddedHeatBackEnd : DriverBackEnd
{
    private readonly EmbeddedHeat _heat;

    private EmbeddedHeatBackEnd(EmbeddedHeat heat, IClusterDriver driver, WantedCluster wanted) => (_heat, Driver, Wanted) = (heat, driver, wanted);

    public override IClusterDriver Driver { get; }

    public override WantedCluster Wanted { get; }

    public override NodeEnrolment Enrolment => _heat.Enrolment;

    /// <param name="image">Name in the cloud.</param>
    /// <param name="newer">Likewise.</param>
    public static async Task<DriverBackEnd> StartAsync(string driver, string coe, string image, string? newer, Dictionary<string, string> labels)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var heat = await EmbeddedHeat.StartAsync(cancellationToken);
        var images = await heat.Services.GetRequiredService<IImages>().ListImagesAsync(new CloudCredential.Service(), cancellationToken);
        string Id(string name) => images.Single(i => i.Name == name).Id;
        var wanted = new WantedCluster(coe, images.Single(i => i.Name == image).OsDistro!, Id(image), "m1.small", "public", newer is null ? null : Id(newer)) { Labels = labels };
        return new EmbeddedHeatBackEnd(heat, heat.Driver(driver), wanted);
    }

    public override Task SetReachableAsync(bool reachable, CancellationToken cancellationToken)
    {
        if (reachable)
        {
            _heat.Cloud.SwitchOff();
        }
        else
        {
            _heat.Cloud.SwitchOn("heat-503");
        }

        return Task.CompletedTask;
    }

    public override Task BreakNodesAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        _heat.Cloud.SwitchOn("node-fails");
        return Task.CompletedTask;
    }

    public override Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellationToken)
    {
        var state = _heat.Cloud.Cloud.State;
        return Task.FromResult<IReadOnlyList<string>>(
        [
            .. _heat.Cloud.ListStacks().Select(s => $"stack {s.Name}").Concat(_heat.Cloud.ListServers().Select(s => $"server {s.Name}"))
                .Concat(state.Volumes.Volumes.Values.Select(v => $"volume {v.Id}"))
                .Concat(state.Network.Networks.Values.Where(n => n.Name.StartsWith("contract", StringComparison.Ordinal)).Select(n => $"network {n.Name}"))
                .Concat(state.Network.FloatingIps.Values.Select(f => $"floating IP {f.Id}"))
                .Order(StringComparer.Ordinal),
        ]);
    }

    public override ValueTask DisposeAsync() => _heat.DisposeAsync();
}
