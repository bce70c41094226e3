using Magnum.Core.OpenStack;

namespace Magnum.Tests.Support;

/// <summary>Glance with the images that a test puts there.</summary>
internal sealed class FakeImages : IImages
{
    public List<Image> Images { get; } = [New("ubuntu", "ubuntu")];

    public CloudException? Trouble { get; set; }

    public static Image New(string name, string? distro, params (string Key, string Value)[] properties)
    {
        var all = properties.ToDictionary(p => p.Key, p => p.Value);
        if (distro is not null)
        {
            all["os_distro"] = distro;
        }

        return new Image($"{name}-id", name, "active", 0, 0, all);
    }

    public Task<IReadOnlyList<Image>> ListImagesAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        Trouble is null ? Task.FromResult<IReadOnlyList<Image>>([.. Images]) : Task.FromException<IReadOnlyList<Image>>(Trouble);

    public Task<IReadOnlyList<Image>> FindImagesAsync(CloudCredential credential, string idOrName, CancellationToken cancellationToken)
    {
        if (Trouble is not null)
        {
            return Task.FromException<IReadOnlyList<Image>>(Trouble);
        }

        var byId = Images.Where(i => i.Id == idOrName).ToList();
        return Task.FromResult<IReadOnlyList<Image>>(byId.Count > 0 ? byId : [.. Images.Where(i => i.Name == idOrName)]);
    }
}

/// <summary>Nova with flavors and key pairs.</summary>
internal sealed class FakeCompute : ICompute
{
    public List<Flavor> Flavors { get; } = [new("1", "m1.small", 1, 2048, 20), new("2", "m1.large", 4, 8192, 80), new("3", "diskless", 1, 2048, 0)];

    public List<KeyPair> KeyPairs { get; } = [new("ops", "ssh-ed25519 AAAA")];

    public CloudException? Trouble { get; set; }

    public Task<IReadOnlyList<Flavor>> ListFlavorsAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        Trouble is null ? Task.FromResult<IReadOnlyList<Flavor>>([.. Flavors]) : Task.FromException<IReadOnlyList<Flavor>>(Trouble);

    public Task<IReadOnlyList<KeyPair>> ListKeyPairsAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<KeyPair>>([.. KeyPairs]);

    public Task<KeyPair?> FindKeyPairAsync(CloudCredential credential, string name, CancellationToken cancellationToken) =>
        Task.FromResult(KeyPairs.Find(k => k.Name == name));

    public Task<NewKeyPair> CreateKeyPairAsync(CloudCredential credential, string name, string? publicKey, CancellationToken cancellationToken)
    {
        if (KeyPairs.Exists(k => k.Name == name))
        {
            throw new CloudException("compute", CloudFault.Conflict, $"Key pair '{name}' already exists.");
        }

        var made = new KeyPair(name, publicKey ?? "ssh-rsa AAAA Generated-by-Nova");
        KeyPairs.Add(made);
        return Task.FromResult(new NewKeyPair(made, publicKey is null ? "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n" : null));
    }

    public Task<ComputeLimits> GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult(new ComputeLimits(new(10, 0), new(20, 0), new(51200, 0), new(10, 0)));

    public Task<IReadOnlyList<string>> ListAvailabilityZonesAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>(["nova"]);

    public Task<Server?> FindServerAsync(CloudCredential credential, string id, CancellationToken cancellationToken) => Task.FromResult<Server?>(null);

    public Task<string?> FindConsoleAsync(CloudCredential credential, string id, int lines, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}

/// <summary>Neutron with networks and subnets.</summary>
internal sealed class FakeNetworking : INetworking
{
    public List<Network> Networks { get; } =
    [
        new("public-id", "public", External: true, Shared: true, null, []),
        new("private-id", "private", External: false, Shared: false, "demo", ["private-subnet-id"]),
    ];

    public List<Subnet> Subnets { get; } = [new("private-subnet-id", "private-subnet", "private-id", "10.0.0.0/24", 4, "10.0.0.1")];

    public Task<IReadOnlyList<Network>> ListNetworksAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Network>>([.. Networks]);

    public Task<IReadOnlyList<Subnet>> ListSubnetsAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Subnet>>([.. Subnets]);

    public Task<NetworkLimits> GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken) =>
        Task.FromResult(new NetworkLimits(new(-1, 0), new(-1, 0), new(-1, 0), new(-1, 0), new(-1, 0), new(-1, 0), new(-1, 0)));

    public Task<bool> HasLoadBalancersAsync(CloudCredential credential, CancellationToken cancellationToken) => Task.FromResult(true);
}

/// <summary>Keystone with projects; remembers the trusts that are alive.</summary>
internal sealed class FakeIdentity : IIdentity
{
    private readonly Lock _lock = new();
    private int _trusts;

    public HashSet<string> Projects { get; } = ["demo", "admin", "alt"];

    /// <summary>Trusts made and not ended.</summary>
    public HashSet<string> Trusts { get; } = [];

    public CloudException? TrustTrouble { get; set; }

    /// <summary>What a request waits for before it gets its trust.</summary>
    public Func<Task> BeforeTrust { get; set; } = () => Task.CompletedTask;

    public Uri AuthUrl { get; } = new("http://keystone.test/v3");

    public async Task<string> CreateTrustAsync(TokenInfo caller, CancellationToken cancellationToken)
    {
        await BeforeTrust();
        if (TrustTrouble is not null)
        {
            throw TrustTrouble;
        }

        lock (_lock)
        {
            var trust = $"trust-{++_trusts}";
            Trusts.Add(trust);
            return trust;
        }
    }

    public Task DeleteTrustAsync(string trustId, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            Trusts.Remove(trustId);
        }

        return Task.CompletedTask;
    }

    public Task<ProjectInfo?> FindProjectAsync(string projectId, CancellationToken cancellationToken) =>
        Task.FromResult(Projects.Contains(projectId) ? new ProjectInfo(projectId, projectId, "default") : null);

    public Task<IReadOnlyList<ProjectInfo>> ListAllProjectsAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ProjectInfo>>([.. Projects.Select(p => new ProjectInfo(p, p, "default"))]);

    public Task<IReadOnlyList<ProjectInfo>> ListProjectsAsync(string token, CancellationToken cancellationToken) => ListAllProjectsAsync(cancellationToken);

    /// <summary>Who may sign in by a password that is the user's name.</summary>
    public Dictionary<string, TokenInfo> Users { get; } = [];

    public CloudException? SignInTrouble { get; set; }

    public Task<TokenInfo> SignInAsync(SignIn signIn, CancellationToken cancellationToken) =>
        SignInTrouble is not null ? Task.FromException<TokenInfo>(SignInTrouble)
        : signIn is SignIn.Password password && password.Secret == password.UserName && Users.TryGetValue(password.UserName, out var token) ? Task.FromResult(token)
        : Task.FromException<TokenInfo>(new CloudException("identity", CloudFault.Unauthorized, "No one signs in here."));

    /// <summary>What is known of a token; by default of none.</summary>
    public Func<string, Task<TokenInfo?>> Validate { get; set; } = _ => Task.FromResult<TokenInfo?>(null);

    public Task<TokenInfo?> ValidateAsync(string token, CancellationToken cancellationToken) => Validate(token);

    public Task RevokeAsync(string token, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<TrusteeUser> EnsureTrusteeAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(new TrusteeUser($"{name}-id", name, "password"));

    public Task SetTrusteeEnabledAsync(string userId, bool enabled, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DeleteTrusteeAsync(string userId, CancellationToken cancellationToken) => Task.CompletedTask;
}
