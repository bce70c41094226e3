namespace Magnum.Tests.Support.Lanes;

/// <summary>Where the sources and what was built of them are.</summary>
internal static class Repository
{
    /// <summary>The folder with Magnum.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Magnum.Web.dll, of the same configuration as these tests.</summary>
    public static string MagnumWeb { get; } = Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Magnum.Web", new DirectoryInfo(AppContext.BaseDirectory).Name, "Magnum.Web.dll");

    /// <summary>Logs of the processes that lanes start; kept after the run.</summary>
    public static string Logs { get; } = Directory.CreateDirectory(Path.Combine(Root, "artifacts", "lanes")).FullName;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Magnum.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException($"No Magnum.sln above {AppContext.BaseDirectory}.");
    }
}
