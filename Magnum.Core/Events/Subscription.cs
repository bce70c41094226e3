using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Magnum.Core.Events;

/// <summary>One listener: holds at most one change per cluster, the newest, with all kinds since the listener last read.</summary>
internal sealed class Subscription(string? projectId, Guid? clusterUuid)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, ClusterChange> _pending = [];
    private readonly Channel<bool> _bell = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Whether its listener does not count as looking.</summary>
    public bool IsPassive { get; init; }

    /// <summary>Whether somebody looks at this very cluster or at its project's list; an administrator's list of everything does not count.</summary>
    public bool Watches(Guid cluster, string project) => !IsPassive && (clusterUuid is { } one ? one == cluster : projectId == project);

    public void Offer(ClusterChange change)
    {
        if ((clusterUuid is { } one && one != change.ClusterUuid) || (projectId is not null && projectId != change.ProjectId))
        {
            return;
        }

        lock (_lock)
        {
            _pending[change.ClusterUuid] = _pending.TryGetValue(change.ClusterUuid, out var earlier)
                ? earlier.With(change)
                : change;
        }

        _bell.Writer.TryWrite(true);
    }

    public void Complete() => _bell.Writer.TryComplete();

    public async IAsyncEnumerable<ClusterChange> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _bell.Reader.WaitToReadAsync(cancellationToken))
        {
            _bell.Reader.TryRead(out _);
            ClusterChange[] changes;
            lock (_lock)
            {
                changes = [.. _pending.Values];
                _pending.Clear();
            }

            foreach (var change in changes)
            {
                yield return change;
            }
        }
    }
}
