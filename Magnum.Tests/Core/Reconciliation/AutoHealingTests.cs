using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.NodeGroups;
using Magnum.Core.Reconciliation;
using Magnum.Drivers.Heat.Labels;
using Magnum.Tests.Support;

namespace Magnum.Tests.Core.Reconciliation;

/// <summary>Which broken nodes are replaced.</summary>
public sealed class AutoHealingTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly DriverDescription Driver = FakeDriver.Kubernetes("fake") with { Capabilities = DriverCapabilities.AutoHealing, Labels = HeatLabels.Healing };

    [Theory]
    [InlineData(299, "")]
    [InlineData(300, "w-1")]
    public void ANode_IsReplaced_WhenItHasBeenBrokenForTheTimeout(int seconds, string replaced)
    {
        var decision = Decide(Cluster(3), ("w-1", seconds));

        Assert.True(decision.IsAny);
        Assert.Equal((replaced, null), (Names(decision), decision.HeldBack));
    }

    [Fact]
    public void NobodyBroken_NothingIsDone()
    {
        var decision = Decide(Cluster(3));

        Assert.Equal((false, "", null), (decision.IsAny, Names(decision), decision.HeldBack));
    }

    [Theory]
    [InlineData("40%", 5, 2, 2)]
    [InlineData("40%", 5, 3, 0)]
    [InlineData("40%", 1, 1, 1)]    // a share of few is none, and one is always allowed
    [InlineData("40%", 2, 2, 0)]
    [InlineData("100%", 2, 2, 2)]
    [InlineData("0", 3, 1, 1)]
    [InlineData("2", 9, 2, 2)]
    [InlineData("2", 9, 3, 0)]
    public void MoreThanMayBeBroken_AndNoneIsReplaced(string most, int workers, int broken, int replaced)
    {
        var cluster = Cluster(workers, (AutoHealing.MostLabel, most));

        var decision = Decide(cluster, [.. Enumerable.Range(0, broken).Select(i => ($"w-{i}", 600))]);

        Assert.Equal(replaced, decision.Nodes.Count);
        Assert.Equal(replaced == 0, decision.HeldBack?.StartsWith($"No node is replaced: {broken} of {workers} workers are broken", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void ThoseThatAreNotDueYet_CountAsBroken_AndAreLeft()
    {
        Assert.Equal("w-0", Names(Decide(Cluster(5), ("w-0", 600), ("w-1", 10))));
        Assert.NotNull(Decide(Cluster(5), ("w-0", 600), ("w-1", 10), ("w-2", 10)).HeldBack);
    }

    [Fact]
    public void MastersAndStrangers_AreNotReplaced()
    {
        var decision = Decide(Cluster(3), ("m-0", 6000), ("somebody-elses", 6000));

        Assert.Equal((false, ""), (decision.IsAny, Names(decision)));
    }

    [Fact]
    public void OneGroupAtATime_TheDefaultOneFirst()
    {
        var cluster = Cluster(6);
        cluster.NodeGroups.Add(Group("arm", NodeGroup.WorkerRole, "a", 4, isDefault: false));

        var decision = Decide(cluster, ("a-1", 6000), ("w-2", 600));

        Assert.Equal(("default-worker", "w-2"), (decision.Group!.Name, Names(decision)));
        Assert.Equal("arm", Decide(cluster, ("a-1", 6000)).Group!.Name);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("yes", true)]
    [InlineData("false", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void TheLabel_SwitchesItOn_WhereTheDriverLeavesItToMagnum(string? value, bool isOn)
    {
        var labels = value is null ? new Dictionary<string, string>() : new() { [AutoHealing.Label] = value };

        Assert.Equal(isOn, AutoHealing.IsOn(Driver, labels));
        Assert.False(AutoHealing.IsOn(Driver with { Capabilities = DriverCapabilities.Resize }, labels));
    }

    private static HealingDecision Decide(Cluster cluster, params (string Node, int Seconds)[] broken) =>
        AutoHealing.Decide(cluster, Driver, broken.ToDictionary(b => b.Node, b => Now.AddSeconds(-b.Seconds)), Now);

    private static string Names(HealingDecision decision) => string.Join(' ', decision.Nodes.Select(n => n.Name));

    private static Cluster Cluster(int workers, params (string Name, string Value)[] labels) => new()
    {
        Name = "blue",
        Labels = labels.ToDictionary(l => l.Name, l => l.Value),
        NodeGroups = [Group(NodeGroup.DefaultMasterName, NodeGroup.MasterRole, "m", 1), Group(NodeGroup.DefaultWorkerName, NodeGroup.WorkerRole, "w", workers)],
    };

    private static NodeGroup Group(string name, string role, string prefix, int count, bool isDefault = true) => new()
    {
        Name = name,
        Role = role,
        IsDefault = isDefault,
        NodeCount = count,
        Nodes = [.. Enumerable.Range(0, count).Select(i => new ObservedNode($"{prefix}-{i}", $"server-{prefix}-{i}", null, null, "ACTIVE"))],
    };
}
