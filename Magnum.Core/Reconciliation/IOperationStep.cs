namespace Magnum.Core.Reconciliation;

/// <summary>One step of an operation. It may be cut off anywhere and run again: what it made it finds.</summary>
internal interface IOperationStep
{
    /// <summary>Whether it makes nothing new: then it may look once more when the time is up.</summary>
    bool OnlyLooks { get; }

    /// <summary>Whether the cluster in the back end is untouched as long as this step has not succeeded.</summary>
    bool IsPreparation { get; }

    /// <param name="rows">As of the step's beginning, for reading only: changes go into the result.</param>
    Task<StepResult> RunAsync(WorkRows rows, CancellationToken cancellationToken);
}
