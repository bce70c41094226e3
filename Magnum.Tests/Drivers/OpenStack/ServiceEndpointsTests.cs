using Magnum.Core.OpenStack;
using Magnum.Drivers.OpenStack;
using Magnum.Drivers.OpenStack.Transport;

namespace Magnum.Tests.Drivers.OpenStack;

public sealed class ServiceEndpointsTests
{
    [Theory]
    [InlineData("orchestration", "http://c:8004/v1/p1", "http://c:8004/v1/p1")]
    [InlineData("orchestration", "http://c/orchestration/v1", "http://c/orchestration/v1/p1")]
    [InlineData("orchestration", "http://c/heat-api/", "http://c/heat-api/v1/p1")]
    [InlineData("orchestration", "http://c/v1/%(tenant_id)s", "http://c/v1/p1")]
    [InlineData("compute", "http://c:8774", "http://c:8774/v2.1")]
    [InlineData("compute", "http://c:8774/v2.1/", "http://c:8774/v2.1")]
    [InlineData("compute", "http://c:8774/v2/p1", "http://c:8774/v2/p1")]
    [InlineData("network", "http://c:9696", "http://c:9696/v2.0")]
    [InlineData("network", "http://c/networking/v2.0", "http://c/networking/v2.0")]
    [InlineData("image", "http://c/image", "http://c/image/v2")]
    [InlineData("image", "http://c:9292/v2/", "http://c:9292/v2")]
    [InlineData("volumev3", "http://c:8776/v3/p1", "http://c:8776/v3/p1")]
    [InlineData("block-storage", "http://c:8776/v3", "http://c:8776/v3/p1")]
    [InlineData("volume", "http://c:8776", "http://c:8776/v3/p1")]
    [InlineData("load-balancer", "http://c/load-balancer", "http://c/load-balancer/v2")]
    [InlineData("load-balancer", "http://c/load-balancer/v2.0", "http://c/load-balancer/v2.0")]
    public void Address_GetsTheVersionAndProjectThatItLacks(string type, string url, string expected)
    {
        var service = CloudServiceType.All.Single(s => s.Name == type || s.Aliases.Contains(type));

        Assert.Equal(expected, Of(new OpenStackOptions(), Entry(type, ("public", "R1", url))).BaseOf(service));
    }

    [Fact]
    public void OldMajorVersion_IsPassedOver()
    {
        var endpoints = Of(
            new OpenStackOptions(),
            Entry("volume", ("public", "R1", "http://c:8776/v1/p1")),
            Entry("block-storage", ("public", "R1", "http://c:8776/v3/p1")));

        Assert.Equal("http://c:8776/v3/p1", endpoints.BaseOf(CloudServiceType.BlockStorage));
        Assert.False(Of(new OpenStackOptions(), Entry("volume", ("public", "R1", "http://c:8776/v1/p1"))).Has(CloudServiceType.BlockStorage));
    }

    [Theory]
    [InlineData("public", "R1", "http://public-1/v2.1")]
    [InlineData("internal", "R1", "http://internal-1/v2.1")]
    [InlineData("public", "R2", "http://public-2/v2.1")]
    [InlineData("public", null, "http://public-1/v2.1")]
    [InlineData("internal", "R2", null)]
    public void Endpoint_IsOfTheRegionAndInterface(string wanted, string? region, string? expected)
    {
        var endpoints = Of(
            new OpenStackOptions { Interface = wanted, Region = region },
            Entry("compute", ("internal", "R1", "http://internal-1"), ("public", "R1", "http://public-1"), ("public", "R2", "http://public-2")));

        Assert.Equal(expected, endpoints.Has(CloudServiceType.Compute) ? endpoints.BaseOf(CloudServiceType.Compute) : null);
    }

    [Fact]
    public void Override_ReplacesTheCatalog()
    {
        var options = new OpenStackOptions { Endpoints = { ["orchestration"] = "http://mine/v1/{project_id}" } };

        var endpoints = Of(options, Entry("orchestration", ("public", "R1", "http://theirs/v1/p1")));

        Assert.Equal("http://mine/v1/p1", endpoints.BaseOf(CloudServiceType.Orchestration));
    }

    [Fact]
    public void Keystone_StaysWhereItWasConfigured()
    {
        var endpoints = Of(new OpenStackOptions { AuthUrl = "http://inside:5000/" }, Entry("identity", ("public", "R1", "http://outside:5000/v3")));

        Assert.Equal("http://inside:5000/v3", endpoints.BaseOf(CloudServiceType.Identity));
    }

    private static ServiceEndpoints Of(OpenStackOptions options, params CatalogEntry[] catalog)
    {
        options.AuthUrl = options.AuthUrl.Length == 0 ? "http://keystone/v3" : options.AuthUrl;
        return ServiceEndpoints.From(catalog, "p1", options);
    }

    private static CatalogEntry Entry(string type, params (string Interface, string Region, string Url)[] endpoints) =>
        new(type, type, [.. endpoints.Select(e => new CatalogEndpoint(e.Interface, e.Region, e.Url))]);
}
