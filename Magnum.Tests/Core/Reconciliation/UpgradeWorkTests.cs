using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.Operations;
using Magnum.Tests.Support.Conductor;

namespace Magnum.Tests.Core.Reconciliation;

/// <summary>Upgrades in the conductor: one part of the back end's work after the other.</summary>
public sealed class UpgradeWorkTests : IDisposable
{
    private readonly ConductorWorld _world = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task AllPartsAreAskedFor_OneAfterTheOther_AndTheShareGrows()
    {
        var (cluster, operation) = await AddAsync(_world);
        var progress = new List<int>();
        while ((await _world.OperationAsync(operation)).IsActive)
        {
            await _world.Runner.RunAsync(operation, Ct);
            var row = await _world.OperationAsync(operation);
            progress.Add(row.Progress);
            _world.Advance(row);
        }

        var ended = await _world.OperationAsync(operation);
        Assert.Equal(OperationState.Succeeded, ended.State);
        Assert.Equal(4, _world.Cloud.Calls.Count(c => c == "converge"));
        Assert.Equal([38, 58, 78, 78, 100], progress);
        Assert.Equal((ClusterStatus.UpdateComplete, null), await StatusAsync(cluster));
    }

    [Fact]
    public async Task RefusedBeforeAnythingWasTouched_TheFormerTemplateHoldsAgain()
    {
        var (cluster, operation) = await AddAsync(_world);
        _world.Cloud.Trouble = c => c == "converge" ? new DriverRefusedException("Image newer could not be found.", nothingChanged: true) : null;

        await _world.DriveAsync(operation);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.CreateComplete, "Image newer could not be found."), (row.Status, row.StatusReason));
        Assert.Equal(("k8s", "older-image"), (row.Template.Name, row.DefaultWorker.ImageId));
        Assert.Equal(new Dictionary<string, string> { ["kube_tag"] = "v1.31.1" }, row.Labels);
    }

    [Fact]
    public async Task FailedInTheMiddle_SaysWhy_AndStaysWithTheNewTemplate()
    {
        var (cluster, operation) = await AddAsync(_world);
        await _world.Runner.RunAsync(operation, Ct);
        _world.Cloud.Stacks[cluster].EndsAs = ObservedState.Failed;
        _world.Cloud.Stacks[cluster].Reason = "Node blue-worker-3 failed at kubelet.";

        await _world.DriveAsync(operation);

        var row = await _world.ClusterAsync(cluster);
        Assert.Equal((ClusterStatus.UpdateFailed, "Node blue-worker-3 failed at kubelet."), (row.Status, row.StatusReason));
        Assert.Equal(("newer", "newer-image"), (row.Template.Name, row.DefaultWorker.ImageId));
    }

    [Fact]
    public async Task KilledAtEachAction_IsFinishedByAnother()
    {
        var survived = false;
        for (var action = 1; !survived; action++)
        {
            using var world = new ConductorWorld();
            var (cluster, operation) = await AddAsync(world);
            survived = !await KillTests.KillAsync(world, operation, action);

            var ended = await world.DriveAsync(operation, world.StartConductor(host: "survivor"));

            Assert.Equal((OperationState.Succeeded, 0), (ended.State, world.Cloud.Stacks[cluster].PartsLeft));
            Assert.Equal(ClusterStatus.UpdateComplete, (await world.ClusterAsync(cluster)).Status);
        }
    }

    private async Task<(ClusterStatus, string?)> StatusAsync(Guid cluster)
    {
        var row = await _world.ClusterAsync(cluster);
        return (row.Status, row.StatusReason);
    }

    /// <summary>As the request leaves it: the rows say where it goes, the payload where it came from.</summary>
    private static async Task<(Guid Cluster, Guid Operation)> AddAsync(ConductorWorld world)
    {
        var payload = default(OperationPayload);
        return await world.AddAsync(
            OperationKind.Upgrade,
            ClusterStatus.CreateComplete,
            cluster =>
            {
                cluster.Labels = new Dictionary<string, string> { ["kube_tag"] = "v1.31.1" };
                cluster.NodeGroups.ForEach(g => g.ImageId = "older-image");
                payload = new OperationPayload { Former = FormerTemplate.Of(cluster), MaxBatchSize = 2 };
                cluster.Template = cluster.Template with { Name = "newer", ImageId = "newer-image" };
                cluster.Labels = new Dictionary<string, string> { ["kube_tag"] = "v1.32.1" };
                cluster.NodeGroups.ForEach(g => g.ImageId = "newer-image");
            },
            () => payload!);
    }
}
