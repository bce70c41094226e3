namespace Magnum.Core.Events;

/// <summary>The stream of changes within one process.</summary>
public sealed class ClusterEvents : IClusterEvents
{
    private readonly Lock _lock = new();
    private Subscription[] _subscriptions = [];
    private long _latest;

    /// <inheritdoc />
    public long Latest => Volatile.Read(ref _latest);

    /// <inheritdoc />
    public ValueTask PublishAsync(ClusterChange change, CancellationToken cancellationToken)
    {
        var told = change with { Number = Interlocked.Increment(ref _latest) };
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            subscription.Offer(told);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public IAsyncEnumerable<ClusterChange> Subscribe(string? projectId, Guid? clusterUuid, CancellationToken cancellationToken) =>
        Add(new Subscription(projectId, clusterUuid), cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ClusterChange> Overhear(string projectId, CancellationToken cancellationToken) =>
        Add(new Subscription(projectId, null) { IsPassive = true }, cancellationToken);

    /// <inheritdoc />
    public bool IsWatched(Guid clusterUuid, string projectId)
    {
        foreach (var subscription in Volatile.Read(ref _subscriptions))
        {
            if (subscription.Watches(clusterUuid, projectId))
            {
                return true;
            }
        }

        return false;
    }

    private IAsyncEnumerable<ClusterChange> Add(Subscription subscription, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        // Not by the end of the enumeration: one that never began has to end, too.
        cancellationToken.Register(() =>
        {
            lock (_lock)
            {
                _subscriptions = [.. _subscriptions.Where(s => s != subscription)];
            }

            subscription.Complete();
        });
        return subscription.ReadAsync(cancellationToken);
    }
}
