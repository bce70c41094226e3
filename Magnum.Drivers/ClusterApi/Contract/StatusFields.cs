using System.Text.Json.Nodes;
using Magnum.Core.Diagnosis;
using Magnum.Drivers.ClusterApi.Management;

namespace Magnum.Drivers.ClusterApi.Contract;

/// <summary>One of an object's conditions.</summary>
/// <param name="Severity">Of the older contract; null in the newer.</param>
internal sealed record Condition(string Type, string Status, string? Reason, string? Message, string? Severity, DateTimeOffset? ChangedAt)
{
    public bool IsTrue => Status is "True";

    /// <summary>Whether it tells of a failure, and not only that something is not done yet.</summary>
    public bool IsError => Status is "False" && (Severity is "Error" || ReasonFails || FailureCatalogue.Match(Message)?.Telling is Telling.Cause);

    // Without a severity the reason's word is all that there is: WaitingForX and NotReady are no failures, ReconcileFailed is one.
    private bool ReasonFails => Severity is null && Reason is not null
        && (Reason.EndsWith("Failed", StringComparison.Ordinal) || Reason.EndsWith("Error", StringComparison.Ordinal)) && Reason is not "InternalError";
}

/// <summary>What objects say of themselves, by whichever version of the contract: fields that took another name are read by both.</summary>
internal static class StatusFields
{
    /// <summary>None yet is no error: the object is new.</summary>
    public static IReadOnlyList<Condition> Conditions(this ApiObject o) =>
        [.. o.Items("status", "conditions").Select(Read).Where(c => c.Type.Length > 0)];

    public static Condition? Condition(this ApiObject o, string type) => o.Conditions().FirstOrDefault(c => c.Type == type);

    public static bool Is(this ApiObject o, string type) => o.Condition(type) is { IsTrue: true };

    /// <summary>A failure that its controller gives up at; only the older contract has such.</summary>
    public static string? FinalFailure(this ApiObject o) =>
        o.Text("status", "failureMessage") ?? o.Text("status", "deprecated", "v1beta1", "failureMessage")
        ?? o.Text("status", "failureReason") ?? o.Text("status", "deprecated", "v1beta1", "failureReason");

    /// <summary>Nodes that there are to be.</summary>
    public static long WantedNodes(this ApiObject o) => o.Number("spec", "replicas") ?? 1;

    public static long Nodes(this ApiObject o) => o.Number("status", "replicas") ?? 0;

    public static long ReadyNodes(this ApiObject o) => o.Number("status", "readyReplicas") ?? 0;

    public static long UpToDateNodes(this ApiObject o) => o.Number("status", "upToDateReplicas") ?? o.Number("status", "updatedReplicas") ?? 0;

    public static bool InfrastructureIsThere(this ApiObject cluster) =>
        cluster.Is("InfrastructureReady") || cluster.Flag("status", "initialization", "infrastructureProvisioned") || cluster.Flag("status", "infrastructureReady");

    /// <summary>Whether the control plane answers.</summary>
    public static bool ControlPlaneIsThere(this ApiObject cluster) => cluster.Is("ControlPlaneAvailable") || cluster.Is("ControlPlaneReady");

    /// <summary>Whether all that the topology says has been handed on; a group whose upgrade is put off does not count against it.</summary>
    public static bool TopologyIsHandedOn(this ApiObject cluster) => cluster.Condition("TopologyReconciled") switch
    {
        { IsTrue: true } => true,
        { Status: "False", Reason: { } reason, Message: var message } =>
            reason.Contains("Deferred", StringComparison.Ordinal) || (reason is "ClusterUpgrading" && message?.Contains("deferred", StringComparison.OrdinalIgnoreCase) == true),
        _ => false,
    };

    private static Condition Read(JsonObject condition)
    {
        var o = new ApiObject(condition);
        return new(
            o.Text("type") ?? "", o.Text("status") ?? "Unknown", o.Text("reason"), o.Text("message") is { Length: > 0 } message ? message : null,
            o.Text("severity") is { Length: > 0 } severity ? severity : null, ApiObject.Moment(o.Text("lastTransitionTime")));
    }
}
