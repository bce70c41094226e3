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

    /// <summary>What comes and goes while all is well, or only repeats what the machines say.</summary>
    private static readonly HashSet<string> Noise = new(StringComparer.Ordinal)
    {
        "Paused", "RollingOut", "ScalingUp", "ScalingDown", "Remediating", "Deleting", "UpToDate", "MachinesReady", "MachinesUpToDate", "ControlPlaneMachinesReady",
        "ControlPlaneMachinesUpToDate", "WorkerMachinesReady", "WorkerMachinesUpToDate", "MachinesCreated", "MachineSetReady", "Resized",
    };

    /// <param name="marker">From the last time.</param>
    /// <returns>New ones, oldest first, and the marker for the next time.</returns>
    public static (IReadOnlyList<ObservedEvent> Events, string? Marker) After(IEnumerable<ApiObject> objects, string? marker, Func<ApiObject, string?> serverId)
    {
        var since = ApiObject.Moment(marker);
        var told = objects.SelectMany(o => o.Conditions().Where(c => !Noise.Contains(c.Type) && c.ChangedAt is not null && (c.IsTrue || c.IsError)).Select(c => (Object: o, Condition: c))).ToList();
        if (told.Count == 0)
        {
            return ([], marker);
        }

        // Moments are whole seconds: those of the last one come again, and are known by their ids. So are errors, which may say something new without changing.
        var events = told
            .Where(t => since is null || t.Condition.ChangedAt >= since || t.Condition.IsError)
            .OrderBy(t => t.Condition.ChangedAt)
            .Select(t => ToEvent(t.Object, t.Condition, serverId(t.Object)))
            .ToList();
        var last = told.Max(t => t.Condition.ChangedAt!.Value);
        return (events, (since > last ? since.Value : last).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
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
