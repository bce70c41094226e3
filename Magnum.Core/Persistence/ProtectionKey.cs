namespace Magnum.Core.Persistence;

/// <summary>A key of the ring that protects secrets, where the ring is kept in the database.</summary>
public sealed class ProtectionKey
{
    public int Id { get; internal set; }

    public string? FriendlyName { get; internal set; }

    /// <summary>The key as its ring writes it; the same ring encrypts it where a certificate for that is configured.</summary>
    public string Xml { get; internal set; } = "";

    /// <summary>A key for the ring.</summary>
    public static ProtectionKey Create(string? friendlyName, string xml) => new() { FriendlyName = friendlyName, Xml = xml };
}
