namespace Magnum.Core.ClusterTemplates;

/// <summary>What a person or script may say about a template; fields as in <see cref="ClusterTemplate"/>. Null: not given.</summary>
public sealed record ClusterTemplateSpec
{
    /// <summary>Only on creation.</summary>
    public Guid? Uuid { get; init; }

    public string? Name { get; init; }

    public string? Coe { get; init; }

    public string? ImageId { get; init; }

    public string? FlavorId { get; init; }

    public string? MasterFlavorId { get; init; }

    public string? KeyPairId { get; init; }

    public string? ExternalNetworkId { get; init; }

    public string? FixedNetwork { get; init; }

    public string? FixedSubnet { get; init; }

    public string? NetworkDriver { get; init; }

    public string? VolumeDriver { get; init; }

    public string? DnsNameserver { get; init; }

    public int? ApiserverPort { get; init; }

    public int? DockerVolumeSize { get; init; }

    public string? DockerStorageDriver { get; init; }

    public string? ClusterDistro { get; init; }

    public string? HttpProxy { get; init; }

    public string? HttpsProxy { get; init; }

    public string? NoProxy { get; init; }

    public bool RegistryEnabled { get; init; }

    public string? InsecureRegistry { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public bool TlsDisabled { get; init; }

    public bool Public { get; init; }

    public bool Hidden { get; init; }

    public string ServerType { get; init; } = "vm";

    public bool MasterLbEnabled { get; init; }

    public bool FloatingIpEnabled { get; init; } = true;

    public string? Tags { get; init; }

    public string? Driver { get; init; }
}
