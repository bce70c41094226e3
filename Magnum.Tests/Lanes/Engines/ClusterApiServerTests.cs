using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Magnum.Core.Certificates;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Tests.Drivers.ClusterApi;
using Magnum.Tests.Support;
using Magnum.Tests.Support.Lanes;

namespace Magnum.Tests.Lanes.Engines;

/// <summary>
/// The driver on a real Kubernetes API server with the rights of <c>deploy/cluster-api/rbac.yaml</c> and no more. Cluster API's controllers are played.
/// </summary>
public sealed class ClusterApiServerTests : IAsyncLifetime
{
    private const string Magnum = "system:serviceaccount:magnum-system:magnum";
    private const string NoQuota = "error creating Openstack instance: Quota exceeded for instances: Requested 1, but already used 10 of 10 instances";

    private readonly string _folder = Directory.CreateTempSubdirectory("magnum-capi-").FullName;
    private KubeApiServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Admin => Path.Combine(_folder, "admin");

    private string Ours => Path.Combine(_folder, "magnum");

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (!Lane.IsChosen(Lane.Engines))
        {
            return;
        }

        var authority = TestAuthorities.Kubernetes;
        _server = await KubeApiServer.StartAsync(
            "management",
            "https://192.0.2.10:6443",
            authority.Certificate,
            csr => Task.FromResult(CertificateAuthority.Sign(authority, SigningRequest.Parse(csr).Value!, new CertificateOptions(), TimeProvider.System.GetUtcNow()).Value!),
            Ct);
        var admin = PlayedEngine.Access();
        await WriteAsync(Admin, admin.Certificate, admin.Key);
        await WriteAsync(Ours, Magnum);
        var deploy = Path.Combine(Repository.Root, "deploy", "cluster-api");
        await _server.OkAsync(Admin, "apply", "-f", Path.Combine(deploy, "rbac.yaml"));
        await _server.OkAsync(Admin, "apply", "-f", Path.Combine(Repository.Root, "Magnum.Tests", "Fixtures", "cluster-api", "crds.yaml"));
        await Eventually.BecomesTrueAsync(
            "the server to know the kinds of Cluster API",
            TimeSpan.FromSeconds(60),
            async _ => (await _server.KubectlAsync(Admin, "get", "clusters.cluster.x-k8s.io,openstackmachines.infrastructure.cluster.x-k8s.io,clusterclasses.cluster.x-k8s.io", "-A")).ExitCode == 0,
            Ct);
        var shipped = Path.Combine(_folder, "class.yaml");
        await File.WriteAllTextAsync(shipped, (await File.ReadAllTextAsync(Path.Combine(deploy, "cluster-class.yaml"), Ct)).Split("\n---\n")[0], Ct);
        await _server.OkAsync(Admin, "apply", "-f", shipped);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [LaneFact(Lane.Engines)]
    public async Task Cluster_FromCreationToRemoval()
    {
        await using var world = await ClusterApiWorld.StartAsync(kubeconfig: Ours, ofControllers: Admin);
        await world.CreatedAsync();
        Assert.Equal((1, 2), (await CountAsync(world, "control-plane="), await CountAsync(world, "deployment-name=default-worker", "topology.cluster.x-k8s.io")));
        var authority = await GetAsync(world, "secret", $"{ClusterApiWorld.Name}-ca", "{.data.tls\\.crt}");
        Assert.Equal(TestAuthorities.Kubernetes.Certificate, Encoding.UTF8.GetString(Convert.FromBase64String(authority)));

        // A worker that is named goes, and the topology keeps what others wrote into it.
        var leaving = (await world.ObserveAsync()).NodeGroups[1].Nodes[0];
        await _server.OkAsync(Admin, "-n", Namespace(world), "patch", "clusters.cluster.x-k8s.io", ClusterApiWorld.Name, "--type=merge", "-p", """{"metadata":{"annotations":{"theirs":"stays"}}}""");
        world.Cluster.DefaultWorker.NodeCount = 1;
        await world.ConvergeAsync(r => r with { NodesToRemove = [leaving.ServerId!] });
        Assert.Equal(ObservedState.InProgress, (await world.ObserveAsync()).State);
        Assert.DoesNotContain((await world.SettleAsync()).NodeGroups[1].Nodes, n => n.ServerId == leaving.ServerId);
        Assert.Equal("stays", await GetAsync(world, "clusters.cluster.x-k8s.io", ClusterApiWorld.Name, "{.metadata.annotations.theirs}"));

        // A group of its own comes, grows and goes.
        var group = await world.AddedAsync("gpu", 1);
        group.NodeCount = 2;
        await world.ConvergeAsync(r => r with { NodeGroup = group });
        Assert.Equal(2, (await world.SettleAsync(group)).NodeGroups.Single().Nodes.Count);

        // The cluster goes to the next version, then the group.
        await world.NameImageAsync(ClusterApiWorld.NewImage, world.Cluster.DefaultMaster, world.Cluster.DefaultWorker);
        await world.Driver.CheckUpgradeAsync(world.Cluster, null, world.Credential, Ct);
        Assert.Equal("v1.31.1", await GetAsync(world, "clusters.cluster.x-k8s.io", ClusterApiWorld.Name, "{.spec.topology.version}"));
        await world.ConvergeAsync(r => r with { UpgradeBatch = 1 });
        var upgraded = await world.SettleAsync();
        Assert.Equal((ObservedState.Ready, "v1.32.1", "v1.31.1"), (upgraded.State, upgraded.CoeVersion, (await world.ObserveAsync(group)).NodeGroups.Single().Version));
        world.Cluster.CoeVersion = upgraded.CoeVersion;
        await world.NameImageAsync(ClusterApiWorld.NewImage, group);
        await world.ConvergeAsync(r => r with { NodeGroup = group, UpgradeBatch = 1 });
        Assert.Equal("v1.32.1", (await world.SettleAsync(group)).NodeGroups.Single().Version);
        Assert.Equal("", await GetAsync(world, "clusters.cluster.x-k8s.io", ClusterApiWorld.Name, "{.spec.topology.workers.machineDeployments[1].metadata.annotations}"));

        // Trouble of the cloud's is told.
        world.Controllers.Trouble = name => name == NodeGroup.DefaultWorkerName ? NoQuota : null;
        world.Cluster.DefaultWorker.NodeCount = 2;
        await world.ConvergeAsync();
        Assert.Contains(NoQuota, (await world.SettleAsync()).Reason, StringComparison.Ordinal);
        Assert.Contains(ClusterApiWorld.Name, (await world.Driver.ListInProgressAsync(Ct))!);
        world.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(ObservedState.Failed, (await world.ObserveAsync()).State);
        world.Controllers.Trouble = _ => null;
        Assert.Equal(ObservedState.Ready, (await world.SettleAsync()).State);

        await world.Driver.DeleteAsync(world.Request with { NodeGroup = group }, Ct);
        Assert.Equal((ObservedState.InProgress, true), (await world.ObserveAsync(group) is var going ? (going.State, going.IsDeleting) : default));
        Assert.Equal(ObservedState.Absent, (await world.SettleAsync(group)).State);
        Assert.Empty((await world.Driver.ListInProgressAsync(Ct))!);

        await RemoveAsync(world);
    }

    [LaneFact(Lane.Engines)]
    public async Task WrongField_IsRefusedByTheServerItselfAndNamed()
    {
        await using var world = await ClusterApiWorld.StartAsync(kubeconfig: Ours, ofControllers: Admin);
        await world.NameImageAsync("ubuntu-24.04", world.Cluster.DefaultMaster, world.Cluster.DefaultWorker);
        world.Cluster.Labels["kube_tag"] = "v1";

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => world.ConvergeAsync());

        Assert.True(refusal.NothingChanged);
        Assert.Contains("spec.topology.version", refusal.Message, StringComparison.Ordinal);
        await world.Driver.AbandonAsync(world.Cluster, world.Owner, Ct);
        Assert.Equal("", await _server.OkAsync(Admin, "get", "secrets", "-n", Namespace(world), "-l", "magnum.openstack.org/cluster-uuid", "-o", "name"));
    }

    [LaneFact(Lane.Engines)]
    public async Task ChangedMeanwhile_IsAConflictAndNotOverrun()
    {
        await using var world = await ClusterApiWorld.StartAsync(kubeconfig: Ours, ofControllers: Admin);
        await world.CreatedAsync();
        var contract = await world.Server.ContractAsync(Ct);
        var live = (await world.Server.FindAsync(contract.Cluster, Namespace(world), ClusterApiWorld.Name, Ct))!;
        await _server.OkAsync(Admin, "-n", Namespace(world), "patch", "clusters.cluster.x-k8s.io", ClusterApiWorld.Name, "--type=merge", "-p", """{"spec":{"paused":true}}""");

        var stale = global::Magnum.Drivers.ClusterApi.Objects.TopologyDraft.Of(live)!.Body;
        var conflict = await Assert.ThrowsAsync<global::Magnum.Core.OpenStack.CloudException>(() => world.Server.ApplyAsync(contract.Cluster, stale, dryRun: false, Ct));

        Assert.Equal(global::Magnum.Core.OpenStack.CloudFault.Conflict, conflict.Fault);
        await RemoveAsync(world);
    }

    private async Task RemoveAsync(ClusterApiWorld world)
    {
        world.Cluster.Status = ClusterStatus.DeleteInProgress;
        await world.Driver.DeleteAsync(world.Request, Ct);
        Assert.Equal((ObservedState.InProgress, true), (await world.ObserveAsync() is var going ? (going.State, going.IsDeleting) : default));
        Assert.Equal((ObservedState.Ready, true), (await world.SettleAsync() is var left ? (left.State, left.IsDeleting) : default));
        await world.Driver.DeleteAsync(world.Request, Ct);
        Assert.Equal(ObservedState.Absent, (await world.ObserveAsync()).State);
        Assert.Equal("", await _server.OkAsync(Admin, "get", "secrets,clusters.cluster.x-k8s.io,clusterresourcesets.addons.cluster.x-k8s.io", "-n", Namespace(world), "-l", "magnum.openstack.org/cluster-uuid", "-o", "name"));
        Assert.Empty(world.Credentials());
    }

    private static string Namespace(ClusterApiWorld world) => $"magnum-{world.Cluster.ProjectId}";

    private async Task<int> CountAsync(ClusterApiWorld world, string label, string prefix = "cluster.x-k8s.io") =>
        (await _server.OkAsync(Admin, "get", "machines.cluster.x-k8s.io", "-n", Namespace(world), "-l", $"{prefix}/{label}", "-o", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private Task<string> GetAsync(ClusterApiWorld world, string kind, string name, string path) => _server.OkAsync(Admin, "get", kind, name, "-n", Namespace(world), "-o", $"jsonpath={path}");

    private async Task WriteAsync(string file, string subject)
    {
        using var key = RSA.Create(2048);
        using var authority = X509Certificate2.CreateFromPem(TestAuthorities.Kubernetes.Certificate, TestAuthorities.Kubernetes.PrivateKey);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var signed = request.Create(authority, authority.NotBefore, authority.NotAfter, [1, 2, 3, 4]);
        await WriteAsync(file, signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private Task WriteAsync(string file, string certificate, string key) => File.WriteAllTextAsync(
        file,
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["current-context"] = "it",
            ["contexts"] = Named("context", new JsonObject { ["cluster"] = "it", ["user"] = "it" }),
            ["clusters"] = Named("cluster", new JsonObject { ["server"] = _server.Url.OriginalString, ["certificate-authority-data"] = Base64(TestAuthorities.Kubernetes.Certificate) }),
            ["users"] = Named("user", new JsonObject { ["client-certificate-data"] = Base64(certificate), ["client-key-data"] = Base64(key) }),
        }.ToJsonString(),
        Ct);

    private static JsonArray Named(string what, JsonObject content) => [new JsonObject { ["name"] = "it", [what] = content }];

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
