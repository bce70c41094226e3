using Magnum.Drivers.Heat.Kubernetes;
using Magnum.Drivers.Heat.Kubernetes.Addons;
using Magnum.Tests.Drivers.Heat;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>What a real API server says of the manifests that masters apply: it checks each object, and would have taken it.</summary>
[Collection(nameof(CliLane))]
public sealed class AddonManifestTests(ClustersWithApiServer clusters) : IClassFixture<ClustersWithApiServer>
{
    [LaneFact(Lane.Cli)]
    public async Task EveryObject_IsTaken()
    {
        var cluster = KubernetesClusters.New(labels: new() { ["cinder_csi_enabled"] = "true" });
        cluster.DriverSecret = "protected";
        var addons = Addon.Of(new KubernetesDesign(cluster), "v1.31.1");
        var taken = 0;
        foreach (var addon in addons)
        {
            var file = Path.Combine(clusters.NewFolder(), $"{addon.Name}.yaml");
            await File.WriteAllTextAsync(file, addon.Manifest, TestContext.Current.CancellationToken);

            var said = await clusters.Server.OkAsync(clusters.Admin, "apply", "--server-side", "--dry-run=server", "--validate=true", "--filename", file);

            Assert.All(said.Split('\n'), line => Assert.EndsWith(" serverside-applied (server dry run)", line, StringComparison.Ordinal));
            taken += said.Split('\n').Length;
        }

        Assert.Equal((3, 25), (addons.Count, taken));
    }
}
