using Magnum.Web.Components.Localization;
using Microsoft.Extensions.Localization;

namespace Magnum.Web.Components.Parts;

/// <summary>Durations in words, as exactly as anyone wants to know.</summary>
internal static class DurationWords
{
    /// <summary>Such as "40 s", "4 min", "1 h 20 min".</summary>
    public static string Of(TimeSpan duration, IStringLocalizer<Text> text)
    {
        var minutes = (int)Math.Round(duration.TotalMinutes, MidpointRounding.AwayFromZero);
        return duration.TotalSeconds < 90 ? text["Duration.Seconds", (int)Math.Ceiling(duration.TotalSeconds)]
            : minutes < 90 ? text["Duration.Minutes", minutes]
            : text["Duration.Hours", minutes / 60, minutes % 60];
    }
}
