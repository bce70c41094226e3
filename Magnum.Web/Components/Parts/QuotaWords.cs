using System.Globalization;

namespace Magnum.Web.Components.Parts;

/// <summary>Amounts of what a cloud limits, in the units of its limits.</summary>
internal static class QuotaWords
{
    public static string Amount(string resource, long amount) => resource switch
    {
        "ram" => CloudChoices.Memory(amount),
        "gigabytes" => string.Create(CultureInfo.CurrentCulture, $"{amount} GiB"),
        _ => amount.ToString(CultureInfo.CurrentCulture),
    };
}
