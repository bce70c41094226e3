namespace Magnum.Drivers.EmbeddedCloud;

/// <summary>A stack of the embedded cloud, seen from inside the process.</summary>
/// <param name="Status">As Heat says it: <c>CREATE_IN_PROGRESS</c>.</param>
public sealed record EmbeddedStackInfo(string Id, string Name, string ProjectId, string Status, string StatusReason, IReadOnlyList<string> Tags);

/// <summary>A server of the embedded cloud, seen from inside the process.</summary>
/// <param name="Fault">Nova's words about what went wrong; null when nothing did.</param>
/// <param name="UserData">As the server reads it.</param>
public sealed record EmbeddedServerInfo(string Id, string Name, string ProjectId, string Status, string? Fault, string? UserData)
{
    /// <inheritdoc />
    public override string ToString() => $"EmbeddedServerInfo {{ {Name}, {Status} }}";
}
