using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.OpenStack;
using Magnum.Drivers.EmbeddedCloud;
using Magnum.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>A driver and a cluster of its in the embedded cloud, over HTTP.</summary>
public abstract class EmbeddedHeatTests : IAsyncLifetime
{
    private readonly string _driver;
    private EmbeddedHeat _heat = null!;

    private protected EmbeddedHeatTests(string driver, Cluster cluster) => (_driver, Cluster) = (driver, cluster);

    private protected CloudCredential Credential { get; } = new CloudCredential.Service();

    private protected Cluster Cluster { get; }

    private protected EmbeddedCloudServer Cloud => _heat.Cloud;

    private protected SigningService Magnum => _heat.Magnum;

    private protected ServiceProvider Services => _heat.Services;

    private protected int Operation { get; set; }

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected IClusterDriver Driver => _heat.Driver(_driver);

    private protected DriverRequest Request => new(Cluster, Credential, $"generation-{Operation}") { Enrolment = _heat.Enrolment, Timeout = TimeSpan.FromHours(10) };

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        _heat = await EmbeddedHeat.StartAsync(Ct);
        var images = await Services.GetRequiredService<IImages>().ListImagesAsync(Credential, Ct);
        Cluster.Template = Cluster.Template with { ImageId = images.First(i => i.OsDistro == "ubuntu").Id };
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _heat.DisposeAsync();
    }

    private protected async Task<string> ConvergeUntilTakenAsync()
    {
        while (true)
        {
            try
            {
                return await Driver.ConvergeAsync(Request, Ct);
            }
            catch (CloudException e) when (e.IsTransient)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), Ct);
            }
        }
    }

    /// <summary>Follows the stack, as the conductor does, until nothing moves any more.</summary>
    private protected async Task<ObservedCluster> SettleAsync(NodeGroup? group = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        var events = new List<ObservedEvent>();
        string? marker = null;
        while (true)
        {
            var seen = await Driver.ObserveAsync(Request with { NodeGroup = group }, new ObserveOptions(true, marker), patience.Token);
            events.AddRange(seen.Events);
            marker = seen.EventMarker;
            if (seen.State is not ObservedState.InProgress)
            {
                return seen with { Events = events };
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }

    private protected static List<string> Nodes(ObservedCluster seen, string group) => [.. seen.NodeGroups.Single(g => g.Name == group).Nodes.Select(n => n.Name)];

    private protected static SortedDictionary<string, string?> Servers(ObservedCluster seen) =>
        new(seen.NodeGroups.SelectMany(g => g.Nodes).ToDictionary(n => n.Name, n => n.ServerId), StringComparer.Ordinal);
}
