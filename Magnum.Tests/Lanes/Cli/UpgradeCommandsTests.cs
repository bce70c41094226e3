using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary><c>openstack coe cluster upgrade</c>.</summary>
[Collection(nameof(CliLane))]
public sealed class UpgradeCommandsTests(CliLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Cli)]
    public async Task AClusterIsUpgraded_AndWhatCannotBe_IsRefusedBeforehand()
    {
        var client = lane.Demo;
        await lane.CreateTemplateAsync("before", "--labels", "etcd_volume_size=1", "--image", "ubuntu-22.04-kube-v1.31.1");
        await lane.CreateTemplateAsync("after", "--labels", "etcd_volume_size=1", "--image", "ubuntu-22.04-kube-v1.32.1");
        await lane.CreateTemplateAsync("calico", "--labels", "etcd_volume_size=1", "--network-driver", "calico", "--image", "ubuntu-22.04-kube-v1.32.1");
        await client.OkAsync("coe cluster create", "rising", "--cluster-template", "before", "--node-count", "2");
        await lane.FollowAsync("rising", "CREATE_COMPLETE");
        var old = await ServersAsync();

        Assert.Contains("network driver is calico", await client.FailsAsync("coe cluster upgrade", "rising", "calico"), StringComparison.Ordinal);
        await client.OkAsync("coe cluster upgrade", "rising", "after", "--max-batch-size", "2");
        Assert.Equal("UPDATE_IN_PROGRESS", (string?)(await client.JsonAsync("coe cluster show", "rising"))["status"]);
        var done = await lane.FollowAsync("rising", "UPDATE_COMPLETE");

        Assert.Equal("v1.32.1", (string?)done["coe_version"]);
        Assert.Equal((string?)(await client.JsonAsync("coe cluster template show", "after"))["uuid"], (string?)done["cluster_template_id"]);
        var servers = await ServersAsync();
        Assert.Equal(3, servers.Count);
        Assert.Empty(old.Intersect(servers));
        Assert.Contains("there is no way back to an older Kubernetes", await client.FailsAsync("coe cluster upgrade", "rising", "before"), StringComparison.Ordinal);

        await client.OkAsync("coe cluster delete", "rising");
        await Eventually.BecomesTrueAsync(
            "the cluster to be gone", TimeSpan.FromMinutes(5), async _ => (await client.RunAsync("coe cluster show", "rising")).ExitCode != 0, Ct, () => lane.Magnum.LogTail());
        foreach (var template in (string[])["before", "after", "calico"])
        {
            await client.OkAsync("coe cluster template delete", template);
        }
    }

    private async Task<IReadOnlyList<string>> ServersAsync() =>
        [.. (await lane.Demo.ListAsync("server list")).Where(s => ((string)s!["Name"]!).StartsWith("rising-", StringComparison.Ordinal)).Select(s => (string)s!["ID"]!)];
}
