using Hangfire;
using Magnum.Core.Operations;
using Magnum.Web.Background.Jobs;

namespace Magnum.Web.Background;

/// <summary>Rings for operations through Hangfire. What has to be done stands in the database; a lost ring is made good by the sweep.</summary>
internal sealed partial class HangfireOperationScheduler(IBackgroundJobClient jobs, ILogger<HangfireOperationScheduler> logger) : IOperationScheduler
{
    /// <summary>Hangfire cuts times to whole seconds, and what rings before its time finds nothing to do.</summary>
    private static readonly TimeSpan CutOff = TimeSpan.FromSeconds(1);

    public void Enqueue(Guid operationUuid) =>
        Ring(operationUuid, () => jobs.Enqueue<OperationJob>(job => job.RunAsync(operationUuid, CancellationToken.None)));

    public void Schedule(Guid operationUuid, TimeSpan delay) =>
        Ring(operationUuid, () => jobs.Schedule<OperationJob>(job => job.RunAsync(operationUuid, CancellationToken.None), delay + CutOff));

    private void Ring(Guid operationUuid, Action ring)
    {
        try
        {
            ring();
        }
        catch (BackgroundJobClientException problem)
        {
            LogNotRung(logger, operationUuid, problem);   // the row is committed: the sweep will find it
        }
    }

    [LoggerMessage(LogLevel.Warning, "Operation {OperationUuid} could not be queued; the next sweep will")]
    private static partial void LogNotRung(ILogger logger, Guid operationUuid, Exception problem);
}
