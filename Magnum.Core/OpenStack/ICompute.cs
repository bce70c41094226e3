namespace Magnum.Core.OpenStack;

/// <summary>A Nova flavor.</summary>
/// <param name="Ram">Memory in MiB.</param>
/// <param name="Disk">Root disk in GiB; 0 means the image decides.</param>
public sealed record Flavor(string Id, string Name, int Vcpus, int Ram, int Disk);

/// <summary>A Nova key pair.</summary>
public sealed record KeyPair(string Name, string PublicKey);

/// <summary>A key pair just made.</summary>
/// <param name="PrivateKey">When Nova made the key: its only copy, to be shown and forgotten. Never logged.</param>
public sealed record NewKeyPair(KeyPair KeyPair, string? PrivateKey)
{
    /// <inheritdoc />
    public override string ToString() => $"NewKeyPair {KeyPair.Name}";
}

/// <summary>Limits and use of a project in Nova; a limit of -1 is none.</summary>
/// <param name="Ram">Memory in MiB.</param>
public sealed record ComputeLimits(Limit Instances, Limit Cores, Limit Ram, Limit ServerGroups);

/// <summary>A limit and what is used of it.</summary>
/// <param name="Max">-1: no limit.</param>
public readonly record struct Limit(int Max, int Used)
{
    /// <summary>Whether this many more fit.</summary>
    public bool Fits(int more) => Max < 0 || Used + more <= Max;
}

/// <summary>A Nova server with what is needed to explain its state.</summary>
public sealed record Server(string Id, string Name, string Status, IReadOnlyList<string> Addresses, string? Fault, IReadOnlyDictionary<string, string> Metadata);

/// <summary>Nova. All methods throw <see cref="CloudException"/>; a missing thing is null.</summary>
public interface ICompute
{
    /// <summary>All flavors that the credential can see.</summary>
    Task<IReadOnlyList<Flavor>> ListFlavorsAsync(CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>The key pairs of the user.</summary>
    Task<IReadOnlyList<KeyPair>> ListKeyPairsAsync(CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>A key pair by name.</summary>
    Task<KeyPair?> FindKeyPairAsync(CloudCredential credential, string name, CancellationToken cancellationToken);

    /// <summary>Makes a key pair for the user.</summary>
    /// <param name="publicKey">As OpenSSH writes it; null: Nova makes the key and answers its private half, once.</param>
    Task<NewKeyPair> CreateKeyPairAsync(CloudCredential credential, string name, string? publicKey, CancellationToken cancellationToken);

    /// <summary>The project's limits.</summary>
    Task<ComputeLimits> GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>Names of the availability zones that take servers.</summary>
    Task<IReadOnlyList<string>> ListAvailabilityZonesAsync(CloudCredential credential, CancellationToken cancellationToken);

    /// <summary>A server by id.</summary>
    Task<Server?> FindServerAsync(CloudCredential credential, string id, CancellationToken cancellationToken);

    /// <summary>The last lines of a server's console; null when there is none to be had.</summary>
    Task<string?> FindConsoleAsync(CloudCredential credential, string id, int lines, CancellationToken cancellationToken);
}
