using Magnum.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Quotas;

/// <summary>What became of a request.</summary>
public enum QuotaRequestState
{
    Open,
    Approved,
    Refused,
    Withdrawn,
}

/// <summary>A project's wish for a higher limit, and the answer.</summary>
public sealed class QuotaRequest
{
    public long Id { get; internal set; }

    public string ProjectId { get; internal set; } = "";

    public string ProjectName { get; internal set; } = "";

    public string UserId { get; internal set; } = "";

    public string UserName { get; internal set; } = "";

    /// <summary>Clusters that the project wants to be allowed.</summary>
    public int Wanted { get; internal set; }

    /// <summary>The limit when it was asked.</summary>
    public int Limit { get; internal set; }

    /// <summary>Clusters that there were when it was asked.</summary>
    public int Used { get; internal set; }

    /// <summary>In the asker's words, at most 1,000 characters.</summary>
    public string? Reason { get; internal set; }

    /// <summary>Name of the cluster that waits for it.</summary>
    public string? ClusterName { get; internal set; }

    public QuotaRequestState State { get; internal set; }

    /// <summary>The limit that was given; may be another than the wanted one.</summary>
    public int? Granted { get; internal set; }

    /// <summary>In the administrator's words, at most 1,000 characters.</summary>
    public string? Answer { get; internal set; }

    public string? DecidedBy { get; internal set; }

    public DateTimeOffset CreatedAt { get; internal set; }

    public DateTimeOffset? DecidedAt { get; internal set; }
}

internal sealed class QuotaRequestConfiguration : IEntityTypeConfiguration<QuotaRequest>
{
    public void Configure(EntityTypeBuilder<QuotaRequest> builder)
    {
        builder.ToTable("quota_request");
        builder.HasKey(r => r.Id);
        builder.HasIndex(r => new { r.ProjectId, r.Id });
        builder.HasIndex(r => r.State);
        builder.Property(r => r.ProjectId).HasMaxLength(64);
        builder.Property(r => r.ProjectName).HasMaxLength(255);
        builder.Property(r => r.UserId).HasMaxLength(64);
        builder.Property(r => r.UserName).HasMaxLength(255);
        builder.Property(r => r.Reason).HasMaxLength(QuotaRequestService.MaxLength);
        builder.Property(r => r.Answer).HasMaxLength(QuotaRequestService.MaxLength);
        builder.Property(r => r.ClusterName).HasMaxLength(255);
        builder.Property(r => r.DecidedBy).HasMaxLength(255);
        builder.Property(r => r.State).HasConversion<WireEnumConverter<QuotaRequestState>>().HasMaxLength(20).IsConcurrencyToken();
    }
}
