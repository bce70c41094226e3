using System.Diagnostics;

namespace Magnum.Tests.Support.Lanes;

/// <summary>Waits for what another process does. In-process tests have no use for it: they move a fake clock.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Asks until the answer is not null.</summary>
    /// <param name="what">Completes "gave up waiting for".</param>
    /// <param name="state">Says how things stand, for the message of a wait in vain.</param>
    public static async Task<T> GetAsync<T>(
        string what, TimeSpan limit, Func<CancellationToken, Task<T?>> ask, CancellationToken cancellationToken, Func<string>? state = null)
        where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await ask(cancellationToken) is { } answer)
            {
                return answer;
            }

            if (watch.Elapsed > limit)
            {
                throw new TimeoutException($"Gave up waiting {limit.TotalSeconds:F0} s for {what}. {state?.Invoke()}");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    /// <summary>Asks until the answer is true.</summary>
    public static Task BecomesTrueAsync(
        string what, TimeSpan limit, Func<CancellationToken, Task<bool>> ask, CancellationToken cancellationToken, Func<string>? state = null) =>
        GetAsync(what, limit, async ct => await ask(ct) ? what : null, cancellationToken, state);
}
