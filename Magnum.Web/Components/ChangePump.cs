using Magnum.Core.Events;

namespace Magnum.Web.Components;

/// <summary>Turns a stream of changes into a few batches per second: the first at once, later ones together.</summary>
internal static class ChangePump
{
    /// <summary>Four renders a second are enough to look alive.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs until the stream ends or is cancelled. A batch holds one merged change per cluster.</summary>
    public static async Task RunAsync(
        IAsyncEnumerable<ClusterChange> changes, TimeProvider time, Func<IReadOnlyCollection<ClusterChange>, Task> handle, CancellationToken cancellationToken)
    {
        var pending = new Dictionary<Guid, ClusterChange>();
        var signal = new SemaphoreSlim(0);
        var reading = ReadAsync();
        try
        {
            while (true)
            {
                await signal.WaitAsync(cancellationToken);
                ClusterChange[] batch;
                lock (pending)
                {
                    batch = [.. pending.Values];
                    pending.Clear();
                }

                if (batch.Length > 0)
                {
                    await handle(batch);
                    await Task.Delay(Interval, time, cancellationToken);
                }
                else if (reading.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // the page has closed
        }

        await reading;

        async Task ReadAsync()
        {
            try
            {
                await foreach (var change in changes.WithCancellation(cancellationToken))
                {
                    lock (pending)
                    {
                        pending[change.ClusterUuid] = pending.TryGetValue(change.ClusterUuid, out var before)
                            ? before.With(change)
                            : change;
                    }

                    signal.Release();
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // the page has closed
            }
            finally
            {
                signal.Release();
            }
        }
    }
}
