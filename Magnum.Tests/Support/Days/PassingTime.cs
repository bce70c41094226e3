using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Support.Days;

/// <summary>
/// The test's clock as a process sees it: nobody waits for a short pause, such as the one before a call is repeated - it moves the clock on.
/// Everything longer comes when the test moves the clock.
/// </summary>
internal sealed class PassingTime(FakeTimeProvider clock) : TimeProvider
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = clock.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= LongestPause && period == Timeout.InfiniteTimeSpan)
        {
            ThreadPool.QueueUserWorkItem(_ => clock.Advance(dueTime));
        }

        return timer;
    }
}
