using System.Data.Common;
using Magnum.Core.Operations;

namespace Magnum.Core.Reconciliation;

/// <summary>Renews a lease while work goes on, and ends the work's token when the work has to stop.</summary>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly CancellationTokenSource _work;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _outer;
    private readonly Task _keeping;

    public LeaseKeeper(OperationLeases leases, Guid operationUuid, ConductorOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        _work = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _outer = cancellationToken.Register(_work.Cancel);
        _keeping = KeepAsync(leases, operationUuid, options, time);
    }

    /// <summary>Ends when the lease is lost, some time after the operation was cancelled, or with the caller's token.</summary>
    public CancellationToken Token => _work.Token;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        await _outer.DisposeAsync();
        _stop.Dispose();
        _work.Dispose();
    }

    private async Task KeepAsync(OperationLeases leases, Guid operationUuid, ConductorOptions options, TimeProvider time)
    {
        var heldUntil = time.GetUtcNow() + options.LeaseDuration;
        using var timer = new PeriodicTimer(options.LeaseDuration / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                try
                {
                    switch (await leases.RenewAsync(operationUuid, _stop.Token))
                    {
                        case LeaseState.Held:
                            heldUntil = time.GetUtcNow() + options.LeaseDuration;
                            break;
                        case LeaseState.Cancelled:
                            _work.CancelAfter(options.LeaseDuration / 3);   // the running step may finish; the delete waits no longer than the lease
                            return;
                        default:
                            await _work.CancelAsync();
                            return;
                    }
                }
                catch (DbException) when (time.GetUtcNow() < heldUntil)
                {
                    // The database is away: the lease is ours until it runs out.
                }
                catch (DbException)
                {
                    await _work.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Done.
        }
    }
}
