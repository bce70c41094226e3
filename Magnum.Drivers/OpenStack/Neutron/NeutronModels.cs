using System.Text.Json.Serialization;

namespace Magnum.Drivers.OpenStack.Neutron;

internal sealed record NetworksAnswer(IReadOnlyList<NetworkBody> Networks, IReadOnlyList<NeutronLink>? NetworksLinks = null);

internal sealed record NetworkBody(string Id, string? Name = null)
{
    [JsonPropertyName("router:external")]
    public bool External { get; init; }

    public bool Shared { get; init; }

    public string? ProjectId { get; init; }

    public string? TenantId { get; init; }

    public IReadOnlyList<string>? Subnets { get; init; }
}

internal sealed record SubnetsAnswer(IReadOnlyList<SubnetBody> Subnets, IReadOnlyList<NeutronLink>? SubnetsLinks = null);

internal sealed record SubnetBody(string Id, string NetworkId, string Cidr, int IpVersion = 4, string? Name = null, string? GatewayIp = null);

internal sealed record FloatingIpsAnswer(IReadOnlyList<FloatingIp> Floatingips, IReadOnlyList<NeutronLink>? FloatingipsLinks = null);

/// <summary>A floating IP.</summary>
internal sealed record FloatingIp(string Id, string? Description = null, string? FloatingIpAddress = null, string? Status = null);

internal sealed record NeutronLink(string Href, string Rel);

internal sealed record QuotaAnswer(Dictionary<string, QuotaBody> Quota);

internal sealed record QuotaBody(int Limit, int Used = 0, int Reserved = 0);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NetworksAnswer))]
[JsonSerializable(typeof(SubnetsAnswer))]
[JsonSerializable(typeof(FloatingIpsAnswer))]
[JsonSerializable(typeof(QuotaAnswer))]
internal sealed partial class NeutronJson : JsonSerializerContext;
