using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.Reconciliation;

namespace Magnum.Tests.Core.Reconciliation;

/// <summary>How many workers there should be, by what is on them and what waits.</summary>
public sealed class AutoScalingTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Two processors, 4 GiB.</summary>
    private static readonly TaskNeeds Room = new(2, 4096, 110);

    private static readonly TaskNeeds Small = new(0.5, 512, 1);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(4, 1)]     // two processors take four of half a one
    [InlineData(5, 2)]
    [InlineData(9, 3)]
    [InlineData(100, 5)]   // no more than the bound leaves
    public void WhatWaits_GetsAsManyNodesAsItFillsUp(int waiting, int nodes)
    {
        var growth = AutoScaling.Grow([Group(2, most: 7)], Load([Full("w-0"), Full("w-1")], Waiting(waiting)), Now);

        Assert.Equal((nodes, waiting), (growth!.Nodes, growth.Waiting));
    }

    [Fact]
    public void WhatRunsOnEveryNode_TakesItsPartOfANewOne()
    {
        var like = Full("w-0") with { OnEveryNode = new TaskNeeds(0.6, 100, 2) };

        Assert.Equal(2, AutoScaling.Grow([Group(1, most: 9)], Load([like], Waiting(4)), Now)!.Nodes);
    }

    [Fact]
    public void PodsOfANodesLimit_Count()
    {
        var like = Full("w-0") with { Room = Room with { Tasks = 2 } };

        Assert.Equal(2, AutoScaling.Grow([Group(1, most: 9)], Load([like], [.. Waiting(4).Select(w => w with { Needs = new(0.1, 1, 1) })]), Now)!.Nodes);
    }

    [Fact]
    public void WhatANewNodeWouldNotHelp_GrowsNothing()
    {
        NodeGroup[] groups = [Group(1, most: 9)];
        var load = Load([Full("w-0")]);

        Assert.Null(AutoScaling.Grow(groups, load, Now));
        Assert.Null(AutoScaling.Grow(groups, load with { Waiting = [Waits(new TaskNeeds(3, 1, 1))] }, Now));                    // larger than a node
        Assert.Null(AutoScaling.Grow(groups, load with { Waiting = [Waits(Small, suits: "elsewhere")] }, Now));                 // not for such nodes
        Assert.Null(AutoScaling.Grow(groups, load with { Waiting = [Waits(Small) with { Since = Now.AddSeconds(-29) }] }, Now));   // may find its place yet
        Assert.Null(AutoScaling.Grow(groups, Load([Full("w-0") with { Taken = default }], Waiting(1)), Now));                   // has room, and lacks something else
        Assert.Null(AutoScaling.Grow(groups, Load([Full("w-0") with { IsReady = false }], Waiting(1)), Now));                   // nobody knows what a node is like
    }

    [Fact]
    public void AtItsBound_TheGroupIsNamed_UnlessAnotherMayGrow()
    {
        var (first, second) = (Group(1, most: 1), Group(1, most: 3, name: "more", prefix: "x"));
        var load = Load([Full("w-0"), Full("x-0")], Waiting(1));

        Assert.Equal((first, 0), (AutoScaling.Grow([first], load, Now)!.Group, AutoScaling.Grow([first], load, Now)!.Nodes));
        Assert.Equal((second, 1), (AutoScaling.Grow([first, second], load, Now)!.Group, AutoScaling.Grow([first, second], load, Now)!.Nodes));
        Assert.Equal(0, AutoScaling.Grow([Group(1, most: null)], load, Now)!.Nodes);
    }

    [Fact]
    public void WhatSuitsAnotherGroupOnly_GrowsThatOne()
    {
        NodeGroup[] groups = [Group(1, most: 9), Group(1, most: 9, name: "gpu", prefix: "g")];

        Assert.Equal("gpu", AutoScaling.Grow(groups, Load([Full("w-0"), Full("g-0")], [Waits(Small, suits: "g-0")]), Now)!.Group.Name);
    }

    [Fact]
    public void ANodeThatIsUsedLittle_IsIdle_WhenTheOthersCanTakeItsWork()
    {
        var load = Load([Used("w-0", 1.5), Used("w-1", 0.5), Used("w-2", 0.25)]);

        Assert.Equal(["w-2", "w-1"], Idle([Group(3)], load));   // used least first
    }

    [Fact]
    public void WhatTheOthersCannotTake_KeepsItsNode()
    {
        // Together there is room enough for it, on one node there is not.
        Assert.Empty(Idle([Group(3)], Load([Used("w-0", 1.5), Used("w-1", 1.5), Used("w-2", 0.75)])));
        Assert.Empty(Idle([Group(2)], Load([Used("w-0", 1.2), Used("w-1", 0.5, suits: "w-1")])));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    public void TheLowerBound_Holds(int least, int idle) => Assert.Equal(idle, Idle([Group(2, least: least)], Load([Empty("w-0"), Empty("w-1")])).Count);

    [Fact]
    public void OneNodeStaysWithoutABound() => Assert.Empty(Idle([Group(1)], Load([Empty("w-0"), Empty("m-0")])));

    [Fact]
    public void NodesThatHaveToStay_ThatPeopleHaveClosed_OrOfOtherGroups_AreNotIdle()
    {
        var load = Load([Full("w-0"), Empty("w-1") with { MustStay = "it is marked" }, Empty("w-2") with { TakesWork = false }, Empty("w-3") with { IsReady = false }, Empty("m-0"), Empty("w-4")]);

        Assert.Equal(["w-4"], Idle([Group(5)], load));
    }

    [Fact]
    public void WhileSomethingWaits_NobodyIsIdle() => Assert.Empty(Idle([Group(3)], Load([Empty("w-0"), Empty("w-1")], [Waits(Small, suits: "nowhere")])));

    [Theory]
    [InlineData(0, null, null, 1, null)]
    [InlineData(2, 5, null, 2, 5)]
    [InlineData(0, 0, "7", 1, 7)]
    [InlineData(0, 4, "7", 1, 4)]
    [InlineData(0, null, "many", 1, null)]
    public void TheGroupsBounds_GoBeforeTheLabel(int least, int? most, string? label, int minimum, int? maximum)
    {
        var group = Group(1, least: least, most: most);
        if (label is not null)
        {
            group.Labels[AutoScaling.MaxNodeCountLabel] = label;
        }

        Assert.Equal((minimum, maximum), AutoScaling.Bounds(group));
    }

    private static IReadOnlyList<string> Idle(NodeGroup[] groups, EngineLoad load) => [.. AutoScaling.Idle(groups, load).Select(i => i.Node.Name)];

    private static EngineLoad Load(IReadOnlyList<NodeLoad> nodes, IReadOnlyList<WaitingTask>? waiting = null) => new(nodes, waiting ?? []);

    private static NodeLoad Full(string name) => new(name, true, true, Room) { Taken = Room };

    private static NodeLoad Empty(string name) => new(name, true, true, Room);

    private static NodeLoad Used(string name, double cpus, string? suits = null) =>
        Empty(name) with { Taken = new(cpus, 100, 1), Movable = [new MovableTask(new(cpus, 100, 1), n => suits is null || n == suits)] };

    private static List<WaitingTask> Waiting(int count) => [.. Enumerable.Repeat(Waits(Small), count)];

    private static WaitingTask Waits(TaskNeeds needs, string? suits = null) => new(needs, Now.AddMinutes(-1), name => suits is null || name == suits);

    private static NodeGroup Group(int count, int least = 0, int? most = 10, string name = NodeGroup.DefaultWorkerName, string prefix = "w") => new()
    {
        Name = name,
        IsDefault = name == NodeGroup.DefaultWorkerName,
        NodeCount = count,
        MinNodeCount = least,
        MaxNodeCount = most,
        Nodes = [.. Enumerable.Range(0, count).Select(i => new ObservedNode($"{prefix}-{i}", $"server-{prefix}-{i}", null, null, "ACTIVE"))],
    };
}
