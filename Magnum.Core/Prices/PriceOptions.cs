using Microsoft.Extensions.Options;

namespace Magnum.Core.Prices;

/// <summary>Section <c>Magnum:Prices</c>: what the cloud asks for its resources. Without any price nothing is estimated.</summary>
public sealed class PriceOptions
{
    /// <summary>Where the section stands in the configuration.</summary>
    public const string Section = "Magnum:Prices";

    /// <summary>Highest price: whatever is multiplied by it can still be told.</summary>
    public const decimal Most = 1_000_000;

    /// <summary>What the prices are in, such as <c>EUR</c>; needed with any price. Default none.</summary>
    public string? Currency { get; set; }

    /// <summary>Of a server's hour, by its flavor's name. Default empty.</summary>
    public Dictionary<string, decimal> FlavorHour { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of a GiB of volumes for a month. Default none.</summary>
    public decimal? VolumeGigabyteMonth { get; set; }

    /// <summary>Of a floating IP's hour. Default none.</summary>
    public decimal? FloatingIpHour { get; set; }

    /// <summary>Of a load balancer's hour. Default none.</summary>
    public decimal? LoadBalancerHour { get; set; }

    /// <summary>All prices with their keys.</summary>
    internal IEnumerable<(string Key, decimal Price)> All =>
    [
        .. FlavorHour.Select(f => ($"{nameof(FlavorHour)}:{f.Key}", f.Value)),
        .. new (string Key, decimal? Price)[]
        {
            (nameof(VolumeGigabyteMonth), VolumeGigabyteMonth), (nameof(FloatingIpHour), FloatingIpHour), (nameof(LoadBalancerHour), LoadBalancerHour),
        }.Where(p => p.Price is not null).Select(p => (p.Key, p.Price!.Value)),
    ];
}

/// <summary>Checks the section at start.</summary>
internal sealed class PriceOptionsValidator : IValidateOptions<PriceOptions>
{
    public ValidateOptionsResult Validate(string? name, PriceOptions options)
    {
        var prices = options.All.ToList();
        List<string> faults =
        [
            .. prices.Where(p => p.Price is < 0 or > PriceOptions.Most).Select(p => $"{PriceOptions.Section}:{p.Key}: a price is between 0 and {PriceOptions.Most}."),
            .. prices.Count > 0 && string.IsNullOrWhiteSpace(options.Currency) ? [$"{PriceOptions.Section}:Currency is needed with prices, such as EUR."] : Array.Empty<string>(),
        ];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
