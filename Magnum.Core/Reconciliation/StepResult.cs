using Magnum.Core.Clusters;
using Magnum.Core.Drivers;

namespace Magnum.Core.Reconciliation;

/// <summary>What a step came to. Whatever it is, <see cref="Effect"/> and <see cref="Observed"/> are stored, also when the operation was cancelled meanwhile.</summary>
internal abstract record StepResult
{
    /// <summary>What the step made outside and has to be known afterwards.</summary>
    public Action<WorkRows>? Effect { get; init; }

    /// <summary>Facts seen on the way.</summary>
    public ObservedCluster? Observed { get; init; }

    /// <summary>The step is done.</summary>
    public sealed record Done(string Message) : StepResult;

    /// <summary>All goes well and takes time.</summary>
    public sealed record Wait(string Message, TimeSpan Delay) : StepResult;

    /// <summary>A part is done, and the next is asked for by an earlier step.</summary>
    public sealed record NextPart(string Message, string From) : StepResult;

    /// <summary>Trouble that may pass: the step is tried again, later each time.</summary>
    /// <param name="Reason">What is in the way, without a full stop.</param>
    public sealed record TryAgain(string Reason) : StepResult
    {
        /// <summary>How long the service asked to wait.</summary>
        public TimeSpan? After { get; init; }

        /// <summary>An earlier step from which to go on.</summary>
        public string? From { get; init; }

        /// <summary>A bug or something unknown: only so many times.</summary>
        public bool Unexpected { get; init; }
    }

    /// <summary>The operation has failed.</summary>
    public sealed record Failed(string Reason) : StepResult
    {
        public OperationOutcome Outcome { get; init; } = OperationOutcome.Failed;

        /// <summary>Nothing was touched: the status before holds again.</summary>
        public bool NothingChanged { get; init; }

        /// <summary>The protected id of the trust that Keystone no longer honours, when that is why.</summary>
        public string? LostTrust { get; init; }

        /// <summary>For the log, which tells a failure once, at the operation's end.</summary>
        public Exception? Cause { get; init; }
    }
}
