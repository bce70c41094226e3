namespace Magnum.Drivers.EmbeddedCloud.Nova;

/// <summary>Nova's tables.</summary>
internal sealed class ComputeState
{
    public Dictionary<string, ServerRow> Servers { get; set; } = [];

    /// <summary>By <c>user id/name</c>: key pairs belong to people.</summary>
    public Dictionary<string, KeyPairRow> KeyPairs { get; set; } = [];

    public Dictionary<string, ServerGroupRow> ServerGroups { get; set; } = [];

    public Dictionary<string, Dictionary<string, int>> Quotas { get; set; } = [];
}

/// <summary>What makes a server a node of its cluster: what a real one keeps on its disk.</summary>
internal sealed class NodeRow
{
    public required string ClusterUuid { get; set; }

    /// <summary>Magnum's API, ending in <c>/v1</c>.</summary>
    public required string MagnumUrl { get; set; }

    /// <summary>Its kubelet's, or its Docker's; PKCS#8 in PEM.</summary>
    public required string Key { get; set; }

    /// <summary>Its kubelet's, or its Docker's; PEM.</summary>
    public required string Certificate { get; set; }

    /// <summary>Whether it asks about its certificates: nodes of a swarm do not.</summary>
    public bool Follows { get; set; } = true;

    /// <summary>The phase of the cluster's CAs that it has put into effect.</summary>
    public string Applied { get; set; } = "";

    /// <summary>Passes in which Magnum was not to be reached or refused it, in a row: it is asked less often then.</summary>
    public int Failures { get; set; }

    /// <summary>Passes still to be left out.</summary>
    public int Pause { get; set; }
}

internal enum BootState
{
    /// <summary>The hypervisor has not started it.</summary>
    Off,

    /// <summary>Its operating system is starting, and then its cloud-init works.</summary>
    Booting,

    /// <summary>It has started, and reports itself if its user data says where.</summary>
    Reporting,

    /// <summary>Nothing more will come from it.</summary>
    Quiet,
}

internal sealed record ServerFault(int Code, string Message, DateTimeOffset Created);

internal sealed class ServerRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string ProjectId { get; set; }

    public required string UserId { get; set; }

    public required string FlavorId { get; set; }

    public string? ImageId { get; set; }

    public string? KeyName { get; set; }

    public string Status { get; set; } = "BUILD";

    /// <summary>Null when it has nothing to do. Without a value of its own: the state file leaves out what is null, and it would come back.</summary>
    public string? TaskState { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public DateTimeOffset? LaunchedAt { get; set; }

    public List<string> PortIds { get; set; } = [];

    /// <summary>Ports that Nova made itself and takes away with the server.</summary>
    public List<string> OwnPortIds { get; set; } = [];

    public List<string> VolumeIds { get; set; } = [];

    /// <summary>Text as the server reads it, not Base64.</summary>
    public string? UserData { get; set; }

    public Dictionary<string, string> Metadata { get; set; } = [];

    public List<string> Tags { get; set; } = [];

    public List<string> SecurityGroups { get; set; } = [];

    public string AvailabilityZone { get; set; } = "nova";

    public string? ServerGroupId { get; set; }

    public bool ConfigDrive { get; set; }

    public ServerFault? Fault { get; set; }

    public BootState Boot { get; set; }

    /// <summary>When what it is doing now is done.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>How often what it is at was refused.</summary>
    public int Attempts { get; set; }

    /// <summary>Null for servers that are no nodes, or not yet.</summary>
    public NodeRow? Node { get; set; }

    /// <summary>Why it could not become a node, for its report.</summary>
    public string? BootFailure { get; set; }

    /// <summary>Why this server does not become what was asked for, as a scenario has it.</summary>
    public string? Scenario { get; set; }
}

internal sealed class KeyPairRow
{
    public required string Name { get; set; }

    public required string UserId { get; set; }

    public required string PublicKey { get; set; }

    public required string Fingerprint { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class ServerGroupRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string ProjectId { get; set; }

    public required string UserId { get; set; }

    public required string Policy { get; set; }
}

/// <summary>A flavor; they are the same in every embedded cloud.</summary>
/// <param name="Ram">MiB.</param>
/// <param name="Disk">GiB.</param>
internal sealed record FlavorRow(string Id, string Name, int Vcpus, int Ram, int Disk);
