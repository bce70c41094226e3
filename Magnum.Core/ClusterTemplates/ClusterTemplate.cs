namespace Magnum.Core.ClusterTemplates;

/// <summary>The design from which clusters are launched.</summary>
public sealed class ClusterTemplate
{
    /// <summary>Internal row number.</summary>
    public long Id { get; internal set; }

    public Guid Uuid { get; internal set; }

    /// <summary>Not unique.</summary>
    public string Name { get; internal set; } = "";

    public string ProjectId { get; internal set; } = "";

    public string UserId { get; internal set; } = "";

    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>Null until the first change.</summary>
    public DateTimeOffset? UpdatedAt { get; internal set; }

    /// <summary>Raised by every change: compare-and-set.</summary>
    public long Generation { get; internal set; } = 1;

    /// <summary>Usable by all projects.</summary>
    public bool Public { get; internal set; }

    /// <summary>Out of sight of all but its project and administrators, and not for new clusters.</summary>
    public bool Hidden { get; internal set; }

    /// <summary>Comma separated.</summary>
    public string? Tags { get; internal set; }

    /// <summary>Container orchestration engine: <c>kubernetes</c>, <c>swarm</c>, <c>mesos</c>.</summary>
    public string Coe { get; internal set; } = "";

    /// <summary>Name or id, as given.</summary>
    public string ImageId { get; internal set; } = "";

    /// <summary>Flavor of workers, name or id.</summary>
    public string? FlavorId { get; internal set; }

    /// <summary>Flavor of masters, name or id.</summary>
    public string? MasterFlavorId { get; internal set; }

    /// <summary>Nova key pair name.</summary>
    public string? KeyPairId { get; internal set; }

    /// <summary>Name or id.</summary>
    public string? ExternalNetworkId { get; internal set; }

    /// <summary>Name or id; null: a network is made for each cluster.</summary>
    public string? FixedNetwork { get; internal set; }

    /// <summary>Name or id.</summary>
    public string? FixedSubnet { get; internal set; }

    /// <summary>CNI such as <c>calico</c>.</summary>
    public string? NetworkDriver { get; internal set; }

    /// <summary>Such as <c>cinder</c>.</summary>
    public string? VolumeDriver { get; internal set; }

    /// <summary>Comma list of IPv4.</summary>
    public string? DnsNameserver { get; internal set; }

    /// <summary>1024-65535.</summary>
    public int? ApiserverPort { get; internal set; }

    /// <summary>GiB.</summary>
    public int? DockerVolumeSize { get; internal set; }

    /// <summary>Free text.</summary>
    public string? DockerStorageDriver { get; internal set; }

    /// <summary>From the image's <c>os_distro</c>.</summary>
    public string? ClusterDistro { get; internal set; }

    /// <summary>Proxy of the nodes.</summary>
    public string? HttpProxy { get; internal set; }

    /// <summary>Proxy of the nodes.</summary>
    public string? HttpsProxy { get; internal set; }

    /// <summary>Exceptions from the proxies.</summary>
    public string? NoProxy { get; internal set; }

    /// <summary>A registry on the nodes.</summary>
    public bool RegistryEnabled { get; internal set; }

    /// <summary>host:port of a registry without TLS.</summary>
    public string? InsecureRegistry { get; internal set; }

    /// <summary>Text to text.</summary>
    public Dictionary<string, string> Labels { get; internal set; } = [];

    /// <summary>The engine's API without TLS.</summary>
    public bool TlsDisabled { get; internal set; }

    /// <summary><c>vm</c> or <c>bm</c>.</summary>
    public string ServerType { get; internal set; } = "vm";

    /// <summary>Whether the engine's API stands behind a load balancer.</summary>
    public bool MasterLbEnabled { get; internal set; }

    /// <summary>Whether nodes get floating IPs.</summary>
    public bool FloatingIpEnabled { get; internal set; } = true;

    /// <summary>The driver chosen when the template was saved.</summary>
    public string Driver { get; internal set; } = "";

    /// <summary>The part that a cluster keeps.</summary>
    public ClusterTemplateSnapshot ToSnapshot() => new()
    {
        Uuid = Uuid,
        Name = Name,
        Coe = Coe,
        ImageId = ImageId,
        FlavorId = FlavorId,
        MasterFlavorId = MasterFlavorId,
        KeyPairId = KeyPairId,
        ExternalNetworkId = ExternalNetworkId,
        FixedNetwork = FixedNetwork,
        FixedSubnet = FixedSubnet,
        NetworkDriver = NetworkDriver,
        VolumeDriver = VolumeDriver,
        DnsNameserver = DnsNameserver,
        ApiserverPort = ApiserverPort,
        DockerVolumeSize = DockerVolumeSize,
        DockerStorageDriver = DockerStorageDriver,
        ClusterDistro = ClusterDistro,
        HttpProxy = HttpProxy,
        HttpsProxy = HttpsProxy,
        NoProxy = NoProxy,
        RegistryEnabled = RegistryEnabled,
        InsecureRegistry = InsecureRegistry,
        Labels = new Dictionary<string, string>(Labels),
        TlsDisabled = TlsDisabled,
        ServerType = ServerType,
        MasterLbEnabled = MasterLbEnabled,
        FloatingIpEnabled = FloatingIpEnabled,
        Driver = Driver,
    };
}
