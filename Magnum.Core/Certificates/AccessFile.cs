namespace Magnum.Core.Certificates;

/// <summary>A file that opens a cluster for its engine's own client. Secret.</summary>
/// <param name="Name">As it is saved.</param>
public sealed record AccessFile(string Name, string MediaType, string Text)
{
    /// <inheritdoc />
    public override string ToString() => $"AccessFile {{ {Name} }}";
}
