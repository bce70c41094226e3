using System.Reflection;
using System.Runtime.Loader;
using Magnum.Core.Drivers;

namespace Magnum.Drivers;

/// <summary>
/// Drivers that others have written. Each is a folder with an assembly of the same name and what it needs; it gets a load context of its own, so that
/// two drivers, or a driver and Magnum, may use different versions of a library. It runs in Magnum's process with all of Magnum's rights.
/// </summary>
internal static class DriverFolder
{
    /// <summary>What both sides have to see as the same types.</summary>
    private static readonly string[] Shared = ["Magnum.", "Microsoft.Extensions.", "Microsoft.AspNetCore.", "System."];

    /// <summary>The driver classes in all folders below this one. A folder without a driver is an error: it was put there for one.</summary>
    public static IReadOnlyList<Type> Load(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateDirectories(Path.GetFullPath(folder)).Order(StringComparer.Ordinal).SelectMany(LoadOne)]
        : throw new InvalidOperationException($"Drivers:Folder names {folder}, which does not exist.");

    private static List<Type> LoadOne(string folder)
    {
        var file = Path.Combine(folder, $"{Path.GetFileName(folder)}.dll");
        if (!File.Exists(file))
        {
            throw new InvalidOperationException($"Drivers:Folder has {folder}, in which there is no {Path.GetFileName(file)}.");
        }

        try
        {
            var types = new DriverContext(file).LoadFromAssemblyPath(file).GetExportedTypes()
                .Where(t => t is { IsAbstract: false, IsClass: true } && t.IsAssignableTo(typeof(IClusterDriver))).ToList();
            return types.Count > 0 ? types : throw new InvalidOperationException($"{file} has no public class that implements {typeof(IClusterDriver).FullName}.");
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException)
        {
            throw new InvalidOperationException($"{file} cannot be loaded as a driver: {e.Message}", e);
        }
    }

    private sealed class DriverContext(string file) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file))
    {
        private readonly AssemblyDependencyResolver _resolver = new(file);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            !Shared.Any(s => assemblyName.Name!.StartsWith(s, StringComparison.Ordinal)) && _resolver.ResolveAssemblyToPath(assemblyName) is { } path
                ? LoadFromAssemblyPath(path)
                : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
            _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : nint.Zero;
    }
}
