namespace Magnum.Core.Operations;

/// <summary>The alarm clock: wakes a conductor for an operation. A lost alarm costs seconds, since the sweep finds what is due.</summary>
public interface IOperationScheduler
{
    /// <summary>Run as soon as may be.</summary>
    void Enqueue(Guid operationUuid);

    /// <summary>Run after a while.</summary>
    void Schedule(Guid operationUuid, TimeSpan delay);
}
