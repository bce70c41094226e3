using System.Net;
using Magnum.Core.Clusters;
using Magnum.Core.ClusterTemplates;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Core.Operations;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

/// <summary>Upgrades as requests: what moves in the rows, what is refused before anything does.</summary>
public sealed class UpgradeTests : IDisposable
{
    private const string Path = "/v1/clusters/blue/actions/upgrade";

    private readonly ApiWorld _world = new();

    public UpgradeTests() => _world.Core.Driver.Description = FakeDriver.Kubernetes() with { Capabilities = DriverCapabilities.Resize | DriverCapabilities.Upgrade | DriverCapabilities.NodeGroups };

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task TheClusterMovesToTheTemplate_AndKeepsAllElse()
    {
        var cluster = await ClusterAsync();
        var before = await _world.Core.LoadAsync(cluster);
        var newer = await TemplateAsync(s => s with { DnsNameserver = "9.9.9.9", Labels = new Dictionary<string, string> { ["kube_tag"] = "v1.32.1", ["b"] = "2" } });

        var answer = await _world.SendAsync("POST", Path, """{"cluster_template": "newer", "max_batch_size": 2}""");
        var shown = await _world.SendAsync("GET", "/v1/clusters/blue");

        Assert.Equal((HttpStatusCode.Accepted, $$"""{"uuid":"{{cluster}}"}"""), (answer.Status, answer.Text.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal(("UPDATE_IN_PROGRESS", newer.Uuid.ToString()), (shown.Json.GetProperty("status").GetString(), shown.Json.GetProperty("cluster_template_id").GetString()));
        var row = await _world.Core.LoadAsync(cluster);
        Assert.Equal((newer.Uuid, "newer", "newer-image"), (row.Template.Uuid, row.Template.Name, row.Template.ImageId));
        Assert.Equal((before.Template.DnsNameserver, before.Template.FixedNetwork, before.FlavorId), (row.Template.DnsNameserver, row.Template.FixedNetwork, row.FlavorId));
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["kube_tag"] = "v1.32.1" }, row.Labels);
        Assert.All(row.NodeGroups, g => Assert.Equal(("newer-image", ClusterStatus.UpdateInProgress), (g.ImageId, g.Status)));
        var operation = (await _world.Core.OperationsAsync(cluster)).Last();
        Assert.Equal((OperationKind.Upgrade, 2, newer.Uuid), (operation.Kind, operation.Payload.MaxBatchSize, operation.Payload.ClusterTemplateId));
        Assert.Equal(before.Template, operation.Payload.Former!.Template, Same);
    }

    public static TheoryData<string, string> Unfit => new()
    {
        { "coe", "its COE is swarm, and the cluster's is kubernetes." },
        { "distro", "its cluster distro is debian, and the cluster's is ubuntu." },
        { "driver", "its driver is other, and the cluster's is k8s_heat." },
        { "network", "its network driver is flannel, and the cluster's is calico." },
    };

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task ATemplateOfAnotherKind_IsRefused_AndNothingMoves(string what, string why)
    {
        var cluster = await ClusterAsync();
        var template = await TemplateAsync(s => s with { NetworkDriver = what == "network" ? "flannel" : "calico" });
        await _world.Core.ChangeTemplateAsync(template.Uuid, t =>
        {
            (t.Coe, t.ClusterDistro, t.Driver) = (what == "coe" ? "swarm" : t.Coe, what == "distro" ? "debian" : t.ClusterDistro, what == "driver" ? "other" : t.Driver);
        });

        var refused = await _world.SendAsync("POST", Path, """{"cluster_template": "newer"}""");

        Assert.Equal((409, $"Cluster Template is not valid for upgrade: {why}"), ((int)refused.Status, refused.Detail));
        var row = await _world.Core.LoadAsync(cluster);
        Assert.Equal((ClusterStatus.CreateComplete, "k8s"), (row.Status, row.Template.Name));
    }

    [Fact]
    public async Task WhatTheDriverRefuses_IsToldAtOnce()
    {
        var cluster = await ClusterAsync();
        await TemplateAsync(s => s);
        _world.Core.Driver.UpgradeTrouble = new DriverRefusedException("Kubernetes v1.30.0 is older.", nothingChanged: true);
        var refused = await _world.SendAsync("POST", Path, """{"cluster_template": "newer"}""");
        _world.Core.Driver.UpgradeTrouble = new CloudException("image", CloudFault.Unreachable, "no answer");
        var unreachable = await _world.SendAsync("POST", Path, """{"cluster_template": "newer"}""");

        Assert.Equal((409, "Cluster Template is not valid for upgrade: Kubernetes v1.30.0 is older."), ((int)refused.Status, refused.Detail));
        Assert.Equal(503, (int)unreachable.Status);
        Assert.Equal(ClusterStatus.CreateComplete, (await _world.Core.LoadAsync(cluster)).Status);
    }

    [Fact]
    public async Task WhileAnotherChangeIsCarriedOut_ItIsRefused()
    {
        await ClusterAsync();
        await TemplateAsync(s => s);
        await _world.SendAsync("POST", "/v1/clusters/blue/actions/resize", """{"node_count": 4}""");

        var refused = await _world.SendAsync("POST", Path, """{"cluster_template": "newer"}""");

        Assert.Equal((400, "Upgrading a cluster when status is \"UPDATE_IN_PROGRESS\" is not supported."), ((int)refused.Status, refused.Detail));
    }

    [Fact]
    public async Task AFailedUpgrade_IsTriedAgain_WithNoWayBackToTheFormerTemplate()
    {
        var cluster = await ClusterAsync();
        await TemplateAsync(s => s);
        await _world.SendAsync("POST", Path, """{"cluster_template": "newer", "max_batch_size": 3}""");
        await _world.Core.FinishAsync(cluster, ClusterStatus.UpdateFailed, OperationState.Failed);

        var retried = await _world.SendAsync("POST", "/v1/clusters/blue/actions/retry");

        Assert.Equal(HttpStatusCode.Accepted, retried.Status);
        var again = (await _world.Core.OperationsAsync(cluster)).Last();
        Assert.Equal((OperationKind.Upgrade, OperationState.Queued, 3, null), (again.Kind, again.State, again.Payload.MaxBatchSize, again.Payload.Former));
    }

    [Fact]
    public async Task AnAddedGroup_FollowsTheClustersTemplate()
    {
        var cluster = await ClusterAsync();
        await _world.Core.SetApiAddressAsync(cluster);
        var made = await _world.SendAsync("POST", "/v1/clusters/blue/nodegroups", """{"name": "gpu"}""");
        await _world.Core.ChangeTemplateAsync((await _world.Core.LoadAsync(cluster)).ClusterTemplateId, t => t.ImageId = "newer-image");
        await _world.Core.FinishAsync(cluster, ClusterStatus.UpdateComplete);

        var answer = await _world.SendAsync("POST", Path, """{"cluster_template": "k8s", "nodegroup": "gpu"}""");

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (made.Status, answer.Status));
        var row = await _world.Core.LoadAsync(cluster);
        Assert.Equal(("newer-image", ClusterStatus.UpdateInProgress), (row.NodeGroups.Single(g => g.Name == "gpu").ImageId, row.NodeGroups.Single(g => g.Name == "gpu").Status));
        Assert.All(row.NodeGroups.Where(g => g.IsDefault), g => Assert.Equal(ClusterStatus.UpdateComplete, g.Status));
    }

    private static bool Same(ClusterTemplateSnapshot a, ClusterTemplateSnapshot b) => (a.Uuid, a.Name, a.ImageId) == (b.Uuid, b.Name, b.ImageId);

    private async Task<Guid> ClusterAsync()
    {
        var template = await _world.Core.AddTemplateAsync(
            spec: RequestWorld.Spec() with { NetworkDriver = "calico", Labels = new Dictionary<string, string> { ["a"] = "1", ["kube_tag"] = "v1.31.1" } });
        var cluster = await _world.Core.AddClusterAsync(request: new NewCluster { Name = "blue", ClusterTemplateId = template.Uuid.ToString(), NodeCount = 2 });
        return cluster.Uuid;
    }

    private async Task<ClusterTemplate> TemplateAsync(Func<ClusterTemplateSpec, ClusterTemplateSpec> change)
    {
        var template = await _world.Core.AddTemplateAsync(spec: change(RequestWorld.Spec("newer") with { NetworkDriver = "calico" }));
        await _world.Core.ChangeTemplateAsync(template.Uuid, t => (t.ImageId, t.FixedNetwork) = ("newer-image", "other"));
        return template;
    }
}
