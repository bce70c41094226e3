using Magnum.Core;
using Magnum.Core.Drivers;
using Magnum.Core.OpenStack;
using Magnum.Core.Prices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Magnum.Tests.Core.Prices;

public sealed class PriceListTests
{
    private static readonly Flavor Small = new("1", "m1.small", 1, 2048, 20);
    private static readonly Flavor Large = new("2", "m1.large", 4, 8192, 80);

    private static readonly ClusterPlan Plan = new(
        [
            new PlannedResource("OS::Nova::Server", "masters", 1, "") { Flavor = Small },
            new PlannedResource("OS::Nova::Server", "workers", 2, "") { Flavor = Large },
            new PlannedResource("OS::Cinder::Volume", "docker", 3, "") { Gigabytes = 50 },
            new PlannedResource("OS::Octavia::LoadBalancer", "api", 1, ""),
            new PlannedResource("OS::Octavia::Listener", "api", 1, ""),
            new PlannedResource("OS::Neutron::FloatingIP", "api", 2, ""),
            new PlannedResource("OS::Neutron::Net", "net", 1, ""),
        ],
        [],
        []);

    [Fact]
    public void NoPrices_NothingIsEstimated()
    {
        Assert.Null(Prices().Estimate(Plan));
        Assert.Null(Prices(("Currency", "EUR")).Estimate(Plan));
    }

    [Fact]
    public void AllPrices_AddUpToAMonth()
    {
        var estimate = Prices(
            ("Currency", "EUR"), ("FlavorHour:M1.small", "0.01"), ("FlavorHour:m1.large", "0.10"), ("VolumeGigabyteMonth", "0.05"), ("FloatingIpHour", "0.004"), ("LoadBalancerHour", "0.02"))
            .Estimate(Plan)!;

        // 730 h x (0.01 + 2 x 0.10 + 2 x 0.004 + 0.02) + 150 GiB x 0.05
        Assert.Equal((181.24m, "EUR"), (estimate.PerMonth, estimate.Currency));
        Assert.Empty(estimate.NotPriced);
    }

    [Fact]
    public void SomePrices_TheRestIsNamed()
    {
        var estimate = Prices(("Currency", "EUR"), ("FlavorHour:m1.small", "0.01"), ("FloatingIpHour", "0")).Estimate(Plan)!;

        Assert.Equal(7.3m, estimate.PerMonth);
        Assert.Equal([new("instances", "m1.large"), new("volumes"), new("load_balancers")], estimate.NotPriced);
    }

    [Fact]
    public void NoPriceForAnyOfIt_IsNoEstimateOfNothing()
    {
        var plan = new ClusterPlan([], [], [new QuotaProjection("instances", 0, 2, 10)]);   // a driver that says no more

        var estimate = Prices(("Currency", "EUR"), ("FlavorHour:m1.small", "0.01")).Estimate(plan)!;

        Assert.Null(estimate.PerMonth);
        Assert.Equal([new("instances")], estimate.NotPriced);
    }

    [Fact]
    public void NothingIsTaken_NothingIsEstimated() =>
        Assert.Null(Prices(("Currency", "EUR"), ("FlavorHour:m1.small", "0.01")).Estimate(new ClusterPlan([], [], [])));

    [Theory]
    [InlineData("FloatingIpHour", "0.01", "Magnum:Prices:Currency is needed with prices, such as EUR.")]
    [InlineData("FlavorHour:m1.small", "-1", "Magnum:Prices:FlavorHour:m1.small: a price is between 0 and 1000000.; Magnum:Prices:Currency is needed with prices, such as EUR.")]
    public void PricesThatCannotWork_AreNamedByTheirKey(string key, string value, string message) =>
        Assert.Equal(message, Assert.Throws<OptionsValidationException>(() => Prices((key, value)).Estimate(Plan)).Message);

    private static PriceList Prices(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"{PriceOptions.Section}:{s.Key}", s.Value)))
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddMagnumRequests()
            .AddOptions<PriceOptions>().BindConfiguration(PriceOptions.Section).Services
            .BuildServiceProvider()
            .GetRequiredService<PriceList>();
    }
}
