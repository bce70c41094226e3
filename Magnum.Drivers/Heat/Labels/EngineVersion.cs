namespace Magnum.Drivers.Heat.Labels;

/// <summary>Versions of engines as images and labels write them: <c>v1.32.1</c>, <c>1.32</c>.</summary>
internal static class EngineVersion
{
    /// <summary>Whether the first has a later minor version; false when one of the two does not say.</summary>
    public static bool IsNewer(string? version, string? than) => Read(version) is { } a && Read(than) is { } b && (a.Major, a.Minor).CompareTo((b.Major, b.Minor)) > 0;

    /// <summary>Null when one of the two is no version.</summary>
    public static bool? AreSame(string version, string other) => Read(version) is { } a && Read(other) is { } b ? a == b : null;

    /// <summary>Why an engine cannot go from one version to another; null when it can. The reason comes before the versions: Magnum's client stops at the first full stop.</summary>
    public static string? UpgradeFault(string software, string? from, string to)
    {
        if (Read(to) is not { } target)
        {
            return $"{to} is no version of {software}.";
        }

        return Read(from) is not { } present ? null
            : target < present ? $"there is no way back to an older {software}: the cluster runs {from}, and the image has {to}."
            : target.Major != present.Major || target.Minor > present.Minor + 1 ? $"{software} goes one minor version at a time: the cluster runs {from}, and the image has {to}."
            : null;
    }

    /// <summary>How many minor versions the second is ahead; null when one of the two does not say.</summary>
    public static int? MinorsBehind(string? version, string? target) => Read(version) is { } a && Read(target) is { } b && a.Major == b.Major ? b.Minor - a.Minor : null;

    private static Version? Read(string? text) => Version.TryParse(text?.TrimStart('v').Split('-', '+')[0], out var version) ? version : null;
}
