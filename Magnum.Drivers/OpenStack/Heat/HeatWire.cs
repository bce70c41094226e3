using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Magnum.Drivers.OpenStack.Heat;

// The bodies as Heat writes them (docs.openstack.org/api-ref/orchestration/v1); HeatModels holds what the rest of Magnum sees.
internal sealed record StackBody
{
    public string? StackName { get; init; }

    public string? Template { get; init; }

    public IReadOnlyDictionary<string, string>? Files { get; init; }

    public string? Environment { get; init; }

    public IReadOnlyDictionary<string, string>? Parameters { get; init; }

    public int? TimeoutMins { get; init; }

    public bool? DisableRollback { get; init; }

    public string? Tags { get; init; }
}

internal sealed record CreatedStackAnswer(CreatedStack Stack);

internal sealed record CreatedStack(string Id);

internal sealed record StackAnswer(StackWire Stack);

internal sealed record StacksAnswer(IReadOnlyList<StackWire> Stacks, IReadOnlyList<HeatLink>? Links = null);

internal sealed record StackWire(string Id, string StackName, string StackStatus)
{
    public string? StackStatusReason { get; init; }

    public string? CreationTime { get; init; }

    public string? UpdatedTime { get; init; }

    public IReadOnlyList<string>? Tags { get; init; }

    public int? TimeoutMins { get; init; }

    public string? Project { get; init; }

    public Dictionary<string, JsonElement>? Parameters { get; init; }

    public IReadOnlyList<OutputWire>? Outputs { get; init; }

    public HeatStack ToStack() =>
        new(Id, StackName, StackStatus, StackStatusReason, HeatValue.Time(CreationTime), HeatValue.Time(UpdatedTime), Tags ?? [], TimeoutMins)
        {
            ProjectId = Project,
            Parameters = (Parameters ?? []).ToDictionary(p => p.Key, p => HeatValue.TextOf(p.Value), StringComparer.Ordinal),
            Outputs = (Outputs ?? []).ToDictionary(o => o.OutputKey, o => new HeatOutput(o.OutputValue, o.OutputError), StringComparer.Ordinal),
        };
}

internal sealed record OutputWire(string OutputKey, JsonElement OutputValue = default, string? OutputError = null);

internal sealed record HeatLink(string Href, string Rel);

internal sealed record ResourceAnswer(ResourceWire Resource);

internal sealed record ResourcesAnswer(IReadOnlyList<ResourceWire> Resources);

internal sealed record ResourceWire(string ResourceName, string ResourceType, string ResourceStatus)
{
    public string? ResourceStatusReason { get; init; }

    public string? PhysicalResourceId { get; init; }

    public string? ParentResource { get; init; }

    public string? UpdatedTime { get; init; }

    public JsonElement Attributes { get; init; }

    public IReadOnlyList<HeatLink>? Links { get; init; }

    public HeatResource ToResource() =>
        new(ResourceName, ResourceType, ResourceStatus, ResourceStatusReason, PhysicalResourceId ?? "", ParentResource, HeatValue.Time(UpdatedTime))
        {
            Stack = HeatAddress.StackOf(Links),
            Attributes = Attributes,
        };
}

internal sealed record EventsAnswer(IReadOnlyList<EventWire> Events);

internal sealed record EventWire(string Id, string EventTime, string ResourceName, string ResourceStatus)
{
    public string? ResourceStatusReason { get; init; }

    public string? PhysicalResourceId { get; init; }

    public IReadOnlyList<HeatLink>? Links { get; init; }

    public HeatEvent ToEvent() =>
        new(Id, HeatValue.Time(EventTime) ?? default, ResourceName, ResourceStatus, ResourceStatusReason, PhysicalResourceId ?? "")
        {
            Stack = HeatAddress.StackOf(Links),
        };
}

internal sealed record ValidationAnswer(
    [property: JsonPropertyName("Description")] string? Description = null,
    [property: JsonPropertyName("Parameters")] Dictionary<string, JsonElement>? Parameters = null);

internal sealed record ChangesAnswer(ChangesWire ResourceChanges);

internal sealed record ChangesWire(
    IReadOnlyList<ChangedWire>? Added = null,
    IReadOnlyList<ChangedWire>? Deleted = null,
    IReadOnlyList<ChangedWire>? Replaced = null,
    IReadOnlyList<ChangedWire>? Updated = null,
    IReadOnlyList<ChangedWire>? Unchanged = null)
{
    public HeatChanges ToChanges() => new(Names(Added), Names(Deleted), Names(Replaced), Names(Updated), Names(Unchanged));

    private static IReadOnlyList<string> Names(IReadOnlyList<ChangedWire>? changes) => [.. (changes ?? []).Select(c => c.ResourceName)];
}

internal sealed record ChangedWire(string ResourceName);

/// <summary>Values that Heat writes in more than one way.</summary>
internal static class HeatValue
{
    /// <summary>A time; Heat's are UTC with or without saying so.</summary>
    public static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;

    public static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null or JsonValueKind.Undefined => "",
        _ => value.GetRawText(),
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StackBody))]
[JsonSerializable(typeof(CreatedStackAnswer))]
[JsonSerializable(typeof(StackAnswer))]
[JsonSerializable(typeof(StacksAnswer))]
[JsonSerializable(typeof(ResourceAnswer))]
[JsonSerializable(typeof(ResourcesAnswer))]
[JsonSerializable(typeof(EventsAnswer))]
[JsonSerializable(typeof(ValidationAnswer))]
[JsonSerializable(typeof(ChangesAnswer))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class HeatJson : JsonSerializerContext;
