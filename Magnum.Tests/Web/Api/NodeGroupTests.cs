using System.Net;
using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Operations;
using Magnum.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Magnum.Tests.Web.Api;

/// <summary>Groups that are added, changed and removed through the API, of a driver that can.</summary>
public sealed class NodeGroupTests : IDisposable
{
    private const string Path = "/v1/clusters/blue/nodegroups";

    private readonly ApiWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task ANewGroup_IsStoredWithItsOperation_BeforeTheAnswer()
    {
        var cluster = await ClusterAsync();

        var made = await _world.SendAsync("POST", Path, """
            {"name": "gpu", "node_count": 2, "min_node_count": 1, "max_node_count": 4, "flavor_id": "m1.large", "labels": {"availability_zone": "b"},
             "merge_labels": true, "node_labels": {"team": "ml"}, "node_taints": [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]}
            """);

        Assert.Equal(HttpStatusCode.Accepted, made.Status);
        Assert.Equal(
            ("CREATE_IN_PROGRESS", "gpu", "worker", 2, false, "m1.large", "ubuntu"),
            (Text(made, "status"), Text(made, "name"), Text(made, "role"), made.Json.GetProperty("node_count").GetInt32(), made.Json.GetProperty("is_default").GetBoolean(),
                Text(made, "flavor_id"), Text(made, "image_id")));
        Assert.True(made.Json.GetProperty("id").GetInt64() > 0);
        Assert.Equal("""{"a":"1","availability_zone":"b"}""", made.Json.GetProperty("labels").GetRawText());
        Assert.Equal("""{"availability_zone":"b"}""", made.Json.GetProperty("labels_added").GetRawText());
        Assert.Equal("""{"team":"ml"}""", made.Json.GetProperty("node_labels").GetRawText());
        Assert.Equal("""[{"key":"gpu","value":"yes","effect":"NoSchedule"}]""", made.Json.GetProperty("node_taints").GetRawText());
        Assert.Equal(made.Text, (await _world.GetAsync($"{Path}/gpu")).Text);

        var shown = (await _world.GetAsync("/v1/clusters/blue")).Json;
        Assert.Equal(("UPDATE_IN_PROGRESS", 4, 1), (shown.GetProperty("status").GetString(), shown.GetProperty("node_count").GetInt32(), shown.GetProperty("master_count").GetInt32()));
        var operation = (await _world.Core.OperationsAsync(cluster))[^1];
        Assert.Equal((OperationKind.NodeGroupCreate, Text(made, "uuid")), (operation.Kind, operation.NodeGroupUuid.ToString()));
        Assert.Equal(operation.Uuid, _world.Core.Enqueued.Last());
    }

    [Fact]
    public async Task WhatIsNotGiven_ComesFromTheCluster()
    {
        await ClusterAsync();

        var made = await _world.SendAsync("POST", Path, """{"name": "more"}""");

        Assert.Equal(("m1.small", "ubuntu", 1), (Text(made, "flavor_id"), Text(made, "image_id"), made.Json.GetProperty("node_count").GetInt32()));
        Assert.Equal("""{"a":"1"}""", made.Json.GetProperty("labels").GetRawText());
        Assert.Equal("null", made.Json.GetProperty("max_node_count").GetRawText());
    }

    [Theory]
    [InlineData("""{"name": "g", "flavor_id": "m9.none"}""", 400, "Unable to find flavor m9.none.")]
    [InlineData("""{"name": "g", "image_id": "lost"}""", 400, "Image lost could not be found.")]
    [InlineData("""{"name": "g", "image_id": "fedora"}""", 400, "Image fedora is fedora-coreos, and the cluster's nodes are ubuntu: one cluster has one distribution.")]
    [InlineData("""{"name": "g", "node_count": 100000}""", 400, "Invalid input for field/attribute node_count. Value: '100000'. Value should be lower or equal to 1000")]
    [InlineData("""{"name": "g", "labels": {"boot_volume_size": "-1"}}""", 400, "Invalid input for field/attribute labels.boot_volume_size. Value: '-1'. Value should be greater or equal to 0")]
    [InlineData("""{"name": "g", "node_labels": {"a b": "y"}}""", 409, "node_labels for g is invalid ('a b' is no label key of Kubernetes: up to 63 letters, digits, '-', '_' and '.', after a DNS name and '/' if one is given).")]
    [InlineData("""{"name": "g", "node_labels": {"a": "y,b=c"}}""", 409, "node_labels for g is invalid ('y,b=c' is no value of a Kubernetes label: up to 63 letters, digits, '-', '_' and '.').")]
    [InlineData("""{"name": "g", "node_taints": [{"key": "a b", "effect": "NoSchedule"}]}""", 409, "node_taints for g is invalid ('a b=' is no key and value of a Kubernetes taint).")]
    public async Task WhatCannotWork_IsRefusedBeforeAnythingStarts(string body, int status, string detail)
    {
        var cluster = await ClusterAsync();
        _world.Core.Images.Images.Add(FakeImages.New("fedora", "fedora-coreos"));

        var refused = await _world.SendAsync("POST", Path, body);

        Assert.Equal((status, detail), ((int)refused.Status, refused.Detail));
        Assert.Single(await _world.Core.OperationsAsync(cluster));
        Assert.Equal(2, (await _world.Core.LoadAsync(cluster)).NodeGroups.Count);
    }

    [Fact]
    public async Task AGroup_IsMadeOnceForItsKey()
    {
        await ClusterAsync();

        var first = await _world.SendAsync("POST", Path, """{"name": "gpu"}""", headers: [("Idempotency-Key", "k")]);
        var again = await _world.SendAsync("POST", Path, """{"name": "gpu"}""", headers: [("Idempotency-Key", "k")]);
        var other = await _world.SendAsync("POST", Path, """{"name": "cpu"}""", headers: [("Idempotency-Key", "k")]);

        Assert.Equal((HttpStatusCode.Accepted, first.Text, "true"), (again.Status, again.Text, again.Header("Idempotent-Replayed")));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal(3, (await _world.GetAsync(Path)).Json.GetProperty("nodegroups").GetArrayLength());
    }

    [Fact]
    public async Task AChange_IsStoredAndCarriedOut_AndTheSameAgainIsNothing()
    {
        var cluster = await ClusterAsync();

        var changed = await _world.SendAsync("PATCH", $"{Path}/default-worker", """
            [{"op": "replace", "path": "/max_node_count", "value": 6}, {"op": "replace", "path": "/node_labels", "value": "{'team': 'ml'}"}]
            """);
        await _world.Core.FinishAsync(cluster, ClusterStatus.UpdateComplete);
        var again = await _world.SendAsync("PATCH", $"{Path}/default-worker", """[{"op": "replace", "path": "/max_node_count", "value": 6}]""");

        Assert.Equal((HttpStatusCode.Accepted, "UPDATE_IN_PROGRESS", 6), (changed.Status, Text(changed, "status"), changed.Json.GetProperty("max_node_count").GetInt32()));
        Assert.Equal("""{"team":"ml"}""", changed.Json.GetProperty("node_labels").GetRawText());
        Assert.Equal((HttpStatusCode.Accepted, "UPDATE_COMPLETE"), (again.Status, Text(again, "status")));
        Assert.Equal([OperationKind.Create, OperationKind.NodeGroupUpdate], (await _world.Core.OperationsAsync(cluster)).Select(o => o.Kind));
    }

    /// <summary>Every status of a group, and whether it may be changed then.</summary>
    public static TheoryData<ClusterStatus, bool> States =>
        [.. Enum.GetValues<ClusterStatus>().Select(s => (s, s.IsSettled() || s is ClusterStatus.UpdateFailed or ClusterStatus.UpdateInProgress))];

    [Theory]
    [MemberData(nameof(States))]
    public async Task TheStateOfTheGroup_DecidesWhetherItMayBeChanged(ClusterStatus status, bool may)
    {
        var cluster = await ClusterAsync();
        await _world.Core.FinishAsync(cluster, status);

        var changed = await _world.SendAsync("PATCH", $"{Path}/default-worker", """[{"op": "replace", "path": "/max_node_count", "value": 6}]""");

        Assert.Equal(may ? 202 : 400, (int)changed.Status);
        if (!may)
        {
            Assert.Equal($"nodegroup_update when nodegroup status is \"{status.ToWire()}\" is not supported.", changed.Detail);
        }
    }

    [Theory]
    [InlineData(ClusterStatus.CreateFailed, false)]
    [InlineData(ClusterStatus.DeleteFailed, false)]
    [InlineData(ClusterStatus.UpdateFailed, true)]
    [InlineData(ClusterStatus.RollbackFailed, true)]
    [InlineData(ClusterStatus.UpdateComplete, true)]
    public async Task TheStateOfTheCluster_DecidesWhetherAGroupMayBeAdded(ClusterStatus status, bool may)
    {
        var cluster = await ClusterAsync();
        await _world.Core.FinishAsync(cluster, status);

        var added = await _world.SendAsync("POST", Path, """{"name": "gpu"}""");

        Assert.Equal(may ? 202 : 400, (int)added.Status);
        if (!may)
        {
            Assert.Equal($"Adding a nodegroup when cluster status is \"{status.ToWire()}\" is not supported.", added.Detail);
        }
    }

    [Fact]
    public async Task WhileSomethingElseIsDone_GroupsWait()
    {
        var cluster = await ClusterAsync();
        await _world.SendAsync("POST", Path, """{"name": "gpu"}""");

        var added = await _world.SendAsync("POST", Path, """{"name": "cpu"}""");
        var changed = await _world.SendAsync("PATCH", $"{Path}/default-worker", """[{"op": "replace", "path": "/max_node_count", "value": 6}]""");

        var busy = $"Node groups have to wait: another change of cluster {cluster} is being carried out. Try again when it is done.";
        Assert.Equal((409, busy, 409, busy), ((int)added.Status, added.Detail, (int)changed.Status, changed.Detail));
    }

    [Fact]
    public async Task Deletion_PreemptsWhatIsDoneToTheGroup_AndIsAskedOnce()
    {
        var cluster = await ClusterAsync();
        await _world.SendAsync("POST", Path, """{"name": "gpu"}""");

        var deleted = await _world.SendAsync("DELETE", $"{Path}/gpu");
        var again = await _world.SendAsync("DELETE", $"{Path}/gpu");

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (deleted.Status, again.Status));
        var row = await _world.Core.LoadAsync(cluster);
        Assert.Equal((ClusterStatus.UpdateInProgress, ClusterStatus.DeleteInProgress), (row.Status, row.NodeGroups.Single(g => g.Name == "gpu").Status));
        Assert.Equal(
            [(OperationKind.Create, OperationState.Succeeded), (OperationKind.NodeGroupCreate, OperationState.Cancelled), (OperationKind.NodeGroupDelete, OperationState.Queued)],
            (await _world.Core.OperationsAsync(cluster)).Select(o => (o.Kind, o.State)));
    }

    [Fact]
    public async Task Deletion_WaitsForAnotherGroupsChange()
    {
        var cluster = await ClusterAsync();
        await _world.SendAsync("POST", Path, """{"name": "gpu"}""");
        await _world.Core.FinishAsync(cluster, ClusterStatus.UpdateComplete);
        await _world.SendAsync("POST", Path, """{"name": "cpu"}""");

        var deleted = await _world.SendAsync("DELETE", $"{Path}/gpu");

        Assert.Equal(409, (int)deleted.Status);
    }

    [Theory]
    [InlineData("POST", "")]
    [InlineData("PATCH", "/default-worker")]
    [InlineData("DELETE", "/default-worker")]
    public async Task OfAnotherProject_EvenAnAdministratorFindsNothing(string method, string path)
    {
        await ClusterAsync();
        var body = method switch { "POST" => """{"name": "gpu"}""", "PATCH" => """[{"op": "replace", "path": "/max_node_count", "value": 6}]""", _ => null };

        Assert.Equal(404, (int)(await _world.SendAsync(method, Path + path, body, token: "alt")).Status);
        Assert.Equal(404, (int)(await _world.SendAsync(method, Path + path, body, token: "admin")).Status);
        Assert.Equal(403, (int)(await _world.SendAsync(method, Path + path, body, token: "reader")).Status);
    }

    [Fact]
    public async Task AnAddedGroup_IsUpgradedToTheClustersTemplateOnly()
    {
        var cluster = await ClusterAsync();
        await _world.SendAsync("POST", Path, """{"name": "gpu"}""");
        await _world.Core.FinishAsync(cluster, ClusterStatus.UpdateComplete);
        await _world.Core.AddTemplateAsync(spec: RequestWorld.Spec("newer"));

        var refused = await _world.SendAsync("POST", "/v1/clusters/blue/actions/upgrade", """{"cluster_template": "newer", "nodegroup": "gpu"}""");

        Assert.Equal((409, "Cluster Template is not valid for upgrade: Nodegroup gpu can be upgraded only to match cluster's template (k8s)."), ((int)refused.Status, refused.Detail));
    }

    [Fact]
    public async Task AFailedChangeOfAGroup_CanBeTriedAgain()
    {
        var cluster = await ClusterAsync();
        await _world.SendAsync("POST", Path, """{"name": "gpu"}""");
        await _world.Core.FinishAsync(cluster, ClusterStatus.UpdateFailed, OperationState.Failed);

        var retried = await _world.SendAsync("POST", "/v1/clusters/blue/actions/retry");

        Assert.Equal(HttpStatusCode.Accepted, retried.Status);
        Assert.Equal((OperationKind.NodeGroupCreate, OperationState.Queued), (await _world.Core.OperationsAsync(cluster)).Select(o => (o.Kind, o.State)).Last());
    }

    private static string? Text(ApiAnswer answer, string name) => answer.Json.GetProperty(name).GetString();

    /// <summary>A cluster that is up, on a driver that has node groups.</summary>
    private async Task<Guid> ClusterAsync()
    {
        var driver = _world.Core.Driver;
        driver.Description = driver.Description with { Capabilities = DriverCapabilities.Resize | DriverCapabilities.NodeGroups };
        var template = await _world.Core.AddTemplateAsync(spec: RequestWorld.Spec() with { Labels = new Dictionary<string, string> { ["a"] = "1" } });
        var cluster = await _world.Core.AddClusterAsync(request: new NewCluster { Name = "blue", ClusterTemplateId = template.Uuid.ToString(), NodeCount = 2 });
        await _world.Core.SetApiAddressAsync(cluster.Uuid);
        return cluster.Uuid;
    }
}
