using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Tests.Support;

namespace Magnum.Tests.Web.Api;

/// <summary>What may be asked of a cluster in which status: every status for every operation.</summary>
public sealed class AllowedStatesTests : IDisposable
{
    /// <summary>From which Magnum starts everything.</summary>
    private static readonly ClusterStatus[] Settled =
    [
        ClusterStatus.CreateComplete, ClusterStatus.UpdateComplete, ClusterStatus.ResumeComplete, ClusterStatus.RestoreComplete, ClusterStatus.RollbackComplete,
        ClusterStatus.SnapshotComplete, ClusterStatus.CheckComplete, ClusterStatus.AdoptComplete,
    ];

    private readonly ApiWorld _world = new();

    public void Dispose() => _world.Dispose();

    /// <summary>The request, what it is called in refusals (empty: never refused), and from where it starts besides the settled states.</summary>
    public static TheoryData<string, string, string, string, ClusterStatus[]> Operations => new()
    {
        // Beyond Magnum: what failed may be changed again, which is how it is cured.
        { "PATCH", "clusters/blue", """[{"op": "replace", "path": "/node_count", "value": 3}]""", "Updating a cluster when status is", [ClusterStatus.UpdateFailed, ClusterStatus.RollbackFailed] },
        {
            "POST", "clusters/blue/actions/resize", """{"node_count": 3}""", "Resizing a cluster when status is",
            [ClusterStatus.UpdateFailed, ClusterStatus.UpdateInProgress, ClusterStatus.RollbackFailed]
        },
        { "POST", "clusters/blue/actions/upgrade", """{"cluster_template": "k8s"}""", "Upgrading a cluster when status is", [ClusterStatus.UpdateFailed, ClusterStatus.RollbackFailed] },
        { "PATCH", "certificates/blue", "", "Updating a cluster when status is", [] },
        {
            "PATCH", "credentials/blue", "", "Rotating the credential of a cluster when cluster status is",
            [.. Enum.GetValues<ClusterStatus>().Where(s => s.IsFailed()), ClusterStatus.UpdateInProgress]
        },
        { "PATCH", "clusters/blue", """[{"op": "replace", "path": "/health_status", "value": "HEALTHY"}]""", "", [] },
        { "DELETE", "clusters/blue", "", "", [] },
        { "GET", "clusters/blue", "", "", [] },
        { "GET", "certificates/blue", "", "", [] },
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task AnOperation_StartsFromItsStatesAlone(string method, string path, string body, string refusal, ClusterStatus[] besides)
    {
        _world.Core.Driver.Description = FakeDriver.Kubernetes() with { Capabilities = DriverCapabilities.Resize | DriverCapabilities.RotateCa | DriverCapabilities.Upgrade };
        foreach (var status in Enum.GetValues<ClusterStatus>().Except([ClusterStatus.DeleteComplete]))   // then it is gone
        {
            var caller = TestCaller.Member($"project-{status}");   // so that its name is its own
            _world.Callers[caller.ProjectId] = caller;
            var template = await _world.Core.AddTemplateAsync(caller);
            var cluster = await _world.Core.AddClusterAsync(status, caller, new NewCluster { Name = "blue", ClusterTemplateId = template.Uuid.ToString(), NodeCount = 2 });
            await TestAuthorities.GiveAsync(_world.Core, cluster.Uuid);

            var answer = await _world.SendAsync(method, $"/v1/{path}", body.Length == 0 ? null : body, caller.ProjectId);

            if (refusal.Length == 0 || Settled.Contains(status) || besides.Contains(status))
            {
                Assert.False(answer.Text.Contains(" status is ", StringComparison.Ordinal), $"{status}: {answer.Text}");
            }
            else
            {
                Assert.Equal((status, 400, $"{refusal} \"{status.ToWire()}\" is not supported."), (status, (int)answer.Status, answer.Detail));
                Assert.Equal(status, (await _world.Core.LoadAsync(cluster.Uuid)).Status);
            }
        }
    }

    /// <summary>What the next look says, at once after the answer: of the cluster and its workers.</summary>
    [Theory]
    [InlineData("PATCH", "", """[{"op": "replace", "path": "/node_count", "value": 3}]""", "UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")]
    [InlineData("POST", "/actions/resize", """{"node_count": 3}""", "UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")]
    [InlineData("PATCH", "", """[{"op": "replace", "path": "/health_status", "value": "UNHEALTHY"}]""", "CREATE_COMPLETE", "CREATE_COMPLETE")]
    [InlineData("PATCH", "", "[]", "CREATE_COMPLETE", "CREATE_COMPLETE")]
    [InlineData("DELETE", "", "", "DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS")]
    public async Task WhatIsAsked_IsSeenAtOnce(string method, string path, string body, string cluster, string workers)
    {
        await _world.Core.AddClusterAsync();

        Assert.True((await _world.SendAsync(method, $"/v1/clusters/blue{path}", body.Length == 0 ? null : body)).Message.IsSuccessStatusCode);

        Assert.Equal(
            (cluster, workers), (await StatusAsync("/v1/clusters/blue"), await StatusAsync("/v1/clusters/blue/nodegroups/default-worker")));

        async Task<string?> StatusAsync(string of) => (await _world.GetAsync(of)).Json.GetProperty("status").GetString();
    }
}
