using System.Security.Cryptography.X509Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Drivers.Kubernetes;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Cli;

/// <summary>
/// Whom a real API server lets in, and how far, by the certificates that <c>openstack coe</c> hands out. It is told of them what a master
/// is told, and asked by a real <c>kubectl</c>.
/// </summary>
[Collection(nameof(CliLane))]
public sealed class ClusterAccessTests(CliLane lane, ClustersWithApiServer clusters) : IClassFixture<ClustersWithApiServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [LaneFact(Lane.Cli)]
    public async Task TheKubeconfig_MayDoEverything()
    {
        var (server, admin) = (clusters.Server, clusters.Admin);

        Assert.Equal("ok", await server.OkAsync(admin, "get", "--raw", "/readyz"));
        Assert.Equal("yes", await server.OkAsync(admin, "auth", "can-i", "*", "*"));
        await server.OkAsync(admin, "create", "namespace", "shop");
        await server.OkAsync(admin, "create", "configmap", "prices", "--namespace", "shop", "--from-literal", "bread=3");
        Assert.Equal("3", await server.OkAsync(admin, "get", "configmap", "prices", "--namespace", "shop", "--output", "jsonpath={.data.bread}"));
        await server.OkAsync(admin, "get", "nodes");
    }

    /// <summary>Magnum itself asks with a certificate such as the kubeconfig's; nodes as kubelets would register them, and in the state they would report.</summary>
    [LaneFact(Lane.Cli)]
    public async Task TheProbe_SaysHowTheServerAndItsNodesAre()
    {
        var (server, admin) = (clusters.Server, clusters.Admin);
        var config = KubeconfigFile.Read(admin);
        using var key = config.ClientCertificate.GetRSAPrivateKey()!;
        var access = new EngineAccess(config.Authority.ExportCertificatePem(), config.ClientCertificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());

        await CreateAsync("silent");
        await CreateAsync("working");
        var ready = Path.Combine(clusters.NewFolder(), "status.json");
        await File.WriteAllTextAsync(
            ready, """{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "working"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]} }""", Ct);
        await server.OkAsync(admin, "replace", "--raw", "/api/v1/nodes/working/status", "--filename", ready);
        var health = await KubernetesProbe.AskAsync("blue", server.Url, access, Ct);
        await server.OkAsync(admin, "delete", "node", "silent", "working");

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Equal(("ok", "Unknown", "True"), (health.Reasons["api"], health.Reasons["silent.Ready"], health.Reasons["working.Ready"]));

        async Task CreateAsync(string name) => await server.OkAsync(admin, "create", "--filename", await NodeAsync(name));
    }

    [LaneFact(Lane.Cli)]
    public async Task TheFilesOfOutputCerts_MayDoEverythingToo()
    {
        var kubeconfig = await clusters.ConfigAsync(ClustersWithApiServer.Name, "--output-certs");

        var answer = await clusters.Server.KubectlWithFilesAsync(Path.GetDirectoryName(kubeconfig)!, "auth", "can-i", "*", "*");
        Assert.Equal((0, "yes"), (answer.ExitCode, answer.Output.Trim()));
        Assert.Equal("yes", await clusters.Server.OkAsync(kubeconfig, "auth", "can-i", "*", "*"));
    }

    [LaneFact(Lane.Cli)]
    public async Task AKubeconfigThatIsAskedForAgain_LeavesTheFirstGood()
    {
        var kubeconfig = await clusters.ConfigAsync(ClustersWithApiServer.Name, "--use-certificate");
        var folder = Path.GetDirectoryName(kubeconfig)!;
        Assert.Equal([kubeconfig], Directory.GetFiles(folder));
        var kept = Path.Combine(clusters.NewFolder(), "config");
        File.Copy(kubeconfig, kept);

        Assert.Contains("exists, aborting", await lane.Demo.FailsAsync("coe cluster config", ClustersWithApiServer.Name, "--dir", folder), StringComparison.Ordinal);
        await lane.Demo.OkAsync("coe cluster config", ClustersWithApiServer.Name, "--dir", folder, "--force");

        Assert.NotEqual(await File.ReadAllTextAsync(kept, Ct), await File.ReadAllTextAsync(kubeconfig, Ct));
        Assert.Equal("yes", await clusters.Server.OkAsync(kubeconfig, "auth", "can-i", "*", "*"));
        Assert.Equal("yes", await clusters.Server.OkAsync(kept, "auth", "can-i", "*", "*"));
    }

    [LaneFact(Lane.Cli)]
    public async Task ACertificateOfAnotherSubject_MayDoWhatItsNameIsGiven()
    {
        var (server, admin) = (clusters.Server, clusters.Admin);
        var alice = await clusters.ConfigOfSubjectAsync("CN=alice, O=developers");

        var error = await server.FailsAsync(alice, "get", "pods");
        Assert.Contains("Forbidden", error, StringComparison.Ordinal);
        Assert.Contains("User \"alice\" cannot list resource \"pods\"", error, StringComparison.Ordinal);

        // A role of its own: those that Kubernetes brings are put together by a controller, which does not run here.
        await server.OkAsync(admin, "create", "clusterrole", "pod-reader", "--verb", "list", "--resource", "pods");
        await server.OkAsync(admin, "create", "clusterrolebinding", "developers", "--clusterrole", "pod-reader", "--group", "developers");
        // The server hears of its own rules a moment later.
        await Eventually.BecomesTrueAsync("alice's rights", TimeSpan.FromMinutes(1), async _ => (await server.KubectlAsync(alice, "get", "pods")).ExitCode == 0, Ct);
        Assert.Contains("User \"alice\" cannot create resource \"namespaces\"", await server.FailsAsync(alice, "create", "namespace", "alices"), StringComparison.Ordinal);
    }

    [LaneFact(Lane.Cli)]
    public async Task ANodesCertificate_RegistersThatNodeOnly()
    {
        var (server, admin) = (clusters.Server, clusters.Admin);
        var node = await clusters.ConfigOfSubjectAsync("CN=system:node:one, O=system:nodes");

        await server.OkAsync(node, "create", "--filename", await NodeAsync("one"));
        Assert.Equal("node/one", await server.OkAsync(admin, "get", "nodes", "--output", "name"));
        Assert.Contains("node \"one\" is not allowed to modify node \"two\"", await server.FailsAsync(node, "create", "--filename", await NodeAsync("two")), StringComparison.Ordinal);
        Assert.Contains("Forbidden", await server.FailsAsync(node, "get", "secrets"), StringComparison.Ordinal);
    }

    [LaneFact(Lane.Cli)]
    public async Task AnotherClustersCertificate_IsRefused()
    {
        var kubeconfig = await clusters.ConfigAsync(ClustersWithApiServer.OtherName);
        var other = KubeconfigFile.Read(kubeconfig);

        // As it is, kubectl does not trust this server in the first place.
        Assert.Contains("certificate signed by unknown authority", await clusters.Server.FailsAsync(kubeconfig, "get", "--raw", "/readyz"), StringComparison.Ordinal);
        Assert.Contains("Unauthorized", await clusters.Server.FailsAsync(clusters.ConfigWith(clusters.Admin, other.ClientCertificate), "get", "--raw", "/api"), StringComparison.Ordinal);
    }

    [LaneFact(Lane.Cli)]
    public async Task ARotation_EndsTheKubeconfigsOfBefore()
    {
        var before = await clusters.ConfigAsync(ClustersWithApiServer.OtherName);
        await lane.Demo.OkAsync("coe ca rotate", ClustersWithApiServer.OtherName);

        await using var server = await clusters.StartServerAsync(ClustersWithApiServer.OtherName, "UPDATE_COMPLETE");
        var after = await clusters.ConfigAsync(ClustersWithApiServer.OtherName);

        Assert.Equal("yes", await server.OkAsync(after, "auth", "can-i", "*", "*"));
        Assert.Contains("certificate signed by unknown authority", await server.FailsAsync(before, "get", "nodes"), StringComparison.Ordinal);
        Assert.Contains("Unauthorized", await server.FailsAsync(clusters.ConfigWith(after, KubeconfigFile.Read(before).ClientCertificate), "get", "--raw", "/api"), StringComparison.Ordinal);
    }

    /// <summary>A file with a node as a kubelet registers it.</summary>
    private async Task<string> NodeAsync(string name)
    {
        var file = Path.Combine(clusters.NewFolder(), "node.json");
        await File.WriteAllTextAsync(file, $$"""{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "{{name}}"} }""", Ct);
        return file;
    }
}
