using Magnum.Core.Operations;

namespace Magnum.Core.Reconciliation;

/// <summary>What became of one run of an operation.</summary>
public enum RunResult
{
    /// <summary>Nothing was done: over, unknown, not due, or another conductor works on it.</summary>
    NotTaken,

    /// <summary>It waits; the alarm is set.</summary>
    Waiting,

    /// <summary>It has ended, well or badly.</summary>
    Ended,

    /// <summary>It was taken away: cancelled by a delete, or the lease was lost.</summary>
    Stopped,
}

/// <summary>What became of one run of an operation.</summary>
/// <param name="State">The operation's state when it ended.</param>
/// <param name="Delay">When it goes on, if it waits.</param>
public readonly record struct RunOutcome(RunResult Result, OperationState? State = null, TimeSpan? Delay = null);
