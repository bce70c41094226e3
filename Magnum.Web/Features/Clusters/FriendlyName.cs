using System.Globalization;
using System.Security.Cryptography;

namespace Magnum.Web.Features.Clusters;

/// <summary>Names to start from.</summary>
internal static class FriendlyName
{
    private static readonly string[] First = ["amber", "brisk", "calm", "clear", "coral", "early", "fresh", "green", "keen", "light", "lunar", "merry", "noble", "quiet", "rapid", "silver", "solid", "sunny", "swift", "vivid"];
    private static readonly string[] Second = ["basin", "bay", "brook", "cape", "delta", "dune", "fjord", "grove", "harbor", "hill", "isle", "lake", "mesa", "pier", "reef", "ridge", "river", "shore", "summit", "valley"];

    /// <summary>Such as <c>calm-harbor-42</c>.</summary>
    public static string Next() => string.Create(
        CultureInfo.InvariantCulture, $"{RandomNumberGenerator.GetItems<string>(First, 1)[0]}-{RandomNumberGenerator.GetItems<string>(Second, 1)[0]}-{RandomNumberGenerator.GetInt32(10, 100)}");
}
