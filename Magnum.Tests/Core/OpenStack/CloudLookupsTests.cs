using Magnum.Core.OpenStack;
using Microsoft.Extensions.Time.Testing;

namespace Magnum.Tests.Core.OpenStack;

public sealed class CloudLookupsTests
{
    private static readonly CloudCredential Demo = new CloudCredential.UserToken("t", "demo");

    private readonly FakeTimeProvider _time = new();
    private readonly CountingCloud _cloud = new();
    private readonly CloudLookups _lookups;

    public CloudLookupsTests() => _lookups = new CloudLookups(_cloud, _cloud, _cloud, _time);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Flavor_FoundTwice_IsAskedForOnce()
    {
        Assert.Equal("1", (await _lookups.FindFlavorAsync(Demo, "small", Ct))?.Id);
        Assert.Equal("1", (await _lookups.FindFlavorAsync(Demo, "1", Ct))?.Id);

        Assert.Equal(1, _cloud.Asked);
    }

    [Fact]
    public async Task Flavor_MadeMeanwhile_IsFoundAtOnce()
    {
        Assert.Null(await _lookups.FindFlavorAsync(Demo, "large", Ct));
        _cloud.Flavors.Add(new Flavor("2", "large", 4, 8192, 80));

        Assert.Equal("2", (await _lookups.FindFlavorAsync(Demo, "large", Ct))?.Id);
    }

    [Fact]
    public async Task Flavor_AfterAFewSeconds_IsAskedForAgain()
    {
        await _lookups.FindFlavorAsync(Demo, "small", Ct);
        _time.Advance(TimeSpan.FromSeconds(11));
        _cloud.Flavors.Clear();

        Assert.Null(await _lookups.FindFlavorAsync(Demo, "small", Ct));
    }

    [Fact]
    public async Task Projects_DoNotSeeEachOthersLists()
    {
        await _lookups.FindFlavorAsync(Demo, "small", Ct);
        await _lookups.FindFlavorAsync(new CloudCredential.UserToken("t", "other"), "small", Ct);
        await _lookups.FindFlavorAsync(new CloudCredential.UserToken("t", null), "small", Ct);
        await _lookups.FindFlavorAsync(new CloudCredential.UserToken("t", null), "small", Ct);

        Assert.Equal(4, _cloud.Asked);
    }

    [Fact]
    public async Task Images_TwoOfAName_AreAskedForAgainBeforeTheyRefuse()
    {
        _cloud.Images.Add(new Image("a", "ubuntu", "active", 0, 0, new Dictionary<string, string>()));
        _cloud.Images.Add(new Image("b", "ubuntu", "active", 0, 0, new Dictionary<string, string>()));
        Assert.Equal(2, (await _lookups.FindImagesAsync(Demo, "ubuntu", Ct)).Count);
        _cloud.Images.RemoveAt(0);

        Assert.Equal("b", Assert.Single(await _lookups.FindImagesAsync(Demo, "ubuntu", Ct)).Id);
        Assert.Equal("b", Assert.Single(await _lookups.FindImagesAsync(Demo, "ubuntu", Ct)).Id);
        Assert.Equal(2, _cloud.Asked);
    }

    [Fact]
    public async Task ExternalNetwork_IsOneOfTheExternalOnes()
    {
        _cloud.Networks.Add(new Network("n1", "net", false, false, "demo", []));
        Assert.Empty(await _lookups.FindExternalNetworksAsync(Demo, "net", Ct));
        _cloud.Networks.Add(new Network("n2", "net", true, true, "admin", []));

        Assert.Equal("n2", Assert.Single(await _lookups.FindExternalNetworksAsync(Demo, "net", Ct)).Id);
        Assert.Equal(2, (await _lookups.FindNetworksAsync(Demo, "net", Ct)).Count);
        Assert.Equal("n1", Assert.Single(await _lookups.FindNetworksAsync(Demo, "n1", Ct)).Id);
    }

    private sealed class CountingCloud : ICompute, INetworking, IImages
    {
        public int Asked { get; private set; }

        public List<Flavor> Flavors { get; } = [new Flavor("1", "small", 1, 2048, 20)];

        public List<Image> Images { get; } = [];

        public List<Network> Networks { get; } = [];

        public Task<IReadOnlyList<Flavor>> ListFlavorsAsync(CloudCredential credential, CancellationToken cancellationToken) => Answer(Flavors);

        public Task<IReadOnlyList<Image>> FindImagesAsync(CloudCredential credential, string idOrName, CancellationToken cancellationToken) =>
            Answer([.. Images.Where(i => i.Id == idOrName || i.Name == idOrName)]);

        public Task<IReadOnlyList<Network>> ListNetworksAsync(CloudCredential credential, CancellationToken cancellationToken) => Answer(Networks);

        public Task<IReadOnlyList<Image>> ListImagesAsync(CloudCredential credential, CancellationToken cancellationToken) => Answer(Images);

        public Task<IReadOnlyList<Subnet>> ListSubnetsAsync(CloudCredential credential, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<KeyPair>> ListKeyPairsAsync(CloudCredential credential, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<KeyPair?> FindKeyPairAsync(CloudCredential credential, string name, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<NewKeyPair> CreateKeyPairAsync(CloudCredential credential, string name, string? publicKey, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ComputeLimits> GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken) => throw new NotSupportedException();

        Task<NetworkLimits> INetworking.GetLimitsAsync(CloudCredential credential, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> HasLoadBalancersAsync(CloudCredential credential, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<IReadOnlyList<string>> ListAvailabilityZonesAsync(CloudCredential credential, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Server?> FindServerAsync(CloudCredential credential, string id, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<string?> FindConsoleAsync(CloudCredential credential, string id, int lines, CancellationToken cancellationToken) => throw new NotSupportedException();

        private Task<IReadOnlyList<T>> Answer<T>(List<T> items)
        {
            Asked++;
            return Task.FromResult<IReadOnlyList<T>>([.. items]);
        }
    }
}
