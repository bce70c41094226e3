using System.Globalization;

namespace Magnum.Core;

/// <summary>Makes up names such as <c>zeta-22-cluster</c> for what nobody has named.</summary>
internal static class NameGenerator
{
    private static readonly string[] Letters =
    [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
        "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    ];

    public static string Next(string kind) =>
        string.Create(CultureInfo.InvariantCulture, $"{Letters[Random.Shared.Next(Letters.Length)]}-{Random.Shared.Next(1, 25)}-{kind}");
}
