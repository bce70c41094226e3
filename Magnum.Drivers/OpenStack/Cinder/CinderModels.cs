using System.Text.Json.Serialization;

namespace Magnum.Drivers.OpenStack.Cinder;

internal sealed record VolumeTypesAnswer(
    [property: JsonPropertyName("volume_types")] IReadOnlyList<VolumeTypeBody> VolumeTypes,
    [property: JsonPropertyName("volume_type_links")] IReadOnlyList<CinderLink>? VolumeTypeLinks = null);

internal sealed record VolumeTypeAnswer([property: JsonPropertyName("volume_type")] VolumeTypeBody VolumeType);

internal sealed record VolumeTypeBody(string Name);

internal sealed record CinderLink(string Href, string Rel);

internal sealed record VolumeLimitsAnswer(VolumeLimitsBody Limits);

internal sealed record VolumeLimitsBody(AbsoluteVolumeLimits Absolute);

/// <summary>Absent ones count as unlimited.</summary>
internal sealed record AbsoluteVolumeLimits(
    int MaxTotalVolumes = -1, int TotalVolumesUsed = 0, int MaxTotalVolumeGigabytes = -1, int TotalGigabytesUsed = 0);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(VolumeTypesAnswer))]
[JsonSerializable(typeof(VolumeTypeAnswer))]
[JsonSerializable(typeof(VolumeLimitsAnswer))]
internal sealed partial class CinderJson : JsonSerializerContext;
