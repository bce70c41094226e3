using System.Security;

namespace Magnum.Drivers.OpenStack.Configuration;

/// <summary>What of the machine decides which cloud is meant.</summary>
public interface IProcessEnvironment
{
    /// <summary>The working directory.</summary>
    string CurrentDirectory { get; }

    /// <summary>An environment variable; null when it is not set or empty.</summary>
    string? GetVariable(string name);

    /// <summary>A file's text; null when there is no such file.</summary>
    string? ReadFile(string path);
}

/// <summary>This process.</summary>
public sealed class ProcessEnvironment : IProcessEnvironment
{
    /// <summary>The only one.</summary>
    public static ProcessEnvironment Instance { get; } = new();

    /// <inheritdoc />
    public string CurrentDirectory => Environment.CurrentDirectory;

    /// <inheritdoc />
    public string? GetVariable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <inheritdoc />
    public string? ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            throw new OpenStackConfigurationException([$"{path} cannot be read: {e.Message}"]);
        }
    }
}
