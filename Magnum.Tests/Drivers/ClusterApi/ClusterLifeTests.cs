using System.Text;
using System.Text.Json.Nodes;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;
using Magnum.Drivers.EmbeddedCloud.Neutron;
using Magnum.Tests.Support;
using Magnum.Tests.Support.ClusterApi;

namespace Magnum.Tests.Drivers.ClusterApi;

/// <summary>A cluster's life with Cluster API, by both contracts.</summary>
public sealed class ClusterLifeTests
{
    [Theory]
    [InlineData("v1beta1")]
    [InlineData("v1beta2")]
    public async Task Create_BecomesReadyWithNodesVersionAndAddress(string version)
    {
        await using var world = await ClusterApiWorld.StartAsync(version);

        Assert.Equal(ClusterApiWorld.Name, await world.ConvergeAsync());
        var first = await world.ObserveAsync();
        world.Controllers.Finish = false;
        var middle = await world.SettleAsync();
        world.Controllers.Finish = true;
        var seen = await world.SettleAsync();

        Assert.Equal((ObservedState.InProgress, true, null), (first.State, first.IsCurrent, first.Reason));
        Assert.Equal((ObservedState.InProgress, "https://192.0.2.10:6443"), (middle.State, middle.ApiAddress));
        Assert.Equal(["network 1/1", "load-balancer 1/1", "control-plane 0/1", "workers 0/2"], middle.Stages.Select(s => $"{s.Name} {s.Done}/{s.Total}"));
        Assert.Equal((ObservedState.Ready, true, "v1.31.1", ClusterApiWorld.Name), (seen.State, seen.IsCurrent, seen.CoeVersion, seen.BackendId));
        Assert.Equal(["default-master 1 v1.31.1", "default-worker 2 v1.31.1"], seen.NodeGroups.Select(g => $"{g.Name} {g.NodeCount} {g.Version}"));
        var node = seen.NodeGroups[1].Nodes[0];
        Assert.Equal(($"{ClusterApiWorld.Name}-default-worker-x1-0002", "00000002-0000-4000-8000-000000000000", "10.0.0.2", "Running"), (node.Name, node.ServerId, node.Address, node.Status));
        Assert.All(seen.Stages, s => Assert.Equal(s.Total, s.Done));
    }

    [Theory]
    [InlineData("v1beta1")]
    [InlineData("v1beta2")]
    public async Task Create_WritesTheTopologyOfTheContract(string version)
    {
        await using var world = await ClusterApiWorld.StartAsync(version);
        world.Cluster.Labels["octavia_provider"] = "ovn";
        world.Cluster.Labels["master_lb_allowed_cidrs"] = "198.51.100.0/24";

        await world.ConvergeAsync();

        var topology = world.Topology();
        Assert.Equal("v1.31.1", (string?)topology["version"]);
        Assert.Equal("m1.small", (string?)world.Variable("controlPlaneFlavor"));
        Assert.Equal($"{ClusterApiWorld.Name}-cloud-config", (string?)world.Variable("clusterIdentityRefName"));
        Assert.Equal("""{"enabled":true,"provider":"ovn","allowedCIDRs":["198.51.100.0/24","10.0.0.0/24"]}""", world.Variable("apiServerLoadBalancer")!.ToJsonString());
        var piece = world.Piece(NodeGroup.DefaultWorkerName);
        Assert.Equal((2, "default-worker"), ((int?)piece["replicas"], (string?)piece["class"]));
        if (version == "v1beta1")
        {
            Assert.Equal(("magnum-openstack", "magnum-system"), ((string?)topology["class"], (string?)topology["classNamespace"]));
            Assert.Equal("""{"enable":true,"maxUnhealthy":"40%","unhealthyConditions":[{"type":"Ready","status":"False","timeout":"300s"},{"type":"Ready","status":"Unknown","timeout":"300s"}]}""", piece["machineHealthCheck"]!.ToJsonString());
            Assert.Equal("300s", (string?)piece["nodeDrainTimeout"]);
        }
        else
        {
            Assert.Equal("""{"name":"magnum-openstack","namespace":"magnum-system"}""", topology["classRef"]!.ToJsonString());
            Assert.Equal("""{"enabled":true,"checks":{"unhealthyNodeConditions":[{"type":"Ready","status":"False","timeoutSeconds":300},{"type":"Ready","status":"Unknown","timeoutSeconds":300}]},"remediation":{"triggerIf":{"unhealthyLessThanOrEqualTo":"40%"}}}""", piece["healthCheck"]!.ToJsonString());
            Assert.Equal(300, (int?)piece["deletion"]!["nodeDrainTimeoutSeconds"]);
        }
    }

    [Fact]
    public async Task Create_GivesTheClustersAuthoritiesAndTheCloudsCredential()
    {
        await using var world = await ClusterApiWorld.StartAsync();

        await world.ConvergeAsync();

        Assert.Equal(
            ["ca", "cloud-config", "cloud-provider", "etcd", "proxy", "sa"], world.Management.Names("secrets").Select(n => n[(ClusterApiWorld.Name.Length + 1)..]));
        Assert.Equal(TestAuthorities.Kubernetes.Certificate, Data(world, "ca", "tls.crt"));
        Assert.Equal(TestAuthorities.ServiceAccount.PrivateKey, Data(world, "sa", "tls.key"));
        var clouds = JsonNode.Parse(Data(world, "cloud-config", "clouds.yaml"))!["clouds"]!["default"]!;
        Assert.Equal(("v3applicationcredential", "RegionOne", "public"), ((string?)clouds["auth_type"], (string?)clouds["region_name"], (string?)clouds["interface"]));
        Assert.Equal(world.Cloud.AuthUrl.ToString().TrimEnd('/'), (string?)clouds["auth"]!["auth_url"]);
        var inner = JsonNode.Parse(Data(world, "cloud-provider", "cloud-config.yaml"))!;
        Assert.Contains($"application-credential-id={clouds["auth"]!["application_credential_id"]}", (string)inner["stringData"]!["cloud.conf"]!, StringComparison.Ordinal);
        Assert.Equal(world.Cluster.Uuid.ToString(), (string?)inner["stringData"]!["cluster-uuid"]);
        Assert.Equal([$"{ClusterApiWorld.Name}-cloud-provider"], world.Management.Names("clusterresourcesets"));
    }

    [Fact]
    public async Task Resize_ChangesTheNumbersAndNothingElse()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        var before = world.Topology();
        world.Management.Change("clusters", ClusterApiWorld.Name, c => c["spec"]!["topology"]!["variables"]!.AsArray().Add(new JsonObject { ["name"] = "theirs", ["value"] = 1 }));

        world.Cluster.DefaultWorker.NodeCount = 4;
        world.Cluster.DefaultMaster.NodeCount = 3;
        world.Cluster.Labels["octavia_provider"] = "ovn";   // what the class may not change stays as it was made
        await world.ConvergeAsync();
        var asked = await world.ObserveAsync();
        var seen = await world.SettleAsync();

        Assert.Equal((ObservedState.InProgress, true), (asked.State, asked.IsCurrent));
        Assert.Equal((ObservedState.Ready, "3 4"), (seen.State, string.Join(' ', seen.NodeGroups.Select(g => g.Nodes.Count))));
        before["controlPlane"]!["replicas"] = 3;
        before["workers"]!["machineDeployments"]![0]!["replicas"] = 4;
        before["variables"]!.AsArray().Add(new JsonObject { ["name"] = "theirs", ["value"] = 1 });
        Assert.True(JsonNode.DeepEquals(before, world.Topology()), world.Topology().ToJsonString());
    }

    [Fact]
    public async Task Resize_NodesThatAreNamedGo()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        world.Cluster.DefaultWorker.NodeCount = 3;
        await world.CreatedAsync();
        var nodes = (await world.ObserveAsync()).NodeGroups[1].Nodes;

        world.Cluster.DefaultWorker.NodeCount = 2;
        await world.ConvergeAsync(r => r with { NodesToRemove = [nodes[1].ServerId!] });
        var seen = await world.SettleAsync();

        Assert.Equal([nodes[0].Name, nodes[2].Name], seen.NodeGroups[1].Nodes.Select(n => n.Name));
    }

    [Fact]
    public async Task EvenNumberOfMasters_OrSeveralWithoutALoadBalancer_IsRefused()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        world.Cluster.MasterLbEnabled = false;
        world.Cluster.DefaultMaster.NodeCount = 3;

        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => world.ConvergeAsync());

        Assert.True(refusal.NothingChanged);
        Assert.Contains("master_lb_enabled", refusal.Message, StringComparison.Ordinal);
        Assert.True(world.Driver.Description.OddMasterCount);
        Assert.Empty(world.Management.Names("clusters"));
    }

    [Fact]
    public async Task AddedGroup_IsAPieceThatIsWorkedOnByItself()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        var group = await world.AddedAsync("gpu_Nodes", 2);
        group.NodeLabels["gpu"] = "yes";

        Assert.Equal($"{ClusterApiWorld.Name}/gpu-nodes-aaaaaaaa", group.StackId);
        var seen = await world.ObserveAsync(group);
        Assert.Equal(("gpu_Nodes", 2, "v1.31.1"), (seen.NodeGroups.Single().Name, seen.NodeGroups.Single().Nodes.Count, seen.NodeGroups.Single().Version));

        // The cluster's own operation is another, and leaves it alone.
        world.Cluster.DefaultWorker.NodeCount = 1;
        await world.ConvergeAsync();
        Assert.Equal(2, (int?)world.Piece("gpu-nodes-aaaaaaaa")["replicas"]);
        Assert.False((await world.ObserveAsync(group)).IsCurrent);
        Assert.Equal(["default-master", "default-worker"], (await world.SettleAsync()).NodeGroups.Select(g => g.Name));

        group.NodeCount = 3;
        await world.ConvergeAsync(r => r with { NodeGroup = group, MayCreate = false });
        Assert.Equal(ObservedState.InProgress, (await world.ObserveAsync(group)).State);
        Assert.Equal(3, (await world.SettleAsync(group)).NodeGroups.Single().Nodes.Count);

        await world.Driver.DeleteAsync(world.Request with { NodeGroup = group }, ClusterApiWorld.Ct);
        var going = await world.ObserveAsync(group);
        Assert.Equal((ObservedState.InProgress, true), (going.State, going.IsDeleting));
        Assert.Equal(ObservedState.Absent, (await world.SettleAsync(group)).State);
        await world.Driver.DeleteAsync(world.Request with { NodeGroup = group }, ClusterApiWorld.Ct);
        Assert.Equal(ObservedState.Ready, (await world.ObserveAsync()).State);
    }

    [Fact]
    public async Task AddedGroup_WithLabelsTaintsAndAZoneOfItsOwn_HasThemInItsVariables()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        var group = new NodeGroup
        {
            Uuid = Guid.NewGuid(),
            Name = "gpu",
            NodeCount = 1,
            FlavorId = "m1.medium",
            Role = "infra",
            Labels = new() { ["availability_zone"] = "nova" },
            NodeLabels = new() { ["team"] = "a", ["gpu"] = "yes" },
            NodeTaints = [new NodeTaint("gpu", "yes", "NoSchedule")],
        };
        world.Cluster.NodeGroups.Add(group);

        await world.ConvergeAsync(r => r with { NodeGroup = group });

        var piece = world.Piece("gpu");
        Assert.Equal("nova", (string?)piece["failureDomain"]);
        Assert.Equal("""{"node.cluster.x-k8s.io/nodegroup":"gpu","node-role.kubernetes.io/infra":""}""", piece["metadata"]!["labels"]!.ToJsonString());
        var overrides = piece["variables"]!["overrides"]!.AsArray().ToDictionary(v => (string)v!["name"]!, v => v!["value"]!.ToJsonString());
        Assert.Equal(("\"m1.medium\"", "\"gpu=yes,team=a\"", """[{"key":"gpu","value":"yes","effect":"NoSchedule"}]"""), (overrides["flavor"], overrides["nodeLabels"], overrides["nodeTaints"]));
        Assert.Equal((string?)world.Variable("imageUUID"), overrides["imageUUID"].Trim('"'));
    }

    [Fact]
    public async Task ScaledByLoad_HasARangeAndNoNumber()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        world.Cluster.Labels["auto_scaling_enabled"] = "true";
        world.Cluster.Labels["max_node_count"] = "5";
        await world.CreatedAsync();

        var piece = world.Piece(NodeGroup.DefaultWorkerName);
        Assert.Null(piece["replicas"]);
        Assert.Equal("""{"cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size":"1","cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size":"5"}""", piece["metadata"]!["annotations"]!.ToJsonString());

        // A number that is asked for holds at once; what the autoscaler makes of it then is seen.
        world.Cluster.DefaultWorker.NodeCount = 4;
        await world.ConvergeAsync();
        Assert.Equal(4, (await world.SettleAsync()).NodeGroups[1].NodeCount);
        world.Management.Change("machinedeployments", $"{ClusterApiWorld.Name}-default-worker-x1", d => d["spec"]!["replicas"] = 3);
        Assert.Equal((ObservedState.Ready, 3), (await world.SettleAsync() is var seen ? (seen.State, seen.NodeGroups[1].NodeCount!.Value) : default));
    }

    [Theory]
    [InlineData("v1beta1")]
    [InlineData("v1beta2")]
    public async Task Upgrade_ReplacesTheClustersNodesAndThenTheGroups(string version)
    {
        await using var world = await ClusterApiWorld.StartAsync(version);
        await world.CreatedAsync();
        var group = await world.AddedAsync("gpu", 1);
        await world.NameImageAsync(ClusterApiWorld.NewImage, world.Cluster.DefaultMaster, world.Cluster.DefaultWorker);
        await world.Driver.CheckUpgradeAsync(world.Cluster, null, world.Credential, ClusterApiWorld.Ct);
        Assert.Equal("v1.31.1", (string?)world.Topology()["version"]);

        await world.ConvergeAsync(r => r with { UpgradeBatch = 2 });
        world.Controllers.Finish = false;
        var middle = await world.SettleAsync();
        world.Controllers.Finish = true;
        var seen = await world.SettleAsync();

        Assert.Equal((ObservedState.InProgress, new NodeReplacement(3, 3)), (middle.State, middle.Replacement));
        Assert.Equal((ObservedState.Ready, null, "v1.32.1"), (seen.State, seen.Replacement, seen.CoeVersion));
        Assert.All(seen.NodeGroups, g => Assert.Equal("v1.32.1", g.Version));
        var strategy = version == "v1beta1" ? world.Piece("default-worker")["strategy"] : world.Piece("default-worker")["rollout"]!["strategy"];
        Assert.Equal("""{"type":"RollingUpdate","rollingUpdate":{"maxSurge":2,"maxUnavailable":0}}""", strategy!.ToJsonString());
        Assert.Equal((ObservedState.Ready, "v1.31.1"), (await world.ObserveAsync(group) is var left ? (left.State, left.NodeGroups.Single().Version) : default));
        world.Cluster.CoeVersion = seen.CoeVersion;

        // While that is behind, the cluster does not go further.
        var tooFar = await Assert.ThrowsAsync<DriverRefusedException>(() => world.Driver.CheckUpgradeAsync(world.Cluster, null, world.Credential, ClusterApiWorld.Ct));
        Assert.Contains("Node group gpu still runs Kubernetes v1.31.1", tooFar.Message, StringComparison.Ordinal);

        await world.NameImageAsync(ClusterApiWorld.NewImage, group);
        await world.Driver.CheckUpgradeAsync(world.Cluster, group, world.Credential, ClusterApiWorld.Ct);
        await world.ConvergeAsync(r => r with { NodeGroup = group, UpgradeBatch = 1 });
        Assert.Equal((ObservedState.Ready, "v1.32.1"), (await world.SettleAsync(group) is var done ? (done.State, done.NodeGroups.Single().Version) : default));
        Assert.Null(world.Piece("gpu")["metadata"]!["annotations"]);
    }

    [Theory]
    [InlineData("v1.30.2", "there is no way back")]
    [InlineData("v1.33.0", "one minor version at a time")]
    [InlineData(null, "does not say which version")]
    public async Task Upgrade_ToAVersionThatCannotBe_IsRefusedAndNothingIsTouched(string? label, string why)
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        await world.NameImageAsync("ubuntu-24.04", world.Cluster.DefaultMaster, world.Cluster.DefaultWorker);
        if (label is not null)
        {
            world.Cluster.Labels["kube_tag"] = label;
        }

        var changes = world.Management.Calls.Count(c => c.Changes);

        var check = await Assert.ThrowsAsync<DriverRefusedException>(() => world.Driver.CheckUpgradeAsync(world.Cluster, null, world.Credential, ClusterApiWorld.Ct));
        var converge = await Assert.ThrowsAsync<DriverRefusedException>(() => world.ConvergeAsync(r => r with { UpgradeBatch = 1 }));

        Assert.Contains(why, check.Message, StringComparison.Ordinal);
        Assert.Equal((check.Message, true), (converge.Message, converge.NothingChanged));
        Assert.Equal(changes, world.Management.Calls.Count(c => c.Changes));
    }

    [Fact]
    public async Task Delete_TakesTheClusterThenItsSecretsAndItsCredential()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        var group = await world.AddedAsync("gpu", 1);
        world.Cluster.Status = ClusterStatus.DeleteInProgress;

        // Groups go with the cluster.
        await world.Driver.DeleteAsync(world.Request with { NodeGroup = group }, ClusterApiWorld.Ct);
        Assert.Equal(ObservedState.Absent, (await world.ObserveAsync(group)).State);
        Assert.NotNull(world.Piece("gpu"));

        await world.Driver.DeleteAsync(world.Request, ClusterApiWorld.Ct);
        var going = await world.ObserveAsync();
        Assert.Equal((ObservedState.InProgress, true), (going.State, going.IsDeleting));
        Assert.Contains(world.Management.Calls, c => c.Line.EndsWith($"clusters/{ClusterApiWorld.Name}", StringComparison.Ordinal) && c.Method == "DELETE" && c.Query.Contains("propagationPolicy=Foreground", StringComparison.Ordinal));
        Assert.Equal(["demo"], world.Credentials());

        // The Cluster is gone: there is a part left to be asked for.
        var left = await world.SettleAsync();
        Assert.Equal((ObservedState.Ready, true, Verdict.NextPart), (left.State, left.IsDeleting, ClusterStateMachine.Judge(OperationKind.Delete, left)));
        await world.Driver.DeleteAsync(world.Request, ClusterApiWorld.Ct);
        Assert.Equal(ObservedState.Absent, (await world.ObserveAsync()).State);
        Assert.Empty(world.Management.Names("secrets"));
        Assert.Empty(world.Management.Names("clusterresourcesets"));
        Assert.Empty(world.Credentials());
        await world.Driver.DeleteAsync(world.Request, ClusterApiWorld.Ct);
    }

    [Fact]
    public async Task LoadBalancersOfServices_GoBeforeTheCluster()
    {
        await using var world = await ClusterApiWorld.StartAsync(adopt: false);
        world.Cluster.ProjectId = world.Owner.ProjectId!;
        string kept;
        lock (world.Cloud.Cloud.Gate)
        {
            var balancers = world.Cloud.Cloud.LoadBalancers;
            var network = world.Cloud.Cloud.Network.AddNetwork(new NetworkRow { Id = Guid.NewGuid().ToString(), Name = "blue", ProjectId = world.Cluster.ProjectId });
            var subnet = world.Cloud.Cloud.Network.AddSubnet(
                new SubnetRow { Id = Guid.NewGuid().ToString(), Name = "blue", ProjectId = network.ProjectId, NetworkId = network.Id, Cidr = "10.77.0.0/24" });
            var own = balancers.Add(world.Cluster.ProjectId, "web", subnet.Id, null, null, $"Kubernetes external service default/web from cluster {world.Cluster.Uuid}", []);
            var api = balancers.Add(world.Cluster.ProjectId, "api", subnet.Id, null, null, $"Created by cluster-api-provider-openstack cluster {ClusterApiWorld.Name}", []);
            (own.ProvisioningStatus, api.ProvisioningStatus, kept) = ("ACTIVE", "ACTIVE", api.Id);
        }

        var left = await world.Driver.RemoveOwnMakingsAsync(world.Cluster, world.Credential, ClusterApiWorld.Ct);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        world.Cloud.Cloud.Advance();   // its own loop would come a moment later

        Assert.Equal(["load balancer web"], left);
        Assert.Empty(await world.Driver.RemoveOwnMakingsAsync(world.Cluster, world.Credential, ClusterApiWorld.Ct));
        lock (world.Cloud.Cloud.Gate)
        {
            Assert.Equal([kept], world.Cloud.Cloud.LoadBalancers.State.LoadBalancers.Keys);
        }
    }

    [Fact]
    public async Task DeletedByOthers_IsAbsentAndIsNotMadeAgain()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        world.Cluster.Status = ClusterStatus.UpdateInProgress;
        world.Management.Remove("clusters", ClusterApiWorld.Name);

        Assert.Equal(ObservedState.Absent, (await world.ObserveAsync()).State);
        var refusal = await Assert.ThrowsAsync<DriverRefusedException>(() => world.ConvergeAsync(r => r with { MayCreate = false }));
        Assert.Contains("somebody deleted it outside Magnum", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task InProgress_AreListedForAllProjectsAtOnce()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.ConvergeAsync();
        var calls = world.Management.Calls.Count;

        var working = await world.Driver.ListInProgressAsync(ClusterApiWorld.Ct);
        Assert.Equal([ClusterApiWorld.Name, $"{ClusterApiWorld.Name}/default-worker"], working!.Order(StringComparer.Ordinal));
        Assert.Equal(3, world.Management.Calls.Count - calls);   // a list of each kind

        await world.Controllers.RunAsync(ClusterApiWorld.Ct);
        Assert.Empty((await world.Driver.ListInProgressAsync(ClusterApiWorld.Ct))!);
        var group = await world.AddedAsync("gpu", 1);
        group.NodeCount = 2;
        await world.ConvergeAsync(r => r with { NodeGroup = group });
        Assert.Contains($"{ClusterApiWorld.Name}/gpu", (await world.Driver.ListInProgressAsync(ClusterApiWorld.Ct))!);
        await world.Controllers.RunAsync(ClusterApiWorld.Ct);

        world.Cluster.Status = ClusterStatus.DeleteInProgress;
        await world.Driver.DeleteAsync(world.Request, ClusterApiWorld.Ct);
        Assert.Contains(ClusterApiWorld.Name, (await world.Driver.ListInProgressAsync(ClusterApiWorld.Ct))!);
        await world.Controllers.RunAsync(ClusterApiWorld.Ct);
        Assert.Empty((await world.Driver.ListInProgressAsync(ClusterApiWorld.Ct))!);
    }

    [Fact]
    public async Task Events_TellConditionsOnceAndGoOnFromTheMarker()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.ConvergeAsync();
        var first = await world.SettleAsync();
        world.Time.Advance(TimeSpan.FromMinutes(2));
        world.Cluster.DefaultWorker.NodeCount = 3;
        await world.ConvergeAsync();
        await world.Controllers.RunAsync(ClusterApiWorld.Ct);

        var later = await world.ObserveAsync(marker: first.EventMarker);

        Assert.Contains(first.Events, e => e.Message == $"Cluster {ClusterApiWorld.Name}: Available." && e is { Source: EventSource.ClusterApi, Level: EventLevel.Info, ResourceType: "Cluster", ResourceStatus: "Available=True" });
        var machine = Assert.Single(later.Events.ExceptBy(first.Events.Select(e => e.ExternalId), e => e.ExternalId), e => e.ResourceType == "Machine" && e.ResourceStatus == "NodeHealthy=True");
        Assert.Equal(("00000004-0000-4000-8000-000000000000", world.Time.GetUtcNow()), (machine.PhysicalId, machine.OccurredAt));
        Assert.Equal(first.Events.Count, first.Events.Select(e => e.ExternalId).Distinct().Count());
    }

    [Fact]
    public async Task Health_IsWhatClusterApiKnows()
    {
        await using var world = await ClusterApiWorld.StartAsync();
        await world.CreatedAsync();
        var access = PlayedEngine.Access();

        var well = await world.Driver.ProbeAsync(world.Cluster, access, ClusterApiWorld.Ct);
        var broken = $"{ClusterApiWorld.Name}-default-worker-x1-0002";
        world.Management.Change("machines", broken, m => m["status"]!["conditions"] = new JsonArray(new JsonObject { ["type"] = "NodeHealthy", ["status"] = "False" }));
        var ill = await world.Driver.ProbeAsync(world.Cluster, access, ClusterApiWorld.Ct);
        world.Management.Before = _ => new ManagementFault(0);
        var unknown = await world.Driver.ProbeAsync(world.Cluster, access, ClusterApiWorld.Ct);

        Assert.Equal((HealthStatus.Healthy, "ok", "Ready"), (well!.Status, well.Reasons["api"], well.Reasons["capi.controlplane"]));
        Assert.Equal((HealthStatus.Unhealthy, "False"), (ill!.Status, ill.Reasons[$"{broken}.Ready"]));
        Assert.Equal(HealthStatus.Unknown, unknown!.Status);
    }

    private static string Data(ClusterApiWorld world, string suffix, string key) =>
        Encoding.UTF8.GetString(Convert.FromBase64String((string)world.Management.Find("secrets", $"{ClusterApiWorld.Name}-{suffix}")!["data"]![key]!));
}
