namespace Magnum.Web.Background;

/// <summary>Repeats a piece of work; a failure is logged and the work goes on at the next turn, later each time it fails again.</summary>
internal abstract partial class PeriodicService(TimeProvider time, TimeSpan period, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    protected abstract string Work { get; }

    protected abstract Task RunOnceAsync(CancellationToken cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
                failures = 0;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)   // the loop's outermost edge
            {
                failures++;
                LogFailed(logger, Work, failures, problem);
            }

            var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, period.Ticks << Math.Min(failures, 6)));
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Error, "{Work} failed {Failures} times in a row")]
    private static partial void LogFailed(ILogger logger, string work, int failures, Exception problem);
}
