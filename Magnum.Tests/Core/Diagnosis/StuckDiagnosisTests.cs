using Magnum.Core.Diagnosis;
using Magnum.Core.Events;
using Magnum.Core.Operations;

namespace Magnum.Tests.Core.Diagnosis;

public sealed class StuckDiagnosisTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 9, 30, 0, TimeSpan.Zero);
    private static readonly TimeSpan After = TimeSpan.FromMinutes(10);

    private readonly Operation _operation = new()
    {
        Uuid = Guid.NewGuid(),
        State = OperationState.Waiting,
        Reason = "the cloud works on the cluster's resources: control-plane 0/1",
        CreatedAt = Start,
        Steps = [new OperationStep { Name = OperationSteps.Provisioning, State = StepState.Running, StartedAt = Start.AddMinutes(1) }],
    };

    [Fact]
    public void SomethingMovedLately_IsNotStuck()
    {
        Assert.Null(Look(10, Resource("server", "OS::Nova::Server", "CREATE_IN_PROGRESS", 1)));
        Assert.Null(Look(20, Resource("server", "OS::Nova::Server", "CREATE_IN_PROGRESS", 12)));
    }

    [Fact]
    public void NodeSilent_SaysWhichSinceWhenAndWhoActs()
    {
        var stuck = Look(
            14,
            Resource("blue-0/server", "OS::Nova::Server", "CREATE_IN_PROGRESS", 2),
            Resource("blue-0/server", "OS::Nova::Server", "CREATE_COMPLETE", 3),
            Resource("blue-0/node_ready", "OS::Heat::WaitCondition", "CREATE_IN_PROGRESS", 3));

        Assert.NotNull(stuck);
        Assert.Equal(("waiting-for-node", Actor.User, Start.AddMinutes(3)), (stuck.Cause.Code, stuck.Cause.Who, stuck.Since));
        Assert.Equal(["blue-0/node_ready"], stuck.WaitsFor);
    }

    [Theory]
    [InlineData("OS::Nova::Server", "waiting-for-server")]
    [InlineData("OS::Cinder::Volume", "waiting-for-volume")]
    [InlineData("OS::Octavia::LoadBalancer", "waiting-for-load-balancer")]
    [InlineData("OS::Neutron::Port", "waiting-for-cloud")]
    public void WhatIsNotDone_SaysWhoHasToBeAsked(string type, string code) =>
        Assert.Equal(code, Look(30, Resource("thing", type, "CREATE_IN_PROGRESS", 3))?.Cause.Code);

    [Fact]
    public void BothANodeAndItsServer_TheServerIsNearerToTheReason() => Assert.Equal(
        "waiting-for-server",
        Look(30, Resource("a/node_ready", "OS::Heat::WaitCondition", "CREATE_IN_PROGRESS", 2), Resource("b/server", "OS::Nova::Server", "CREATE_IN_PROGRESS", 2))?.Cause.Code);

    [Theory]
    [InlineData("CREATE_IN_PROGRESS", "node-dns")]
    [InlineData("CREATE_COMPLETE", "waiting-for-node")]
    public void ConsoleOfANode_TellsWhileTheNodeIsSilent(string status, string code) => Assert.Equal(
        code,
        Look(
            30,
            Resource("blue-1/node_ready", "OS::Heat::WaitCondition", "CREATE_IN_PROGRESS", 2),
            Resource("blue-0/node_ready", "OS::Heat::WaitCondition", "CREATE_IN_PROGRESS", 2),
            new ClusterEvent { OperationUuid = _operation.Uuid, Kind = "console", ResourceName = "blue-0", OccurredAt = Start.AddMinutes(12), Message = "The end of node blue-0's console:\nok\ncurl: (6) Could not resolve host: keystone\nlogin:" },
            Resource("blue-0/node_ready", "OS::Heat::WaitCondition", status, 13))?.Cause.Code);

    [Fact]
    public void TheCloudIsOut_ThatIsTheReason()
    {
        _operation.Reason = "Keystone does not answer (Connection refused); trying again in 2 min";

        Assert.Equal(("service-unreachable", Actor.Wait), Look(30) is { } stuck ? (stuck.Cause.Code, stuck.Cause.Who) : default);
    }

    [Fact]
    public void NobodyTakesItUp_AConductorIsMissing()
    {
        (_operation.State, _operation.Reason) = (OperationState.Queued, null);
        _operation.Steps.Clear();

        Assert.Equal("waiting-for-conductor", Look(10)?.Cause.Code);
        Assert.Null(Look(9));
    }

    [Fact]
    public void Ended_IsNotStuck()
    {
        _operation.State = OperationState.Failed;

        Assert.Null(Look(500));
    }

    [Fact]
    public void AnEarlierOperationsEvents_DoNotCount()
    {
        var other = Resource("server", "OS::Nova::Server", "CREATE_IN_PROGRESS", 29);
        other.OperationUuid = Guid.NewGuid();

        Assert.Empty(Look(30, other)!.WaitsFor);
    }

    private StuckDiagnosis? Look(int minutes, params ClusterEvent[] events) => StuckDiagnosis.Of(_operation, events, Start.AddMinutes(minutes), After);

    private ClusterEvent Resource(string name, string type, string status, int minutes) => new()
    {
        OperationUuid = _operation.Uuid,
        OccurredAt = Start.AddMinutes(minutes),
        Source = EventSource.Heat,
        Kind = "resource",
        ResourceName = name,
        ResourceType = type,
        ResourceStatus = status,
    };
}
