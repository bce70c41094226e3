using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Magnum.Core.Releases;

/// <summary>A minor version of Kubernetes.</summary>
/// <param name="Minor">Such as <c>1.31</c>.</param>
/// <param name="EndOfLife">The day from which there are no patches any more.</param>
public sealed record KubernetesRelease(string Minor, DateOnly ReleasedOn, DateOnly EndOfLife);

/// <summary>How a release stands today.</summary>
/// <param name="DaysLeft">Until its end of life; 0 or less: it is reached.</param>
public sealed record KubernetesSupport(KubernetesRelease Release, int DaysLeft)
{
    /// <summary>Days before its end on which a release is spoken of.</summary>
    public const int NoticeDays = 60;

    /// <summary>Whether there are no patches any more.</summary>
    public bool IsOver => DaysLeft <= 0;

    /// <summary>Whether there will soon be none.</summary>
    public bool EndsSoon => DaysLeft is > 0 and <= NoticeDays;
}

/// <summary>How long releases of Kubernetes are supported upstream, as far as it is known; days are UTC's.</summary>
/// <remarks>Days from https://kubernetes.io/releases and its list of releases that have ended; the configuration adds to them.</remarks>
public sealed partial class KubernetesReleases(IOptions<KubernetesOptions> options, TimeProvider time)
{
    private readonly Dictionary<string, KubernetesRelease> _releases = Known
        .Concat(options.Value.Releases.Select(r => new KubernetesRelease(r.Key, r.Value.ReleasedOn!.Value, r.Value.EndOfLife!.Value)))
        .GroupBy(r => r.Minor, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);

    /// <summary>What Magnum knows by itself.</summary>
    public static IReadOnlyList<KubernetesRelease> Known { get; } =
    [
        new("1.24", new(2022, 5, 3), new(2023, 7, 28)),
        new("1.25", new(2022, 8, 23), new(2023, 10, 28)),
        new("1.26", new(2022, 12, 9), new(2024, 2, 28)),
        new("1.27", new(2023, 4, 11), new(2024, 7, 16)),
        new("1.28", new(2023, 8, 15), new(2024, 10, 22)),
        new("1.29", new(2023, 12, 13), new(2025, 2, 28)),
        new("1.30", new(2024, 4, 17), new(2025, 7, 15)),
        new("1.31", new(2024, 8, 13), new(2025, 11, 11)),
        new("1.32", new(2024, 12, 11), new(2026, 2, 28)),
        new("1.33", new(2025, 4, 23), new(2026, 6, 28)),
        new("1.34", new(2025, 8, 27), new(2026, 10, 27)),
        new("1.35", new(2025, 12, 17), new(2027, 2, 28)),
        new("1.36", new(2026, 4, 22), new(2027, 6, 28)),
        new("1.37", new(2026, 8, 26), new(2027, 10, 28)),
    ];

    /// <summary>How the release that a version is of stands today; null when there is no version, or none that is known.</summary>
    /// <param name="version">As tags and images have it: <c>v1.31.4</c>, <c>1.31</c>.</param>
    public KubernetesSupport? Find(string? version) => MinorOf(version) is { } minor && _releases.TryGetValue(minor, out var release)
        ? new KubernetesSupport(release, release.EndOfLife.DayNumber - DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).DayNumber)
        : null;

    internal static string? MinorOf(string? version) => version is not null && Version().Match(version) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"^v?(\d{1,3}\.\d{1,3})(?![\d])", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
