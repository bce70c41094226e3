using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Drivers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Drivers.Contract;

/// <summary>Kubernetes on the embedded cloud keeps the contract.</summary>
public sealed class KubernetesHeatContractTests : DriverContract
{
    /// <inheritdoc />
    protected override Task<DriverBackEnd> StartAsync() =>
        EmbeddedHeatBackEnd.StartAsync("k8s_heat", "kubernetes", "ubuntu-22.04-kube-v1.31.1", "ubuntu-22.04-kube-v1.32.1", new() { ["etcd_volume_size"] = "1" });
}

/// <summary>Docker Swarm on the embedded cloud keeps the contract.</summary>
public sealed class SwarmHeatContractTests : DriverContract
{
    /// <inheritdoc />
    protected override Task<DriverBackEnd> StartAsync() => EmbeddedHeatBackEnd.StartAsync("swarm_heat", "swarm", "ubuntu-22.04-kube-v1.31.1", null, []);
}

/// <summary>Mesos on the embedded cloud keeps the contract.</summary>
public sealed class MesosHeatContractTests : DriverContract
{
    /// <inheritdoc />
    protected override Task<DriverBackEnd> StartAsync() => EmbeddedHeatBackEnd.StartAsync("mesos_heat", "mesos", "ubuntu-22.04-kube-v1.31.1", null, []);
}

/// <summary>The example of the documentation, loaded from a folder as drivers of others are, keeps the contract.</summary>
public sealed class NotebookContractTests : DriverContract
{
    /// <inheritdoc />
    protected override Task<DriverBackEnd> StartAsync() => Task.FromResult<DriverBackEnd>(new Notebook());

    private sealed class Notebook : DriverBackEnd
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("magnum-notebook-").FullName;
        private readonly ServiceProvider _services;

        public Notebook()
        {
            var options = new DriverOptions { Folder = ExampleDriver.Install(Path.Combine(_folder, "drivers")) };
            Directory.CreateDirectory(Pages);
            _services = new ServiceCollection()
                .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Drivers:Notebook:Folder", Pages)]).Build())
                .AddLogging()
                .AddSingleton(options)
                .AddDriversOf(options)
                .BuildServiceProvider();
        }

        public override IClusterDriver Driver => _services.GetRequiredService<IClusterDriver>();

        public override WantedCluster Wanted { get; } = new("kubernetes", "paper", "page", "small", null, null);

        private string Pages => Path.Combine(_folder, "pages");

        public override Task SetReachableAsync(bool reachable, CancellationToken cancellationToken)
        {
            Directory.Move(reachable ? $"{Pages}-closed" : Pages, reachable ? Pages : $"{Pages}-closed");
            return Task.CompletedTask;
        }

        public override Task BreakNodesAsync(Cluster cluster, CancellationToken cancellationToken)
        {
            cluster.Labels = new Dictionary<string, string> { ["ink"] = "blot" };
            return Task.CompletedTask;
        }

        public override Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<string>>([.. Directory.EnumerateFiles(Pages, "*.json").Order(StringComparer.Ordinal)]);

        public override async ValueTask DisposeAsync()
        {
            await _services.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }
}
