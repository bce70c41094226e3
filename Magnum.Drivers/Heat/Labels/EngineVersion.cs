namespace Magnum.Drivers.Heat.Labels;

/// <summary>Versions of engines as images and labels write them: <c>v1.32.1</c>, <c>1.32</c>.</summary>
internal static class EngineVersion
{
    /// <summary>Whether the first has a later minor version; false when one of the two does not say.</summary>
    public static bool IsNewer(string? version, string? than) => Read(version) is { } a && Read(than) is { } b && (a.Major, a.Minor).CompareTo((b.Major, b.Minor)) > 0;

    private static Version? Read(string? text) => Version.TryParse(text?.TrimStart('v').Split('-', '+')[0], out var version) ? version : null;
}
