using System.Text.Json;
using System.Text.Json.Serialization;
using Magnum.Core.OpenStack;

namespace Magnum.Drivers.OpenStack.Glance;

internal sealed record ImagesAnswer(IReadOnlyList<ImageBody> Images, string? Next = null);

internal sealed record ImageBody(string Id, string Status, string? Name = null, int MinDisk = 0, int MinRam = 0)
{
    /// <summary>Everything else: Glance mixes an image's own properties with its fields.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }

    public Image ToImage() => new(
        Id,
        Name ?? "",
        Status,
        MinDisk,
        MinRam,
        (Rest ?? [])
            .Where(p => p.Value.ValueKind == JsonValueKind.String && !OwnFields.Contains(p.Key))
            .ToDictionary(p => p.Key, p => p.Value.GetString()!, StringComparer.Ordinal));

    private static readonly HashSet<string> OwnFields = new(StringComparer.Ordinal)
    {
        "checksum", "container_format", "created_at", "direct_url", "disk_format", "file", "os_hash_algo", "os_hash_value", "owner",
        "schema", "self", "updated_at", "visibility", "stores", "locations",
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ImagesAnswer))]
[JsonSerializable(typeof(ImageBody))]
internal sealed partial class GlanceJson : JsonSerializerContext;
