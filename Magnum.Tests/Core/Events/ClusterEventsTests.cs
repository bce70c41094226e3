using Magnum.Core.Events;

namespace Magnum.Tests.Core.Events;

public sealed class ClusterEventsTests
{
    private readonly ClusterEvents _events = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SlowListener_HasOneChangeWithEverythingInIt_ByTheNewestOfTheCluster()
    {
        var cluster = Guid.NewGuid();
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var changes = _events.Subscribe("demo", null, closing.Token);

        await _events.PublishAsync(new ClusterChange(cluster, "demo", ClusterChangeKinds.Cluster, 2, "CREATE_COMPLETE", null), Ct);
        await _events.PublishAsync(new ClusterChange(cluster, "demo", ClusterChangeKinds.Event, 1, "CREATE_IN_PROGRESS", 90), Ct);   // overtaken after its commit
        var told = await changes.FirstAsync(Ct);

        Assert.Equal((ClusterChangeKinds.Cluster | ClusterChangeKinds.Event, "CREATE_COMPLETE", 2), (told.Kinds, told.Status, told.Sequence));
        Assert.Equal(2, told.Number);   // what is read for it has to show both
        Assert.Equal(_events.Latest, told.Number);
        await closing.CancelAsync();
    }
}
