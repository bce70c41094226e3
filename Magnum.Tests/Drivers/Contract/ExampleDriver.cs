namespace Magnum.Tests.Drivers.Contract;

/// <summary>The example of the documentation, as it was built.</summary>
internal static class ExampleDriver
{
    public const string Assembly = "Example.Driver";

    /// <summary>Puts it where drivers of others lie.</summary>
    /// <returns>The folder for <c>Drivers:Folder</c>.</returns>
    public static string Install(string folder)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder, Assembly)).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "drivers"), $"{Assembly}.*"))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }

        return folder;
    }
}
