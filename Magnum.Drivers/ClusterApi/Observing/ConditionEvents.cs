using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Magnum.Core.Drivers;
using Magnum.Core.Events;
using Magnum.Drivers.ClusterApi.Contract;
using Magnum.Drivers.ClusterApi.Management;

namespace Magnum.Drivers.ClusterApi.Observing;

/// <summary>Tells conditions as events: when one has become true, and what one that is in error says.</summary>
internal static partial class ConditionEvents
{
    private const int LongestStatus = 64;

    private const char Separator = '/';

    /// <summary>What comes and goes while all is well, or only repeats what the machines say.</summary>
    private static readonly HashSet<string> Noise = new(StringComparer.Ordinal)
    {
        "Paused", "RollingOut", "ScalingUp", "ScalingDown", "Remediating", "Deleting", "UpToDate", "MachinesReady", "MachinesUpToDate", "ControlPlaneMachinesReady",
        "ControlPlaneMachinesUpToDate", "WorkerMachinesReady", "WorkerMachinesUpToDate", "MachinesCreated", "MachineSetReady", "Resized",
    };

    /// <param name="marker">From the last time.</param>
    /// <returns>Oldest first, and the marker for the next time. When there is a new one, some of the last time may come with it again: they are known by their ids.</returns>
    public static (IReadOnlyList<ObservedEvent> Events, string? Marker) After(IEnumerable<ApiObject> objects, string? marker, Func<ApiObject, string?> serverId)
    {
        var since = ApiObject.Moment(marker?.Split(Separator)[0]);
        var told = objects
            .SelectMany(o => o.Conditions().Where(c => !Noise.Contains(c.Type) && c.ChangedAt is not null && (c.IsTrue || c.IsError)).Select(c => (Condition: c, Event: ToEvent(o, c, serverId(o)))))
            .OrderBy(t => t.Condition.ChangedAt)
            .ToList();
        if (told.Count == 0)
        {
            return ([], marker);
        }

        // Moments are whole seconds, and an error may say something new without changing: such are compared by what they are.
        var last = told[^1].Event.OccurredAt is var latest && since > latest ? since.Value : latest;
        var open = told.Where(t => t.Condition.ChangedAt >= last || t.Condition.IsError).Select(t => t.Event.ExternalId).Order(StringComparer.Ordinal);
        var next = string.Create(CultureInfo.InvariantCulture, $"{last:yyyy-MM-ddTHH:mm:ssZ}{Separator}{Digest(string.Join(',', open))}");
        return next == marker ? ([], marker) : ([.. told.Where(t => since is null || t.Condition.ChangedAt >= since || t.Condition.IsError).Select(t => t.Event)], next);
    }

    private static ObservedEvent ToEvent(ApiObject o, Condition condition, string? serverId)
    {
        var status = $"{condition.Type}={condition.Status}";
        return new ObservedEvent(
            $"capi-{Digest($"{o.Kind}/{o.Name}/{status}/{condition.Reason}/{(condition.IsError ? Varying().Replace(condition.Message ?? "", "#") : condition.ChangedAt!.Value.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture))}")}",
            condition.ChangedAt!.Value,
            EventSource.ClusterApi,
            condition.IsError ? EventLevel.Error : EventLevel.Info,
            o.Name,
            o.Kind,
            status.Length > LongestStatus ? status[..LongestStatus] : status,
            serverId,
            condition.IsError ? $"{o.Kind} {o.Name}: {condition.Message ?? condition.Reason}" : $"{o.Kind} {o.Name}: {condition.Type}.");
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..24];

    // Ids of requests and of servers that are tried one after the other.
    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f-]{20,}|[0-9]+")]
    private static partial Regex Varying();
}
