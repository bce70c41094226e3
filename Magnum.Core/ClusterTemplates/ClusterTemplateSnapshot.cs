namespace Magnum.Core.ClusterTemplates;

/// <summary>A template frozen when a cluster was made from it; fields as in <see cref="ClusterTemplate"/>. Stored as JSON in the cluster's row.</summary>
public sealed record ClusterTemplateSnapshot
{
    /// <summary>The template's uuid.</summary>
    public Guid Uuid { get; init; }

    /// <summary>Its name then.</summary>
    public string Name { get; init; } = "";

    /// <summary>Container orchestration engine: <c>kubernetes</c>, <c>swarm</c>, <c>mesos</c>.</summary>
    public string Coe { get; init; } = "";

    /// <summary>Name or id, as given.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>Flavor of workers, name or id.</summary>
    public string? FlavorId { get; init; }

    /// <summary>Flavor of masters, name or id.</summary>
    public string? MasterFlavorId { get; init; }

    /// <summary>Nova key pair name.</summary>
    public string? KeyPairId { get; init; }

    /// <summary>Name or id.</summary>
    public string? ExternalNetworkId { get; init; }

    /// <summary>Name or id; null: a network is made for each cluster.</summary>
    public string? FixedNetwork { get; init; }

    /// <summary>Name or id.</summary>
    public string? FixedSubnet { get; init; }

    /// <summary>CNI such as <c>calico</c>.</summary>
    public string? NetworkDriver { get; init; }

    /// <summary>Such as <c>cinder</c>.</summary>
    public string? VolumeDriver { get; init; }

    /// <summary>Comma list of IPv4.</summary>
    public string? DnsNameserver { get; init; }

    /// <summary>1024-65535.</summary>
    public int? ApiserverPort { get; init; }

    /// <summary>GiB.</summary>
    public int? DockerVolumeSize { get; init; }

    /// <summary>Free text.</summary>
    public string? DockerStorageDriver { get; init; }

    /// <summary>From the image's <c>os_distro</c>.</summary>
    public string? ClusterDistro { get; init; }

    /// <summary>Proxy of the nodes.</summary>
    public string? HttpProxy { get; init; }

    /// <summary>Proxy of the nodes.</summary>
    public string? HttpsProxy { get; init; }

    /// <summary>Exceptions from the proxies.</summary>
    public string? NoProxy { get; init; }

    /// <summary>A registry on the nodes.</summary>
    public bool RegistryEnabled { get; init; }

    /// <summary>host:port of a registry without TLS.</summary>
    public string? InsecureRegistry { get; init; }

    /// <summary>Text to text.</summary>
    public Dictionary<string, string> Labels { get; init; } = [];

    /// <summary>The engine's API without TLS.</summary>
    public bool TlsDisabled { get; init; }

    /// <summary><c>vm</c> or <c>bm</c>.</summary>
    public string ServerType { get; init; } = "vm";

    /// <summary>Whether the engine's API stands behind a load balancer.</summary>
    public bool MasterLbEnabled { get; init; }

    /// <summary>Whether nodes get floating IPs.</summary>
    public bool FloatingIpEnabled { get; init; } = true;

    /// <summary>The driver chosen when the template was saved.</summary>
    public string Driver { get; init; } = "";
}
