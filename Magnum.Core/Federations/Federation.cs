namespace Magnum.Core.Federations;

/// <summary>Kept for the API's shape: no driver implements federations.</summary>
public sealed class Federation
{
    public long Id { get; internal set; }

    public Guid Uuid { get; internal set; }

    public string ProjectId { get; internal set; } = "";

    public string Name { get; internal set; } = "";

    /// <summary>The host cluster's uuid.</summary>
    public string? HostClusterId { get; internal set; }

    /// <summary>Uuids of member clusters.</summary>
    public List<string> MemberIds { get; internal set; } = [];

    public string? Status { get; internal set; }

    public string? StatusReason { get; internal set; }

    /// <summary>Such as <c>dns-zone</c>.</summary>
    public Dictionary<string, string> Properties { get; internal set; } = [];

    public DateTimeOffset CreatedAt { get; internal set; }

    public DateTimeOffset? UpdatedAt { get; internal set; }
}
