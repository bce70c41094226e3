namespace Magnum.Drivers.EmbeddedCloud.Keystone;

/// <summary>Keystone's tables.</summary>
internal sealed class IdentityState
{
    /// <summary>Signs tokens, so that they outlive the process without being stored.</summary>
    public byte[] TokenKey { get; set; } = [];

    /// <summary>Users' tokens issued before this moment are not valid any more.</summary>
    public DateTimeOffset? TokensValidFrom { get; set; }

    /// <summary>Audit ids of revoked tokens, with the moment after which they need not be remembered.</summary>
    public Dictionary<string, DateTimeOffset> Revoked { get; set; } = [];

    public Dictionary<string, DomainRow> Domains { get; set; } = [];

    public Dictionary<string, ProjectRow> Projects { get; set; } = [];

    public Dictionary<string, UserRow> Users { get; set; } = [];

    public Dictionary<string, RoleRow> Roles { get; set; } = [];

    public List<AssignmentRow> Assignments { get; set; } = [];

    public Dictionary<string, TrustRow> Trusts { get; set; } = [];

    public Dictionary<string, ApplicationCredentialRow> ApplicationCredentials { get; set; } = [];
}

internal sealed class DomainRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";
}

internal sealed class ProjectRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string DomainId { get; set; }

    public string Description { get; set; } = "";

    public bool Enabled { get; set; } = true;
}

internal sealed class UserRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string DomainId { get; set; }

    public byte[] Salt { get; set; } = [];

    public byte[] Digest { get; set; } = [];

    public bool Enabled { get; set; } = true;

    public string? Email { get; set; }

    public string? Description { get; set; }

    public string? DefaultProjectId { get; set; }

    /// <summary>A new password ends the tokens that the old one made.</summary>
    public DateTimeOffset? TokensValidFrom { get; set; }

    /// <summary>Made by Heat so that a node can signal: its tokens do not expire with those of people.</summary>
    public bool StackUser { get; set; }
}

internal sealed record RoleRow(string Id, string Name);

/// <summary>A role of a user on a project or on a domain.</summary>
internal sealed record AssignmentRow(string RoleId, string UserId, string? ProjectId, string? DomainId);

internal sealed class TrustRow
{
    public required string Id { get; set; }

    public required string TrustorId { get; set; }

    public required string TrusteeId { get; set; }

    public string? ProjectId { get; set; }

    public bool Impersonation { get; set; }

    public List<string> RoleIds { get; set; } = [];

    public DateTimeOffset? ExpiresAt { get; set; }

    public int? RemainingUses { get; set; }

    public bool AllowRedelegation { get; set; }

    public int RedelegationCount { get; set; }

    public string? RedelegatedTrustId { get; set; }
}

internal sealed class ApplicationCredentialRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string UserId { get; set; }

    public required string ProjectId { get; set; }

    public string? Description { get; set; }

    public byte[] Salt { get; set; } = [];

    public byte[] Digest { get; set; } = [];

    public List<string> RoleIds { get; set; } = [];

    public DateTimeOffset? ExpiresAt { get; set; }

    public bool Unrestricted { get; set; }
}
