namespace Magnum.Bench;

/// <summary>What figures have to be read beside.</summary>
internal static class Machine
{
    /// <summary>Of the last minute.</summary>
    public static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];
}
