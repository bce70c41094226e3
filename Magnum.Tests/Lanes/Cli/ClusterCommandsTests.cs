using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary><c>openstack coe cluster ...</c> and what goes with a cluster: node groups, certificates, statistics, its stack and servers.</summary>
[Collection(nameof(CliLane))]
public sealed class ClusterCommandsTests(CliLane lane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Cli)]
    public async Task ACluster_LivesThroughAllOfItsCommands()
    {
        var client = lane.Demo;
        await lane.CreateTemplateAsync("life");
        var project = (string)(await client.JsonAsync("token issue"))["project_id"]!;
        var before = await client.PropertiesAsync("coe stats list", project);

        var created = await client.OkAsync("coe cluster create", "blue", "--cluster-template", "life", "--node-count", "2", "--timeout", "30", "--merge-labels", "--labels", "team=blue");
        Assert.Contains("Request to create cluster ", created.Output, StringComparison.Ordinal);
        var row = Assert.Single(await client.ListAsync("coe cluster list"), c => (string?)c!["name"] == "blue")!;
        Assert.Contains((string)row["uuid"]!, created.Output, StringComparison.Ordinal);
        var cluster = await lane.FollowAsync("blue", "CREATE_COMPLETE");
        Assert.StartsWith("https://", (string?)cluster["api_address"], StringComparison.Ordinal);
        Assert.Equal(2, cluster["node_addresses"]!.AsArray().Count);
        Assert.Single(cluster["master_addresses"]!.AsArray());
        Assert.Equal("blue", (string?)cluster["labels"]!["team"]);

        var stack = await TheCloudHasItAsync((string)cluster["uuid"]!);
        await NodeGroupsAsync();
        var after = await client.PropertiesAsync("coe stats list", project);
        Assert.Equal(("0", "0"), (before["clusters"], before["nodes"]));
        Assert.Equal(("1", "3"), (after["clusters"], after["nodes"]));
        await KubeconfigAsync((string)cluster["api_address"]!);
        await CertificatesAsync();

        await client.OkAsync("coe cluster resize", "blue", "3");
        Assert.Equal(3, (int)(await lane.FollowAsync("blue", "UPDATE_COMPLETE"))["node_count"]!);
        var chosen = (await client.ListAsync("server list")).Where(server => ((string)server!["Name"]!).Contains("worker", StringComparison.Ordinal)).Select(server => (string)server!["ID"]!).First();
        await client.OkAsync("coe cluster resize", "blue", "2", "--nodegroup", "default-worker", "--nodes-to-remove", chosen);
        Assert.Equal(2, (int)(await lane.FollowAsync("blue", "UPDATE_COMPLETE"))["node_count"]!);
        Assert.DoesNotContain(await client.ListAsync("server list"), server => (string?)server!["ID"] == chosen);
        await client.OkAsync("coe cluster update", "blue", "replace", "node_count=1");
        cluster = await lane.FollowAsync("blue", "UPDATE_COMPLETE");
        Assert.Equal(1, (int)cluster["node_count"]!);
        Assert.Single(cluster["node_addresses"]!.AsArray());
        Assert.Contains("cannot change cluster property", await client.FailsAsync("coe cluster update", "blue", "replace", "name=green"), StringComparison.Ordinal);

        // The client ends with exit code 0 here even though it prints a failure.
        Assert.Contains("HTTP 400", (await client.OkAsync("coe cluster template delete", "life")).Output, StringComparison.Ordinal);
        await client.OkAsync("coe cluster delete", "blue");
        await lane.FollowToTheEndAsync("blue");
        Assert.Contains("accepted", (await client.OkAsync("coe cluster template delete", "life")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(await client.ListAsync("stack list"), s => (string?)s!["ID"] == stack);
    }

    [LaneFact(Lane.Cli)]
    public async Task ACluster_TakesEveryOptionOfItsCreation()
    {
        var client = lane.Demo;
        await lane.CreateTemplateAsync("plain", "--master-lb-enabled");
        await client.OkAsync("keypair create", "lane");
        await client.OkAsync(
            "coe cluster create", "special", "--cluster-template", "plain", "--keypair", "lane", "--master-count", "3", "--node-count", "0", "--timeout", "20",
            "--flavor", "m1.small", "--master-flavor", "m1.large", "--docker-volume-size", "7", "--fixed-network", "private", "--fixed-subnet", "private-subnet",
            "--floating-ip-disabled", "--labels", "team=red", "--labels", "shift=night");

        var cluster = await lane.FollowAsync("special", "CREATE_COMPLETE");
        Assert.Equal(("lane", 3, 0, 20), ((string?)cluster["keypair"], (int)cluster["master_count"]!, (int)cluster["node_count"]!, (int)cluster["create_timeout"]!));
        Assert.Equal(("m1.small", "m1.large", 7), ((string?)cluster["flavor_id"], (string?)cluster["master_flavor_id"], (int)cluster["docker_volume_size"]!));
        Assert.Equal(("private", "private-subnet", false), ((string?)cluster["fixed_network"], (string?)cluster["fixed_subnet"], (bool)cluster["floating_ip_enabled"]!));
        Assert.Equal(("red", "night"), ((string?)cluster["labels"]!["team"], (string?)cluster["labels"]!["shift"]));

        await lane.Demo.OkAsync("coe cluster create", "ordinary", "--cluster-template", "plain");
        Assert.Equal(["special", "ordinary"], (await client.ListAsync("coe cluster list", "--sort-key", "name", "--sort-dir", "desc")).Select(c => (string?)c!["name"]));
        Assert.Equal("ordinary", (string?)Assert.Single(await client.ListAsync("coe cluster list", "--limit", "1", "--sort-key", "name"))!["name"]);
        var deleted = await client.OkAsync("coe cluster delete", "special", "ordinary");
        Assert.Contains("Request to delete cluster ordinary has been accepted", deleted.Output, StringComparison.Ordinal);
        await lane.FollowToTheEndAsync("special");
        await lane.FollowToTheEndAsync("ordinary");
        await client.OkAsync("coe cluster template delete", "plain");
        await client.OkAsync("keypair delete", "lane");
    }

    [LaneFact(Lane.Cli)]
    public async Task ACluster_ThatCannotBe_IsRefusedWithTheReason()
    {
        var client = lane.Demo;
        Assert.Contains("no-such-template", await client.FailsAsync("coe cluster create", "red", "--cluster-template", "no-such-template"), StringComparison.Ordinal);
        Assert.Contains("red could not be found", await client.FailsAsync("coe cluster show", "red"), StringComparison.Ordinal);
        Assert.Contains("red could not be found", await client.FailsAsync("coe cluster config", "red"), StringComparison.Ordinal);
        await lane.CreateTemplateAsync("refused");

        Assert.Contains("400", await client.FailsAsync("coe cluster create", "1red", "--cluster-template", "refused"), StringComparison.Ordinal);
        Assert.Contains("400", await client.FailsAsync("coe cluster create", "red", "--cluster-template", "refused", "--node-count", "-1"), StringComparison.Ordinal);
        Assert.Contains("keypair", await client.FailsAsync("coe cluster create", "red", "--cluster-template", "refused", "--keypair", "no-such-keypair"), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await client.ListAsync("coe cluster list"));
        await client.OkAsync("coe cluster template delete", "refused");
    }

    [LaneFact(Lane.Cli)]
    public async Task ALimitOfClusters_IsSetByTheAdministratorAndHolds()
    {
        // These commands end with exit code 0 even when they print that they failed, so their words are looked at.
        var project = (string)(await lane.Demo.JsonAsync("token issue"))["project_id"]!;
        string[] whose = ["--project-id", project, "--resource", "Cluster"];
        await lane.CreateTemplateAsync("limited");
        Assert.Equal("20", (await lane.Demo.PropertiesAsync("coe quotas show", whose))["hard_limit"]);
        Assert.Contains("HTTP 403", await SayAsync(lane.Demo, "coe quotas create", "50"), StringComparison.Ordinal);

        Assert.Equal("3", (await lane.Admin.PropertiesAsync("coe quotas create", [.. whose, "--hard-limit", "3"]))["hard_limit"]);
        Assert.Contains("HTTP 409", await SayAsync(lane.Admin, "coe quotas create", "3"), StringComparison.Ordinal);
        Assert.Equal("0", (await lane.Admin.PropertiesAsync("coe quotas update", [.. whose, "--hard-limit", "0"]))["hard_limit"]);
        var row = Assert.Single(await lane.Admin.TableAsync("coe quotas list", "--all-tenants"));
        Assert.Equal((project, "Cluster", "0"), (row["project_id"], row["resource"], row["hard_limit"]));

        var error = await lane.Demo.FailsAsync("coe cluster create", "over", "--cluster-template", "limited");
        Assert.Contains("HTTP 403", error, StringComparison.Ordinal);
        Assert.Contains("maximum clusters per project, 0", error, StringComparison.Ordinal);

        Assert.Contains("accepted", (await lane.Admin.OkAsync("coe quotas delete", whose)).Output, StringComparison.Ordinal);
        Assert.Empty(await lane.Admin.TableAsync("coe quotas list", "--all-tenants"));
        await lane.Demo.OkAsync("coe cluster template delete", "limited");

        async Task<string> SayAsync(OpenStackClient client, string command, string limit) =>
            (await client.OkAsync(command, [.. whose, "--hard-limit", limit])).Output;
    }

    [LaneFact(Lane.Cli)]
    public async Task TheServices_AreListedForTheAdministratorOnly()
    {
        var service = Assert.Single(await lane.Admin.ListAsync("coe service list"))!;
        Assert.Equal(("magnum-conductor", "up"), ((string)service["binary"]!, (string)service["state"]!));

        Assert.Contains("403", await lane.Demo.FailsAsync("coe service list"), StringComparison.Ordinal);
    }

    /// <returns>The stack's id. The client shows none: it renames the field of the answer that it prints.</returns>
    private async Task<string> TheCloudHasItAsync(string uuid)
    {
        var stack = Assert.Single(await lane.Demo.ListAsync("stack list"), s => ((string)s!["Stack Name"]!).EndsWith($"-{uuid.Replace("-", "", StringComparison.Ordinal)[..12]}", StringComparison.Ordinal))!;
        Assert.Equal("CREATE_COMPLETE", (string?)stack["Stack Status"]);
        var events = await lane.Demo.ListAsync("stack event list", (string)stack["Stack Name"]!);
        Assert.Contains(events, e => (string?)e!["resource_status"] == "CREATE_COMPLETE");
        Assert.Equal(3, (await lane.Demo.ListAsync("server list")).Count);
        return (string)stack["ID"]!;
    }

    private async Task NodeGroupsAsync()
    {
        var groups = await lane.Demo.ListAsync("coe nodegroup list", "blue");
        Assert.Equal(["default-master", "default-worker"], groups.Select(g => (string)g!["name"]!).Order());
        var worker = await lane.Demo.JsonAsync("coe nodegroup show", "blue", "default-worker");
        Assert.Equal(("worker", 2, "CREATE_COMPLETE"), ((string)worker["role"]!, (int)worker["node_count"]!, (string)worker["status"]!));
        Assert.Equal("default-worker", (string?)Assert.Single(await lane.Demo.ListAsync("coe nodegroup list", "blue", "--role", "worker"))!["name"]);
        Assert.Equal("default-worker", (string?)Assert.Single(await lane.Demo.ListAsync("coe nodegroup list", "blue", "--limit", "1", "--sort-key", "name", "--sort-dir", "desc"))!["name"]);
    }

    private async Task KubeconfigAsync(string apiAddress)
    {
        var folder = Directory.CreateTempSubdirectory("magnum-kubeconfig-");
        try
        {
            var printed = await lane.Demo.OkAsync("coe cluster config", "blue", "--dir", folder.FullName, "--output-certs");
            Assert.Contains("export KUBECONFIG=", printed.Output, StringComparison.Ordinal);
            var file = Path.Combine(folder.FullName, "config");
            var config = KubeconfigFile.Read(file);
            Assert.Equal(apiAddress, config.Server);
            using var client = config.ClientCertificate;
            Assert.Contains("CN=admin", client.Subject, StringComparison.Ordinal);
            Assert.Contains("O=system:masters", client.Subject, StringComparison.Ordinal);
            using var authority = config.Authority;
            Assert.True(client.IsSignedBy(authority));
            Assert.True(client.HasPrivateKey);

            await lane.Demo.OkAsync("coe cluster config", "blue", "--dir", folder.FullName, "--force", "--use-keystone");
            Assert.Contains("$OS_TOKEN", await File.ReadAllTextAsync(file, Ct), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task CertificatesAsync()
    {
        var folder = Directory.CreateTempSubdirectory("magnum-csr-");
        try
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=alice, O=developers", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var csr = Path.Combine(folder.FullName, "alice.csr");
            await File.WriteAllTextAsync(csr, request.CreateSigningRequestPem(), Ct);
            using var authority = X509Certificate2.CreateFromPem((await lane.Demo.OkAsync("coe ca show", "blue")).Output);
            using var signed = X509Certificate2.CreateFromPem((await lane.Demo.OkAsync("coe ca sign", "blue", csr)).Output);
            Assert.Contains("CN=alice", signed.Subject, StringComparison.Ordinal);
            Assert.True(signed.IsSignedBy(authority));

            await lane.Demo.OkAsync("coe ca rotate", "blue");
            await lane.FollowAsync("blue", "UPDATE_COMPLETE");
            using var rotated = X509Certificate2.CreateFromPem((await lane.Demo.OkAsync("coe ca show", "blue")).Output);
            Assert.NotEqual(authority.Thumbprint, rotated.Thumbprint);
            Assert.False(signed.IsSignedBy(rotated));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
