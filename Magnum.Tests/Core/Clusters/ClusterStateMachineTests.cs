using Magnum.Core;
using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.Operations;

namespace Magnum.Tests.Core.Clusters;

public sealed class ClusterStateMachineTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 9, 30, 0, TimeSpan.Zero);

    public static TheoryData<OperationKind, ObservedState, bool, bool, bool, Verdict> Facts
    {
        get
        {
            var table = new TheoryData<OperationKind, ObservedState, bool, bool, bool, Verdict>();
            foreach (var kind in Enum.GetValues<OperationKind>())
            {
                foreach (var state in Enum.GetValues<ObservedState>())
                {
                    foreach (var bits in Enumerable.Range(0, 8))
                    {
                        var (current, deleting, rolling) = ((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
                        table.Add(kind, state, current, deleting, rolling, Expected(kind, state, current, deleting, rolling));
                    }
                }
            }

            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Facts))]
    public void Judge_EachFact_MeansOneThing(OperationKind kind, ObservedState state, bool current, bool deleting, bool rolling, Verdict expected) =>
        Assert.Equal(
            expected, ClusterStateMachine.Judge(kind, new ObservedCluster(state) { IsCurrent = current, IsDeleting = deleting, IsRollingBack = rolling }));

    [Theory]
    [InlineData(ClusterStatus.CreateInProgress, OperationOutcome.Succeeded, ClusterStatus.CreateComplete)]
    [InlineData(ClusterStatus.CreateInProgress, OperationOutcome.Failed, ClusterStatus.CreateFailed)]
    [InlineData(ClusterStatus.CreateInProgress, OperationOutcome.RolledBack, ClusterStatus.CreateFailed)]
    [InlineData(ClusterStatus.CreateInProgress, OperationOutcome.RollbackFailed, ClusterStatus.CreateFailed)]
    [InlineData(ClusterStatus.UpdateInProgress, OperationOutcome.Succeeded, ClusterStatus.UpdateComplete)]
    [InlineData(ClusterStatus.UpdateInProgress, OperationOutcome.Failed, ClusterStatus.UpdateFailed)]
    [InlineData(ClusterStatus.UpdateInProgress, OperationOutcome.RolledBack, ClusterStatus.RollbackComplete)]
    [InlineData(ClusterStatus.UpdateInProgress, OperationOutcome.RollbackFailed, ClusterStatus.RollbackFailed)]
    [InlineData(ClusterStatus.RollbackInProgress, OperationOutcome.Succeeded, ClusterStatus.RollbackComplete)]
    [InlineData(ClusterStatus.RollbackInProgress, OperationOutcome.Failed, ClusterStatus.RollbackFailed)]
    [InlineData(ClusterStatus.RollbackInProgress, OperationOutcome.RolledBack, ClusterStatus.RollbackComplete)]
    [InlineData(ClusterStatus.RollbackInProgress, OperationOutcome.RollbackFailed, ClusterStatus.RollbackFailed)]
    [InlineData(ClusterStatus.DeleteInProgress, OperationOutcome.Succeeded, ClusterStatus.DeleteComplete)]
    [InlineData(ClusterStatus.DeleteInProgress, OperationOutcome.Failed, ClusterStatus.DeleteFailed)]
    public void Settle_InProgress_BecomesItsEnd(ClusterStatus status, OperationOutcome outcome, ClusterStatus expected) =>
        Assert.Equal(expected, ClusterStateMachine.Settle(status, outcome));

    [Fact]
    public void Settle_EveryStatusInProgress_EndsInOneThatIsNot()
    {
        foreach (var status in Enum.GetValues<ClusterStatus>())
        {
            foreach (var outcome in Enum.GetValues<OperationOutcome>())
            {
                var settled = ClusterStateMachine.Settle(status, outcome);
                Assert.False(settled.IsInProgress());
                Assert.True(status.IsInProgress() || settled == status);
            }
        }
    }

    [Theory]
    [InlineData("CREATE_COMPLETE", "CREATE_COMPLETE", null, "CREATE_IN_PROGRESS", "CREATE_COMPLETE", null)]
    [InlineData("CREATE_COMPLETE", "CREATE_COMPLETE", null, "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", null)]
    [InlineData("CREATE_COMPLETE", "CREATE_COMPLETE", null, "CREATE_COMPLETE", "CREATE_COMPLETE", null)]
    [InlineData("CREATE_COMPLETE", "UPDATE_IN_PROGRESS", null, "UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", null)]
    [InlineData("CREATE_COMPLETE", "CREATE_FAILED", null, "CREATE_IN_PROGRESS", "CREATE_FAILED", "default-worker failed")]
    [InlineData("CREATE_FAILED", "CREATE_FAILED", null, "CREATE_IN_PROGRESS", "CREATE_FAILED", "default-master failed, default-worker failed")]
    [InlineData("CREATE_COMPLETE", "CREATE_COMPLETE", "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", null)]
    [InlineData("CREATE_COMPLETE", "CREATE_COMPLETE", "CREATE_FAILED", "UPDATE_IN_PROGRESS", "UPDATE_FAILED", "extra failed")]
    [InlineData("CREATE_COMPLETE", "CREATE_COMPLETE", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", null)]
    [InlineData("DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETE_FAILED", "DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS", null)]
    [InlineData("DELETE_COMPLETE", "DELETE_COMPLETE", "DELETE_FAILED", "DELETE_IN_PROGRESS", "DELETE_FAILED", "extra failed")]
    public void Aggregate_GroupsStatuses_GiveTheClusters(string master, string worker, string? extra, string previous, string expected, string? reason)
    {
        List<NodeGroup> groups = [Group("default-master", "master", true, master), Group("default-worker", "worker", true, worker)];
        if (extra is not null)
        {
            groups.Add(Group("extra", "worker", false, extra));
        }

        var (status, why) = ClusterStateMachine.Aggregate(groups, Wire(previous));

        Assert.Equal(Wire(expected), status);
        Assert.Equal(reason, why);
    }

    [Fact]
    public void CanStart_EachKind_FollowsTheTable()
    {
        foreach (var status in Enum.GetValues<ClusterStatus>())
        {
            var curable = status is ClusterStatus.UpdateFailed or ClusterStatus.RollbackFailed;
            Assert.True(ClusterStateMachine.CanStart(OperationKind.Delete, status));
            Assert.Equal(status.IsSettled() || curable, ClusterStateMachine.CanStart(OperationKind.Update, status));
            Assert.Equal(status.IsSettled() || curable, ClusterStateMachine.CanStart(OperationKind.Upgrade, status));
            Assert.Equal(status.IsSettled() || curable || status is ClusterStatus.UpdateInProgress, ClusterStateMachine.CanStart(OperationKind.Resize, status));
            Assert.Equal(status.IsSettled(), ClusterStateMachine.CanStart(OperationKind.RotateCa, status));
            Assert.Equal(status.IsSettled() || curable, ClusterStateMachine.CanStart(OperationKind.RotateCa, status, unfinished: true));
            Assert.Equal(status is ClusterStatus.CreateFailed, ClusterStateMachine.CanStart(OperationKind.Create, status));
        }
    }

    [Theory]
    [InlineData(ClusterStatus.CreateComplete)]
    [InlineData(ClusterStatus.UpdateFailed)]
    [InlineData(ClusterStatus.RollbackFailed)]
    public void Restore_RefusedResize_GivesBackStatusesAndCountAndTellsWhy(ClusterStatus before)
    {
        var cluster = Cluster(before);
        cluster.DefaultMaster.SetStatus(ClusterStatus.UpdateComplete, null, Now);
        var operation = Resize(cluster, from: 2, to: 5);

        ClusterStateMachine.Restore(cluster, operation, "too many", Now);

        Assert.Equal((before, "too many", 2), (cluster.Status, cluster.StatusReason, cluster.DefaultWorker.NodeCount));
        Assert.Equal(ClusterStatus.UpdateComplete, cluster.DefaultMaster.Status);
        Assert.Equal(before, cluster.DefaultWorker.Status);
        Assert.Null(cluster.Progress);
    }

    [Fact]
    public void End_FailedResizeWithOneGroupNamed_BlamesThatGroupAndRestoresTheCount()
    {
        var cluster = Cluster(ClusterStatus.CreateComplete);
        var operation = Resize(cluster, from: 2, to: 5);

        ClusterStateMachine.End(
            cluster,
            operation,
            OperationOutcome.Failed,
            "No valid host was found.",
            [
                new ObservedNodeGroup("default-master", 1, []),
                new ObservedNodeGroup("default-worker", 3, []) { State = ObservedState.Failed, Reason = "worker 4: No valid host was found." },
            ],
            Now);

        Assert.Equal((ClusterStatus.UpdateFailed, "No valid host was found.", 2), (cluster.Status, cluster.StatusReason, cluster.DefaultWorker.NodeCount));
        Assert.Equal(ClusterStatus.UpdateComplete, cluster.DefaultMaster.Status);
        Assert.Equal((ClusterStatus.UpdateFailed, "worker 4: No valid host was found."), (cluster.DefaultWorker.Status, cluster.DefaultWorker.StatusReason));
    }

    private static Verdict Expected(OperationKind kind, ObservedState state, bool current, bool deleting, bool rolling)
    {
        if (kind is OperationKind.Delete or OperationKind.NodeGroupDelete)
        {
            return state is ObservedState.Absent ? Verdict.Done
                : !deleting ? Verdict.AskAgain
                : state is ObservedState.InProgress ? Verdict.Wait
                : state is ObservedState.Ready ? Verdict.NextPart
                : Verdict.AskAgain;
        }

        return state switch
        {
            ObservedState.Absent => Verdict.Vanished,
            ObservedState.InProgress => rolling ? Verdict.RollingBack : Verdict.Wait,
            _ when !current => Verdict.AskAgain,
            ObservedState.Ready => Verdict.Done,
            ObservedState.RolledBack => Verdict.RolledBack,
            _ => rolling ? Verdict.RollbackFailed : Verdict.Failed,
        };
    }

    private static Operation Resize(Cluster cluster, int from, int to)
    {
        cluster.DefaultWorker.NodeCount = to;
        return OperationFactory.Create(
            cluster, OperationKind.Resize, new OperationPayload { PreviousNodeCount = from, NodeCount = to }, cluster.DefaultWorker.Uuid, "user", "req", Now,
            new OperationLimits());
    }

    private static Cluster Cluster(ClusterStatus status) => new()
    {
        Uuid = Guid.NewGuid(),
        Status = status,
        NodeGroups = [Group("default-master", "master", true, status.ToWire()), Group("default-worker", "worker", true, status.ToWire())],
    };

    private static NodeGroup Group(string name, string role, bool isDefault, string status) =>
        new() { Uuid = Guid.NewGuid(), Name = name, Role = role, IsDefault = isDefault, Status = Wire(status), NodeCount = 2 };

    private static ClusterStatus Wire(string text) => WireSpelling.FromWire<ClusterStatus>(text)!.Value;
}
