using Magnum.Core.Drivers;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Prices;

/// <summary>What a plan would cost.</summary>
/// <param name="PerMonth">Of what has a price; null: nothing of it has one.</param>
/// <param name="NotPriced">What is taken and has no price.</param>
public sealed record CostEstimate(decimal? PerMonth, string Currency, IReadOnlyList<NotPriced> NotPriced);

/// <summary>Something without a price.</summary>
/// <param name="Resource">As <see cref="QuotaProjection.Resource"/>.</param>
/// <param name="Flavor">Of servers; null: it is not known.</param>
public sealed record NotPriced(string Resource, string? Flavor = null);

/// <summary>Estimates by the prices that are configured.</summary>
public sealed class PriceList(IOptions<PriceOptions> options)
{
    /// <summary>Hours of an average month.</summary>
    public const int HoursOfMonth = 730;

    /// <summary>What a month of what a plan takes costs; null when no price is configured, or nothing is taken.</summary>
    public CostEstimate? Estimate(ClusterPlan plan)
    {
        var prices = options.Value;
        var needs = plan.Needs.ToDictionary(n => n.Resource, n => n.Amount);
        (NotPriced What, long Amount, decimal? Month)[] all =
        [
            .. Servers(plan, needs, prices),
            (new("volumes"), needs.GetValueOrDefault("gigabytes"), prices.VolumeGigabyteMonth),
            (new("floating_ips"), needs.GetValueOrDefault("floating_ips"), prices.FloatingIpHour * HoursOfMonth),
            (new("load_balancers"), needs.GetValueOrDefault("load_balancers"), prices.LoadBalancerHour * HoursOfMonth),
        ];
        var items = all.Where(i => i.Amount > 0).ToList();
        if (items.Count == 0 || !prices.All.Any())
        {
            return null;
        }

        var priced = items.Where(i => i.Month is not null).ToList();
        return new CostEstimate(
            priced.Count == 0 ? null : priced.Sum(i => i.Amount * i.Month!.Value),
            prices.Currency!,
            [.. items.Where(i => i.Month is null).Select(i => i.What).Distinct()]);
    }

    private static IEnumerable<(NotPriced What, long Amount, decimal? Month)> Servers(ClusterPlan plan, Dictionary<string, long> needs, PriceOptions prices)
    {
        var known = plan.Resources.Where(r => r.Flavor is not null).ToList();
        foreach (var servers in known)
        {
            var flavor = servers.Flavor!.Name;
            yield return (new NotPriced("instances", flavor), servers.Count, prices.FlavorHour.TryGetValue(flavor, out var price) ? price * HoursOfMonth : null);
        }

        // A driver need not say of which flavor its servers are.
        yield return (new NotPriced("instances"), needs.GetValueOrDefault("instances") - known.Sum(r => (long)r.Count), null);
    }
}
