namespace Magnum.Tests.Web.Api;

/// <summary>Where we answer otherwise than the recorded release, and why.</summary>
internal static class GoldenDifferences
{
    public static readonly Dictionary<string, string> All = [];
}
