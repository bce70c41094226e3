using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Magnum.Core.Audit;

internal sealed class AuditConfiguration : IEntityTypeConfiguration<AuditRecord>
{
    public void Configure(EntityTypeBuilder<AuditRecord> builder)
    {
        builder.ToTable("audit_record");
        builder.HasKey(r => r.Id);
        builder.HasIndex(r => r.OccurredAt);                       // what is forgotten
        builder.HasIndex(r => new { r.ProjectId, r.Id });
        builder.HasIndex(r => new { r.ClusterUuid, r.Id });
        builder.Property(r => r.RequestId).HasMaxLength(64);
        builder.Property(r => r.UserId).HasMaxLength(64);
        builder.Property(r => r.UserName).HasMaxLength(255);
        builder.Property(r => r.UserProjectId).HasMaxLength(64);
        builder.Property(r => r.Door).HasMaxLength(20);
        builder.Property(r => r.Address).HasMaxLength(64);
        builder.Property(r => r.Action).HasMaxLength(64);
        builder.Property(r => r.ProjectId).HasMaxLength(64);
        builder.Property(r => r.Subject).HasMaxLength(255);
        builder.Property(r => r.Detail).HasMaxLength(1000);
        builder.Property(r => r.Refusal).HasMaxLength(1000);
    }
}
