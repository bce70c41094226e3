namespace Magnum.Core.Persistence;

/// <summary>A key of the ring that protects secrets, where the ring is kept in the database.</summary>
public sealed class ProtectionKey
{
    public int Id { get; set; }

    public string? FriendlyName { get; set; }

    /// <summary>The key as its ring writes it.</summary>
    public string Xml { get; set; } = "";
}
