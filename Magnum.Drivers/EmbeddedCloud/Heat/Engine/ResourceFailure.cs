namespace Magnum.Drivers.EmbeddedCloud.Heat.Engine;

/// <summary>A resource could not become what it should. Heat names the exception in its reasons.</summary>
internal sealed class ResourceFailure(string kind, string message, bool hasPath = false) : Exception(message)
{
    public string Kind { get; } = kind;

    /// <summary>Whether the message already begins with the way to the resource, as that of a nested stack does.</summary>
    public bool HasPath { get; } = hasPath;
}
