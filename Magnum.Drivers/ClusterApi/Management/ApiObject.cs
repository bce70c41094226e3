using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Magnum.Drivers.ClusterApi.Management;

/// <summary>An object as the management cluster has it. Fields that are missing or of another type read as not given: the next look may find them.</summary>
internal sealed class ApiObject(JsonObject content)
{
    public JsonObject Content => content;

    public string Kind => Text("kind") ?? "";

    public string Name => Text("metadata", "name") ?? "";

    public string Namespace => Text("metadata", "namespace") ?? "";

    public string? Uid => Text("metadata", "uid");

    public string? ResourceVersion => Text("metadata", "resourceVersion");

    public long Generation => Number("metadata", "generation") ?? 0;

    public bool IsDeleting => Text("metadata", "deletionTimestamp") is not null;

    public DateTimeOffset? CreatedAt => Moment(Text("metadata", "creationTimestamp"));

    /// <summary>Whether its controller has seen what it is to be by now; yes where it does not say.</summary>
    public bool IsObserved => Number("status", "observedGeneration") is not { } seen || seen >= Generation;

    public string? Label(string key) => Text("metadata", "labels", key);

    public string? Annotation(string key) => Text("metadata", "annotations", key);

    public string? Text(params ReadOnlySpan<string> path) =>
        At(path) is JsonValue value && value.GetValueKind() is JsonValueKind.String ? value.GetValue<string>() : null;

    public long? Number(params ReadOnlySpan<string> path) =>
        At(path) is JsonValue value && value.GetValueKind() is JsonValueKind.Number && value.TryGetValue<long>(out var number) ? number : null;

    public bool Flag(params ReadOnlySpan<string> path) => At(path) is JsonValue value && value.GetValueKind() is JsonValueKind.True;

    public JsonObject? Object(params ReadOnlySpan<string> path) => At(path) as JsonObject;

    public IEnumerable<JsonObject> Items(params ReadOnlySpan<string> path) => At(path) is JsonArray array ? array.OfType<JsonObject>() : [];

    public static DateTimeOffset? Moment(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;

    private JsonNode? At(ReadOnlySpan<string> path)
    {
        JsonNode? node = content;
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node;
    }
}
