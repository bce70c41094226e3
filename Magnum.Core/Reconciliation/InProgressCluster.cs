namespace Magnum.Core.Reconciliation;

/// <summary>A cluster whose back end works, as far as following it needs.</summary>
/// <param name="StackId">Of the added group when the operation is about one.</param>
/// <param name="Since">When the waiting step began.</param>
internal sealed record InProgressCluster(Guid OperationUuid, Guid ClusterUuid, string ProjectId, string Driver, string? StackId, DateTimeOffset Since);
