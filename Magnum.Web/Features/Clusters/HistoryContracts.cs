using System.Text.Json.Serialization;
using Magnum.Core;
using Magnum.Core.Diagnosis;
using Magnum.Core.Events;
using Magnum.Core.Operations;
using Magnum.Web.Api;
using Magnum.Web.Api.Description;

namespace Magnum.Web.Features.Clusters;

/// <summary>One line of a cluster's history.</summary>
/// <param name="Sequence">1, 2, 3 ... within the cluster.</param>
/// <param name="Kind">Stable key such as <c>operation.failed</c>.</param>
/// <param name="Cause">Code of the known failure that a warning or an error tells of.</param>
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
    string? RequestId,
    string? Cause)
{
    public static EventView Of(ClusterEvent e) => new(
        e.Sequence, e.ClusterUuid, e.OccurredAt, e.Level.ToWire(), e.Source.ToWire(), e.Kind, e.Message,
        e.ResourceName, e.ResourceType, e.ResourceStatus, e.PhysicalId, e.OperationUuid, e.RequestId,
        e.Level is EventLevel.Info ? null : FailureCatalogue.Match(e.Message)?.Code);
}

/// <summary>The last thing that a stream of events says, and why it ends.</summary>
internal sealed record StreamEndView(Guid ClusterUuid, string Reason);

/// <summary>One piece of work.</summary>
/// <param name="Reason">Why it failed, or what it waits for.</param>
/// <param name="Progress">0-100.</param>
/// <param name="Diagnosis">Why it failed, or what it is stuck on; else null.</param>
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
    IReadOnlyList<OperationStepView> Steps,
    DiagnosisView? Diagnosis)
{
    public static ClusterOperationView Of(Operation o, DiagnosisView? diagnosis) => new(
        o.Uuid, o.ClusterUuid, o.NodeGroupUuid, o.Kind.ToWire(), o.State.ToWire(), o.Progress, o.Step, o.Reason, o.UserId, o.RequestId,
        o.CreatedAt, o.StartedAt, o.FinishedAt, [.. o.Steps.Select(OperationStepView.Of)], diagnosis);
}

/// <summary>A named step of an operation.</summary>
internal sealed record OperationStepView(
    string Name, [property: Words<StepState>] string State, int Progress, string? Message, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt)
{
    public static OperationStepView Of(OperationStep s) => new(s.Name, s.State.ToWire(), s.Progress, s.Message, s.StartedAt, s.FinishedAt);
}

/// <summary>Why an operation failed or does not move, and what to do.</summary>
/// <param name="Code">Stable word of the known failure; <c>unknown</c> for others.</param>
/// <param name="Title">What happened.</param>
/// <param name="Who">Who has to act.</param>
/// <param name="StuckSince">Of an operation in progress: when something moved last. Null: it has failed.</param>
/// <param name="WaitsFor">Resources that are not done; of an operation in progress.</param>
internal sealed record DiagnosisView(
    string Code, string Title, [property: Words<Actor>] string Who, string WhatToDo, DateTimeOffset? StuckSince, IReadOnlyList<string> WaitsFor)
{
    private const int EventsRead = 500;

    /// <summary>Null where there is nothing to explain.</summary>
    public static async Task<DiagnosisView?> OfAsync(
        Operation operation, Func<int, Task<IReadOnlyList<ClusterEvent>>> events, DateTimeOffset now, TimeSpan stuckAfter)
    {
        if (operation.IsActive)
        {
            // The steps' times are at hand; events are read only when they leave it open.
            return StuckDiagnosis.Of(operation, [], now, stuckAfter) is null || StuckDiagnosis.Of(operation, await events(EventsRead), now, stuckAfter) is not { } stuck
                ? null
                : Of(stuck.Cause, stuck.Since, stuck.WaitsFor);
        }

        var failed = FailureDiagnosis.Of(operation, []);
        if (failed?.Cause == FailureCatalogue.Unknown)
        {
            failed = FailureDiagnosis.Of(operation, await events(EventsRead));
        }

        return failed is null ? null : Of(failed.Cause, null, []);
    }

    private static DiagnosisView Of(FailureCause cause, DateTimeOffset? since, IReadOnlyList<string> waitsFor) =>
        new(cause.Code, cause.Title, cause.Who.ToWire(), CauseWords.WhatToDo(cause), since, waitsFor);
}

[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(StreamEndView))]
[JsonSerializable(typeof(ClusterOperationView))]
internal sealed partial class HistoryJson : JsonSerializerContext
{
    public static readonly HistoryJson Api = new(ApiJson.CreateOptions());
}
