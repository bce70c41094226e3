using Magnum.Core.Diagnosis.Known;
using Magnum.Core.Events;
using Magnum.Core.Operations;

namespace Magnum.Core.Diagnosis;

/// <summary>What an operation waits for in which nothing has moved for a while.</summary>
/// <param name="Since">When something moved last.</param>
/// <param name="WaitsFor">Resources that are not done, by name; empty when none is known.</param>
public sealed record StuckDiagnosis(FailureCause Cause, DateTimeOffset Since, IReadOnlyList<string> WaitsFor)
{
    private const int MostNames = 5;

    /// <summary>The last that was read of the consoles of nodes that are waited for.</summary>
    public IReadOnlyList<ClusterEvent> Evidence { get; init; } = [];

    /// <summary>The diagnosis; null when the operation has ended, or something has moved lately.</summary>
    /// <param name="events">The cluster's latest, oldest first.</param>
    /// <param name="after">How long nothing may move.</param>
    public static StuckDiagnosis? Of(Operation operation, IReadOnlyList<ClusterEvent> events, DateTimeOffset now, TimeSpan after)
    {
        var told = events.Where(e => e.OperationUuid == operation.Uuid).ToList();
        var own = told.Where(e => e.Kind is "resource").ToList();
        var since = Moves(operation, own).Max();
        if (!operation.IsActive || now - since < after)
        {
            return null;
        }

        var open = own
            .Where(e => e.ResourceName is not null && e.ResourceType?.StartsWith("OS::", StringComparison.Ordinal) == true)
            .Where(e => e.ResourceType is not ("OS::Heat::Stack" or "OS::Heat::ResourceGroup"))
            .GroupBy(e => e.ResourceName!, StringComparer.Ordinal)
            .Select(g => g.Last())
            .Where(e => e.ResourceStatus?.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) == true)
            .ToList();
        var waits = open.Select(e => Waiting(e.ResourceType!)).OfType<FailureCause>().OrderBy(c => Waits.All.ToList().IndexOf(c)).ToList();

        // Of nodes that are still waited for: what a ready one wrote on its console before has passed.
        var consoles = told
            .Where(e => e.Kind is "console" && e.ResourceName is { } node && open.Any(o => o.ResourceName!.StartsWith($"{node}/", StringComparison.Ordinal)))
            .GroupBy(e => e.ResourceName, StringComparer.Ordinal)
            .Select(g => g.Last())
            .ToList();

        // What is under a node is waited for by its report: a server that is being built is nearer to the reason.
        var cause = FailureCatalogue.Match(operation.Reason) ?? FailureCatalogue.MostTelling(consoles, e => ConsoleTail.Of(e.Message).TellingLine)?.Cause
            ?? waits.Find(c => c != Waits.Node) ?? waits.Find(c => c == Waits.Node)
            ?? (operation.State is OperationState.Queued ? Waits.Conductor : Waits.Cloud);
        return new StuckDiagnosis(cause, since, [.. open.Select(e => e.ResourceName!).Order(StringComparer.Ordinal).Take(MostNames)]) { Evidence = consoles };
    }

    private static IEnumerable<DateTimeOffset> Moves(Operation operation, IEnumerable<ClusterEvent> events) =>
    [
        operation.CreatedAt,
        operation.StartedAt ?? operation.CreatedAt,
        .. operation.Steps.SelectMany(s => new[] { s.StartedAt, s.FinishedAt }).OfType<DateTimeOffset>(),
        .. events.Select(e => e.OccurredAt),
    ];

    private static FailureCause? Waiting(string type) => type switch
    {
        "OS::Heat::WaitCondition" => Waits.Node,
        "OS::Nova::Server" => Waits.Server,
        "OS::Cinder::Volume" or "OS::Cinder::VolumeAttachment" => Waits.Volume,
        _ when type.StartsWith("OS::Octavia::", StringComparison.Ordinal) => Waits.LoadBalancer,
        _ => null,
    };
}
