using Magnum.Core.Clusters;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Drivers;
using Magnum.Drivers.Heat;
using Magnum.Drivers.Heat.Kubernetes.Nodes;
using Magnum.Drivers.Heat.Nodes;

namespace Magnum.Tests.Drivers.Heat;

public sealed class SmallPartsTests
{
    [Theory]
    [InlineData(
        "Resource CREATE failed: ResourceInError: resources.kube_minions.resources[0].resources.server: Went to status ERROR due to \"Message: No valid host was found. , Code: 500\"",
        "No valid host was found.")]
    [InlineData("ResourceInError: resources.server: Went to status ERROR due to \"Message: Exceeded maximum number of retries., Code: 500\"", "Exceeded maximum number of retries.")]
    [InlineData("WaitConditionFailure: resources.ready: kubeadm-init: kubelet is not healthy", "kubeadm-init: kubelet is not healthy")]
    [InlineData("OverQuotaClient: resources.port: Quota exceeded for resources: ['port'].\nNeutron server returns request_ids: ['req-1']", "Quota exceeded for resources: ['port'].")]
    [InlineData("Forbidden: resources.server: Quota exceeded for cores: Requested 4, but already used 20 of 20 cores (HTTP 403) (Request-ID: req-1)", "Quota exceeded for cores: Requested 4, but already used 20 of 20 cores")]
    [InlineData("ERROR: Property error: : resources.server.properties.flavor: : Error validating value 'x'", "Error validating value 'x'")]
    [InlineData("Create timed out", "Create timed out")]
    [InlineData("Resource CREATE failed: NotFound: resources.router: External network could not be found.", "External network could not be found.")]
    [InlineData("", "no reason given")]
    public void HeatsWords_AreTakenOutOfTheirWrapping(string said, string meant) => Assert.Equal(meant, HeatSentence.Clean(said));

    [Theory]
    [InlineData("--v=4 --feature-gates=A=true,B=false", null)]
    [InlineData("", null)]
    [InlineData("--enable", null)]
    [InlineData("v=4", "not of the form")]
    [InlineData("--v=4; reboot", "mean something")]
    [InlineData("--v=`id`", "mean something")]
    [InlineData("--v=$(id)", "mean something")]
    [InlineData("--=4", "no proper name")]
    public void Options_AreNamesAndValuesWithoutShell(string text, string? fault)
    {
        var found = KubeOptions.FaultIn(text);
        if (fault is null)
        {
            Assert.Null(found);
        }
        else
        {
            Assert.Matches(fault, found);
        }
    }

    [Theory]
    [InlineData("10.0.0.0/24", true)]
    [InlineData("10.0.0.1/24", false)]
    [InlineData("10.0.0.0", false)]
    [InlineData("2001:db8::/64", false)]
    [InlineData("home", false)]
    public void Cidr_IsAnIpv4NetworkWithoutHostBits(string text, bool isCidr) => Assert.Equal(isCidr, LabelDefinition.IsCidr(text));

    [Theory]
    [InlineData("10.0.0.0/24", "10.0.0.0/16", true)]
    [InlineData("10.1.0.0/16", "10.0.0.0/16", false)]
    [InlineData("0.0.0.0/0", "10.0.0.0/16", true)]
    public void Networks_OverlapOrNot(string a, string b, bool overlap)
    {
        Assert.Equal(overlap, Addresses.Overlap(a, b));
        Assert.Equal(overlap, Addresses.Overlap(b, a));
    }

    [Fact]
    public void TwoDriversOfOneType_AreRefusedUnlessOneIsTheDefault()
    {
        IClusterDriver[] drivers = [new Stub("a"), new Stub("b")];

        Assert.Contains("a and b", Assert.Throws<DriverConfigurationException>(() => new ClusterDriverRegistry(drivers, new DriverOptions())).Message, StringComparison.Ordinal);
        var registry = new ClusterDriverRegistry(drivers, new DriverOptions { Default = "b" });
        Assert.Equal(["b", "a"], registry.FindByType("vm", "ubuntu", "kubernetes").Select(d => d.Name));
        Assert.Empty(registry.FindByType("bm", "ubuntu", "kubernetes"));
        Assert.Equal(["a"], new ClusterDriverRegistry(drivers, new DriverOptions { Disabled = { "b" } }).Drivers.Select(d => d.Name));
        Assert.Throws<DriverConfigurationException>(() => new ClusterDriverRegistry(drivers, new DriverOptions { Default = "c" }));
    }

    /// <summary>The output of a stack is what its owner makes of it: a shell reads the address later, and Magnum asks there.</summary>
    [Theory]
    [InlineData("203.0.113.5", "203.0.113.5")]
    [InlineData("2001:DB8::5", "[2001:db8::5]")]
    [InlineData("203.0.113.5; rm -rf ~", null)]
    [InlineData("$(id)", null)]
    [InlineData("203.0.113.5:6443/x", null)]
    [InlineData("magnum.example", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void ApiAddress_IsAnAddressOrNothing(string? output, string? host) => Assert.Equal(host, HeatDriver.Host(output));

    private sealed class Stub(string name) : IClusterDriver
    {
        public DriverDescription Description { get; } =
            new() { Name = name, Title = name, ClusterTypes = [new("vm", "ubuntu", "kubernetes")], NetworkDrivers = ["flannel"] };

        public Task<ClusterPlan> PlanAsync(Cluster proposed, CloudCredential credential, CancellationToken cancellationToken) => Task.FromResult(new ClusterPlan([], [], []));

        public Task<string> ConvergeAsync(DriverRequest request, CancellationToken cancellationToken) => Task.FromResult("");

        public Task<ObservedCluster> ObserveAsync(DriverRequest request, ObserveOptions options, CancellationToken cancellationToken) =>
            Task.FromResult(new ObservedCluster(ObservedState.Absent));

        public Task DeleteAsync(DriverRequest request, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<IReadOnlySet<string>?> ListInProgressAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlySet<string>?>(null);
    }
}
