using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.UserStates;

/// <summary>Something that the dashboard keeps for one person in one project: a half-filled form, saved views.</summary>
public sealed class UserState
{
    public long Id { get; internal set; }

    public string UserId { get; internal set; } = "";

    public string ProjectId { get; internal set; } = "";

    /// <summary>What it is, as <c>draft.cluster</c>.</summary>
    public string Key { get; internal set; } = "";

    /// <summary>Protected: forms hold labels, and labels may hold secrets.</summary>
    public string Content { get; internal set; } = "";

    public DateTimeOffset UpdatedAt { get; internal set; }
}

internal sealed class UserStateConfiguration : IEntityTypeConfiguration<UserState>
{
    public void Configure(EntityTypeBuilder<UserState> builder)
    {
        builder.ToTable("user_state");
        builder.HasKey(s => s.Id);
        builder.HasIndex(s => new { s.UserId, s.ProjectId, s.Key }).IsUnique();
        builder.HasIndex(s => s.UpdatedAt);
        builder.Property(s => s.UserId).HasMaxLength(64);
        builder.Property(s => s.ProjectId).HasMaxLength(64);
        builder.Property(s => s.Key).HasMaxLength(64);
    }
}
