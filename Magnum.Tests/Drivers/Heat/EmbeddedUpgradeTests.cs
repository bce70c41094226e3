using System.Globalization;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers.EmbeddedCloud.Nova;
using Microsoft.Extensions.DependencyInjection;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>Upgrades on the embedded cloud: which servers there are at each part, and what is left when it is over.</summary>
public sealed class EmbeddedUpgradeTests() : EmbeddedHeatTests("k8s_heat", KubernetesClusters.New(masters: 1, workers: 3, keyPair: null, flavor: "m1.small", labels: new() { ["etcd_volume_size"] = "1" }))
{
    private const string Old = "ubuntu-22.04-kube-v1.31.1";
    private const string New = "ubuntu-22.04-kube-v1.32.1";

    private IReadOnlyList<Image> _images = [];

    [Fact]
    public async Task OneMasterWithAVolume_GoesAndComesBackAtItsPlace_ThenWorkersTwoByTwo()
    {
        await MadeAsync(Old);
        var volume = Assert.Single(Cloud.Cloud.State.Volumes.Volumes.Values).Id;
        var address = MasterAddress();
        Aim(New);

        var parts = await UpgradeAsync(batch: 2);

        Assert.Equal(
            [
                "0 master(s), 3 worker(s), 0 new",
                "1 master(s), 3 worker(s), 1 new",
                "1 master(s), 5 worker(s), 3 new",
                "1 master(s), 3 worker(s), 3 new",
                "1 master(s), 4 worker(s), 4 new",
                "1 master(s), 3 worker(s), 4 new",
            ],
            parts.Select(p => p.Servers));
        Assert.Equal([4, 3, 3, 1, 1, null], parts.Select(p => p.Left));
        Assert.Equal([volume], Cloud.Cloud.State.Volumes.Volumes.Values.Select(v => v.Id));
        Assert.Equal(address, MasterAddress());
        var seen = await Driver.ObserveAsync(Request, new ObserveOptions(true, null), Ct);
        Assert.Equal((ObservedState.Ready, "v1.32.1", null), (seen.State, seen.CoeVersion, seen.Replacement));
        Assert.Equal(["blue-one-111111112222-worker-3", "blue-one-111111112222-worker-4", "blue-one-111111112222-worker-5"], Nodes(seen, "default-worker"));

        Operation++;
        Cluster.DefaultWorker.NodeCount = 4;
        await Driver.ConvergeAsync(Request, Ct);
        await SettleAsync();
        Assert.Equal(5, Rows.Count(s => s.ImageId == Image(New)));
    }

    [Fact]
    public async Task ThreeMastersBehindALoadBalancer_AreNeverFewerThanTwo()
    {
        Cluster.DefaultMaster.NodeCount = 3;
        Cluster.DefaultWorker.NodeCount = 1;
        Cluster.MasterLbEnabled = true;
        Cluster.Labels = [];
        await MadeAsync(Old);
        Aim(New);

        var parts = await UpgradeAsync(batch: 1);

        Assert.Equal(
            [
                "2 master(s), 1 worker(s), 0 new",
                "3 master(s), 1 worker(s), 1 new",
                "2 master(s), 1 worker(s), 1 new",
                "3 master(s), 1 worker(s), 2 new",
                "2 master(s), 1 worker(s), 2 new",
                "3 master(s), 1 worker(s), 3 new",
                "3 master(s), 2 worker(s), 4 new",
                "3 master(s), 1 worker(s), 4 new",
            ],
            parts.Select(p => p.Servers));
        Assert.All(Rows, s => Assert.Equal(Image(New), s.ImageId));
    }

    [Fact]
    public async Task AskedAgainWhileTheCloudWorks_AndAfterTheEnd_NothingMore()
    {
        await MadeAsync(Old);
        Aim(New);
        Operation++;
        var upgrade = Request with { UpgradeBatch = 1 };
        await Driver.ConvergeAsync(upgrade, Ct);
        await Driver.ConvergeAsync(upgrade, Ct);
        await SettleAsync();
        await ContinueAsync(upgrade);
        var before = Rows.Select(s => s.Id).Order(StringComparer.Ordinal).ToList();

        await Driver.ConvergeAsync(upgrade, Ct);
        await SettleAsync();

        Assert.Equal(before, Rows.Select(s => s.Id).Order(StringComparer.Ordinal));
        Assert.Equal(4, before.Count);
    }

    [Fact]
    public async Task ABrokenNewWorker_FailsTheUpgrade_AndTheNextOneGoesOnWhereItWas()
    {
        await MadeAsync(Old);
        Aim(New);
        Operation++;
        var upgrade = Request with { UpgradeBatch = 1 };
        await Driver.ConvergeAsync(upgrade, Ct);
        await SettleAsync();
        await Driver.ConvergeAsync(upgrade, Ct);
        await SettleAsync();
        Magnum.Refusal = 503;
        await Driver.ConvergeAsync(upgrade, Ct);
        var failed = await SettleAsync();
        Magnum.Refusal = null;
        var masters = Rows.Where(s => s.Name.Contains("master", StringComparison.Ordinal)).Select(s => s.Id).ToList();

        var parts = await UpgradeAsync(batch: 3);

        Assert.Equal(ObservedState.Failed, failed.State);
        Assert.Contains("worker-3", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(["1 master(s), 3 worker(s), 1 new", "1 master(s), 6 worker(s), 4 new", "1 master(s), 3 worker(s), 4 new"], parts.Select(p => p.Servers));
        Assert.Equal(masters, Rows.Where(s => s.Name.Contains("master", StringComparison.Ordinal)).Select(s => s.Id));
    }

    [Fact]
    public async Task ABrokenNewMaster_IsTakenAwayByTheNextUpgrade()
    {
        await MadeAsync(Old);
        Aim(New);
        Operation++;
        var upgrade = Request with { UpgradeBatch = 3 };
        await Driver.ConvergeAsync(upgrade, Ct);
        await SettleAsync();
        Magnum.Refusal = 503;
        await Driver.ConvergeAsync(upgrade, Ct);
        var failed = await SettleAsync();
        Magnum.Refusal = null;

        await UpgradeAsync(batch: 3);

        Assert.Equal(ObservedState.Failed, failed.State);
        Assert.Equal(4, Rows.Count);
        Assert.All(Rows, s => Assert.Equal(Image(New), s.ImageId));
    }

    [Fact]
    public async Task ResizeAfterABrokenOffUpgrade_LeavesTheOldNodesAsTheyAre()
    {
        await MadeAsync(Old);
        Aim(New);
        Operation++;
        var upgrade = Request with { UpgradeBatch = 1 };
        await Driver.ConvergeAsync(upgrade, Ct);
        await SettleAsync();
        await Driver.ConvergeAsync(upgrade, Ct);
        var workers = Servers(await SettleAsync()).Where(s => s.Key.Contains("worker", StringComparison.Ordinal)).ToList();

        Operation++;
        Cluster.DefaultWorker.NodeCount = 4;
        await Driver.ConvergeAsync(Request, Ct);
        var grown = Servers(await SettleAsync());

        Assert.Equal(workers, grown.Where(s => workers.Exists(w => w.Key == s.Key)));
        Assert.Equal([Image(Old), Image(Old), Image(Old), Image(New)], Rows.Where(s => s.Name.Contains("worker", StringComparison.Ordinal)).OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => s.ImageId));
    }

    [Fact]
    public async Task AnAddedGroup_IsUpgradedByItself()
    {
        await MadeAsync(Old);
        var group = KubernetesClusters.Added("gpu", 2);
        Cluster.NodeGroups.Add(group);
        Operation++;
        group.StackId = await Driver.ConvergeAsync(Request with { NodeGroup = group }, Ct);
        await SettleAsync(group);
        Cluster.CoeVersion = "v1.32.1";
        group.ImageId = Image(New);
        Operation++;
        var upgrade = Request with { NodeGroup = group, UpgradeBatch = 2 };

        await Driver.CheckUpgradeAsync(Cluster, group, Credential, Ct);
        await Driver.ConvergeAsync(upgrade, Ct);
        Assert.Equal(new NodeReplacement(2, 2), (await SettleAsync(group)).Replacement);
        await Driver.ConvergeAsync(upgrade, Ct);
        var done = await SettleAsync(group);

        Assert.Equal((null, "v1.32.1"), (done.Replacement, done.NodeGroups.Single().Version));
        Assert.Equal([Image(New), Image(New)], Rows.Where(s => s.Name.Contains("gpu", StringComparison.Ordinal)).Select(s => s.ImageId));
        Assert.Equal(6, Rows.Count);
    }

    [Theory]
    [InlineData(1, false, null, "v1.31.1", "Its only master keeps all that the cluster knows on its own disk")]
    [InlineData(3, false, null, "v1.31.1", "Its masters can only be replaced behind a load balancer")]
    [InlineData(1, false, "1", "v1.33.0", "there is no way back to an older Kubernetes: the cluster runs v1.33.0, and the image has v1.32.1.")]
    [InlineData(1, false, "1", "v1.30.4", "Kubernetes goes one minor version at a time: the cluster runs v1.30.4, and the image has v1.32.1.")]
    [InlineData(3, true, null, "v1.31.1", null)]
    [InlineData(1, false, "1", "v1.32.1", null)]
    [InlineData(1, false, "1", null, null)]
    public async Task WhetherItCanBe_IsSaidBeforehand(int masters, bool loadBalancer, string? etcdVolume, string? runs, string? refusal)
    {
        Cluster.DefaultMaster.NodeCount = masters;
        Cluster.MasterLbEnabled = loadBalancer;
        Cluster.Labels = etcdVolume is null ? [] : new() { ["etcd_volume_size"] = etcdVolume };
        Cluster.CoeVersion = runs;
        await LoadImagesAsync();
        Aim(New);

        var said = await Record.ExceptionAsync(() => Driver.CheckUpgradeAsync(Cluster, null, Credential, Ct));

        Assert.StartsWith(refusal ?? "", said?.Message ?? "", StringComparison.Ordinal);
        Assert.Equal(refusal is null, said is null);
        Assert.True(said is null or DriverRefusedException { NothingChanged: true });
    }

    [Fact]
    public async Task AGroupThatWouldFallTooFarBehind_IsInTheWay()
    {
        await LoadImagesAsync();
        Cluster.CoeVersion = "v1.31.1";
        var group = KubernetesClusters.Added("gpu", 2);
        group.Version = "v1.29.6";
        Cluster.NodeGroups.Add(group);
        Aim(New);

        var said = await Assert.ThrowsAsync<DriverRefusedException>(() => Driver.CheckUpgradeAsync(Cluster, null, Credential, Ct));

        Assert.Equal("Node group gpu runs Kubernetes v1.29.6 and would be too far behind v1.32.1: upgrade it to the cluster's template first.", said.Message);
    }

    private List<ServerRow> Rows
    {
        get
        {
            lock (Cloud.Cloud.Gate)
            {
                return [.. Cloud.Cloud.State.Compute.Servers.Values];
            }
        }
    }

    private string Image(string name) => _images.Single(i => i.Name == name).Id;

    private async Task LoadImagesAsync() => _images = await Services.GetRequiredService<IImages>().ListImagesAsync(Credential, Ct);

    private async Task MadeAsync(string image)
    {
        await LoadImagesAsync();
        Cluster.Template = Cluster.Template with { ImageId = Image(image) };
        Cluster.StackId = await Driver.ConvergeAsync(Request, Ct);
        Assert.Equal(ObservedState.Ready, (await SettleAsync()).State);
    }

    private void Aim(string image) => Cluster.Template = Cluster.Template with { ImageId = Image(image) };

    private async Task<List<(string Servers, int? Left)>> UpgradeAsync(int batch)
    {
        Operation++;
        return await ContinueAsync(Request with { UpgradeBatch = batch });
    }

    private async Task<List<(string Servers, int? Left)>> ContinueAsync(DriverRequest upgrade)
    {
        var parts = new List<(string, int?)>();
        while (true)
        {
            await Driver.ConvergeAsync(upgrade, Ct);
            var seen = await SettleAsync();
            Assert.True(seen is { State: ObservedState.Ready, IsCurrent: true }, $"{seen.State}: {seen.Reason}");
            var servers = Rows;
            parts.Add((
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{servers.Count(s => s.Name.Contains("-master-", StringComparison.Ordinal))} master(s), {servers.Count(s => s.Name.Contains("-worker-", StringComparison.Ordinal))} worker(s), {servers.Count(s => s.ImageId == Image(New))} new"),
                seen.Replacement?.Left));
            if (seen.Replacement is null)
            {
                return parts;
            }

            Assert.True(parts.Count < 20, "It does not come to an end.");
        }
    }

    private string MasterAddress() =>
        Cloud.Cloud.State.Network.Ports.Values.Single(p => p.Name.EndsWith("-master-0", StringComparison.Ordinal)).FixedIps.Single().IpAddress;
}
