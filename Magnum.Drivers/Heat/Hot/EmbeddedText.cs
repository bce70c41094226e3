using System.Reflection;

namespace Magnum.Drivers.Heat.Hot;

/// <summary>Files that are part of a driver.</summary>
internal static class EmbeddedText
{
    /// <summary>The text of a file, by its path from the project's folder.</summary>
    public static string Read(string path)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(path)
            ?? throw new InvalidOperationException($"The file {path} is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
