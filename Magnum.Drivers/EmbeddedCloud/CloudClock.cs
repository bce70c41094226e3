namespace Magnum.Drivers.EmbeddedCloud;

/// <summary>The cloud's clock: it tells the real time, and makes everything that takes time take <see cref="Speed"/> times less of it.</summary>
internal sealed class CloudClock(TimeProvider time, double speed)
{
    public TimeProvider Time { get; } = time;

    public double Speed { get; private set; } = speed;

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>When something that takes this long in the cloud, and starts now, is over.</summary>
    public DateTimeOffset After(TimeSpan duration) => Now + (duration / Speed);

    /// <summary>Changes the speed; whoever holds moments that lie ahead moves them by the returned function.</summary>
    public Func<DateTimeOffset, DateTimeOffset> SetSpeed(double value)
    {
        var now = Now;
        var factor = Speed / value;
        Speed = value;
        return moment => moment <= now ? moment : now + ((moment - now) * factor);
    }
}
