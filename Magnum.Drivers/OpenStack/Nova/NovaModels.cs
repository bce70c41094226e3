using System.Text.Json.Serialization;

namespace Magnum.Drivers.OpenStack.Nova;

internal sealed record FlavorsAnswer(IReadOnlyList<FlavorBody> Flavors, [property: JsonPropertyName("flavors_links")] IReadOnlyList<NovaLink>? FlavorsLinks = null);

internal sealed record FlavorBody(string Id, string Name, int Vcpus, int Ram, int Disk);

internal sealed record NovaLink(string Href, string Rel);

internal sealed record KeyPairsAnswer(IReadOnlyList<KeyPairAnswer> Keypairs);

internal sealed record KeyPairAnswer(KeyPairBody Keypair);

internal sealed record KeyPairBody(string Name, [property: JsonPropertyName("public_key")] string PublicKey)
{
    [JsonPropertyName("private_key")]
    public string? PrivateKey { get; init; }

    public override string ToString() => $"KeyPairBody {Name}";
}

internal sealed record KeyPairRequest(KeyPairWish Keypair);

internal sealed record KeyPairWish(string Name, [property: JsonPropertyName("public_key"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PublicKey);

internal sealed record LimitsAnswer(LimitsBody Limits);

internal sealed record LimitsBody(AbsoluteLimits Absolute);

/// <summary>Absent ones count as unlimited.</summary>
internal sealed record AbsoluteLimits(
    int MaxTotalInstances = -1,
    int TotalInstancesUsed = 0,
    int MaxTotalCores = -1,
    int TotalCoresUsed = 0,
    int MaxServerGroups = -1,
    int TotalServerGroupsUsed = 0,
    [property: JsonPropertyName("maxTotalRAMSize")] int MaxTotalRAMSize = -1,
    [property: JsonPropertyName("totalRAMUsed")] int TotalRAMUsed = 0);

internal sealed record ZonesAnswer(IReadOnlyList<ZoneBody> AvailabilityZoneInfo);

internal sealed record ZoneBody(string ZoneName, ZoneState? ZoneState = null);

internal sealed record ZoneState(bool Available);

internal sealed record ServerAnswer(ServerBody Server);

internal sealed record ServerBody(string Id, string Name, string Status)
{
    public Dictionary<string, IReadOnlyList<ServerAddress>>? Addresses { get; init; }

    public ServerFault? Fault { get; init; }

    public Dictionary<string, string>? Metadata { get; init; }
}

internal sealed record ServerAddress(string Addr);

internal sealed record ServerFault(string? Message = null);

internal sealed record ConsoleRequest([property: JsonPropertyName("os-getConsoleOutput")] ConsoleLength Output);

internal sealed record ConsoleLength(int Length);

internal sealed record ConsoleAnswer(string? Output = null);

// Nova's limits and zones are in camel case, unlike the rest of OpenStack; the few snake-case names say so themselves.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FlavorsAnswer))]
[JsonSerializable(typeof(KeyPairsAnswer))]
[JsonSerializable(typeof(KeyPairAnswer))]
[JsonSerializable(typeof(KeyPairRequest))]
[JsonSerializable(typeof(LimitsAnswer))]
[JsonSerializable(typeof(ZonesAnswer))]
[JsonSerializable(typeof(ServerAnswer))]
[JsonSerializable(typeof(ConsoleRequest))]
[JsonSerializable(typeof(ConsoleAnswer))]
internal sealed partial class NovaJson : JsonSerializerContext;
