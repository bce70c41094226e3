using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Announcements;

/// <summary>How loud an announcement is.</summary>
public enum AnnouncementLevel
{
    Info,
    Warning,
    Error,
}

/// <summary>What an administrator tells everyone who uses the dashboard.</summary>
public sealed class Announcement
{
    public long Id { get; internal set; }

    /// <summary>Plain text, at most 500 characters.</summary>
    public string Message { get; internal set; } = "";

    public AnnouncementLevel Level { get; internal set; }

    /// <summary>Shown from here on.</summary>
    public DateTimeOffset StartsAt { get; internal set; }

    /// <summary>Null: until it is deleted.</summary>
    public DateTimeOffset? EndsAt { get; internal set; }

    public string UserName { get; internal set; } = "";

    public DateTimeOffset CreatedAt { get; internal set; }
}

internal sealed class AnnouncementConfiguration : IEntityTypeConfiguration<Announcement>
{
    public void Configure(EntityTypeBuilder<Announcement> builder)
    {
        builder.ToTable("announcement");
        builder.HasKey(a => a.Id);
        builder.Property(a => a.Message).HasMaxLength(AnnouncementService.MaxLength);
        builder.Property(a => a.Level).HasConversion<Persistence.WireEnumConverter<AnnouncementLevel>>().HasMaxLength(20);
        builder.Property(a => a.UserName).HasMaxLength(255);
    }
}
