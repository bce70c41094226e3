using Hangfire;
using Magnum.Core.Reconciliation;

namespace Magnum.Web.Background.Jobs;

/// <summary>Hangfire's adapter: one run of one operation. Retries are the operation's own matter.</summary>
[AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete, LogEvents = false)]
internal sealed class OperationJob(OperationRunner runner)
{
    public Task RunAsync(Guid operationUuid, CancellationToken cancellationToken) => runner.RunAsync(operationUuid, cancellationToken);
}
