namespace Magnum.Core.Clusters;

/// <summary>The status of a cluster or node group; the API spells it <c>CREATE_IN_PROGRESS</c> and so on.</summary>
/// <remarks>Resume, Restore, Snapshot, Check and Adopt exist because operators run Heat actions by hand: accepted and shown, never set by us.</remarks>
public enum ClusterStatus
{
    CreateInProgress,
    CreateFailed,
    CreateComplete,
    UpdateInProgress,
    UpdateFailed,
    UpdateComplete,
    DeleteInProgress,
    DeleteFailed,

    /// <summary>The row goes in the same transaction, so clients see 404.</summary>
    DeleteComplete,
    ResumeComplete,
    ResumeFailed,
    RestoreComplete,
    RollbackInProgress,
    RollbackFailed,
    RollbackComplete,
    SnapshotComplete,
    CheckComplete,
    AdoptComplete,
}

/// <summary>Whether the cluster works, which is another question than its <see cref="ClusterStatus"/>.</summary>
public enum HealthStatus
{
    Healthy,

    /// <summary>Probed, and bad.</summary>
    Unhealthy,

    /// <summary>Could not be probed.</summary>
    Unknown,
}

/// <summary>Questions about a status that both doors and the conductor ask.</summary>
public static class ClusterStatusExtensions
{
    /// <summary>Whether work is under way.</summary>
    public static bool IsInProgress(this ClusterStatus status) => status is ClusterStatus.CreateInProgress
        or ClusterStatus.UpdateInProgress or ClusterStatus.DeleteInProgress or ClusterStatus.RollbackInProgress;

    /// <summary>The family for which the API shows <c>faults</c>.</summary>
    public static bool IsFailed(this ClusterStatus status) => status is ClusterStatus.CreateFailed or ClusterStatus.UpdateFailed
        or ClusterStatus.DeleteFailed or ClusterStatus.RollbackFailed or ClusterStatus.ResumeFailed;

    /// <summary>The states that Magnum calls settled: everything may start from here.</summary>
    public static bool IsSettled(this ClusterStatus status) => status is ClusterStatus.CreateComplete or ClusterStatus.UpdateComplete
        or ClusterStatus.ResumeComplete or ClusterStatus.RestoreComplete or ClusterStatus.RollbackComplete
        or ClusterStatus.SnapshotComplete or ClusterStatus.CheckComplete or ClusterStatus.AdoptComplete;
}
