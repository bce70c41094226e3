using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Magnum.Web.Background;
using Microsoft.Extensions.Logging.Abstractions;

namespace Magnum.Tests.Web.Background;

public sealed class OperationAlarmTests : IBackgroundJobClient
{
    private IState? _state;

    /// <summary>An operation that is not due is not taken, and nothing rings a second time.</summary>
    [Fact]
    public void AnAlarm_IsNotBeforeItsTime_ThoughHangfireKeepsWholeSeconds()
    {
        var due = TimeProvider.System.GetUtcNow().AddSeconds(3).UtcDateTime;

        new HangfireOperationScheduler(this, NullLogger<HangfireOperationScheduler>.Instance).Schedule(Guid.NewGuid(), TimeSpan.FromSeconds(3));

        var kept = JobHelper.FromTimestamp(JobHelper.ToTimestamp(Assert.IsType<ScheduledState>(_state).EnqueueAt));
        Assert.InRange(kept, due, due.AddSeconds(30));
    }

    string IBackgroundJobClient.Create(Job job, IState state)
    {
        _state = state;
        return "1";
    }

    bool IBackgroundJobClient.ChangeState(string jobId, IState state, string expectedState) => throw new NotSupportedException();
}
