namespace Magnum.Web.Components;

/// <summary>Asks for what was typed last, after a pause in the typing: a later call takes the place of an earlier one.</summary>
internal sealed class LatestCall(TimeProvider time, CancellationToken closing) : IDisposable
{
    private CancellationTokenSource? _present;

    /// <summary>Runs after a pause; returns early, and in silence, when a later call comes or the page closes.</summary>
    /// <param name="work">Its token says whether it has been superseded: what it has found by then is not to be shown.</param>
    public async Task RunAsync(TimeSpan pause, Func<CancellationToken, Task> work)
    {
        await StopAsync();

        // Taken here: by the time that it is used, somebody who types fast has had the source disposed.
        _present = CancellationTokenSource.CreateLinkedTokenSource(closing);
        var superseded = _present.Token;
        try
        {
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, time, superseded);
            }

            await work(superseded);
        }
        catch (OperationCanceledException) when (superseded.IsCancellationRequested)
        {
            // something newer is asked for, or the page has closed
        }
    }

    /// <summary>Ends what runs.</summary>
    public async Task StopAsync()
    {
        // Taken first: while one waits for the end, another call may come here.
        while (_present is { } former)
        {
            _present = null;
            await former.CancelAsync();
            former.Dispose();
        }
    }

    public void Dispose() => _present?.Dispose();
}
