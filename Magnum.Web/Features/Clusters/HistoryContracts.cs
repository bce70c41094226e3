using System.Text.Json.Serialization;
using Magnum.Core;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Web.Api;
using Magnum.Web.Api.Description;

namespace Magnum.Web.Features.Clusters;

/// <summary>One line of a cluster's history.</summary>
/// <param name="Sequence">1, 2, 3 ... within the cluster.</param>
/// <param name="Kind">Stable key such as <c>operation.failed</c>.</param>
internal sealed record EventView(
    long Sequence,
    Guid ClusterUuid,
    DateTimeOffset OccurredAt,
    [property: Words<EventLevel>] string Level,
    [property: Words<EventSource>] string Source,
    string Kind,
    string Message,
    string? ResourceName,
    string? ResourceType,
    string? ResourceStatus,
    string? PhysicalId,
    Guid? OperationUuid,
    string? RequestId)
{
    public static EventView Of(ClusterEvent e) => new(
        e.Sequence, e.ClusterUuid, e.OccurredAt, e.Level.ToWire(), e.Source.ToWire(), e.Kind, e.Message,
        e.ResourceName, e.ResourceType, e.ResourceStatus, e.PhysicalId, e.OperationUuid, e.RequestId);
}

/// <summary>The last thing that a stream of events says, and why it ends.</summary>
internal sealed record StreamEndView(Guid ClusterUuid, string Reason);

/// <summary>One piece of work.</summary>
/// <param name="Reason">Why it failed, or what it waits for.</param>
/// <param name="Progress">0-100.</param>
internal sealed record ClusterOperationView(
    Guid Uuid,
    Guid ClusterUuid,
    Guid? NodegroupUuid,
    [property: Words<OperationKind>] string Kind,
    [property: Words<OperationState>] string State,
    int Progress,
    string? Step,
    string? Reason,
    string UserId,
    string RequestId,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt,
    IReadOnlyList<OperationStepView> Steps)
{
    public static ClusterOperationView Of(Operation o) => new(
        o.Uuid, o.ClusterUuid, o.NodeGroupUuid, o.Kind.ToWire(), o.State.ToWire(), o.Progress, o.Step, o.Reason, o.UserId, o.RequestId,
        o.CreatedAt, o.StartedAt, o.FinishedAt, [.. o.Steps.Select(OperationStepView.Of)]);
}

/// <summary>A named step of an operation.</summary>
internal sealed record OperationStepView(
    string Name, [property: Words<StepState>] string State, int Progress, string? Message, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt)
{
    public static OperationStepView Of(OperationStep s) => new(s.Name, s.State.ToWire(), s.Progress, s.Message, s.StartedAt, s.FinishedAt);
}

[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(StreamEndView))]
[JsonSerializable(typeof(ClusterOperationView))]
internal sealed partial class HistoryJson : JsonSerializerContext
{
    public static readonly HistoryJson Api = new(ApiJson.CreateOptions());
}
