using Magnum.Core.OpenStack;

namespace Magnum.Tests.Drivers.Heat;

/// <summary>A cloud in which a one-master cluster fits, until a test takes something away.</summary>
internal sealed class PlanCloud : ICompute, INetworking, IImages, IBlockStorage
{
    public List<Image> Images { get; } = [NewImage("ubuntu", "ubuntu", "v1.31.1")];

    public List<Flavor> Flavors { get; } = [new("1", "m1.tiny", 1, 512, 1), new("2", "m1.small", 1, 2048, 20), new("3", "m1.large", 4, 8192, 80), new("4", "diskless", 4, 8192, 0)];

    public List<KeyPair> KeyPairs { get; } = [new("ops", "ssh-ed25519 AAAA")];

    public List<Network> Networks { get; } =
    [
        new("public-id", "public", External: true, Shared: true, null, []),
        new("net-id", "net", External: false, Shared: false, "demo", ["subnet-id"]),
    ];

    public List<Subnet> Subnets { get; } = [new("subnet-id", "subnet", "net-id", "10.30.0.0/24", 4, "10.30.0.1"), new("other-id", "other", "elsewhere", "10.40.0.0/24", 4, null)];

    public List<string> Zones { get; } = ["nova"];

    public List<string> VolumeTypes { get; } = ["__DEFAULT__", "fast"];

    public bool HasVolumes { get; set; } = true;

    public bool HasLoadBalancers { get; set; } = true;

    public ComputeLimits Compute { get; set; } = new(new(10, 1), new(20, 2), new(51200, 1024), new(10, 0));

    public NetworkLimits Network { get; set; } = new(new(10, 1), new(10, 1), new(10, 1), new(50, 1), new(10, 1), new(10, 1), new(100, 4));

    public VolumeLimits Volume { get; set; } = new(new(10, 0), new(1000, 0));

    /// <summary>What the call of this name answers in place of its answer.</summary>
    public Dictionary<string, CloudException> Trouble { get; } = [];

    public static Image NewImage(string name, string? distro, string? version, string status = "active", int minDisk = 0, int minRam = 0)
    {
        var properties = new Dictionary<string, string>();
        if (distro is not null)
        {
            properties["os_distro"] = distro;
        }

        if (version is not null)
        {
            properties["kube_version"] = version;
        }

        return new Image($"{name}-id", name, status, minDisk, minRam, properties);
    }

    public Task<IReadOnlyList<Image>> ListImagesAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync<IReadOnlyList<Image>>("images", [.. Images]);

    public Task<IReadOnlyList<Image>> FindImagesAsync(CloudCredential credential, string idOrName, CancellationToken cancellationToken) =>
        AnswerAsync<IReadOnlyList<Image>>("images", [.. Images.Where(i => i.Id == idOrName || i.Name == idOrName)]);

    public Task<IReadOnlyList<Flavor>> ListFlavorsAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync<IReadOnlyList<Flavor>>("flavors", [.. Flavors]);

    public Task<IReadOnlyList<KeyPair>> ListKeyPairsAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync<IReadOnlyList<KeyPair>>("keypairs", [.. KeyPairs]);

    public Task<NewKeyPair> CreateKeyPairAsync(CloudCredential credential, string name, string? publicKey, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<KeyPair?> FindKeyPairAsync(CloudCredential credential, string name, CancellationToken cancellationToken) => AnswerAsync("keypairs", KeyPairs.Find(k => k.Name == name));

    Task<ComputeLimits> ICompute.GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync("compute limits", Compute);

    public Task<IReadOnlyList<string>> ListAvailabilityZonesAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync<IReadOnlyList<string>>("zones", [.. Zones]);

    public Task<Server?> FindServerAsync(CloudCredential credential, string id, CancellationToken cancellationToken) => AnswerAsync<Server?>("servers", null);

    public Task<string?> FindConsoleAsync(CloudCredential credential, string id, int lines, CancellationToken cancellationToken) => AnswerAsync<string?>("consoles", null);

    public Task<IReadOnlyList<Network>> ListNetworksAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync<IReadOnlyList<Network>>("networks", [.. Networks]);

    public Task<IReadOnlyList<Subnet>> ListSubnetsAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync<IReadOnlyList<Subnet>>("subnets", [.. Subnets]);

    Task<NetworkLimits> INetworking.GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync("network limits", Network);

    public Task<bool> HasLoadBalancersAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync("load balancers", HasLoadBalancers);

    public Task<bool> IsAvailableAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync("volumes", HasVolumes);

    public Task<IReadOnlyList<string>> ListVolumeTypesAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync<IReadOnlyList<string>>("volume types", [.. VolumeTypes]);

    Task<VolumeLimits> IBlockStorage.GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken) => AnswerAsync("volume limits", Volume);

    private Task<T> AnswerAsync<T>(string call, T answer) => Trouble.TryGetValue(call, out var trouble) ? Task.FromException<T>(trouble) : Task.FromResult(answer);
}
